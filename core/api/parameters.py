"""Parameters that many routes take, with their bounds and descriptions."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

from core.errors import Malformed
from core.rules import messages

LARGEST = 2**53 - 1
"""The largest number that every JSON reader keeps exactly."""

Id = Annotated[int, PathParameter(ge=1, le=LARGEST, description="The number of the thing.")]
Uuid = Annotated[str, PathParameter(min_length=1, max_length=64, description="The UUID of the thing.")]
Name = Annotated[str, PathParameter(min_length=1, max_length=40, description="The name of a channel.")]

After = Annotated[
    str | None, QueryParameter(max_length=400, description="The `next` of the page before; none for the first page.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many items a page holds at most.")]
Channel = Annotated[str | None, QueryParameter(max_length=40, description="Only of this channel.")]
ConnectionId = Annotated[int | None, QueryParameter(ge=1, le=LARGEST, description="Only of this connection.")]
PatternId = Annotated[str | None, QueryParameter(max_length=64, description="Only of this pattern.")]
Text = Annotated[
    str | None, QueryParameter(max_length=200, description="Only what contains this text, in whatever case.")
]
Language = Annotated[
    str | None,
    QueryParameter(max_length=8, description="Of the messages: fr, de, pt_BR; without, as the installation is set."),
]
Version = Annotated[
    str | None, QueryParameter(max_length=40, description="A version of the rulepack; left out, the newest.")
]


def spoken(language: str | None, usual: str) -> str:
    """Return the language asked for, or the usual one; Malformed for one that nobody speaks."""
    try:
        return messages.language(language) if language else usual
    except ValueError as error:
        raise Malformed(f"{error}.", where="query.language") from error
