"""A test by hand from an outside line: recognised by a code that was told to one person, good once.

The number that calls proves nothing: anybody can forge it. While a test of a line is awaited, `altavoz-hand`
in the PBX's own store holds for it `<code>-<expiry epoch>-<id>`, and `-1` after that for a test of what
strangers reach; a line for which none is awaited loses nothing.

Who calls meanwhile hears what they always hear: the keys that they press do what they always do, and the
first of them are kept beside that (ALTAVOZ_KEYED). A call is a test once they are the code, and a stranger's
at its first choice, queue or end, whichever comes first; what it told before (`arrived`) waits until then.
A code begins with a key that no menu of the plan that answers has, so that no other call waits for the rest.
"""

from collections.abc import Iterator

from dialplan.names import DELIVERED, HAND, MARK, MARKED
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto, goto_if
from dialplan.routines import BEGINNINGS, told
from plans.model import Plan

FAMILY, WRONG = "altavoz-hand", "altavoz-hand-wrong"
"""In the PBX's store: the codes that are awaited, by line, and how many wrong ones were keyed."""
DIGITS = 6
KEYS = 1 + DIGITS
"""A code is a key and six digits."""
MOST_WRONG = 5
"""Wrong codes after which the right one is good no more. A call keys one."""

LOOK, PASSES, WAITS = (Target(HAND, name) for name in ("look", "passes", "waits"))
"""Routines. `look` comes back unless the call is a test; after `passes` it is a stranger's, for good; `waits`
asks whoever is still there after hearing that a line is not active."""

STRANGER = "stranger"
"""The label of the lookup from which a call goes on to its plan, a test or not."""

_AWAITED = Target(HAND, "awaited")
_ENTRY = f"${{DB({FAMILY}/${{ALTAVOZ_LINE}})}}"
_TRIED = f"DB({WRONG}/${{ALTAVOZ_LINE}})"
_CODE, _EXPIRES, _ID, _LIVE = (f"${{CUT(ALTAVOZ_ASKED,-,{place})}}" for place in (1, 2, 3, 4))
_KEYED = "${FILTER(0-9*#,${ALTAVOZ_KEYED})}"
_LENGTH = f"${{LEN({_KEYED})}}"
_NEXT_KEY, _PATIENCE = "2", "6"
"""Seconds to wait for the next key of a code that was begun, and for the first one."""


def lead(plan: Plan | None) -> str:
    """The key with which a code begins while strangers reach `plan`; empty when its menus take every key."""
    taken = {key for menu in plan.menus.values() for key in menu.choices} if plan else set()
    return next((key for key in "*#9876543210" if key not in taken), "")


def asks() -> Iterator[Step]:
    """The lookup's steps before a line's plan: whether a test of it is awaited."""
    awaited = f"${{DB_EXISTS({FAMILY}/${{ALTAVOZ_LINE}})}}"
    yield goto_if('$["${ALTAVOZ_TEST}" != ""]', Target(label=STRANGER)).labelled("known")
    yield goto_if(f"$[{awaited} = 0]", Target(label=STRANGER))
    yield gosub(_AWAITED)


def hand_context(lookup: str) -> Context:
    """All of this module; a call that turns out to be a test begins anew at `lookup`."""
    extensions = (
        Extension(_AWAITED.extension, tuple(_awaited())),
        Extension(LOOK.extension, tuple(_look(lookup))),
        Extension(PASSES.extension, tuple(_passes())),
        Extension(WAITS.extension, tuple(_waits())),
    )
    return Context(HAND, extensions)


def _awaited() -> Iterator[Step]:
    yield assign("ALTAVOZ_ASKED", f"${{FILTER(0-9a-f*#\\x2d,{_ENTRY})}}")
    yield goto_if(f"$[0{_EXPIRES} < ${{EPOCH}}]", Target(label="late"))
    yield told("came", _ID)
    yield Step("StoreDTMF", f"RX,ALTAVOZ_KEYED,{KEYS}")
    ends = f"CHANNEL(hangup_handler_push)={PASSES}"
    yield Step("Set", ends, jumps=(PASSES,))
    yield Step("Return")
    yield assign("ALTAVOZ_ASKED", "").labelled("late")
    yield Step("Return")


