"""Tells people: each thing once; at once, with the day's digest, or not at all, as they like it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.once import insert_once
from mail.message import is_address
from mail.outbox import Outbox
from provisioning.alta.procedure import COORDINATORS, EVERYBODY
from provisioning.notices import circle, letters
from provisioning.notices.carried import NOTHING, Part, Parts, sheet
from provisioning.notices.circle import Circle
from provisioning.notices.letters import Desk, Line, Subject
from provisioning.notices.occasions import Kind, Occasion
from provisioning.notices.preferences import How, Preference, Preferences
from provisioning.notices.reply_address import ReplyAddresses
from provisioning.notices.tables import notices
from staff.absences import Absence, Absences
from staff.permissions import Permission
from staff.person import Person

NO_ADDRESS, DECLINED = "no-address", "declined"


@dataclass(frozen=True, slots=True)
class Item:
    """What is told of a `subject`. `groups` are the queues whose coordinators are meant, where it is they,
    but for those (by id) who have `read` it; `path` is its page, when that is not the subject's or its
    step's.
    """

    occasion: Occasion
    groups: tuple[str, ...] = ()
    path: str = ""
    read: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Teller:
    """`replies` is None when answers by mail are not received."""

    outbox: Outbox
    absences: Absences
    preferences: Preferences
    clock: Callable[[], datetime]
    desk: Desk
    replies: ReplyAddresses | None

    async def tell(
        self,
        connection: AsyncConnection,
        subject: Subject,
        items: Sequence[Item],
        by: str = "",
        parts: Parts = NOTHING,
    ) -> int:
        """Within a transaction; how many people were told something. Who did it (`by`) knows it. `parts` are
        those that the letters may carry.
        """
        if not items:
            return 0
        found = await circle.read(connection, self.absences)
        chosen = await self.preferences.all(connection)
        doer = found.by_name(by)
        telling = _Telling(connection, subject, found, doer.full_name if doer else "", parts)
        told = 0
        for person, theirs in _by_person(found, subject, items, by).items():
            told += await self._tell_one(
                telling, person, theirs, chosen.get(person.id, self.preferences.usual)
            )
        return told

    async def _tell_one(
        self, telling: "_Telling", person: Person, items: Sequence[Item], preference: Preference
    ) -> int:
        now = self.clock()
        fresh: list[tuple[int, Item]] = []
        new = 0
        for item in items:
            way = _way(person, item.occasion.kind, preference, now)
            row = self._row(telling.subject, person, item, now) | way
            id = await insert_once(telling.connection, notices, row, "key")
            new += id is not None
            if id is not None and way == _AT_ONCE:
                fresh.append((id, item))
        if fresh:
            await self._write(telling, person, fresh)
        return min(new, 1)

    def _row(self, subject: Subject, person: Person, item: Item, now: datetime) -> dict[str, Any]:
        occasion = item.occasion
        return {
            "key": f"{subject.about}:{occasion.key}:{person.id}",
            "person": person.id,
            "about": subject.about,
            "step": occasion.step,
            "kind": occasion.kind.value,
            "topic": subject.topic[:200],
            "title": occasion.title[:200],
            "detail": occasion.detail,
            "path": item.path or subject.page(occasion.step),
            "created": now,
        }

    async def _write(self, telling: "_Telling", person: Person, fresh: Sequence[tuple[int, Item]]) -> None:
        subject = telling.subject
        letter = letters.notice(
            self.desk,
            person,
            subject,
            [self._line(subject, item) for _, item in fresh],
            self._reply_to(subject, person),
            _represented(telling.found, person, fresh),
            telling.by,
            _carried(telling, person, fresh),
        )
        id = await self.outbox.put(telling.connection, letter, self.clock())
        ids = [row for row, _ in fresh]
        await telling.connection.execute(update(notices).where(notices.c.id.in_(ids)).values(letter=id))

    def _line(self, subject: Subject, item: Item) -> Line:
        link = self.desk.link(item.path or subject.page(item.occasion.step))
        return Line(item.occasion.title, item.occasion.detail, link, subject.topic)

    def _reply_to(self, subject: Subject, person: Person) -> str:
        kind, _, id = subject.about.partition(":")
        if self.replies is None or kind != "alta" or not person.may(Permission.ALTA_WRITE):
            return ""
        return self.replies.of(int(id), person.id)


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is told in one transaction; `by` is who did it, by the name people know."""

    connection: AsyncConnection
    subject: Subject
    found: Circle
    by: str
    parts: Parts


_AT_ONCE: Mapping[str, Any] = {"due": None, "why": ""}


def _way(person: Person, kind: Kind, preference: Preference, now: datetime) -> dict[str, Any]:
    """When and whether it goes out."""
    if not is_address(person.email or ""):
        return {"due": None, "why": NO_ADDRESS}
    if kind.urgent or preference.how is How.EACH:
        return dict(_AT_ONCE)
    if preference.how is How.DIGEST:
        return {"due": preference.digest_after(now), "why": ""}
    return {"due": None, "why": DECLINED}


def _by_person(
    found: Circle, subject: Subject, items: Iterable[Item], by: str
) -> Mapping[Person, Sequence[Item]]:
    theirs: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        for id in dict.fromkeys(person.id for person in _whom(found, subject, item)):
            theirs[id].append(item)
    return {found.people[id]: listed for id, listed in theirs.items() if found.people[id].name != by}


def _whom(found: Circle, subject: Subject, item: Item) -> Iterator[Person]:
    occasion, concern = item.occasion, subject.concern
    # What somebody must read themselves nobody reads for them.
    instead = (lambda person: person) if occasion.kind is Kind.SHEET else found.in_place_of
    named = (instead(found.by_name(name)) for name in occasion.people)
    yield from (person for person in named if person is not None and concern.seen_by(person))
    areas = [area for area in occasion.areas if area not in (EVERYBODY, COORDINATORS)]
    if EVERYBODY in occasion.areas:
        yield from found.everybody()
    if COORDINATORS in occasion.areas:
        several = found.coordinators(item.groups, concern)
        yield from (person for person in several if person.id not in item.read)
    if occasion.kind is Kind.ESCALATION:
        yield from (head for area in areas for head in found.head_of(area, concern))
    elif areas:
        yield from found.turn_of(occasion.owner, areas, concern)


def _carried(telling: _Telling, person: Person, fresh: Sequence[tuple[int, Item]]) -> tuple[Part, ...]:
    """What of the plan goes with a letter: nothing to whom the plan is out of sight."""
    if not (telling.subject.concern.seen_by(person) and person.may(Permission.PLAN_READ)):
        return ()
    wanted = {name for _, item in fresh for name in item.occasion.carries}
    return sheet(telling.parts, wanted)


def _represented(found: Circle, person: Person, fresh: Sequence[tuple[int, Item]]) -> tuple[Absence, ...]:
    """Those who are out, whose turn this is, and for whom the person stands in."""
    areas = {area for _, item in fresh for area in item.occasion.areas}
    if areas & set(person.areas):
        return ()
    return tuple(
        absence
        for id, absence in found.away.absences.items()
        if found.away.stand_in(id) == person.id and areas & set(found.people[id].areas)
    )
