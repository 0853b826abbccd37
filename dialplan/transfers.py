"""Where a phone passes a call on to: another phone, a queue by its number, an outside number.

The phones' endpoints name `altavoz-transfer` (`TRANSFER_CONTEXT`). Its steps run on the channel of whoever is
passed on, so that the call stays one; what cannot be reached comes back by `altavoz-rescue`.
"""

from collections.abc import Iterator

from dialplan import carriers, rescue, routines
from dialplan.destinations import (
    LONGEST_WAIT,
    Manner,
    Place,
    queue_extension,
    queue_slot,
    queues_context,
    queues_reached,
)
from dialplan.nodes import NOTED, SOME, Context, Extension, Step, Target, assign, gosub, goto, goto_if
from dialplan.numbers import LONGEST
from dialplan.phones import (
    ANYTHING,
    INTERNAL,
    QUEUES,
    at_home,
    carrier_for,
    homes_of,
    reading,
    shortest,
    trunk_of,
)
from plans.site import Site

TRANSFER = "altavoz-transfer"
_PASSED_ON, _TO_QUEUE, _TO_OUTSIDE = "altavoz-passed-on", "altavoz-passed-on-queue", "altavoz-passed-on-out"
_ANSWERED = Target(routines.QUEUE_ANSWERED)
_RING = 20
"""Seconds that a phone rings to which a call is passed."""

_SENT, _BY = "${ALTAVOZ_SENT}", "${ALTAVOZ_BY}"


def transfer_contexts(site: Site) -> Iterator[Context]:
    """Everything of this module: what phones reach by a transfer, and the queues' own numbers."""
    homes = homes_of(site)
    sent = assign("ALTAVOZ_SENT", f"${{FILTER(+0-9,${{EXTEN:0:{LONGEST}}})}}")
    onward = (sent, goto(Target(_PASSED_ON)))
    yield Context(TRANSFER, tuple(Extension(pattern, onward) for pattern in ("s", *ANYTHING)))
    yield Context(_PASSED_ON, (Extension("s", tuple(_passed_on(tuple(homes)))),))
    numbered = [(name, queue.extension) for name, queue in site.queues.items() if queue.extension]
    yield Context(_TO_QUEUE, tuple(_to_queue(*each, tuple(homes)) for each in numbered))
    prefixes = shortest((*site.phones.allow, *site.duty.dial_prefixes))
    yield Context(_TO_OUTSIDE, tuple(_to_outside(prefix, homes) for prefix in prefixes))
    yield Context(QUEUES, tuple(_dialled(*each) for each in numbered))
    yield from (_site_queues(country, site) for country in homes)


def _passed_on(homes: tuple[str, ...]) -> Iterator[Step]:
    """BLINDTRANSFER is the channel of the phone that passes it on: `PJSIP/101-00000007`."""
    yield assign("ALTAVOZ_BY", "${FILTER(0-9,${CUT(BLINDTRANSFER,-,1)})}")
    yield at_home(homes)
    yield goto_if(f'$["{_SENT}" = ""]', Target(label="nobody"))
    yield goto_if(f"$[${{DIALPLAN_EXISTS({INTERNAL},{_SENT},1)}}]", Target(label="phone"))
    yield goto_if(f"$[${{DIALPLAN_EXISTS({_TO_QUEUE},{_SENT},1)}}]", Target(label="queue"))
    yield from reading(homes, _TO_OUTSIDE, Target(label="outside"))
    yield routines.mark("transfer", "", _BY).labelled("nobody")
    yield goto(Target(rescue.RESCUE))
    yield routines.mark("transfer", _SENT, _BY).labelled("phone")
    yield gosub(rescue.RING, _SENT)
    options = f"{carriers.HEARD_RINGING}U({_ANSWERED.context})"
    yield Step("Dial", f"${{GOSUB_RETVAL}},{_RING},{options}", jumps=(_ANSWERED,))
    yield goto(Target(rescue.RESCUE))
    yield goto(Target(_TO_QUEUE, _SENT), Target(_TO_QUEUE, SOME)).labelled("queue")
    yield goto(Target(_TO_OUTSIDE, "${ALTAVOZ_CALLED}"), Target(_TO_OUTSIDE, SOME)).labelled("outside")


def _to_outside(prefix: str, homes: dict[str, str]) -> Extension:
    """An outside number, by its country's carrier, showing the plan's number."""
    called = "${FILTER(0-9,${EXTEN})}"
    out, own = trunk_of(carrier_for(prefix, homes), homes)
    ring = str(carriers.RING_OUT)
    return Extension(
        f"_{prefix}X.",
        (
            routines.mark("transfer", called, _BY),
            gosub(out, called, "${ALTAVOZ_SHOWS}", ring, carriers.HEARD_RINGING, really=own),
            goto(Target(rescue.RESCUE)),
        ),
    )


def _to_queue(queue: str, extension: str, countries: tuple[str, ...]) -> Extension:
    """As the call's own plan has that queue, else as the site has it."""
    slot = queue_slot(queue)
    site_queue = Target(_site_context("${ALTAVOZ_COUNTRY}"), slot)
    places = (Target(_site_context(country), slot) for country in countries)
    return Extension(
        extension,
        (
            routines.mark("transfer", queue, _BY),
            assign("ALTAVOZ_ENTRIES", "0"),
            goto_if('$["${ALTAVOZ_BACK}" = ""]', Target(label="site")),
            goto_if(f"$[${{DIALPLAN_EXISTS(${{ALTAVOZ_BACK}},{slot},1)}}]", Target(label="plan")),
            goto(site_queue, *places).labelled("site"),
            goto(Target("${ALTAVOZ_BACK}", slot), NOTED).labelled("plan"),
        ),
    )


def _dialled(queue: str, extension: str) -> Extension:
    """A coordinator asks a queue first and may pass the caller on when somebody answers."""
    ask = Step("Queue", f"{queue},i,,,{LONGEST_WAIT},,{_ANSWERED.context}", jumps=(_ANSWERED,))
    return Extension(extension, (Step("Answer"), ask, goto(Target(rescue.CONSULTED))))


def _site_context(country: str) -> str:
    return queues_context(f"altavoz-queues-{country}")


def _site_queues(country: str, site: Site) -> Context:
    """Every queue of the site, entered without a plan's waiting."""
    subsidiary = site.subsidiaries[country]
    base = _site_context(country).removesuffix(queues_context(""))
    place = Place(site, base, subsidiary.language, next(iter(site.queues)))
    manner = Manner(None, None, recorded=False, timezone=subsidiary.timezone)
    several = queues_reached(site.queues, site, {})
    return Context(_site_context(country), tuple(queue_extension(each, place, manner) for each in several))
