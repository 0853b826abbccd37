"""Plans and a site → the whole dialplan. Read it first: it names every context."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dialplan import carriers, escape, hand, numbers, phones, pickup, routines, testcalls, transfers
from dialplan.destinations import Manner, Place, queue_extension, queues_context, queues_reached, steps
from dialplan.hours import holiday_context
from dialplan.lookup import Entry, inactive_contexts, lookup_contexts
from dialplan.nodes import Context, Dialplan, Extension, Step
from dialplan.plan import plan_contexts
from dialplan.sentences import Spoken
from dialplan.served import Served
from plans.model import PlanVersion
from plans.site import Site


def build(served: Sequence[Served], site: Site, years: Sequence[int], pbx: str) -> Dialplan:
    """The dialplan that serves exactly these plans; the same for any order of them.

    `years` are those whose public holidays are written out; `pbx` is the short name of the PBX it is for,
    which the context `altavoz-pbx` tells.
    Raises CannotBuild for what the checks of plans refuse, Unwritable for text no file of Asterisk can hold.
    """
    spoken = Spoken()
    live = _ordered(each.live for each in served)
    candidates = _ordered(each.candidate for each in served)
    plans = [plan_contexts(version, site, spoken) for version in (*live, *candidates)]
    names = [contexts[0].name for contexts in plans]
    entries = list(map(Entry, (*live, *candidates), names))
    shards = tuple(lookup_contexts(entries[: len(live)], entries[len(live) :], site))
    contexts = (
        Context("altavoz-pbx", (Extension("id", (Step("NoOp", escape.name(pbx)), Step("Hangup"))),)),
        *_arrival(site, shards, spoken),
        *shards,
        *routines.shared_contexts(_languages(site), spoken),
        *inactive_contexts(site, spoken),
        *(holiday_context(country, years) for country in sorted(site.subsidiaries)),
        *_outward(site, live, spoken),
        *(context for several in plans for context in several),
    )
    recordings = frozenset(name for entry in entries for name in entry.version.recordings.values())
    return Dialplan(contexts, spoken.all(), recordings)


def _ordered(versions: Iterable[PlanVersion | None]) -> list[PlanVersion]:
    there = (version for version in versions if version is not None)
    return sorted(there, key=lambda version: (version.plan.plan, version.hash))


def _languages(site: Site) -> tuple[str, ...]:
    return tuple(sorted({subsidiary.language for subsidiary in site.subsidiaries.values()}))


def _arrival(site: Site, shards: tuple[Context, ...], spoken: Spoken) -> Iterator[Context]:
    """From the carrier's INVITE to the number's shard, or to the sentence for a number nobody has."""
    for slug, carrier in site.carriers.items():
        yield from carriers.arrival_contexts(slug, carrier)
    yield carriers.address_context()
    for country in sorted({carrier.subsidiary for carrier in site.carriers.values()}):
        yield from numbers.number_contexts(country)
    yield carriers.lookup_context(tuple(shard.name for shard in shards), tuple(site.carriers))
    yield hand.hand_context(carriers.LOOKUP)
    yield from _unknown(site, spoken)


def _unknown(site: Site, spoken: Spoken) -> Iterator[Context]:
    """What a number of no plan leads to; queues it may lead to are entered without a plan's waiting."""
    then = site.unknown_number.then
    queues = queues_reached([then.queue] if then.queue else [], site, {})
    for slug, carrier in site.carriers.items():
        subsidiary = site.subsidiaries[carrier.subsidiary]
        place = Place(site, f"altavoz-site-{slug}", subsidiary.language, next(iter(site.queues)))
        onward = (Step("Hangup", "1"),) if then.hangup else steps(then, place)
        yield carriers.unknown_context(slug, site, onward, spoken)
        if queues:
            manner = Manner(None, None, recorded=False, timezone=subsidiary.timezone)
            several = tuple(queue_extension(queue, place, manner) for queue in queues)
            yield Context(queues_context(place.context), several)


def _outward(site: Site, versions: Sequence[PlanVersion], spoken: Spoken) -> Iterator[Context]:
    yield carriers.showing_context()
    yield from (carriers.trunk_context(slug, carrier) for slug, carrier in site.carriers.items())
    yield from phones.phone_contexts(site, _shown(site, versions), spoken)
    yield from pickup.pickup_contexts(site)
    yield from transfers.transfer_contexts(site)
    yield from testcalls.test_contexts(site)


def _shown(site: Site, versions: Sequence[PlanVersion]) -> Mapping[str, str]:
    """For each carrier the first number it delivers, as a phone shows it that has answered no call yet.

    A line that has a public number goes before one that has none: the header means nothing to who is called.
    """
    shown: dict[str, str] = {}
    lines = [line for version in versions for line in version.plan.lines]
    for line in sorted(lines, key=lambda line: line.public is None):
        public = line.public if site.phones.shows == "plan" else None
        shown.setdefault(line.carrier, numbers.digits(public or line.header))
    return shown
