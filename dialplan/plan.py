"""A plan version as contexts: the way in, its menus, its queues, its calendars.

Their names end in a digest of what they hold, so that a change of the site or of this program never moves a
call that is inside: what it runs on stays as it was.
"""

import hashlib
from collections.abc import Iterator

from dialplan import escape, hand, routines, sentences
from dialplan.destinations import Manner, Place, queue_extension, queues_context, queues_reached, steps
from dialplan.errors import CannotBuild
from dialplan.hours import open_routine
from dialplan.menus import keys_context, menu_context_of
from dialplan.names import PLAN_PREFIX
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto_if, play
from dialplan.render import context_text
from dialplan.sentences import Spoken
from plans.model import Ask, Destination, Notice, Plan, PlanVersion, Say
from plans.site import Site

ALWAYS = "always"


def plan_contexts(version: PlanVersion, site: Site, spoken: Spoken) -> tuple[Context, ...]:
    """The contexts of one version on one site; calls enter the first one at its extension `s`."""
    return tuple(_Plan(version, site, spoken, _name(version, site, spoken)).contexts())


def entry_name(version: PlanVersion, site: Site) -> str:
    """The context that calls of a version enter, named by all that its contexts hold: what was tested is what
    has this name. The same whether the version is live or a candidate.
    """
    return _name(version, site, Spoken())


def _name(version: PlanVersion, site: Site, spoken: Spoken) -> str:
    name = f"{PLAN_PREFIX}{version.plan.plan}-{version.short}"
    content = context_text(_Plan(version, site, spoken, name).contexts())
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:6]}"


def destinations(plan: Plan) -> Iterator[Destination]:
    """Every destination that a plan writes, its own way first."""
    yield from (step for step in plan.answer if isinstance(step, Destination))
    for menu in plan.menus.values():
        yield from menu.choices.values()
        yield menu.otherwise
    yield from (calendar.closed.then for calendar in plan.calendars.values())


