"""One look at the PBX, in the terms of the watch."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from altavoz.watch_queues import queues_in_use
from altavoz.watch_seen import MemberSeen, PbxSeen, QueueSeen, TrunkSeen
from plans.model import Plan
from plans.site import Site
from telephony.pbx_status import PbxStatus
from telephony.queues import Member
from telephony.watched_carriers import EVERY, PATIENCE

ASKED_BY_THEN = timedelta(seconds=EVERY + PATIENCE + 1)


def seen_of(
    status: PbxStatus, at: datetime, before: PbxSeen | None, site: Site, plans: Iterable[Plan]
) -> PbxSeen:
    """What the PBX said `at` our clock; `before` is the look that came before this one."""
    used = queues_in_use(plans, site, at)
    return PbxSeen(
        at=at,
        version=status.version,
        up_since=status.up_since,
        calls=status.calls,
        ahead=status.clock - at.timestamp(),
        restarted=before is not None and (before.restarted or status.up_since > before.up_since),
        queues=tuple(_queues(status, site, used)),
        trunks=tuple(_trunks(status.trunks, at, site, before.trunks if before else ())),
    )


def _queues(status: PbxStatus, site: Site, used: Collection[str]) -> Iterator[QueueSeen]:
    for name, queue in site.queues.items():
        members = tuple(map(_member, status.members.get(name, ())))
        yield QueueSeen(name, queue.name, name in used, status.waiting.get(name, 0), members)


def _member(member: Member) -> MemberSeen:
    return MemberSeen(member.extension, member.name, member.paused, member.state != "unavailable")


def _trunks(
    answers: Mapping[str, bool], at: datetime, site: Site, before: Iterable[TrunkSeen]
) -> Iterator[TrunkSeen]:
    former = {trunk.carrier: trunk for trunk in before}
    for carrier in site.carriers:
        yield _trunk(carrier, answers.get(carrier), at, former.get(carrier))


def _trunk(carrier: str, fine: bool | None, at: datetime, before: TrunkSeen | None) -> TrunkSeen:
    """Nothing is known of a carrier that has never answered.

    The PBX calls one fine that it has not asked yet: only one that stays so has answered.
    """
    known = before.reachable if before else None
    fine_since = (before.fine_since if before else None) or at if fine else None
    reachable = known
    if fine is False and known is not None:
        reachable = False
    elif fine_since is not None and at - fine_since >= ASKED_BY_THEN:
        reachable = True
    since = before.since if before and reachable == known else at
    return TrunkSeen(carrier, reachable, since, fine_since)
