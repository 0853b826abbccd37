"""What is wrong in what is seen: a pure look for each rule of `altavoz.watch_rules`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from altavoz.watch_seen import DiskSeen, QueueSeen, Seen
from cases.quiet import QuietLine
from telephony.known_holes import holes_of

RESTART_TOLD = timedelta(minutes=15)
TOLD_FOR = timedelta(days=1)
"""How long it is said that facts were lost or letters did not arrive: nobody can undo it."""
CLOCKS_APART = 2.0
EXPIRING, EXPIRED = timedelta(days=21), timedelta(days=2)
DISKS = {"home": "datos de Altavoz", "recordings": "grabaciones"}
MIB, GIB = 1 << 20, 1 << 30
QUIET_ADVICE = "Llame usted desde afuera: si no entra, el operador pudo haber desvinculado el número."


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong: how it is called, since when if that is known, and a sentence about it."""

    name: str = ""
    since: datetime | None = None
    detail: str = ""


Wrong = Mapping[str, Found]


def one(wrong: bool, since: datetime | None = None, detail: str = "", name: str = "") -> Wrong:
    """A rule's answer that knows one subject."""
    return {"": Found(name, since, detail)} if wrong else {}


def pbx_stopped(seen: Seen) -> Wrong:
    return one(seen.process is False)


def pbx_link(seen: Seen) -> Wrong:
    return one(not seen.listens.up, seen.listens.since, sentence(seen.listens.reason))


def pbx_late(seen: Seen) -> Wrong:
    return one(seen.listens.up and seen.late is not None, seen.late)


def pbx_control(seen: Seen) -> Wrong:
    wrong = seen.listens.up and not seen.acts.up
    return one(wrong, seen.acts.since, sentence(seen.acts.reason))


def pbx_restarted(seen: Seen) -> Wrong:
    pbx = seen.pbx
    if pbx is None or not pbx.restarted:
        return {}
    return one(seen.at - pbx.up_since < RESTART_TOLD, pbx.up_since)


def pbx_holes(seen: Seen) -> Wrong:
    holes = holes_of(seen.pbx.version) if seen.pbx else ()
    names = listed([name for hole in holes for name in hole.names])
    return one(bool(holes), None, f"Fallas conocidas: {names}.", seen.pbx.version if seen.pbx else "")


def release_differs(seen: Seen) -> Wrong:
    release = seen.release
    if release is None or not release.answered or release.agrees:
        return {}
    detail = f"En el disco está {release.on_disk or 'ninguna'} y en la central {release.in_pbx or 'ninguna'}."
    return one(True, None, detail)


def queue_nobody(seen: Seen) -> Wrong:
    return {queue.queue: Found(queue.title) for queue in _queues(seen) if queue.used and not queue.serving}


def canary_failed(seen: Seen) -> Wrong:
    return {
        canary.plan: Found(seen.called(canary.plan), canary.at, sentence(canary.said))
        for canary in seen.canaries
    }


def line_quiet(seen: Seen) -> Wrong:
    return {
        each.line: Found(
            seen.called(each.plan),
            each.last,
            quiet_said(each),
        )
        for each in seen.store.quiet
    }


def quiet_said(line: QuietLine) -> str:
    """By week: a line that lives of a call every third day has 0.3 a day."""
    return f"Entraban unas {line.a_day * 7:.0f} por semana; hace {line.days} días que no entra ninguna."


def line_not_released(seen: Seen) -> Wrong:
    """What was asked again since then is no alarm any more, for it has another row."""
    return {
        each.asked_for.plan: Found(seen.called(each.asked_for.plan), each.ended, sentence(each.said))
        for each in seen.store.refused
    }


def line_untested(seen: Seen) -> Wrong:
    return {
        each.plan: Found(seen.called(each.plan), each.at, sentence(each.reason))
        for each in seen.store.untested
    }


def phone_unreachable(seen: Seen) -> Wrong:
    members = (member for queue in _queues(seen) for member in queue.members)
    return {
        member.extension: Found(f"{member.name} ({member.extension})")
        for member in members
        if not member.paused and not member.reachable
    }


def trunk_unreachable(seen: Seen) -> Wrong:
    trunks = seen.pbx.trunks if seen.pbx else ()
    return {trunk.carrier: Found(trunk.carrier, trunk.since) for trunk in trunks if trunk.reachable is False}


