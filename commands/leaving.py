"""The end of a command's process."""

import atexit
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End this process: tidy up and print what is left to print, then exit at once.

    Python's own way out takes itself apart first. The store's library (obstore, in Rust) may still
    be in a callback on a thread of its own, just after its last answer; meeting an interpreter
    that is half gone, that thread aborts the process (SIGABRT instead of `code`). It happened to
    a fifth of the processes whose last deed was a call to the store.
    """
    atexit._run_exitfuncs()  # Python's own list; there is no public way to run it
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it any more, or it is closed
            stream.flush()
    os._exit(code)
