"""What the console stands on: the rooms behind it, handed in by the process that wires them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from prometheus_client.core import Metric

from cases.board import Board
from cases.desk import CaseDesk
from cases.pops import Pops
from cases.presence import Presence
from cases.store import CaseStore
from plans.book import PlanBook
from plans.site import Site
from provisioning.office import Office
from provisioning.staffing import Staffing
from staff.areas import Areas
from staff.audit_readings import Readings
from staff.audit_trail import AuditTrail
from staff.directory import Directory
from staff.people import People
from staff.sessions import Sessions
from staff.sign_in import SignIn
from staff.tokens import Tokens
from telephony.ami import LinkState
from telephony.journal_store import LinkGap
from web.alarm import Alarm
from web.desks import Desks
from web.status_lines import Status


class PhoneSecrets(Protocol):
    """The secrets of coordinators' phones: shown, or made anew (the former one stops working)."""

    async def show(self, extension: str) -> str: ...

    async def renew(self, extension: str) -> str: ...


@dataclass(frozen=True)
class Services:
    """`sip` is where phones register (`host:port`); `ready` names what must stand and whether it does.

    `alarms` and `status` answer at once, from memory; `measures` are for Prometheus. `gaps` are those in
    listening to the PBX that touch the time between two instants.
    """

    people: People
    directory: Directory
    areas: Areas
    staffing: Staffing
    desks: Desks
    sessions: Sessions
    sign_in: SignIn
    tokens: Tokens
    audit: AuditTrail
    readings: Readings
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
    alarms: Callable[[], tuple[Alarm, ...]]
    status: Callable[[], Status]
    measures: Callable[[], Iterable[Metric]]
    gaps: Callable[[datetime, datetime], Awaitable[tuple[LinkGap, ...]]]
    sip: str
    office: Office
