"""What the decoder gives up before it opens anything: memory, time, programs, the network.

Limits are the kernel's (setrlimit(2)); programs and sockets are refused by a system call filter
(seccomp(2), mode filter), where the machine has one. Threads stay: the HEIC decoder needs one.
"""

import ctypes
import os
import platform
import resource
import signal
import struct

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
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2

LOAD, EQUALS, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | 1
"""As if not permitted (EPERM)."""
X32 = 0x40000000
"""From this number on, a second table of the same calls on x86-64."""

# architecture as the kernel names it in a filter, then numbers of the refused calls:
# socket, connect, socketpair, ptrace, execve, execveat, process_vm_writev, fork, vfork
REFUSED_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 53, 101, 59, 322, 311, 57, 58)),
    "aarch64": (0xC00000B7, (198, 203, 199, 117, 221, 281, 271)),
}


def confine() -> None:
    """Never outlive the parent, never take more than was given, never reach out."""
    os.nice(10)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (DATA, DATA))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU_AT_MOST))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _filter_calls(libc)


def more_time(pages: int) -> None:
    """A second of processor time for each page that is going to be drawn."""
    seconds = min(CPU + pages, CPU_AT_MOST)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, CPU_AT_MOST))


def _filter_calls(libc: ctypes.CDLL) -> None:
    """Refuse programs and sockets; an unknown machine goes without this second net."""
    if platform.machine() not in REFUSED_CALLS:
        return
    machine, calls = REFUSED_CALLS[platform.machine()]
    refuse = len(calls) + 1  # steps from the first comparison of a number to the refusal
    steps = [
        _step(LOAD, 4),  # seccomp_data.arch
        _step(EQUALS, machine, 1, 0),
        _step(RETURN, REFUSE),
        _step(LOAD, 0),  # seccomp_data.nr
        _step(AT_LEAST, X32, refuse, 0),
        *(_step(EQUALS, call, refuse - 1 - place, 0) for place, call in enumerate(calls)),
        _step(RETURN, ALLOW),
        _step(RETURN, REFUSE),
    ]
    program = ctypes.create_string_buffer(b"".join(steps))
    header = struct.pack("@HP", len(steps), ctypes.addressof(program))
    libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0)


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    """One `struct sock_filter`."""
    return struct.pack("=HBBI", code, when_true, when_false, value)
