"""Test calls, placed and observed: out of our own PBX and back, by a carrier, or by a person's hand."""

import asyncio
import math
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import structlog

from dialplan.hand import DIGITS
from dialplan.testcalls import CALL, HEARS, KEYS
from telephony.ami import AmiLink
from telephony.exchange import AmiError
from telephony.testcall_ear import Ear
from telephony.testcall_events import Witness
from telephony.testcall_ports import PortRefused, TestPort
from telephony.testcall_reception import measured
from telephony.testcall_values import LONGEST, Moment, Observed, TestCall, Way

log = structlog.get_logger()

AT_ONCE = 2
BEGINS, BACK, KEYED, CLEARED, MARGIN = 5.0, 0.3, 30.0, 3.0, 10.0
"""Seconds: until a call begins; until one by a carrier is back, should that be told after its answer (a plan
that greets rings nobody so soon), and known by its code, which nobody looks at before a notice is over; until
its channels are gone once they are asked to; and what it may last beyond its own end."""
TALK = 15 * 60.0
"""Seconds that a call by hand may last."""
_ID = re.compile(r"[0-9a-f]{2,32}")
_E164 = re.compile(r"\+[1-9][0-9]{5,14}")
_KEYS = frozenset("0123456789*#")

Progress = Callable[[Moment], None]


class Spent(Exception):
    """Too many calls keyed another code: the right one is good no more."""


class CannotPlace(Exception):
    """No call could be made; the message says why, in Spanish."""


def nothing(_: Moment) -> None:
    """Progress that nobody looks at."""


