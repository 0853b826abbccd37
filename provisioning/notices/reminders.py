"""When whose turn it is hears of it again: before a step is due, after it, and then its area's head. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.procedure import NoticeRule, Reminders
from provisioning.notices.occasions import Kind, Occasion, by_rule, until_words

REPEATED = 5
"""What is late is told again after so many business days."""
FROM_HOUR = 8
"""Nobody is reminded by night: from this hour on of the subsidiary."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An open step, as far as reminders go; `rules` say who else hears that it is late."""

    step: str
    title: str
    areas: tuple[str, ...]
    owner: str | None
    due: datetime
    round: int
    rules: tuple[NoticeRule, ...] = ()


def reminders(turn: Turn, now: datetime, calendar: BusinessCalendar, pace: Reminders) -> tuple[Occasion, ...]:
    """What is to be told of a turn now; nothing on days and at hours when nobody works."""
    here = now.astimezone(calendar.zone)
    if not calendar.is_business(here.date()) or here.hour < FROM_HOUR:
        return ()
    return tuple(_early(turn, now, calendar, pace) if now <= turn.due else _late(turn, now, calendar, pace))


def _early(turn: Turn, now: datetime, calendar: BusinessCalendar, pace: Reminders) -> Iterator[Occasion]:
    if calendar.count(now, turn.due) <= pace.before:
        title = f"Está por vencer: {turn.title}"
        yield _again(turn, Kind.SOON, 1, title, until_words(turn.due, calendar), calendar)


def _late(turn: Turn, now: datetime, calendar: BusinessCalendar, pace: Reminders) -> Iterator[Occasion]:
    past = calendar.count(turn.due, now)
    late = f"Venció el {calendar.local(turn.due):%d/%m/%Y}, hace {_days(past)}"
    if past >= pace.after:
        time, title = 1 + (past - pace.after) // REPEATED, f"Venció: {turn.title}"
        yield _again(turn, Kind.LATE, time, title, f"{late}.", calendar)
        if time == 1:
            for place, rule in enumerate(turn.rules):
                yield by_rule(rule, f"late:{place}", turn.step, turn.round, title, f"{late}.")
    if past >= pace.escalate:
        time, title = 1 + (past - pace.escalate) // REPEATED, f"Demorado en su área: {turn.title}"
        said = f"{late}, y sigue abierto. Usted dirige el área de la que se espera."
        yield _again(turn, Kind.ESCALATION, time, title, said, calendar)


def _again(
    turn: Turn, kind: Kind, time: int, title: str, detail: str, calendar: BusinessCalendar
) -> Occasion:
    """Another day until which it may last begins the reminders anew."""
    key = f"{kind}:{turn.step}:{turn.round}:{calendar.local(turn.due):%Y%m%d}:{time}"
    return Occasion(key, kind, title, detail, turn.step, areas=turn.areas, owner=turn.owner)


def _days(count: int) -> str:
    return "1 día hábil" if count == 1 else f"{count} días hábiles"
