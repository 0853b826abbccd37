"""Where a call goes, as steps. A call always ends somewhere: nothing here leaves it in silence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dialplan import carriers, rescue, routines
from dialplan.errors import CannotBuild
from dialplan.nodes import Extension, Step, Target, assign, gosub, goto, goto_if, play
from dialplan.numbers import digits, trunk_for
from plans.model import Destination, Waiting
from plans.site import Site

MOST_QUEUES = 4
"""Queues that one call enters; after them it is owed a call back."""

LONGEST_WAIT = 300
"""Seconds in a queue for which the plan says nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a destination is read against: whose contexts (`context`), which menu, which queue before."""

    site: Site
    context: str
    language: str
    queue: str
    menus: tuple[str, ...] = ()
    menu: str | None = None

    def within(self, menu: str) -> "Place":
        return Place(self.site, self.context, self.language, self.queue, self.menus, menu)

    def after(self, queue: str) -> "Place":
        return Place(self.site, self.context, self.language, queue, self.menus, None)


def menu_context(place: Place, menu: str) -> str:
    """Numbered, because the names of plan and menu together exceed what Asterisk takes."""
    if menu not in place.menus:
        raise CannotBuild(f"el menú «{menu}» no está definido: agréguelo en «menus»")
    return f"{place.context}-m{place.menus.index(menu) + 1}"


def queue_target(place: Place, queue: str) -> Target:
    return Target(queues_context(place.context), queue_slot(queue))


def queues_context(context: str) -> str:
    """Where the queues of a plan, or of a site, stand."""
    return f"{context}-q"


def queue_slot(queue: str) -> str:
    """Asterisk takes no notice of hyphens in extensions, hence the underscores."""
    return f"q_{queue.replace('-', '_')}"


def steps(destination: Destination, place: Place) -> tuple[Step, ...]:
    """The steps that send a call there; the last of them never goes on."""
    match destination.to:
        case "queue":
            return (goto(queue_target(place, str(destination.queue))),)
        case "menu":
            return (goto(Target(menu_context(place, str(destination.menu)))),)
        case "repeat":
            return (_repeat(place),)
        case "dial":
            return _duty(str(destination.dial), place)
        case "callback":
            return routines.callback(str(destination.callback), place.language)
        case _:
            return (Step("Hangup"),)


def _repeat(place: Place) -> Step:
    if place.menu is None:
        raise CannotBuild("«repeat» solo sirve dentro de un menú: escriba otro destino")
    return goto(Target(menu_context(place, place.menu), "s", "play"))


def _duty(number: str, place: Place) -> tuple[Step, ...]:
    """Somebody on duty outside; who cannot be reached is owed a call back."""
    slug = trunk_for(number, place.site)
    own = tuple(carriers.trunk(each) for each in place.site.carriers)
    out, really = (carriers.trunk(slug), ()) if slug else (carriers.trunk("${ALTAVOZ_CARRIER}"), own)
    return (
        routines.mark("duty", digits(number)),
        gosub(
            out,
            digits(number),
            "${ALTAVOZ_LINE}",
            str(carriers.RING_OUT),
            carriers.HEARD_RINGING,
            really=really,
        ),
        *routines.callback(place.queue, place.language),
    )


@dataclass(frozen=True, slots=True)
class Manner:
    """How a queue is entered: after which sentence, for how long, recorded or not."""

    say: str | None
    waiting: Waiting | None
    recorded: bool
    timezone: str


def queue_extension(queue: str, place: Place, manner: Manner) -> Extension:
    """Waiting in a queue, and what comes after it."""
    after = place.after(queue)
    seconds = manner.waiting.max if manner.waiting else LONGEST_WAIT
    then = manner.waiting.then if manner.waiting else Destination(callback=queue)
    built = (
        assign("ALTAVOZ_ENTRIES", "$[${ALTAVOZ_ENTRIES} + 1]"),
        *rescue.way_back(queue_target(place, queue)),
        goto_if(f"$[${{ALTAVOZ_ENTRIES}} > {MOST_QUEUES}]", Target(label="over")),
        Step("Answer"),
        *((play(manner.say),) if manner.say else ()),
        *(_recording(manner.timezone) if manner.recorded else ()),
        routines.mark("queue", queue, "${QUEUE_PRIO}").labelled("wait"),
        Step(
            "Queue",
            f"${{ALTAVOZ_TEST}}{queue},i${{ALTAVOZ_TEST_RINGS}},,,{seconds},,{routines.QUEUE_ANSWERED}",
            jumps=(Target(routines.QUEUE_ANSWERED),),
        ),
        goto_if('$["${QUEUESTATUS}" != "TIMEOUT"]', Target(label="nobody")),
        *steps(then, after),
        *_labelled(steps(place.site.queues[queue].nobody, after), "nobody"),
        *_labelled(routines.callback(queue, place.language), "over"),
    )
    return Extension(queue_target(place, queue).extension, built)


def _recording(timezone: str) -> Iterator[Step]:
    """Only what is said once two are connected, in a folder a day, once a call."""
    yield goto_if('$["${ALTAVOZ_RECORDING}" != ""]', Target(label="wait"))
    yield assign("ALTAVOZ_RECORDING", "1")
    yield Step("MixMonitor", f"${{STRFTIME(${{EPOCH}},{timezone},%Y-%m-%d)}}/${{UNIQUEID}}.wav,b")


def _labelled(several: tuple[Step, ...], label: str) -> tuple[Step, ...]:
    return (several[0].labelled(label), *several[1:])


def queues_reached(first: Iterable[str], site: Site, waiting: Mapping[str, Waiting]) -> tuple[str, ...]:
    """Every queue that a call may come to from `first`, through time-outs and empty queues too."""
    reached: set[str] = set()
    left = set(first)
    while left:
        queue = left.pop()
        reached.add(queue)
        if queue not in site.queues:
            raise CannotBuild(f"el grupo «{queue}» no está en el archivo del sitio: agréguelo en «queues»")
        onward = [site.queues[queue].nobody, *([waiting[queue].then] if queue in waiting else [])]
        left |= {each.queue for each in onward if each.queue} - reached
    return tuple(sorted(reached))
