"""Misbehaviour on demand: a twin that is slow, fails, drops the line or garbles, so many times and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketwright.testing.requests import Answer, Request

Match = Callable[[Request], bool]


@dataclass(eq=False)
class Fault:
    """One kind of misbehaviour. `left` counts down, `used` counts up; `change` and `delay` let the handler run."""

    name: str
    left: int
    match: Match
    delay: float = 0.0
    reply: Callable[[Request], Answer] | None = None
    change: Callable[[Answer], Answer] | None = None
    used: int = 0


class Faults:
    """The faults of a twin, used up in the order in which they were asked for."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def slow(self, seconds: float, times: int = 1, *, match: Match | None = None) -> Fault:
        """Answer as usual, but only after `seconds`."""
        return self.add(Fault("slow", times, match or _any, delay=seconds))

    def fail(
        self,
        status: int,
        times: int = 1,
        *,
        body: Any = None,
        retry_after: float | str | None = None,
        headers: Mapping[str, str] | None = None,
        match: Match | None = None,
    ) -> Fault:
        """Answer with a status, and a body (text, bytes or JSON), without asking the handler."""
        all_headers = dict(headers or {})
        if retry_after is not None:
            all_headers["Retry-After"] = str(retry_after)
        if body is None or isinstance(body, bytes | str):
            answer = Answer(status, body=body, headers=all_headers)
        else:
            answer = Answer(status, json=body, headers=all_headers)
        return self.reply(lambda request: answer, times, name="fail", match=match)

    def drop(self, times: int = 1, *, match: Match | None = None) -> Fault:
        """Reset the connection without an answer; the handler has not run."""
        return self.reply(lambda request: Answer(drop=True), times, name="drop", match=match)

    def garble(self, times: int = 1, *, match: Match | None = None) -> Fault:
        """Answer as usual, but cut the body in half and append rubbish."""
        return self.add(Fault("garble", times, match or _any, change=_garbled))

    def cut(self, times: int = 1, *, match: Match | None = None) -> Fault:
        """Answer as usual, but break the line in the middle of the body."""
        return self.add(Fault("cut", times, match or _any, change=_cut))

    def reply(
        self, reply: Callable[[Request], Answer], times: int = 1, *, name: str = "reply", match: Match | None = None
    ) -> Fault:
        """Answer with what `reply` makes of the request: a platform's own way of failing, such as throttling."""
        return self.add(Fault(name, times, match or _any, reply=reply))

    def add(self, fault: Fault) -> Fault:
        """Plan a fault; its `used` tells later how often it came."""
        self._planned.append(fault)
        return fault

    def take(self, request: Request) -> Fault | None:
        """Return the next fault for this request and count it."""
        for fault in self._planned:
            if fault.left > 0 and fault.match(request):
                fault.left -= 1
                fault.used += 1
                return fault
        return None

    def clear(self) -> None:
        """Forget what is planned and not used up."""
        self._planned.clear()


def _any(request: Request) -> bool:
    return True


def _garbled(answer: Answer) -> Answer:
    content = answer.content()
    return Answer(answer.status, body=content[: len(content) // 2] + b"\x00<<", headers=answer.headers)


def _cut(answer: Answer) -> Answer:
    headers = {**answer.headers, "Content-Type": answer.content_type()}
    return Answer(answer.status, body=answer.content(), headers=headers, cut=True)
