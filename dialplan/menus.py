"""Menus: a context each, in which a key is an extension."""

from collections.abc import Callable, Iterator

from dialplan import hand, routines
from dialplan.destinations import Place, menu_context, steps
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto, goto_if
from plans.model import Choice, Menu

Hours = Callable[[str], str]
"""From the name of a calendar to its context."""


def menu_context_of(place: Place, name: str, menu: Menu, sound: str, wrong: str, hours: Hours) -> Context:
    """A menu that plays `sound`; `wrong` is heard after a key that it lacks."""
    here = menu_context(place, name)
    within = place.within(name)
    return Context(
        here,
        (
            _entry(here, menu, sound),
            *(_key(digit, choice, name, within, hours) for digit, choice in sorted(menu.choices.items())),
            *_late_pound(here, menu),
            Extension("i", (_cut_short(here, menu, wrong), goto(Target(here, "t")))),
            Extension("t", tuple(_again(here, menu, within))),
        ),
    )


def _entry(here: str, menu: Menu, sound: str) -> Extension:
    """A key pressed before the menu (ALTAVOZ_KEY, of its own keys only) is taken at once."""
    keys = _keys(here, menu)
    return Extension(
        "s",
        (
            assign("ALTAVOZ_TRY", "1"),
            goto_if('$["${ALTAVOZ_KEY}" != ""]', Target(label="taken")),
            Step("Background", sound, label="play", sounds=(sound,), jumps=keys),
            Step("WaitExten", str(menu.wait), jumps=keys),
            goto(Target(here, "t")),
            assign("ALTAVOZ_TAKEN", "${ALTAVOZ_KEY}").labelled("taken"),
            assign("ALTAVOZ_KEY", ""),
            goto(Target(here, "${ALTAVOZ_TAKEN}"), *keys),
        ),
    )


def _keys(here: str, menu: Menu) -> tuple[Target, ...]:
    return tuple(Target(here, digit) for digit in sorted(menu.choices))


def _cut_short(here: str, menu: Menu, sound: str) -> Step:
    """A sentence that a key of the menu ends."""
    return Step("Background", sound, sounds=(sound,), jumps=_keys(here, menu))


def _late_pound(here: str, menu: Menu) -> Iterator[Extension]:
    """The # that ends the digits asked before arrives here when they were as many as can be: no wrong key."""
    if "#" not in menu.choices:
        yield Extension("#", (goto(Target(here, "s", "play")),))


def _key(digit: str, choice: Choice, menu: str, place: Place, hours: Hours) -> Extension:
    return Extension(digit, tuple(_chosen(digit, choice, menu, place, hours)))


def _chosen(digit: str, choice: Choice, menu: str, place: Place, hours: Hours) -> Iterator[Step]:
    if not choice.repeat:
        yield routines.mark("choice", menu, digit)
    if choice.priority:
        yield assign("QUEUE_PRIO", str(choice.priority))
    if choice.hours and choice.hours != "always":
        calendar = hours(choice.hours)
        yield gosub(Target(calendar))
        yield goto_if('$["${GOSUB_RETVAL}" != "open"]', Target(calendar, "closed"))
    yield from steps(choice, place)


def _again(here: str, menu: Menu, place: Place) -> Iterator[Step]:
    yield gosub(hand.LOOK)
    yield assign("ALTAVOZ_TRY", "$[${ALTAVOZ_TRY} + 1]")
    yield goto_if(f"$[${{ALTAVOZ_TRY}} <= {menu.tries}]", Target(here, "s", "play"))
    yield from steps(menu.otherwise, place)


def keys_context(name: str, menu: Menu, back: Target) -> Context:
    """The keys of the first menu while something before it is heard: remembered, then on from `back`."""
    return Context(
        name,
        tuple(Extension(digit, (assign("ALTAVOZ_KEY", digit), goto(back))) for digit in sorted(menu.choices)),
    )
