"""Runs one server program for a parent and ends it with the parent.

Started as `python -I -S keeper.py PROGRAM ARGUMENT…` with a pipe from the parent as standard input. It needs
the standard library only and starts in some 20 ms. When the pipe ends, the program gets SIGTERM, then SIGKILL.
On Linux the program is killed too if the keeper itself is.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

_GRACE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


def _prepare_child(prctl: Callable[[int, int], int] | None) -> None:
    """Undo our signal settings in the child; ask Linux to kill it when the keeper dies."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Run `command` until it ends or standard input does; return its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
    program = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: _prepare_child(prctl),  # noqa: PLW1509 - no thread has been started yet
    )
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    threading.Thread(target=_stop_at_end_of_input, args=(program,), daemon=True).start()
    return program.wait()


def _stop_at_end_of_input(program: subprocess.Popen[bytes]) -> None:
    while os.read(0, 4096):
        pass
    program.terminate()
    try:
        program.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
