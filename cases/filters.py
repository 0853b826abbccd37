"""Which calls and which cases somebody asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, true

from cases.tables import calls, cases


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls. `since` and `until` bound the start: from the first, before the second.

    `caller` is who called us, `number` whoever was at the other end, called or calling; `direction` is `in`
    or `out`.
    """

    line: str | None = None
    plan: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    caller: str | None = None
    number: str | None = None
    coordinator: str | None = None
    outcome: str | None = None
    direction: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        for name in ("line", "plan", "caller", "coordinator", "outcome", "direction"):
            if (value := getattr(self, name)) is not None:
                yield calls.c[name] == value
        if self.since is not None:
            yield calls.c.started >= self.since
        if self.until is not None:
            yield calls.c.started < self.until

    def ways(self) -> Sequence[ColumnElement[bool]]:
        """The alternatives, each with an index of its own."""
        if self.number is None:
            return [true()]
        return [calls.c.caller == self.number, calls.c.number == self.number]


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases. `state` is `open` or `closed`, `owner` a person's name.

    `since` and `until` bound the opening: from the first, before the second.
    """

    line: str | None = None
    plan: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    owner: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        for name in ("line", "plan", "state", "owner"):
            if (value := getattr(self, name)) is not None:
                yield cases.c[name] == value
        if self.since is not None:
            yield cases.c.opened >= self.since
        if self.until is not None:
            yield cases.c.opened < self.until


EVERY_CALL = CallFilter()
EVERY_CASE = CaseFilter()
