"""What all plans share: marks, asking for digits, call backs, what is kept when a coordinator answers.

Variables live on the caller's channel: ALTAVOZ_LINE and ALTAVOZ_CALLER (E.164 digits), ALTAVOZ_CARRIER,
ALTAVOZ_AT (the instant that opening hours look at), ALTAVOZ_KEY (a key pressed before its menu),
ALTAVOZ_ENTRIES (queues entered), ALTAVOZ_RECORDING, ALTAVOZ_TEST (on test calls only: which one it is) and,
inherited by queue members, ALTAVOZ_SHOWS and ALTAVOZ_COUNTRY.
"""

from collections.abc import Iterator, Mapping

from dialplan import sentences
from dialplan.language import MODULES
from dialplan.names import HAND, MARK
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto, goto_if, play
from dialplan.sentences import Spoken

__all__ = ["MARKS", "MODULES", "ask", "callback", "mark", "shared_contexts"]

MARKS: Mapping[str, tuple[str, ...]] = {
    "arrived": ("Line", "Plan", "Version", "Carrier"),
    "choice": ("Menu", "Digit"),
    "digits": ("Name", "Digits"),
    "queue": ("Queue", "Priority"),
    "callback": ("Queue",),
    "closed": ("Calendar",),
    "duty": ("Number",),
    "unknown": ("Line", "Carrier"),
    "inactive": ("Line", "Plan", "Carrier"),
    "transfer": ("To", "By"),
    "outgoing": ("Number", "Carrier", "Shown"),
}
"""What a call tells of itself: the headers of `UserEvent(Altavoz)` and, in small letters, the keys in CEL."""

NAMES_CALL = "altavoz-call"
"""The word before a call's uniqueid in the PBX's own log, where lines bear only the PBX's tag of the call."""
_BEGINS = ("arrived", "outgoing")
BEGINNINGS = ("arrived", "inactive")
"""What a call to a line tells first; when a test by hand is awaited there, only once it is known for none."""
_LATER = ("choice", "digits", "queue", "callback", "closed", "duty")

TEST_EVENT, TEST_JOURNAL = "AltavozTest", "ALTAVOZTEST"
"""What test calls tell instead: events and journal rows that nobody counts."""

ASK = "altavoz-ask"
QUEUE_ANSWERED = "altavoz-answered"
FAMILY_SHOWS, FAMILY_COUNTRY = "altavoz-shows", "altavoz-country"


def mark(kind: str, *values: str) -> Step:
    """The step that sends a mark; `values` follow `MARKS[kind]`: slugs, digits, filtered variables."""
    if len(values) != len(MARKS[kind]):
        raise ValueError(f"mark {kind} takes {MARKS[kind]}")
    return gosub(Target(MARK, kind), *values)


def told(kind: str, id: str, *headers: str) -> Step:
    """The step that tells of the test call `id` what no mark tells."""
    return Step("UserEvent", ",".join((TEST_EVENT, f"Id: {id}", f"Mark: {kind}", *headers)))


def ask(name: str, sound: str, fewest: int, most: int, tries: int, required: bool, again: str) -> Step:
    """The step that asks for digits; ALTAVOZ_DIGITS holds them afterwards, empty when there are none.

    `again` is the sound heard before another try.
    """
    given = (name, sound, str(fewest), str(most), str(tries), "1" if required else "0", again)
    return gosub(Target(ASK), *given, sounds=(sound, again))


def callback(queue: str, language: str) -> tuple[Step, ...]:
    """The caller is promised a call back by the queue's coordinators, and the call ends."""
    return (gosub(Target(_callback_context(language)), queue), Step("Hangup"))


def mark_context() -> Context:
    return Context(MARK, tuple(_mark_extension(kind, headers) for kind, headers in MARKS.items()))


def _mark_extension(kind: str, headers: tuple[str, ...]) -> Extension:
    """A test call tells the same under another name; somebody on duty is not called for it."""
    values = [(header, f"${{ARG{position}}}") for position, header in enumerate(headers, start=1)]
    event = "".join(f",{header}: {value}" for header, value in values)
    journal = "".join(f";{header.lower()}={value}" for header, value in values)
    named = (Step("Log", f"NOTICE,{NAMES_CALL} ${{UNIQUEID}}"),) if kind in _BEGINS else ()
    identified = "${ALTAVOZ_TEST_ID}"
    return Extension(
        kind,
        (
            goto_if('$["${ALTAVOZ_TEST}" != ""]', Target(label="test")),
            *((_asked(),) if kind in (*BEGINNINGS, *_LATER) else ()),
            Step("UserEvent", f"Altavoz,Mark: {kind}{event}", label="tell"),
            Step("CELGenUserEvent", f"ALTAVOZ,{kind}{journal}"),
            *named,
            Step("Return"),
            Step("UserEvent", f"{TEST_EVENT},Id: {identified},Mark: {kind}{event}", label="test"),
            Step("CELGenUserEvent", f"{TEST_JOURNAL},{kind};id={identified}{journal}"),
            Step("Hangup") if kind == "duty" else Step("Return"),
            *(_held(kind, len(headers)) if kind in BEGINNINGS else ()),
            *(_decided() if kind in _LATER else ()),
        ),
    )


