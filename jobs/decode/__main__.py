"""Open one file under hard limits, and say in JSON what it is.

Read from the folder: `original`, and `order.json` = {"claims": ["pdf"], "formats": ["jpeg", …],
"max_pages": 10}. Written there: `clean`, `page-1`, `thumb-1`, … Said on standard output: a line
`ready` once the limits stand, then one line of JSON: {"refused": key} or {"type": …,
"pages": [[width, height], …]} or {"no_space": true}. Anything else (an exception, a signal) means
that the file could not be opened: nothing else is caught here on purpose.
"""

import errno
import json
import sys
from pathlib import Path

from jobs.decode import images, pdfs
from jobs.decode.confine import confine, more_time
from jobs.decode.sieve import Order, Refused, Result, kind_of


def main(folder: Path) -> None:
    """Confine this process, then do what was ordered."""
    confine()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    order = Order(**json.loads((folder / "order.json").read_text()))
    try:
        said = _open(folder, order).said()
    except Refused as refused:
        said = {"refused": refused.key}
    except MemoryError:
        said = {"refused": "too_many_pixels"}
    except OSError as error:  # a full disk is not the file's fault
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        said = {"no_space": True}
    sys.stdout.write(json.dumps(said) + "\n")


def _open(folder: Path, order: Order) -> Result:
    kind = kind_of(folder / "original", order)
    if order.picture:
        return images.shrink(folder, kind, order.picture)
    if kind == "pdf":
        return pdfs.clean(folder, order, more_time)
    return images.clean(folder, kind)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
