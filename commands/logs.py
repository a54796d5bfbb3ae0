"""Logs: one line per event, without personal data or tokens; JSON when nobody is watching."""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger

ROOT = Path(__file__).parent.parent
FRAMES = 12
"""Innermost frames of an error that a line tells."""


def configure() -> None:
    """Set up structlog, and keep the libraries to warnings: they print addresses and tokens."""
    renderer: structlog.types.Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            place_of_error,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Quiet("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for noisy in ("aiogram", "aiohttp.access", "arq", "tortoise"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def place_of_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An error as its class and the way to it, never its text: that may hold personal data."""
    if event.pop("exc_info", None):
        kind, _error, trace = sys.exc_info()
        event["error"] = kind.__name__ if kind else "?"
        event["at"] = _way(trace)
    return event


class Quiet(logging.Formatter):
    """What libraries log: the first line, and of an error its class and the way to it.

    The text of an error holds what was sent: asyncpg tells values, aiohttp the address asked for.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None})
        told.msg, told.args = (record.getMessage().splitlines() or [""])[0], ()
        line = super().format(told)
        if not record.exc_info or record.exc_info[0] is None:
            return line
        kind, _error, trace = record.exc_info
        return f"{line}: {kind.__name__} at {' < '.join(reversed(_way(trace)))}"


def _way(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
