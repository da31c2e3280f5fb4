"""Every hook that a plugin may implement. The docstring is the reference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pluggy

from core.channel import Channel

hookspec = pluggy.HookspecMarker("marketwright")
hookimpl = pluggy.HookimplMarker("marketwright")


@hookspec
def register_channels(register: Callable[[Channel], None]) -> None:
    """Call `register(channel)` once for each channel the plugin brings.

    It is called once at start. A name that another plugin has taken is refused, and the server says which two.
    """


@hookspec
def register_rulepacks(register: Callable[[Path], None]) -> None:
    """Call `register(folder)` once for each folder of rulepacks the plugin brings: `<folder>/<channel>/<version>.yaml`.

    It is called once at start, after `register_channels`. The packs may extend those of the program, and add versions
    to any channel. A folder with a pack that cannot be used, or whose name another folder has, is left out whole: the
    server starts without it, keeps the channel's records unchecked rather than check them by fewer rules, and says why.
    """
