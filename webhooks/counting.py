"""Counting every request, around everything else."""

from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler

from webhooks.counts import REQUESTS
from webhooks.errors import pattern

METHODS = frozenset({"GET", "HEAD", "POST"})
"""Others are counted as one: a label must not grow with what strangers invent."""


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Around everything else: how long, and how it ended."""
    began = perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        method = request.method if request.method in METHODS else "other"
        labels = REQUESTS.labels(method, pattern(request), str(status))
        labels.observe(perf_counter() - began)
