"""Ends a process when its parent is gone, however the parent ended.

The parent keeps the writing end of a pipe which is the child's standard input. A parent that ends, even by
`kill -9`, closes it, and the child reads its end. That holds on Linux and macOS alike.
"""

from __future__ import annotations

import os
import signal
import threading


def watch(descriptor: int, grace_seconds: float) -> threading.Thread:
    """Send ourselves SIGTERM when the pipe ends, and end the process if that did not help within the grace.

    It is a thread, so that a busy event loop does not keep the process alive. It reads the descriptor itself: a
    Python stream that a daemon thread reads from cannot be closed at exit.
    """

    def wait() -> None:
        while os.read(descriptor, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(grace_seconds)
        os._exit(1)

    thread = threading.Thread(target=wait, name="lifeline", daemon=True)
    thread.start()
    return thread
