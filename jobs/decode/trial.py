"""Whether this machine confines the decoders: each forbidden thing is tried after `confine`.

Run as `python -m jobs.decode.trial`; says one line of JSON, what was refused: true or false.
"""

import json
import os
import socket
import sys

from jobs.decode.confine import ADDRESSES, confine


def tried() -> dict[str, bool]:
    """What the kernel refused."""
    return {"network": _network(), "programs": _programs(), "memory": _memory()}


def _network() -> bool:
    try:
        socket.socket().close()
    except PermissionError:
        return True
    return False


def _programs() -> bool:
    try:
        os.execv(sys.executable, [sys.executable, "-c", ""])  # noqa: S606  # ourselves, to be refused
    except PermissionError:
        return True


def _memory() -> bool:
    try:
        return not bytearray(ADDRESSES)
    except MemoryError:
        return True


if __name__ == "__main__":
    confine()
    sys.stdout.write(json.dumps(tried()) + "\n")
