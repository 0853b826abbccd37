"""An alarm as pages show it, and whom it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from staff.people import Person
from staff.permissions import Permission
from web import words


class Level(StrEnum):
    """`URGENT`: calls are in danger now. `WARNING`: they will be if nobody does anything."""

    URGENT = "urgent"
    WARNING = "warning"

    @property
    def label(self) -> str:
        return {Level.URGENT: "Urgente", Level.WARNING: "Aviso"}[self]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong `since` when; `text` and `advice` are whole Spanish sentences.

    `code` is stable: guides and programs go by it. `concerns` is the permission of those who see it on
    every page; None is for everybody who is signed in.
    """

    code: str
    since: datetime
    text: str
    advice: str
    concerns: Permission | None
    level: Level = Level.URGENT


def concerning(person: Person, alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Those of `alarms` that this person sees on every page, in the order given."""
    return tuple(alarm for alarm in alarms if alarm.concerns is None or person.may(alarm.concerns))


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm in the words of a page. `key` tells one occurrence from the next."""

    key: str
    level: Level
    headline: str
    advice: str


def told(alarms: Iterable[Alarm], now: datetime, zone: ZoneInfo) -> tuple[Told, ...]:
    """The alarms as they are said `now` to people of `zone`."""
    return tuple(
        Told(
            key=f"{alarm.code}@{alarm.since.isoformat(timespec='seconds')}",
            level=alarm.level,
            headline=f"{alarm.text} desde {when(alarm.since, now, zone)}",
            advice=alarm.advice,
        )
        for alarm in alarms
    )


def when(since: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`las 14:05`, or with its day when that is another than today."""
    since, now = since.astimezone(zone), now.astimezone(zone)
    article = "la" if since.hour == 1 else "las"
    day = "" if since.date() == now.date() else f"el {words.day(since.date())} a "
    return f"{day}{article} {since:%H:%M}"
