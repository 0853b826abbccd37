"""The growing wait after wrong passwords, name by name. In memory: a restart forgives."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES, LONGEST_WAIT, NAMES_KEPT = 4, 60, 10_000


class TooManyTries(Exception):
    """Too many wrong passwords for this name; `seconds` until the next try. The text is for the person."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Demasiados intentos. Espere {seconds} s y vuelva a probar.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Wrong:
    times: int
    until: datetime


class Tries:
    """Who tried wrongly, how often, and until when a further try is refused."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()

    def check(self, name: str, now: datetime) -> None:
        """Raises `TooManyTries` while the wait lasts."""
        wrong = self._wrong.get(name)
        if wrong is not None and now < wrong.until:
            raise TooManyTries(max(1, round((wrong.until - now).total_seconds())))

    def failed(self, name: str, now: datetime) -> None:
        """Four tries are free; then 2, 4, 8 … seconds, at most a minute."""
        times = self._wrong[name].times + 1 if name in self._wrong else 1
        wait = min(2 ** min(times - FREE_TRIES, 10), LONGEST_WAIT) if times > FREE_TRIES else 0
        self._wrong[name] = _Wrong(times, now + timedelta(seconds=wait))
        self._wrong.move_to_end(name)
        while len(self._wrong) > NAMES_KEPT:
            self._wrong.popitem(last=False)

    def succeeded(self, name: str) -> None:
        self._wrong.pop(name, None)