class _Plan:
    def __init__(self, version: PlanVersion, site: Site, spoken: Spoken, name: str) -> None:
        self.version, self.plan, self.spoken, self.name = version, version.plan, spoken, name
        self.country = version.plan.subsidiary
        if self.country not in site.subsidiaries:
            raise CannotBuild(f"la filial «{self.country}» no está en el archivo del sitio")
        self.subsidiary = site.subsidiaries[self.country]
        named = [each.queue for each in destinations(self.plan) if each.queue]
        self.queues = queues_reached(named, site, self.plan.waiting)
        self.place = Place(
            site=site,
            context=name,
            language=self.subsidiary.language,
            queue=named[0] if named else next(iter(site.queues)),
            menus=tuple(sorted(self.plan.menus)),
        )

    def contexts(self) -> Iterator[Context]:
        yield Context(self.name, (Extension("s", tuple(self._way_in())),))
        yield from self._keys()
        wrong = self.spoken.say(sentences.WRONG_KEY, self.subsidiary.language)
        for name in self.place.menus:
            menu = self.plan.menus[name]
            yield menu_context_of(self.place, name, menu, self._sound(menu.say), wrong, self._calendar)
        if self.queues:
            yield Context(queues_context(self.name), tuple(map(self._queue, self.queues)))
        yield from map(self._hours, sorted(self.plan.calendars))

    def _sound(self, prompt: str) -> str:
        recorded = self.version.recordings.get(prompt)
        if recorded:
            return recorded
        found = self.plan.prompts.get(prompt)
        if found is None or found.text is None:
            raise CannotBuild(
                f"la locución «{prompt}» no tiene ni grabación ni texto: agréguela en «prompts»"
            )
        return self.spoken.say(found.text, self.subsidiary.language)

    def _way_in(self) -> Iterator[Step]:
        """Who calls is told (`arrived`) before the phones' display gets the fantasy name."""
        yield routines.mark(
            "arrived", "${ALTAVOZ_LINE}", self.plan.plan, self.version.short, "${ALTAVOZ_CARRIER}"
        )
        yield assign("CALLERID(name)", escape.value(self.plan.fantasy_name))
        yield assign("CALLERID(pres)", "allowed")
        yield assign(
            "__ALTAVOZ_SHOWS", '${IF($["${ALTAVOZ_PUBLIC}" = ""]?${ALTAVOZ_LINE}:${ALTAVOZ_PUBLIC})}'
        )
        yield assign("__ALTAVOZ_COUNTRY", self.country)
        if self.plan.hours != ALWAYS:
            calendar = self._calendar(self.plan.hours)
            yield gosub(Target(calendar))
            yield goto_if('$["${GOSUB_RETVAL}" != "open"]', Target(calendar, "closed"))
        yield Step("Answer")
        yield from self._answer()

    def _answer(self) -> Iterator[Step]:
        for position, step in enumerate(self.plan.answer):
            if isinstance(step, Destination):
                yield from _labelled(position, steps(step, self.place))
                return
            yield from _labelled(position, (*self._heard(position, step), gosub(hand.LOOK)))
        raise CannotBuild("«answer» no termina en un destino: agregue al final un menú o un grupo")

    def _heard(self, position: int, step: Say | Notice | Ask) -> tuple[Step, ...]:
        after = Target(label=f"a{position + 1}")
        unless_hurried = goto_if('$["${ALTAVOZ_KEY}" != ""]', after)
        if isinstance(step, Notice):
            return (play(self._sound(step.notice)),)
        if isinstance(step, Ask):
            asked = self._ask(step)
            return (asked,) if step.required else (unless_hurried, asked)
        sound = self._sound(step.say)
        if self._first_menu is None:
            return (play(sound),)
        keys = self._keys_name(position)
        interruptible = Step(
            "Background", f"{sound},m,,{keys}", jumps=self._key_targets(keys), sounds=(sound,)
        )
        return (unless_hurried, interruptible)

    def _ask(self, step: Ask) -> Step:
        again = self.spoken.say(sentences.WRONG_DIGITS, self.subsidiary.language)
        return routines.ask(
            step.ask, self._sound(step.ask), step.fewest, step.most, step.tries, step.required, again
        )

    @property
    def _first_menu(self) -> str | None:
        return next((step.menu for step in self.plan.answer if isinstance(step, Destination)), None)

    def _keys_name(self, position: int) -> str:
        return f"{self.name}-k{position + 1}"

    def _key_targets(self, context: str) -> tuple[Target, ...]:
        menu = self.plan.menus[str(self._first_menu)]
        return tuple(Target(context, digit) for digit in sorted(menu.choices))

    def _keys(self) -> Iterator[Context]:
        """While a sentence is heard, the keys of the first menu; then on with what follows the sentence."""
        if self._first_menu is None:
            return
        menu = self.plan.menus[self._first_menu]
        for position, step in enumerate(self.plan.answer):
            if isinstance(step, Say):
                back = Target(self.name, "s", f"a{position + 1}")
                yield keys_context(self._keys_name(position), menu, back)

    def _queue(self, queue: str) -> Extension:
        waiting = self.plan.waiting.get(queue)
        say = self._sound(waiting.say) if waiting and waiting.say else None
        zone = escape.argument(self.subsidiary.timezone)
        return queue_extension(queue, self.place, Manner(say, waiting, self.plan.record, zone))

    def _calendar(self, calendar: str) -> str:
        if calendar not in self.plan.calendars:
            raise CannotBuild(f"el calendario «{calendar}» no está definido: agréguelo en «calendars»")
        return f"{self.name}-h{sorted(self.plan.calendars).index(calendar) + 1}"

    def _hours(self, name: str) -> Context:
        calendar = self.plan.calendars[name]
        say = calendar.closed.say
        closed = (
            routines.mark("closed", name),
            *((Step("Progress"), play(self._sound(say), answered=False)) if say else ()),
            *((Step("Answer"),) if calendar.closed.then.menu else ()),
            *steps(calendar.closed.then, self.place),
        )
        timed = open_routine(calendar, self.country, self.subsidiary.timezone)
        return Context(self._calendar(name), (timed, Extension("closed", closed)))


def _labelled(position: int, several: tuple[Step, ...]) -> tuple[Step, ...]:
    return (several[0].labelled(f"a{position}"), *several[1:])
