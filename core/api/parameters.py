"""Parameters that many routes take, with their bounds and descriptions."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

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
