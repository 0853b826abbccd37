"""Calls as the PBX's journal knows them. Blocks: call it in a thread."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telephony.facts import CallFact
from telephony.journal import CelRow, Journal
from telephony.queue_log import lines_between
from telephony.retelling import retell
from telephony.tracker import CallTracker

Facts = tuple[CallFact, ...]
_PAGE = 2_000
_STARTED = "QUEUESTART"


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Calls of which something was written: id → all their facts so far, in order.

    `last` is the last row that was looked at (None: there was none); `more` says that others wait.
    """

    calls: Mapping[str, Facts]
    last: CelRow | None
    more: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The calls of some channels: id → all facts, and a tracker that has followed them."""

    tracker: CallTracker
    calls: Mapping[str, Facts]


@dataclass(frozen=True, slots=True)
class JournalFiles:
    """Where a PBX on this machine writes its journal (CEL, SQLite) and its `queue_log`."""

    cel: Path
    queue_log: Path


class JournalCalls:
    """Tells the journal of the PBX named `pbx` again. Every method raises NoJournal."""

    def __init__(self, pbx: str, files: JournalFiles) -> None:
        self._pbx = pbx
        self._queue_log = files.queue_log
        self.journal = Journal(files.cel)

    def since(self, row: int, until: datetime, limit: int = _PAGE) -> JournalPage:
        """The calls touched after `row`, as they stood at `until`."""
        rows = self.journal.after(row, limit)
        settled = rows[: next((place for place, row in enumerate(rows) if row.at > until), len(rows))]
        standing = self.standing({row.uniqueid for row in settled})
        told = {call: tuple(f for f in facts if f.at <= until) for call, facts in standing.calls.items()}
        calls = {call: facts for call, facts in told.items() if facts}
        last = settled[-1] if settled else None
        return JournalPage(calls, last, more=len(rows) == len(settled) == limit)

    def resumed(self, row: int, at: datetime) -> int:
        """From which row to go on after `row`, written `at`: from the first when the file is another one."""
        found = self.journal.at(row)
        return row if found is not None and found.at == at else 0

    def died(self, channel: str, lost: datetime) -> datetime | None:
        """When the PBX ended under this channel: its last sign of life before it started anew.

        `lost` is when the link to it was lost. None when it has not started anew since the channel's last
        row.
        """
        rows = self.journal.of([channel])
        last = rows[-1].at if rows else lost
        started = self._started_anew(last.timestamp())
        if started is None:
            return None
        heard = self.journal.before(started)
        alive = max(last, heard.at) if heard else last
        return lost if alive < lost < started else alive

    def _started_anew(self, since: float) -> datetime | None:
        lines = lines_between(self._queue_log, since, math.inf)
        starts = (line.at for line in lines if line.event == _STARTED and line.at >= int(since))
        first = next(starts, None)
        return None if first is None else datetime.fromtimestamp(first, UTC)

    def standing(self, channels: Collection[str]) -> Standing:
        """The calls of these channels (uniqueids) and of those linked with them, from their beginning."""
        tracker = CallTracker(self._pbx)
        calls: dict[str, list[CallFact]] = {}
        for group in _groups(self.journal.of(channels)):
            for fact in self._told(tracker, group):
                calls.setdefault(fact.call, []).append(fact)
        return Standing(tracker, {call: tuple(facts) for call, facts in calls.items()})

    def _told(self, tracker: CallTracker, group: Sequence[CelRow]) -> Iterator[CallFact]:
        begin, end = group[0].at.timestamp(), group[-1].at.timestamp()
        for event in retell(group, lines_between(self._queue_log, begin, end)):
            yield from tracker.feed(event)


def _groups(rows: Iterable[CelRow]) -> list[list[CelRow]]:
    """Rows apart by what is linked, each in order: channels' names begin anew with every start of the PBX."""
    groups: dict[str, list[CelRow]] = {}
    for row in rows:
        first, *others = (groups.setdefault(name, []) for name in row.linked)
        for other in others:
            if other is not first:
                first += other
                groups |= {name: first for name, group in groups.items() if group is other}
        first.append(row)
    found = {id(group): group for group in groups.values()}
    return [sorted(group, key=lambda row: (row.at, row.row)) for group in found.values() if group]
