"""What the console stands on: the rooms behind it, handed in by the process that wires them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cases.board import Board
from cases.desk import CaseDesk
from cases.pops import Pops
from cases.presence import Presence
from cases.store import CaseStore
from plans.book import PlanBook
from plans.site import Site
from staff.people import People
from staff.sessions import Sessions
from staff.tokens import Tokens
from telephony.ami import LinkState


class PhoneSecrets(Protocol):
    """The secrets of coordinators' phones: shown, or made anew (the former one stops working)."""

    async def show(self, extension: str) -> str: ...

    async def renew(self, extension: str) -> str: ...


@dataclass(frozen=True)
class Services:
    """`sip` is where phones register (`host:port`); `ready` names what must stand and whether it does."""

    people: People
    sessions: Sessions
    tokens: Tokens
    store: CaseStore
    desk: CaseDesk
    board: Board
    presence: Presence
    pops: Pops
    book: PlanBook
    link: Callable[[], LinkState]
    release: Callable[[], str | None]
    phones: PhoneSecrets
    site: Site
    clock: Callable[[], datetime]
    ready: Callable[[], Awaitable[Mapping[str, bool]]]
    sip: str
