"""Back to a queue with whoever was passed on to nobody: a caller is never cut off nor left in silence.

Every queue notes on the caller's channel where it stands (`ALTAVOZ_BACK`, `ALTAVOZ_QUEUE`). A transfer that
reaches nobody comes back there before all others.
"""

from collections.abc import Iterator

from dialplan.nodes import NOTED, Context, Extension, Step, Target, assign, gosub, goto, goto_if

CONSULTED, RESCUE = "altavoz-consulted", "altavoz-rescue"
RING = Target("phones-ring")
"""`Gosub(phones-ring,s,1(extension))` returns what to dial for a phone, one device or two."""

FIRST_OF_ALL = "1000"
"""Before every priority that a plan can give (100 at most)."""

_SECONDS = "30"


def way_back(queue: Target) -> tuple[Step, ...]:
    """The steps by which a queue notes that callers in need come back to it."""
    return assign("ALTAVOZ_BACK", queue.context), assign("ALTAVOZ_QUEUE", queue.extension)


def rescue_contexts(failed: Target) -> Iterator[Context]:
    """`failed` is where a call ends for which nothing is left to try."""
    ends = {"s": goto(failed), "internal": Step("Hangup")}
    yield Context(CONSULTED, tuple(Extension(name, _consulted(end)) for name, end in ends.items()))
    yield Context(RESCUE, (Extension("s", _rescue(failed)),))


def _consulted(otherwise: Step) -> tuple[Step, ...]:
    """A phone's own call came to nothing.

    The phone may have passed a caller on while it rang: that caller has its place now, and a way back.
    """
    return (
        goto_if('$["${ALTAVOZ_BACK}" = ""]', Target(label="end")),
        goto(Target(RESCUE)),
        otherwise.labelled("end"),
    )


def _rescue(failed: Target) -> tuple[Step, ...]:
    """To the queue the call came from; whom a phone had called goes back to that phone."""
    phone = "${FILTER(0-9,${ALTAVOZ_PHONE})}"
    return (
        assign("ALTAVOZ_ENTRIES", "0"),
        assign("QUEUE_PRIO", FIRST_OF_ALL),
        goto_if('$["${ALTAVOZ_BACK}" != ""]', Target(label="queue")),
        goto_if(f'$["{phone}" = ""]', Target(label="nobody")),
        gosub(RING, phone),
        Step("Dial", f"${{GOSUB_RETVAL}},{_SECONDS},ir"),
        goto(failed).labelled("nobody"),
        goto(Target("${ALTAVOZ_BACK}", "${ALTAVOZ_QUEUE}"), NOTED).labelled("queue"),
    )
