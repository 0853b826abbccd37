"""Wrong passwords: a growing wait for each name, a bound for each address. In memory: a restart forgives."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES, LONGEST_WAIT, KEPT = 4, 60, 10_000
WRONG_PER_MINUTE, MINUTE = 20, timedelta(minutes=1)


class TooManyTries(Exception):
    """Too many wrong passwords for this name or from this address; `seconds` until the next try.

    The text is for the person.
    """

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
        while len(self._wrong) > KEPT:
            self._wrong.popitem(last=False)

    def succeeded(self, name: str) -> None:
        self._wrong.pop(name, None)


class AddressTries:
    """Whence wrong tries came in the last minute; from an address that made too many, none is taken."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check(self, address: str, now: datetime) -> None:
        """Raises `TooManyTries` until a minute has passed since the first of the last twenty."""
        wrong = self._wrong.get(address)
        if wrong is not None and len(wrong) >= WRONG_PER_MINUTE and now - wrong[0] < MINUTE:
            raise TooManyTries(max(1, round((wrong[0] + MINUTE - now).total_seconds())))

    def failed(self, address: str, now: datetime) -> None:
        wrong = self._wrong.setdefault(address, deque(maxlen=WRONG_PER_MINUTE))
        wrong.append(now)
        self._wrong.move_to_end(address)
        while len(self._wrong) > KEPT:
            self._wrong.popitem(last=False)