def _look(lookup: str) -> Iterator[Step]:
    """A code that was begun is waited for. Whoever takes it out of the store has it; what the call did before
    is forgotten.
    """
    end = Target(label="end")
    yield goto_if('$["${ALTAVOZ_ASKED}" = ""]', end)
    yield goto_if(f'$["{_KEYED}" = "{_CODE}"]', Target(label="right")).labelled("look")
    yield goto_if(f"$[{_LENGTH} < 2]", end)
    begun = f"${{CUT(ALTAVOZ_ASKED,-,1):0:{_LENGTH}}}"
    yield goto_if(f'$["{_KEYED}" != "{begun}"]', end)
    yield Step("Read", f"ALTAVOZ_TYPED,,$[{KEYS} - {_LENGTH}],n,1,{_NEXT_KEY}")
    yield goto_if('$["${FILTER(0-9*#,${ALTAVOZ_TYPED})}" != ""]', Target(label="look"))
    yield Step("Return", label="end")
    taken = f"${{DB_DELETE({FAMILY}/${{ALTAVOZ_LINE}})}}"
    yield goto_if(f'$["{taken}" != "${{ALTAVOZ_ASKED}}"]', end).labelled("right")
    yield gosub(Target(DELIVERED), _ID)
    yield gosub(Target(MARKED), _ID)
    yield assign("ALTAVOZ_LIVE", _LIVE)
    yield told("keyed", "${ALTAVOZ_TEST_ID}")
    yield Step("StoreDTMF", "remove")
    for name in ("ASKED", "KEY", "PUBLIC"):
        yield assign(f"ALTAVOZ_{name}", "")
    yield goto(Target(lookup))


def _passes() -> Iterator[Step]:
    """Under the name that the caller came with, for phones are shown another one by now."""
    end, right = Target(label="end"), Target(label="told")
    yield goto_if('$["${ALTAVOZ_ASKED}" = ""]', end)
    yield goto_if(f"$[{_LENGTH} < {KEYS}]", right)
    yield goto_if(f'$["${{FILTER(0-9*#,${{ALTAVOZ_KEYED:0:1}})}}" != "{_CODE[:-1]}:0:1}}"]', right)
    yield told("wrong", _ID)
    yield assign(_TRIED, f"$[0${{{_TRIED}}} + 1]")
    yield goto_if(f"$[0${{{_TRIED}}} < {MOST_WRONG}]", right)
    yield Step("NoOp", f"${{DB_DELETE({FAMILY}/${{ALTAVOZ_LINE}})}}")
    yield told("spent", _ID)
    yield told("passed", _ID).labelled("told")
    yield assign("ALTAVOZ_ASKED", "")
    yield Step("StoreDTMF", "remove")
    yield goto_if('$["${ALTAVOZ_BEGAN}" = ""]', end)
    yield assign("LOCAL(name)", "${CALLERID(name)}")
    yield assign("CALLERID(name)", "${ALTAVOZ_NAMED}")
    kinds = tuple(Target(MARK, kind) for kind in BEGINNINGS)
    yield gosub(Target(MARK, "${ALTAVOZ_BEGAN}"), "${ALTAVOZ_HELD}", really=kinds)
    yield assign("CALLERID(name)", "${name}")
    yield Step("Return", label="end")


def _waits() -> Iterator[Step]:
    """Keys arrive surely only once a call is answered; who hangs up at what they heard is never answered."""
    yield gosub(LOOK)
    yield goto_if(f"$[{_LENGTH} >= {KEYS}]", Target(label="end"))
    yield told("waits", _ID)
    yield Step("Answer")
    yield Step("Read", f"ALTAVOZ_TYPED,beep,{KEYS},n,1,{_PATIENCE}")
    yield gosub(LOOK)
    yield gosub(PASSES).labelled("end")
    yield Step("Return")
