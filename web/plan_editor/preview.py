"""What a plan will do, told before it is published: its menus, a call at an instant, a phone's display."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dialplan.opening import is_open
from plans.model import Ask, Choice, Closed, Destination, Notice, Plan, Say
from plans.numbers import written
from plans.site import Site
from web.words import KINDS

ALWAYS = "always"
DEEPEST = 12


@dataclass(frozen=True)
class Branch:
    """A key (empty for «otherwise»), what it is for, where it goes; `closed` says where it goes just now."""

    key: str
    label: str
    goes: str
    notes: tuple[str, ...] = ()
    closed: str = ""
    branches: tuple["Branch", ...] = ()


@dataclass(frozen=True)
class Moment:
    """A thing that happens to a call, in words; `said` is what the caller hears."""

    title: str
    said: str = ""
    kind: str = "say"


@dataclass(frozen=True)
class Display:
    """A fantasy name on a display of so many characters: what it shows, and what is cut off."""

    characters: int
    shows: tuple[str, ...]
    cut: str

    @property
    def empty(self) -> int:
        return self.characters - len(self.shows)


def displays(name: str, site: Site) -> tuple[Display, ...]:
    """On the displays that the site reckons with, the narrowest first."""
    rules = site.fantasy_name
    widths = sorted({rules.warn_over, rules.characters})
    return tuple(Display(width, tuple(name[:width]), name[width:]) for width in widths)


@dataclass(frozen=True)
class Preview:
    """A plan seen at a local instant."""

    plan: Plan
    site: Site
    at: datetime

    def call(self) -> tuple[Moment, ...]:
        """What a caller goes through, up to the menu or to where the call is put."""
        closed = self._closed(self.plan.hours)
        if closed is not None:
            return tuple(self._closed_moments(closed))
        return tuple(self._open_moments())

    def menus(self) -> tuple[Branch, ...]:
        """The keys of the menu that a call comes to first; none when it comes to none."""
        first = next((step.menu for step in self.plan.answer if isinstance(step, Destination)), None)
        return self._branches(first, ()) if first else ()

    @property
    def open(self) -> bool:
        return self._closed(self.plan.hours) is None

    def _closed(self, calendar: str) -> Closed | None:
        """What happens when a calendar is closed at this instant; None while it is open."""
        found = self.plan.calendars.get(calendar)
        if found is None or is_open(found, self.plan.subsidiary, self.at):
            return None
        return found.closed

    def _open_moments(self) -> Iterator[Moment]:
        yield Moment("Se atiende", kind="open")
        for step in self.plan.answer:
            if isinstance(step, Say):
                yield Moment("Saludo", self._said(step.say))
            elif isinstance(step, Notice):
                yield Moment("Aviso, se oye entero", self._said(step.notice), "notice")
            elif isinstance(step, Ask):
                need = "obligatorio" if step.required else "se puede saltear"
                yield Moment(f"Pide «{step.ask}»: {step.digits} dígitos, {need}", self._said(step.ask), "ask")
            else:
                menu = self.plan.menus.get(step.menu or "")
                yield Moment(self.goes(step), self._said(menu.say) if menu else "", "go")
                return

    def _closed_moments(self, closed: Closed) -> Iterator[Moment]:
        yield Moment("Está cerrado", self._said(closed.say) if closed.say else "", "closed")
        yield Moment(self.goes(closed.then), kind="go")

    def _said(self, prompt: str) -> str:
        found = self.plan.prompts.get(prompt)
        if found is None:
            return f"(falta «{prompt}»)"
        return found.text or f"(grabación {found.audio})"

    def _branches(self, name: str, above: tuple[str, ...]) -> tuple[Branch, ...]:
        menu = self.plan.menus.get(name)
        if menu is None or len(above) > DEEPEST:
            return ()
        inside = (*above, name)
        keys = [self._branch(digit, choice, inside) for digit, choice in menu.choices.items()]
        said = f"Si no marca nada, tras {menu.tries} {'vez' if menu.tries == 1 else 'veces'}"
        return (
            *keys,
            Branch("", said, self.goes(menu.otherwise), (), "", self._below(menu.otherwise, inside)),
        )

    def _branch(self, digit: str, choice: Choice, inside: tuple[str, ...]) -> Branch:
        closed = self._closed(choice.hours) if choice.hours else None
        notes = [KINDS[choice.kind]] if choice.kind else []
        notes += [f"prioridad {choice.priority}"] if choice.priority else []
        notes += [f"horario «{choice.hours}»"] if choice.hours and choice.hours != ALWAYS else []
        now = f"Ahora está cerrado: {self.goes(closed.then)}" if closed else ""
        below = self._below(choice, inside)
        return Branch(digit, choice.label or "", self.goes(choice), tuple(notes), now, below)

    def _below(self, to: Destination, inside: tuple[str, ...]) -> tuple[Branch, ...]:
        """A menu within a menu, once on each way."""
        return self._branches(to.menu, inside) if to.menu and to.menu not in inside else ()

    def goes(self, to: Destination) -> str:
        """A destination in words."""
        match to.to:
            case "queue":
                return f"Cola {self._queue(to.queue)}"
            case "menu":
                return f"Menú «{to.menu}»"
            case "callback":
                return f"Ofrece devolver la llamada, cola {self._queue(to.callback)}"
            case "dial":
                return f"Llama a {written(to.dial or '', self.plan.subsidiary)}"
            case "repeat":
                return "Repite el menú"
            case _:
                return "Corta"

    def _queue(self, name: str | None) -> str:
        known = self.site.queues.get(name or "")
        return known.name if known else f"«{name}» (no existe)"

    def waits(self) -> tuple[tuple[str, str, str], ...]:
        """How long each queue is waited for, what is heard first, and what comes after."""
        return tuple(
            (
                f"{self._queue(queue)}: hasta {each.max} s",
                self._said(each.say) if each.say else "",
                self.goes(each.then),
            )
            for queue, each in self.plan.waiting.items()
        )
