"""Which test calls prove a plan version, and what each must do. Pure.

A script is bounded: what it leaves out it says, with the reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from plans.model import Choice, Destination, Line, Plan, PlanVersion
from plans.site import Site
from provisioning.proof.instants import ALWAYS, Instants
from provisioning.proof.walk import SOON, Chosen, Hears, Walk
from telephony.testcall_values import LONGEST, Press

MOST = 80
"""Test calls of one script. A plan with more options than that is tested in part, and the report says so."""

_AFTER = 15.0
"""Seconds that a call gets after its last expected sound: a queue, a ring, the INVITE to the phone."""

ReachKind = Literal["queue", "callback", "dial", "hangup", "menu"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a call must end up: a queue (with a priority), a call back of a queue, a number on duty."""

    kind: ReachKind
    name: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One test call and all that it must do. `id` is its name within the script, `title` is for people.

    `hears` are the prompts in order; `chosen` the keys of menus that must be noticed; `digits` what is typed
    for each question; `closed` the calendar that must be found closed.
    """

    id: str
    title: str
    line: Line
    reach: Reach
    keys: tuple[Press, ...] = ()
    at: datetime | None = None
    hears: tuple[Hears, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    digits: Mapping[str, str] = field(default_factory=dict)
    closed: str | None = None
    answered: bool = True
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Script:
    trials: tuple[Trial, ...]
    left_out: tuple[str, ...] = ()


Durations = Mapping[str, float]
"""Seconds that each prompt of the plan lasts."""


def script(
    version: PlanVersion,
    site: Site,
    durations: Durations,
    now: datetime,
    quick: bool = False,
    begins: float = SOON,
) -> Script:
    """The test calls of a version, the ones that say most first; `quick`: one a line, as canaries do.

    `begins` is how many seconds after it was placed a call is answered as a rule.
    """
    return _Writer(version.plan, site, durations, now, begins).script(quick)


class _Writer:
    def __init__(self, plan: Plan, site: Site, durations: Durations, now: datetime, begins: float) -> None:
        self.plan, self.site, self.durations, self.begins = plan, site, durations, begins
        self.instants = Instants(plan, ZoneInfo(site.subsidiaries[plan.subsidiary].timezone), now)
        self.left_out: list[str] = []

    def script(self, quick: bool) -> Script:
        usual = [*self._options(), *self._nothing()]
        entries = [each for entry in sorted(usual, key=_shortest)[:1] for each in self._entries(entry)]
        if quick:
            return Script(tuple(entries))
        every = {trial.id: trial for trial in (*entries, *usual, *self._otherwise(), *self._hours())}.values()
        fitting = [trial for trial in every if self._fits(trial)]
        if len(fitting) > MOST:
            self.left_out.append(
                f"{len(fitting) - MOST} llamadas de {len(fitting)}: una prueba hace {MOST} como máximo"
            )
        self._say_what_no_call_tries()
        return Script(tuple(fitting[:MOST]), tuple(dict.fromkeys(self.left_out)))

    def _fits(self, trial: Trial) -> bool:
        if trial.seconds <= LONGEST:
            return True
        self.left_out.append(f"«{trial.title}»: duraría más de {LONGEST} segundos")
        return False

    def _say_what_no_call_tries(self) -> None:
        tried = set(self._paths())
        for menu in self.plan.menus:
            if menu not in tried:
                self.left_out.append(f"el menú «{menu}»: ninguna secuencia de teclas lleva a él")
        for queue, waiting in self.plan.waiting.items():
            after = f"lo que sigue a esperar {waiting.max} segundos en «{queue}»"
            self.left_out.append(f"{after}: un puesto de prueba atiende enseguida")

    # ways to menus

    def _first_menu(self) -> str | None:
        last = self.plan.answer[-1]
        return last.menu if isinstance(last, Destination) else None

    def _paths(self) -> Mapping[str, tuple[Chosen, ...]]:
        """The fewest keys that lead to each menu."""
        first = self._first_menu()
        found: dict[str, tuple[Chosen, ...]] = {first: ()} if first else {}
        left = list(found)
        for name in left:
            for digit, choice in self.plan.menus[name].choices.items():
                if choice.menu and choice.menu not in found:
                    found[choice.menu] = (*found[name], Chosen(name, digit))
                    left.append(choice.menu)
        return found

    def _calendars(self, chosen: tuple[Chosen, ...]) -> tuple[str, ...]:
        """Those that must be open for a way to be gone to its end."""
        of_keys = [self._choice(each).hours for each in chosen]
        return tuple(dict.fromkeys(each for each in (self.plan.hours, *of_keys) if each and each != ALWAYS))

    def _walk(self, chosen: tuple[Chosen, ...], typed: bool = True) -> Walk:
        walk = Walk(self.plan, self.durations, self.begins)
        walk.way_in(typed)
        for each in chosen:
            walk.choose(each)
        return walk

    # the calls

    def _opened(self, title: str, chosen: tuple[Chosen, ...]) -> Iterator[datetime | None]:
        """The instant at which a way is open to its end (None: whenever); none at all when it never is."""
        opened = self._calendars(chosen)
        at = self.instants.find(opened)
        if at is None:
            self.left_out.append(f"«{title}»: ningún momento de la semana lo encuentra abierto")
        else:
            yield at if opened else None

    def _options(self) -> Iterator[Trial]:
        """Each key of each menu that is on nobody's way: those are pressed by the calls that go on."""
        ways = self._paths()
        walked = {key for path in ways.values() for key in path}
        for name, path in ways.items():
            for digit, choice in self.plan.menus[name].choices.items():
                key = Chosen(name, digit)
                if key not in walked:
                    yield from self._option(key, (*path, key, *self._onward(choice)))

    def _onward(self, choice: Choice) -> tuple[Chosen, ...]:
        """A key of the menu that a key leads to: by it the PBX tells which menu that is."""
        if not choice.menu:
            return ()
        leaving = [
            ((each.hours or ALWAYS) != ALWAYS, digit)
            for digit, each in self.plan.menus[choice.menu].choices.items()
            if not each.menu and not each.repeat
        ]
        return tuple(Chosen(choice.menu, digit) for _, digit in sorted(leaving)[:1])

    def _option(self, key: Chosen, chosen: tuple[Chosen, ...]) -> Iterator[Trial]:
        choice, last = self._choice(key), self._choice(chosen[-1])
        title = f"Opción {key.digit} de «{key.menu}»" + (f": {choice.label}" if choice.label else "")
        noticed = chosen[:-1] if last.repeat else chosen
        for at in self._opened(title, chosen):
            walk = self._walk(chosen)
            reach = self._reach(walk, last, chosen[-1].menu)
            yield self._trial(f"{key.menu}-{key.digit}", title, walk, reach, at=at, chosen=noticed)

    def _choice(self, key: Chosen) -> Choice:
        return self.plan.menus[key.menu].choices[key.digit]

    def _nothing(self) -> Iterator[Trial]:
        """Who presses nothing hears all of it and is answered still."""
        first, last = self._first_menu(), self.plan.answer[-1]
        assert isinstance(last, Destination)
        title = "Sin marcar nada" if first else "La llamada entera"
        for at in self._opened(title, ()):
            walk = self._walk((), typed=first is None)
            if first is not None:
                walk.wait_out(first)
            reach = self._reach(walk, self.plan.menus[first].otherwise if first else last, first)
            yield self._trial("sin-marcar", title, walk, reach, at=at)

    def _otherwise(self) -> Iterator[Trial]:
        """Who presses nothing in a menu further in."""
        for name, path in self._paths().items():
            title = f"Sin marcar nada en «{name}»"
            for at in self._opened(title, path) if path else ():
                walk = self._walk(path)
                walk.wait_out(name)
                reach = self._reach(walk, self.plan.menus[name].otherwise, name)
                yield self._trial(f"{name}-sin-marcar", title, walk, reach, at=at, chosen=path)

    def _entries(self, entry: Trial) -> Iterator[Trial]:
        """The call that says most, by each of the plan's lines."""
        yield entry
        for position, line in enumerate(self.plan.lines[1:], start=2):
            title = f"Entrada por {line.public or line.header}"
            yield replace(entry, id=f"linea-{position}", title=title, line=line)

    # closed hours

    def _hours(self) -> Iterator[Trial]:
        if self.plan.hours != ALWAYS:
            yield from self._closed(self.plan.hours, ())
        for name, path in self._paths().items():
            for digit, choice in self.plan.menus[name].choices.items():
                if choice.hours and choice.hours != ALWAYS:
                    yield from self._closed(choice.hours, (*path, Chosen(name, digit)))

    def _closed(self, calendar: str, chosen: tuple[Chosen, ...]) -> Iterator[Trial]:
        opened = tuple(each for each in self._calendars(chosen) if each != calendar)
        where = f", opción {chosen[-1].digit} de «{chosen[-1].menu}»" if chosen else ""
        own = "-".join([calendar, *(each.digit for each in chosen)])
        if at := self.instants.find(opened, calendar):
            yield self._shut(f"{own}-cerrado", f"Fuera de horario «{calendar}»{where}", calendar, chosen, at)
        else:
            self.left_out.append(f"«{calendar}» cerrado{where}: ningún momento de la semana lo encuentra así")
        if at := self.instants.holiday(opened, calendar):
            title = f"Feriado del {at:%d/%m/%Y}, «{calendar}»{where}"
            yield self._shut(f"{own}-feriado", title, calendar, chosen, at)

    def _shut(self, id: str, title: str, calendar: str, chosen: tuple[Chosen, ...], at: datetime) -> Trial:
        closed = self.plan.calendars[calendar].closed
        walk = self._walk(chosen) if chosen else Walk(self.plan, self.durations, self.begins)
        if closed.say:
            walk.hear(closed.say)
        reach = self._reach(walk, closed.then, None)
        answered = bool(chosen) or closed.then.to in ("queue", "menu")
        trial = self._trial(id, title, walk, reach, at=at, chosen=chosen)
        return replace(trial, closed=calendar, answered=answered)

    def _reach(self, walk: Walk, to: Destination, menu: str | None) -> Reach:
        """Where a destination leads; what is heard on the way is added to the walk."""
        if to.repeat and menu:
            walk.hear(self.plan.menus[menu].say)
            return Reach("menu", menu)
        if to.menu:
            walk.hear(self.plan.menus[to.menu].say)
            return Reach("menu", to.menu)
        if to.queue:
            waiting = self.plan.waiting.get(to.queue)
            if waiting and waiting.say:
                walk.hear(waiting.say)
            return Reach("queue", to.queue, self._priority(walk))
        return Reach("callback", to.callback) if to.callback else _outward(to)

    def _priority(self, walk: Walk) -> int:
        """That of the last key that gives one: it stays with the call."""
        given = [self._choice(each).priority for each in walk.chosen]
        return next((each for each in reversed(given) if each), 0)

    def _trial(
        self,
        id: str,
        title: str,
        walk: Walk,
        reach: Reach,
        at: datetime | None = None,
        chosen: tuple[Chosen, ...] = (),
    ) -> Trial:
        return Trial(
            id=id,
            title=title,
            line=self.plan.lines[0],
            reach=reach,
            keys=tuple(walk.keys),
            at=at,
            hears=tuple(walk.hears),
            chosen=chosen,
            digits=walk.digits,
            seconds=round(walk.now + _AFTER, 1),
        )


def _outward(to: Destination) -> Reach:
    return Reach("dial", to.dial) if to.dial else Reach("hangup")


def _shortest(trial: Trial) -> tuple[bool, float]:
    return (trial.reach.kind != "queue", trial.seconds)