def database_stuck(seen: Seen) -> Wrong:
    detail = f"Esperan {seen.queued} novedades de llamadas." if seen.queued else ""
    return one(seen.stuck is not None or not seen.store.answers, seen.stuck, detail)


def spool_used(seen: Seen) -> Wrong:
    return one(seen.spooled > 0, None, f"Son {seen.spooled}.")


def facts_in_memory(seen: Seen) -> Wrong:
    return one(seen.unspooled is not None, seen.unspooled, f"Esperan {seen.queued - seen.spooled}.")


def facts_lost(seen: Seen) -> Wrong:
    lately = seen.lost_at is not None and seen.at - seen.lost_at < TOLD_FOR
    return one(lately, seen.lost_at, f"No cupieron {seen.lost}, la última a esa hora.")


def audit_broken(seen: Seen) -> Wrong:
    return one(bool(seen.audit), None, sentence(seen.audit))


def disk_full(seen: Seen) -> Wrong:
    return {disk.holds: _disk(disk) for disk in _disks(seen) if _full(disk)}


def disk_low(seen: Seen) -> Wrong:
    return {disk.holds: _disk(disk) for disk in _disks(seen) if _low(disk) and not _full(disk)}


def clock_apart(seen: Seen) -> Wrong:
    ahead = seen.pbx.ahead if seen.pbx else 0.0
    return one(abs(ahead) > CLOCKS_APART, None, f"Difieren {abs(ahead):.0f} segundos.")


def clock_lost(seen: Seen) -> Wrong:
    return one(seen.machine is not None and seen.machine.once and seen.machine.synchronized is False)


def certificate_expired(seen: Seen) -> Wrong:
    return _certificate(seen, None, EXPIRED)


def certificate_expiring(seen: Seen) -> Wrong:
    return _certificate(seen, EXPIRED, EXPIRING)


def mail_stuck(seen: Seen) -> Wrong:
    return one(seen.store.unsent is not None, seen.store.unsent)


def mail_failed(seen: Seen) -> Wrong:
    ended = seen.store.undelivered
    return one(bool(ended), min(ended, default=None), f"En las últimas 24 horas: {len(ended)}.")


def journal_unreadable(seen: Seen) -> Wrong:
    reason = (seen.machine.journal if seen.machine else None) or ""
    return one(bool(reason), None, sentence(reason))


def _queues(seen: Seen) -> tuple[QueueSeen, ...]:
    return seen.pbx.queues if seen.pbx else ()


def _disks(seen: Seen) -> tuple[DiskSeen, ...]:
    return seen.machine.disks if seen.machine else ()


def _full(disk: DiskSeen) -> bool:
    return disk.free < 500 * MIB


def _low(disk: DiskSeen) -> bool:
    """On a large volume a twentieth is plenty; on any, two gigabytes are a few days of recordings."""
    return disk.free < 2 * GIB or (disk.free < disk.total / 20 and disk.free < 20 * GIB)


def _disk(disk: DiskSeen) -> Found:
    return Found(DISKS[disk.holds], None, f"Quedan {size(disk.free)} de {size(disk.total)}.")


def _certificate(seen: Seen, after: timedelta | None, within: timedelta) -> Wrong:
    until = seen.machine.certificate if seen.machine else None
    if until is None:
        return {}
    left = until - seen.at
    return one(left <= within and (after is None or left > after), None, f"Vence el {until:%d/%m/%Y}.")


def sentence(text: str) -> str:
    """A reason as a sentence of its own."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def listed(names: Iterable[str], most: int = 4) -> str:
    """`a`, `a y b`, `a, b y c`; of many the first ones and how many more."""
    every = [name for name in names if name]
    if len(every) > most:
        return f"{', '.join(every[: most - 1])} y {len(every) - most + 1} más"
    return " y ".join((", ".join(every[:-1]), every[-1])) if len(every) > 1 else "".join(every)


def size(count: int) -> str:
    """Bytes as a person reads them: `1,4 GB`."""
    unit, name = (GIB, "GB") if count >= GIB else (MIB, "MB")
    return f"{count / unit:.1f} {name}".replace(".", ",")
