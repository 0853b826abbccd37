"""A caller's way through a plan with a clock: what is heard when, and when each key is pressed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from plans.model import Ask, Menu, Notice, Plan, Say
from telephony.testcall_values import Press

LISTENS = 4.0
"""Seconds of a menu that are heard before its key is pressed: enough to know the prompt by, also when the PBX
begins it late."""

LATE = 2.5
"""Seconds that a call may be late by: a PBX with much to do, or one whose dialplan is being changed."""

SOON = 0.3
"""Seconds until a call of our own is answered."""

_BETWEEN_DIGITS = 0.3
_AFTER_QUESTION = 1.2
_READ_WAITS = 5.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key of a menu."""

    menu: str
    digit: str


@dataclass(frozen=True, slots=True)
class Hears:
    """A prompt that must be heard; `cut` is after how many seconds a key ends it, if one does."""

    prompt: str
    cut: float | None = None


class Walk:
    """`now` is the second of the call at which what was added last is over."""

    def __init__(self, plan: Plan, durations: Mapping[str, float], begins: float = SOON) -> None:
        self._plan, self._durations = plan, durations
        self._pressed = 0.0
        self.now = begins
        self.keys: list[Press] = []
        self.hears: list[Hears] = []
        self.chosen: list[Chosen] = []
        self.digits: dict[str, str] = {}

    def way_in(self, typed: bool) -> None:
        """All that comes before the first destination; questions are answered when `typed`."""
        for step in self._plan.answer:
            match step:
                case Say():
                    self.hear(step.say)
                case Notice():
                    self.hear(step.notice)
                case Ask():
                    self._asked(step, typed)

    def hear(self, prompt: str) -> None:
        self.hears.append(Hears(prompt))
        self.now += self._durations[prompt]

    def choose(self, chosen: Chosen) -> None:
        """A key pressed while its menu speaks, or in the wait after a short one."""
        menu = self._plan.menus[chosen.menu]
        lasts = self._durations[menu.say]
        after = min(LISTENS, lasts + min(LATE, menu.wait / 2))
        self.hears.append(Hears(menu.say, after if after < lasts else None))
        self.now += after
        self._press(chosen.digit)
        self.chosen.append(chosen)

    def wait_out(self, name: str) -> None:
        """Nothing is pressed until the menu gives up."""
        menu: Menu = self._plan.menus[name]
        for _ in range(menu.tries):
            self.hear(menu.say)
            self.now += menu.wait

    def _asked(self, ask: Ask, typed: bool) -> None:
        if not typed:
            self._unanswered(ask)
            return
        self.hear(ask.ask)
        self.now += _AFTER_QUESTION
        digits = ("123456789" * 9)[: ask.fewest]
        for digit in digits if ask.fewest == ask.most else f"{digits}#":
            self._press(digit)
            self.now += _BETWEEN_DIGITS
        self.digits[ask.ask] = digits

    def _unanswered(self, ask: Ask) -> None:
        """A question that must be answered is put again; between two, a sentence of the house is heard."""
        for _ in range(ask.tries if ask.required else 1):
            self.hear(ask.ask)
            self.now += _READ_WAITS
        if ask.required:
            self.now += 3.0 * (ask.tries - 1)

    def _press(self, digit: str) -> None:
        self.keys.append(Press(digit, round(self.now - self._pressed, 2)))
        self._pressed = self.now
