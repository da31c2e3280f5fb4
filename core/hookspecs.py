"""Every hook that a plugin may implement. The docstring is the reference."""

from __future__ import annotations

from collections.abc import Callable

import pluggy

from core.channel import Channel

hookspec = pluggy.HookspecMarker("marketwright")
hookimpl = pluggy.HookimplMarker("marketwright")


@hookspec
def register_channels(register: Callable[[Channel], None]) -> None:
    """Call `register(channel)` once for each channel the plugin brings.

    It is called once at start. A name that another plugin has taken is refused, and the server says which two.
    """
