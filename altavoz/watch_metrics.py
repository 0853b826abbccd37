"""What Prometheus is told of the instance at the moment it asks; no label is ever a person's or a number."""

from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from altavoz.watch_rules import RULES
from altavoz.watch_seen import PbxSeen, QueueSeen, Seen
from telephony.ami import AmiLink
from web.alarm import Alarm

PHASES = ("greeting", "menu", "queue", "ringing", "talking", "callback")
_COUNTED = (
    ("altavoz_link_connections", "Times a link came up.", "connections"),
    ("altavoz_events", "Events taken from the PBX.", "taken"),
    ("altavoz_link_overruns", "Events dropped because too many waited.", "overruns"),
)


def measures_of(seen: Seen, alarms: Iterable[Alarm], links: Iterable[AmiLink]) -> Iterator[Metric]:
    """Gauges of how things stand, counters of the links."""
    yield _labelled("altavoz_calls_live", "Calls that have not ended, by phase.", "phase", _phases(seen))
    yield from _links(tuple(links))
    yield from _queues(seen.pbx.queues if seen.pbx else ())
    yield from _pbx(seen.pbx)
    yield GaugeMetricFamily("altavoz_plans_live", "Plans that answer calls.", seen.plans)
    yield GaugeMetricFamily("altavoz_facts_spooled", "Facts kept on disk for the database.", seen.spooled)
    yield GaugeMetricFamily("altavoz_database_up", "Whether the database takes facts.", _database(seen))
    yield GaugeMetricFamily("altavoz_release_stands", "Whether the PBX has the last release.", _release(seen))
    yield from _disks(seen)
    open_now = {alarm.code for alarm in alarms}
    pairs = {rule.code: float(rule.code in open_now) for rule in RULES}
    yield _labelled("altavoz_alarm", "Whether an alarm is open, by code.", "code", pairs)


def _phases(seen: Seen) -> dict[str, float]:
    return {phase: float(seen.phases.get(phase, 0)) for phase in PHASES}


def _links(links: tuple[AmiLink, ...]) -> Iterator[Metric]:
    up = {link.account.username: float(link.state.up) for link in links}
    yield _labelled("altavoz_link_up", "Whether a link to the PBX is up.", "account", up)
    for name, meaning, attribute in _COUNTED:
        family = CounterMetricFamily(name, meaning, labels=("account",))
        for link in links:
            family.add_metric((link.account.username,), getattr(link, attribute))
        yield family


def _queues(queues: tuple[QueueSeen, ...]) -> Iterator[Metric]:
    waiting = {queue.queue: float(queue.waiting) for queue in queues}
    yield _labelled("altavoz_queue_waiting", "Callers who wait in a queue.", "queue", waiting)
    members = GaugeMetricFamily(
        "altavoz_queue_members", "Phones in a queue, by what they can do.", labels=("queue", "state")
    )
    for queue in queues:
        paused = sum(member.paused for member in queue.members)
        lost = sum(not member.paused and not member.reachable for member in queue.members)
        for state, count in (("serving", queue.serving), ("paused", paused), ("unreachable", lost)):
            members.add_metric((queue.queue, state), count)
    yield members


def _pbx(pbx: PbxSeen | None) -> Iterator[Metric]:
    if pbx is None:
        return
    yield GaugeMetricFamily("altavoz_pbx_calls", "Calls in the PBX by its own count.", pbx.calls)
    yield GaugeMetricFamily(
        "altavoz_pbx_start_time_seconds", "When the PBX started, Unix time.", pbx.up_since.timestamp()
    )
    yield GaugeMetricFamily("altavoz_pbx_clock_ahead_seconds", "The PBX's clock less ours.", pbx.ahead)
    known = {trunk.carrier: float(trunk.reachable) for trunk in pbx.trunks if trunk.reachable is not None}
    yield _labelled("altavoz_trunk_up", "Whether a carrier answers the PBX.", "carrier", known)


def _disks(seen: Seen) -> Iterator[Metric]:
    disks = seen.machine.disks if seen.machine else ()
    free = {disk.holds: float(disk.free) for disk in disks}
    yield _labelled("altavoz_disk_free_bytes", "Bytes free where our data lies.", "holds", free)


def _database(seen: Seen) -> float:
    return float(seen.store.answers and seen.stuck is None)


def _release(seen: Seen) -> float:
    return float(seen.release is not None and seen.release.agrees)


def _labelled(name: str, meaning: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
