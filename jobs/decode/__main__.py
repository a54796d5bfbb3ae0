"""Open one file under hard limits, and say in JSON what it is.

Read from the folder: `original`, and `order.json` = {"claims": ["pdf"], "formats": ["jpeg", …],
"max_pages": 10}. Written there: `clean`, `page-1`, `thumb-1`, … Said on standard output: a line
`ready` once the limits stand, then one line of JSON: {"refused": key} or {"type": …,
"pages": [[width, height], …]}. Anything else (an exception, a signal) means that the file could
not be opened: nothing is caught here on purpose.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

from jobs.decode import images, pdfs
from jobs.decode.sieve import Order, Refused, Result, kind_of

MEGABYTE = 1024 * 1024
DATA = 448 * MEGABYTE
"""Private memory, mapped or on the heap: the resident size stays below 512 MB."""
ADDRESSES = 1024 * MEGABYTE
"""Everything mapped, libraries and reserved address space too."""
FILE = 64 * MEGABYTE
CPU = 8
"""Seconds for anything but the pages of a long PDF."""
CPU_AT_MOST = 60
OPEN_FILES = 64
PR_SET_PDEATHSIG = 1


def main(folder: Path) -> None:
    """Limit this process, then do what was ordered."""
    _limit()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    order = Order(**json.loads((folder / "order.json").read_text()))
    try:
        said = _open(folder, order).said()
    except Refused as refused:
        said = {"refused": refused.key}
    except MemoryError:
        said = {"refused": "too_many_pixels"}
    sys.stdout.write(json.dumps(said) + "\n")


def _open(folder: Path, order: Order) -> Result:
    kind = kind_of(folder / "original", order)
    if kind == "pdf":
        return pdfs.clean(folder, order, more_time)
    return images.clean(folder, kind)


def _limit() -> None:
    """Never outlive the parent, never take more than was given, never start another process."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (DATA, DATA))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU_AT_MOST))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def more_time(pages: int) -> None:
    """A second of processor time for each page that is going to be drawn."""
    seconds = min(CPU + pages, CPU_AT_MOST)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, CPU_AT_MOST))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
