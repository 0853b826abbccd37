"""What the watch sees of the world at one moment. Values only; `altavoz.watch_rules` judges them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases.quiet import QuietLine
from provisioning.release.canaries import Canary
from provisioning.release.store import LineRelease
from provisioning.untested import Untested
from telephony.ami import LinkState
from telephony.journal_store import LinkGap
from telephony.publish import Standing


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A phone in a queue. `reachable`: it is registered."""

    extension: str
    name: str
    paused: bool
    reachable: bool

    @property
    def serves(self) -> bool:
        return self.reachable and not self.paused


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """`title` is how the site calls the queue; `used`: a plan leads calls to it at this hour."""

    queue: str
    title: str
    used: bool
    waiting: int
    members: tuple[MemberSeen, ...]

    @property
    def serving(self) -> int:
        """How many phones of it may ring."""
        return sum(member.serves for member in self.members)


@dataclass(frozen=True, slots=True)
class TrunkSeen:
    """A carrier. `reachable` is None while it has never answered: many answer no OPTIONS at all.

    `fine_since` is since when the PBX has had nothing against it.
    """

    carrier: str
    reachable: bool | None
    since: datetime
    fine_since: datetime | None


@dataclass(frozen=True, slots=True)
class PbxSeen:
    """What the PBX said of itself `at`: `version` as it writes it, `ahead` seconds by which its clock leads.

    `restarted`: it began anew while we were looking.
    """

    at: datetime
    version: str
    up_since: datetime
    calls: int
    ahead: float
    restarted: bool
    queues: tuple[QueueSeen, ...]
    trunks: tuple[TrunkSeen, ...]


@dataclass(frozen=True, slots=True)
class DiskSeen:
    """A volume: bytes free of bytes in all. `holds` is a key of `watch_finds.DISKS`."""

    holds: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class MachineSeen:
    """`synchronized` is the kernel's word on its clock, `once` whether it was so since we started.

    `certificate` is when the console's ends, `journal` why the PBX's cannot be read (empty: it can). None is
    for what is not there or cannot be known.
    """

    disks: tuple[DiskSeen, ...]
    synchronized: bool | None
    once: bool
    certificate: datetime | None
    journal: str | None


@dataclass(frozen=True, slots=True)
class StoreSeen:
    """Whether the database answers; since when letters wait in it that cannot leave, when each of the last
    day's ended that did not arrive or perhaps did not; the last gaps in listening to the PBX, newest first;
    the last day's releases of lines that were refused on their day; the lines that nobody calls any more;
    what strangers reach `untested`.
    """

    answers: bool
    unsent: datetime | None
    undelivered: tuple[datetime, ...] = ()
    gaps: tuple[LinkGap, ...] = ()
    refused: tuple[LineRelease, ...] = ()
    untested: tuple[Untested, ...] = ()
    quiet: tuple[QuietLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything at the moment `at`.

    `process` is whether the PBX of our own runs (None: it is not ours), `queued` how many facts wait for the
    database, `spooled` how many of them on disk, `phases` the live calls. `unspooled` is since when the disk
    takes no facts either, `lost` how many there was no room for, `lost_at` the last of them. `audit` says
    what is wrong with the audit trail; it is empty when nothing is. `late` is since when the PBX is heard but
    answers too late. `canaries` are those that failed, `named` says for each plan its name and numbers.
    """

    at: datetime
    listens: LinkState
    acts: LinkState
    process: bool | None
    pbx: PbxSeen | None
    release: Standing | None
    stuck: datetime | None
    store: StoreSeen
    queued: int
    spooled: int
    machine: MachineSeen | None
    phases: Mapping[str, int]
    plans: int
    unspooled: datetime | None = None
    lost: int = 0
    lost_at: datetime | None = None
    audit: str = ""
    late: datetime | None = None
    canaries: tuple[Canary, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    def called(self, plan: str) -> str:
        """A plan as people know it, or its short name when it stands no more."""
        return self.named.get(plan, plan)