def new_digits() -> str:
    """The six digits of a test by hand."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


class TestCaller:
    """Places test calls on one PBX, named `pbx`: `listens` hears, `acts` originates, `port` does the rest.

    At most `at_once` are under way at a time; others wait their turn.
    """

    __test__: ClassVar[bool] = False  # no test class of pytest's

    def __init__(
        self, pbx: str, listens: AmiLink, acts: AmiLink, port: TestPort, at_once: int = AT_ONCE
    ) -> None:
        self._ear = Ear(pbx, listens.on_bytes)
        self._listens = listens
        self._acts = acts
        self._port = port
        self._turns = asyncio.Semaphore(at_once)
        self._awaited: set[str] = set()
        self._by_trunk: dict[str, asyncio.Lock] = {}

    def ways(self) -> frozenset[Way]:
        """How calls can be made here."""
        return frozenset(Way) if self._port.loops else frozenset((Way.TRUNK, Way.HAND))

    async def place(self, call: TestCall, progress: Progress = nothing) -> Observed:
        """Makes the call, follows it to its end, and leaves no channel of it, also when cancelled.

        Raises CannotPlace.
        """
        self._check(call)
        async with self._turns, self._recognised(call) as digits:
            with self._ear.on(Witness(call, progress)) as witness:
                links = self._listens.connections
                try:
                    async with measured(self._acts, witness) as meter:
                        await self._call(call, digits)
                        problem = await self._to_its_end(witness, digits)
                finally:
                    await asyncio.shield(self._clear(witness))
            seen = await self._observed(witness, problem, self._lost(links))
            return replace(seen, reception=meter.reception)

    @asynccontextmanager
    async def expected(self, call: TestCall, digits: str, until: datetime) -> AsyncIterator["Hand"]:
        """A call by hand to the line is a test when the first keys pressed in it are its lead and these
        digits, once, before `until`.

        Raises CannotPlace.
        """
        with self._ear.on(Witness(call, nothing)) as witness:
            async with self._armed(call, digits, until):
                yield Hand(self, self._ear, witness, until)

    async def observed(self, witness: Witness) -> Observed:
        return await self._observed(witness, "", "")

    def _check(self, call: TestCall) -> None:
        if call.way not in self.ways() or call.way is Way.HAND:
            raise CannotPlace("esta central no puede hacer una llamada de prueba de esa manera")
        if not (
            _ID.fullmatch(call.id)
            and _E164.fullmatch(call.line)
            and (not call.dialled or _E164.fullmatch(call.dialled))
        ):
            raise CannotPlace("una llamada de prueba necesita un identificador y números con código de país")
        if not 0 < call.seconds <= LONGEST:
            raise CannotPlace(f"una llamada de prueba dura {LONGEST} segundos como máximo")
        if any(press.digit not in _KEYS or not 0 <= press.after_s <= LONGEST for press in call.keys):
            raise CannotPlace("las teclas son 0 a 9, * y #, cada una con sus segundos de espera")

    async def _call(self, call: TestCall, digits: str) -> None:
        heard = {"Context": HEARS, "Exten": "s", "Priority": "1"}
        await self._originate(f"Local/{call.id}@{CALL}/n", heard, call, {"DIGITS": digits})

    async def _press(self, witness: Witness, digits: str = "") -> None:
        """The digits, else the keys, are pressed by a call of their own, on the half that hears."""
        call, told = witness.call, {"DIGITS": digits, "HALF": witness.half}
        if digits:
            told["PRESSES"] = ""
        if call.keys or digits:
            nothing_else = {"Application": "Wait", "Data": "1"}
            await self._originate(f"Local/{call.id}@{KEYS}/n", nothing_else, call, told)

    async def _originate(
        self, channel: str, then: Mapping[str, str], call: TestCall, more: Mapping[str, str]
    ) -> None:
        told = {**_variables(call), **more}
        headers = {
            "Channel": channel,
            **then,
            "Async": "true",
            "Timeout": str(LONGEST * 1000),
            "Variable": [f"ALTAVOZ_{name}={text}" for name, text in told.items() if text],
        }
        try:
            await self._acts.action("Originate", headers)
        except AmiError as error:
            raise CannotPlace(str(error)) from error

    async def _to_its_end(self, witness: Witness, digits: str) -> str:
        """Why it did not come to its end as it should, empty when it did."""
        call, until = witness.call, self._ear.until
        if not await until(lambda: witness.began is not None, BEGINS):
            return "la central no empezó la llamada: vuelva a publicar los planes y vea el registro"
        if digits and not await self._known(witness, digits):
            return "la llamada no volvió por el operador, o volvió a otro número: no llegó a la línea"
        await self._press(witness)
        if not await until(lambda: witness.over, call.seconds + MARGIN):
            return "la llamada no terminó a tiempo"
        if not witness.marks:
            return f"la llamada no llegó a la línea ({witness.refused or 'nadie respondió'})"
        return ""

    async def _known(self, witness: Witness, digits: str) -> bool:
        """Whether it came back to its line: one that is not known for a test would ring at coordinators'.

        It is back before it is answered, and decided before it rings anybody. Keys are pressed only then:
        another's line, to which it may have come, is a stranger's to hear.
        """
        until = self._ear.until
        await until(lambda: witness.answered is not None or witness.over, witness.call.seconds)
        if not await until(lambda: bool(witness.undecided), BACK):
            return False
        await self._press(witness, digits)
        await until(lambda: witness.keyed or witness.over or not witness.undecided, KEYED)
        return witness.keyed

    async def _clear(self, witness: Witness) -> None:
        """Nothing of the call stays in the PBX; it also ends by itself, should nobody be there to ask."""
        if witness.over and not witness.call.keys:
            return
        try:
            await self._port.hang_up(witness.call.id)
        except PortRefused as refused:
            log.error("test_call_not_hung_up", test=witness.call.id, reason=str(refused))
        await self._ear.until(lambda: not witness.open, CLEARED)

    def _lost(self, links: int) -> str:
        if self._listens.connections == links and self._listens.state.up:
            return ""
        return "se cortó la conexión con la central durante la llamada"

    async def _observed(self, witness: Witness, *problems: str) -> Observed:
        recorded = witness.call.way is not Way.HAND
        return Observed(
            call=witness.call,
            began=witness.began or datetime.now(UTC),
            facts=tuple(witness.heard()),
            heard=await self._port.heard(witness.call.id) if recorded else None,
            answered_ms=_answered(witness),
            plan_ms=witness.to_its_plan(),
            phone=witness.phone,
            delivered=witness.delivered(),
            marks=tuple(witness.marks),
            duration_ms=witness.after(witness.ended) if witness.ended else 0,
            problems=tuple(filter(None, problems)),
        )

    # by digits

    @asynccontextmanager
    async def _recognised(self, call: TestCall) -> AsyncIterator[str]:
        """The keys by which a call that goes out and comes back by carriers is known; none for others.

        A line's are those of one call: its others wait.
        """
        if call.way is not Way.TRUNK:
            yield ""
            return
        digits, line = new_digits(), self._by_trunk.setdefault(call.line, asyncio.Lock())
        async with line, self._armed(call, digits, datetime.now(UTC) + timedelta(seconds=call.seconds)):
            yield call.lead + digits

    @asynccontextmanager
    async def _armed(self, call: TestCall, digits: str, until: datetime) -> AsyncIterator[None]:
        line = call.line.removeprefix("+")
        if not call.lead:
            raise CannotPlace("los menús del plan usan las doce teclas: ninguna queda para la clave")
        if line in self._awaited:
            raise CannotPlace(f"ya se espera una llamada de prueba a {call.line}: termínela primero")
        self._awaited.add(line)
        try:
            code = call.lead + digits
            await self._port.arm(line, "-".join((code, str(int(until.timestamp())), call.id, *_live(call))))
            yield
        except PortRefused as refused:
            raise CannotPlace(str(refused)) from refused
        finally:
            await asyncio.shield(self._disarm(line))

    async def _disarm(self, line: str) -> None:
        """What nobody keyed is of no use any more, and after its time no good."""
        try:
            await self._port.disarm(line)
        except PortRefused as refused:
            log.error("test_not_disarmed", line=line, reason=str(refused))
        finally:
            self._awaited.discard(line)


class Hand:
    """A person's call that is awaited."""

    def __init__(self, caller: TestCaller, ear: Ear, witness: Witness, until: datetime) -> None:
        self._caller = caller
        self._ear = ear
        self._witness = witness
        self._until = until

    @property
    def wrong(self) -> int:
        """How many calls keyed another code."""
        return self._witness.wrong

    async def observed(self, progress: Progress = nothing) -> Observed:
        """What happened to the call that keyed the code. Raises TimeoutError when none did in time, Spent."""
        witness = self._witness
        witness.moved = progress
        left = (self._until - datetime.now(UTC)).total_seconds()
        if not await self._ear.until(lambda: witness.keyed or witness.spent, max(0.0, left)):
            raise TimeoutError
        if not witness.keyed:
            raise Spent
        await self._ear.until(lambda: witness.over, TALK)
        return await self._caller.observed(witness)


def _answered(witness: Witness) -> int | None:
    """Where the line first said that it is not active, how long it took once the code was keyed."""
    if witness.answered is None:
        return None
    return witness.to_its_plan() if witness.asked else witness.after(witness.answered)


def _variables(call: TestCall) -> dict[str, str]:
    """What the dialplan is told of the call (`dialplan.testcalls`)."""
    trunk = call.way is Way.TRUNK
    called = (call.dialled or call.line) if trunk else call.line
    return {
        "SECONDS": str(math.ceil(call.seconds)),
        "CARRIER": (call.out or call.carrier) if trunk else call.carrier,
        "WAY": call.way.value,
        "CALLED": called.removeprefix("+"),
        "LINE": call.line.removeprefix("+"),
        "AT": str(int(call.at.timestamp())) if call.at else "",
        "PRESSES": "".join(press.digit for press in call.keys),
        "WAITS": "-".join(f"{press.after_s:g}" for press in call.keys),
        "TEST_CALL": call.id,
        "LIVE": "".join(_live(call)),
    }


def _live(call: TestCall) -> tuple[str, ...]:
    """What tells the dialplan that the call is to go where strangers go."""
    return ("1",) if call.live else ()
