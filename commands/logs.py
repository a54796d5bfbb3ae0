"""Logs: one line per event, without personal data or tokens; JSON when nobody is watching."""

import logging
import sys

import structlog


def configure() -> None:
    """Set up structlog, and keep the libraries to warnings: they print addresses and tokens."""
    renderer: structlog.types.Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("aiogram", "aiohttp.access", "arq", "tortoise"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
