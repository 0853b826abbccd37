"""A test by hand from an outside line: recognised by six digits that were told to one person, once.

The number that calls proves nothing: anybody can forge it. While a test of a line is awaited, `altavoz-hand`
in the PBX's own store holds for it `<digits>-<expiry epoch>-<id>`, and `-1` after that for a test of what
strangers reach; a line for which none is awaited loses nothing.
"""

from collections.abc import Iterator

from dialplan.names import DELIVERED, MARKED
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto, goto_if
from dialplan.routines import told
from dialplan.sentences import MOMENT, Spoken
from plans.site import Site

FAMILY = "altavoz-hand"
DIGITS = 6
STRANGER = "stranger"
"""The label of the lookup from which a call goes on to its plan, a test or not."""

_ENTRY = f"${{DB({FAMILY}/${{ALTAVOZ_LINE}})}}"
_PATIENCE = "5"


def asks(slugs: tuple[str, ...]) -> Iterator[Step]:
    """The lookup's steps before a line's plan: whether a test of it is awaited."""
    awaited = f"${{DB_EXISTS({FAMILY}/${{ALTAVOZ_LINE}})}}"
    yield goto_if('$["${ALTAVOZ_TEST}" != ""]', Target(label=STRANGER)).labelled("known")
    yield goto_if(f"$[{awaited} = 0]", Target(label=STRANGER))
    yield goto(Target(_context("${ALTAVOZ_CARRIER}")), *(Target(_context(slug)) for slug in slugs))


def hand_contexts(site: Site, lookup: str, spoken: Spoken) -> Iterator[Context]:
    """Where a call waits for the digits: one a carrier, in its language."""
    for slug, carrier in site.carriers.items():
        language = site.subsidiaries[carrier.subsidiary].language
        sound = spoken.say(MOMENT, language)
        yield Context(_context(slug), (Extension("s", tuple(_digits(sound, lookup))),))


def _context(slug: str) -> str:
    return f"altavoz-hand-{slug}"


def _digits(sound: str, lookup: str) -> Iterator[Step]:
    """The right digits are good once: whoever takes them out of the store has them.

    The call that failed goes on as what it is, to the plan that answers strangers.
    """
    entry, typed = "${ALTAVOZ_ASKED}", "${FILTER(0-9,${ALTAVOZ_TYPED})}"
    onward = Target(lookup, "s", STRANGER)
    taken = f"${{DB_DELETE({FAMILY}/${{ALTAVOZ_LINE}})}}"
    yield assign("ALTAVOZ_ASKED", f"${{FILTER(0-9a-f\\x2d,{_ENTRY})}}")
    yield goto_if("$[0${CUT(ALTAVOZ_ASKED,-,2)} < ${EPOCH}]", onward)
    yield gosub(Target(DELIVERED), "${CUT(ALTAVOZ_ASKED,-,3)}")
    yield Step("Answer")
    yield Step("Read", f"ALTAVOZ_TYPED,{sound},{DIGITS},,1,{_PATIENCE}", sounds=(sound,))
    yield goto_if(f'$["{typed}" = "${{CUT(ALTAVOZ_ASKED,-,1)}}"]', Target(label="right"))
    yield told("wrong", "${CUT(ALTAVOZ_ASKED,-,3)}")
    yield goto(onward)
    yield goto_if(f'$["{taken}" != "{entry}"]', onward).labelled("right")
    yield gosub(Target(MARKED), "${CUT(ALTAVOZ_ASKED,-,3)}")
    yield assign("ALTAVOZ_LIVE", "${CUT(ALTAVOZ_ASKED,-,4)}")
    yield told("keyed", "${ALTAVOZ_TEST_ID}")
    yield goto(onward)
