"""What one desk is told, and when: changes in, messages out. It knows nothing of sockets.

A change only says which regions are stale; what they hold is read anew from the board and the store, so a
desk that comes back, or falls behind, is always told what is true.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from typing import Any

from cases.stream import Change, ChangeKind, Subscription
from web.case_news import CaseNews
from web.keys import ASSETS
from web.regions import (
    Desk,
    MyCalls,
    Region,
    gone_sentence,
    my_calls,
    pop_sentence,
    regions_of,
    render_regions,
)

LOOK_EVERY, WAITING_EVERY, BEAT_EVERY = 1.0, 0.25, 4.0
"""Seconds between looks at link, phone and team, between two lists of waiting calls, and between beats.

The browser takes a silence of two beats and a half for a lost connection (`stream.js`).
"""
LOOKED_AT = frozenset({Region.STATUS, Region.ALARM, Region.TEAM})

STALE: Mapping[ChangeKind, frozenset[Region]] = {
    ChangeKind.POP: frozenset({Region.CALL}),
    ChangeKind.POP_GONE: frozenset({Region.CALL}),
    ChangeKind.TALKING: frozenset({Region.CALL, Region.CASES}),
    ChangeKind.ENDED: frozenset({Region.CALL, Region.CASES}),
    ChangeKind.WAITING: frozenset({Region.WAITING}),
    ChangeKind.CASE: frozenset({Region.CALL, Region.CASES}),
    ChangeKind.CALL: frozenset(),
    ChangeKind.PERSON: frozenset({Region.STATUS, Region.CALL}),
}


class Every:
    """Says yes at most once in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def due(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True


class Feed:
    """The messages of one desk, as JSON text."""

    def __init__(self, desk: Desk, changes: Subscription) -> None:
        self._desk = desk
        self._changes = changes
        self._shown = regions_of(desk)
        self._stale: set[Region] = set(self._shown)
        self._gone: list[str] = []
        self._sent: dict[str, str] = {}
        self._cases = CaseNews(desk)
        self._wake = asyncio.Event()
        self._look = Every(LOOK_EVERY)
        self._look_at_cases = Every(LOOK_EVERY)
        self._list_waiting = Every(WAITING_EVERY)
        self._beat = Every(BEAT_EVERY)

    async def listen(self) -> None:
        """Note what changes. Raises `SubscriptionClosed` when the desk fell behind."""
        while True:
            self._note(await self._changes.get())

    async def messages(self) -> AsyncIterator[str]:
        """First the whole state, then what differs from it; a beat now and then."""
        while True:
            if message := await self._message():
                yield message
            if self._beat.due():
                yield beat(self._desk)
            await self._pause()

    def opened(self, cases: Iterable[int]) -> None:
        """The cases whose forms lie on the desk: their changes are told, whosever they are."""
        self._cases.opened(cases)

    def _note(self, change: Change) -> None:
        self._stale |= STALE[change.kind]
        if change.kind is ChangeKind.POP_GONE and change.call_id:
            self._gone.append(change.call_id)
        self._wake.set()

    async def _pause(self) -> None:
        patience = WAITING_EVERY if Region.WAITING in self._stale else LOOK_EVERY
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._wake.wait()
        self._wake.clear()

    async def _message(self) -> str | None:
        """What is stale and differs from what was sent; None when nothing does."""
        wanted = self._due()
        self._stale -= wanted
        gone, self._gone = self._gone, []
        facts: dict[str, Any] = {}
        calls = await my_calls(self._desk) if Region.CALL in wanted else MyCalls()
        rendered = await render_regions(self._desk, wanted, calls)
        if Region.CALL in wanted:
            facts |= _call_facts(calls)
        if Region.CASES in wanted:
            facts |= await self._cases.of_mine()
        elif self._cases.elsewhere and self._look_at_cases.due():
            facts |= await self._cases.of_others()
        if notices := [text for id in gone if (text := await gone_sentence(self._desk, id))]:
            facts["notices"] = notices
        return self._differing(rendered, facts)

    def _due(self) -> set[Region]:
        """The list of waiting calls changes often and for everybody; the rest goes out at once."""
        if self._look.due():
            self._stale |= LOOKED_AT & self._shown
        due = set(self._stale)
        if Region.WAITING in due and not self._list_waiting.due():
            due.discard(Region.WAITING)
        return due

    def _differing(self, rendered: Mapping[str, str], facts: Mapping[str, Any]) -> str | None:
        changed = {name: html for name, html in rendered.items() if self._sent.get(name) != html}
        self._sent |= changed
        if not changed and not facts:
            return None
        return _text(self._desk, regions=changed, **facts)


async def of_my_calls(desk: Desk, calls: MyCalls) -> str:
    """What a desk is told when only its calls changed."""
    rendered = await render_regions(desk, {Region.CALL}, calls)
    return _text(desk, regions=rendered, **_call_facts(calls))


def _call_facts(calls: MyCalls) -> dict[str, Any]:
    return {
        "ringing": [
            {
                "id": pop.call.id,
                "sentence": pop_sentence(pop),
                "name": pop.fantasy_name,
                "emergency": pop.call.kind == "emergencia",
            }
            for pop in calls.ringing
        ],
        "talking": [pop.call.id for pop in calls.talking],
        "case": calls.case,
    }


def beat(desk: Desk) -> str:
    """Says that the line lives, what time it is, and which pages the service has now."""
    return _text(desk, beat=True, version=desk.app[ASSETS].version)


def sentences(desk: Desk, *texts: str) -> str:
    """Sentences for the desk's person."""
    return _text(desk, notices=list(texts))


def _text(desk: Desk, **content: Any) -> str:
    return json.dumps({"now": desk.services.clock().isoformat()} | content, ensure_ascii=False)
