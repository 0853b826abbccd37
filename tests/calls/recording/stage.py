"""Where twisted calls are played: telephones of a carrier and of coordinators on one PBX."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.support.softphone import Call, Telephone

MENU, OVERFLOW = "1143218765", "1143218767"
PROVIDER = "01140001234"
"""An outside number as a phone dials it; whoever is on the carrier's port answers for it."""


@dataclass
class Stage:
    """`phones` are registered, by extension; `second` is the other device of 103."""

    pbx: tuple[str, int]
    carrier: str
    phones: dict[str, Telephone]
    second: Telephone
    console: Callable[[str], Awaitable[str]]
    opened: list[Telephone] = field(default_factory=list)

    async def caller(self, called: str = MENU, digits: str = "1", number: str = "1155554444") -> Call:
        """Somebody who called a line, was answered and pressed the digits."""
        telephone = await self._telephone(0)
        call = await (await telephone.call(called, number)).answered()
        await pause(1.2)
        for digit in digits:
            await call.digit(digit)
        return call

    async def outside(self) -> Telephone:
        """Who answers for every outside number."""
        return await self._telephone(5060)

    async def _telephone(self, port: int) -> Telephone:
        telephone = await Telephone.open(self.carrier, port, self.pbx)
        self.opened.append(telephone)
        return telephone

    async def answers(self, extension: str, after: float = 0.4) -> Call:
        """That phone rings and answers."""
        return await (await self.phones[extension].rings()).answer(after)

    async def talk(self, extension: str = "101", **caller: str) -> tuple[Call, Call]:
        """A caller and the coordinator who answered, in conversation."""
        called = await self.caller(**caller)
        answered = await self.answers(extension)
        await pause(0.6)
        return called, answered

    async def newest_channel(self, begins: str) -> str:
        """The name of the youngest channel whose name begins so."""
        lines = (await self.console("core show channels concise")).splitlines()
        return max(name for name in (line.split("!")[0] for line in lines) if name.startswith(begins))

    async def clear(self) -> None:
        for telephone in self.opened:
            await telephone.close()
        self.opened.clear()


async def pause(seconds: float = 0.5) -> None:
    await asyncio.sleep(seconds)
