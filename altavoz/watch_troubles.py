"""Alarms that rise and clear with patience, so that a blink of something is no alarm. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from altavoz.watch_finds import Found, listed
from altavoz.watch_rules import RULES, Rule
from altavoz.watch_seen import Seen
from web.alarm import Alarm, Level

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: seen `first` and `last`, an alarm once it is `raised`."""

    name: str
    detail: str
    since: datetime
    first: datetime
    last: datetime
    raised: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What rose and what cleared, with how it was last said."""

    rose: tuple[tuple[Rule, Trouble], ...] = ()
    cleared: tuple[tuple[Rule, Trouble], ...] = ()


@dataclass(frozen=True)
class Troubles:
    """The troubles at hand, by rule and subject, also those that are no alarm yet or no more seen."""

    troubles: Mapping[Key, Trouble] = field(default_factory=dict)

    def after(self, seen: Seen, rules: Iterable[Rule] = RULES) -> tuple["Troubles", Changes]:
        """How things stand after a look."""
        rose, cleared = [], []
        troubles: dict[Key, Trouble] = {}
        for rule in rules:
            found = rule.find(seen)
            for subject in sorted({*found, *self._subjects(rule)}):
                key = (rule.code, subject)
                before = self.troubles.get(key)
                now = _now(rule, before, found.get(subject), seen.at)
                if now is not None:
                    troubles[key] = now
                    if now.raised == seen.at:
                        rose.append((rule, now))
                elif before is not None and before.raised is not None:
                    cleared.append((rule, before))
        return Troubles(troubles), Changes(tuple(rose), tuple(cleared))

    def alarms(self, rules: Iterable[Rule] = RULES) -> tuple[Alarm, ...]:
        """One alarm a rule, naming all that it holds for; urgent ones first, in the order of the rules."""
        raised = [(rule, self._raised(rule)) for rule in rules]
        alarms = [_alarm(rule, troubles) for rule, troubles in raised if troubles]
        return tuple(sorted(alarms, key=lambda alarm: alarm.level is not Level.URGENT))

    def _subjects(self, rule: Rule) -> set[str]:
        return {subject for code, subject in self.troubles if code == rule.code}

    def _raised(self, rule: Rule) -> list[Trouble]:
        return [
            trouble
            for (code, _), trouble in sorted(self.troubles.items())
            if code == rule.code and trouble.raised is not None
        ]


def _now(rule: Rule, before: Trouble | None, found: Found | None, at: datetime) -> Trouble | None:
    """The trouble as it stands; None when it is over."""
    if found is None:
        over = before is None or before.raised is None or at - before.last >= rule.clear
        return None if over else before
    since = found.since or (before.since if before else at)
    first, raised = (before.first, before.raised) if before else (at, None)
    risen = raised is None and at - first >= rule.rise
    return Trouble(found.name, found.detail, since, first, at, at if risen else raised)


def _alarm(rule: Rule, troubles: list[Trouble]) -> Alarm:
    text = rule.text.format(names=listed([trouble.name for trouble in troubles]))
    advice = rule.advice.format(detail=troubles[0].detail).strip()
    since = min(trouble.since for trouble in troubles)
    return Alarm(rule.code, since, text, advice, rule.concerns, rule.level)
