"""Pages that tell outside of the chat what becomes of one's data, and who can use all this."""

from aiohttp import web

from models.reads.dossier import policy
from webhooks.access import public_page
from webhooks.join import joined
from webhooks.pages import public


@public_page
async def privacy(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}/privacy: the notice that the chat shows before the first question."""
    provider = (await joined(request)).provider
    return public(
        request,
        "public/privacy.html",
        provider=provider,
        policy=policy(provider),
        reply_to=provider.reply_to,
        in_chat=False,
    )


@public_page
async def accessibility(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}/accessibility: for candidates."""
    provider = (await joined(request)).provider
    return public(request, "public/accessibility.html", provider=provider)


@public_page
async def accessibility_of_panel(request: web.Request) -> web.StreamResponse:
    """GET /accessibility: for operators."""
    return public(request, "panel/accessibility.html")