def _asked() -> Step:
    """A call to a line for which a test by hand is awaited, not known yet for that or for a stranger's."""
    return goto_if('$["${ALTAVOZ_ASKED}" != ""]', Target(label="asked"))


def _held(kind: str, arguments: int) -> Iterator[Step]:
    yield assign("ALTAVOZ_NAMED", "${CALLERID(name)}").labelled("asked")
    yield assign("ALTAVOZ_HELD", ",".join(f"${{ARG{place}}}" for place in range(1, arguments + 1)))
    yield assign("ALTAVOZ_BEGAN", kind)
    yield Step("Return")


def _decided() -> Iterator[Step]:
    """From here on a test, or a stranger's call."""
    yield gosub(Target(HAND, "look")).labelled("asked")
    yield gosub(Target(HAND, "passes"))
    yield goto(Target(label="tell"))


def ask_context() -> Context:
    """ARG: name, sound, fewest, most, tries, required, sound before another try."""
    typed = "${ALTAVOZ_DIGITS}"
    steps = (
        assign("LOCAL(left)", "${ARG5}"),
        Step("Read", "ALTAVOZ_TYPED,${ARG2},${ARG4},,1,5", label="read"),
        assign("ALTAVOZ_DIGITS", "${FILTER(0-9,${ALTAVOZ_TYPED})}"),
        goto_if(f"$[${{LEN({typed})}} >= ${{ARG3}}]", Target(label="given")),
        goto_if(f'$["${{ARG6}}{typed}" = "0"]', Target(label="none")),
        assign("LOCAL(left)", "$[${left} - 1]"),
        goto_if("$[${left} < 1]", Target(label="none")),
        Step("Playback", "${ARG7}"),
        Step("Goto", "read", jumps=(Target(label="read"),)),
        assign("ALTAVOZ_DIGITS", "").labelled("none"),
        Step("Return"),
        mark("digits", "${ARG1}", typed).labelled("given"),
        Step("Return"),
    )
    return Context(ASK, (Extension("s", steps),))


def _callback_context(language: str) -> str:
    return f"altavoz-callback-{language}"


def callback_context(language: str, spoken: Spoken) -> Context:
    """ARG: queue. A caller without a number is asked for one first; the mark goes out before any sentence."""
    telephone = ask(
        "telefono",
        spoken.say(sentences.ASK_TELEPHONE, language),
        fewest=7,
        most=15,
        tries=3,
        required=True,
        again=spoken.say(sentences.WRONG_DIGITS, language),
    )
    steps = (
        goto_if('$["${ALTAVOZ_CALLER}" != ""]', Target(label="known")),
        Step("Answer"),
        telephone,
        goto_if('$["${ALTAVOZ_DIGITS}" != ""]', Target(label="known")),
        mark("callback", "${ARG1}"),
        play(spoken.say(sentences.NO_TELEPHONE, language)),
        Step("Return"),
        mark("callback", "${ARG1}").labelled("known"),
        Step("Progress"),
        play(spoken.say(sentences.CALLBACK, language), answered=False),
        Step("Return"),
    )
    return Context(_callback_context(language), (Extension("s", steps),))


def answered_context() -> Context:
    """Runs on the channel of a phone that answers: what it shows when it calls out later, and its country.

    A Local channel, behind which a member's two devices ring, has no endpoint; a test call's is no phone.
    """
    phone = "${FILTER(0-9,${CHANNEL(endpoint)})}"
    steps = (
        goto_if('$["${ALTAVOZ_TEST}${CHANNEL(channeltype)}" != "PJSIP"]', Target(label="end")),
        assign(f"DB({FAMILY_SHOWS}/{phone})", "${ALTAVOZ_SHOWS}"),
        assign(f"DB({FAMILY_COUNTRY}/{phone})", "${ALTAVOZ_COUNTRY}"),
        Step("Return", label="end"),
    )
    return Context(QUEUE_ANSWERED, (Extension("s", steps),))


def shared_contexts(languages: tuple[str, ...], spoken: Spoken) -> Iterator[Context]:
    """Everything of this module, once."""
    yield mark_context()
    yield ask_context()
    yield answered_context()
    yield from (callback_context(language, spoken) for language in languages)
