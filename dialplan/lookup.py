"""From the line that is called to its plan: the sharded lookup, and what a line says that is not active yet.

A line whose plan is live and has no candidate is one or two steps. ALTAVOZ_TEST on the caller's channel,
which only test calls bear, leads to the candidate; with ALTAVOZ_LIVE a test call goes where strangers go.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dialplan import hand, routines, sentences
from dialplan.names import SHARD_PREFIX
from dialplan.nodes import Context, Extension, Step, Target, assign, gosub, goto, goto_if, play
from dialplan.numbers import digits
from dialplan.sentences import Spoken
from plans.model import Line, PlanVersion
from plans.site import Site

TRIES = '$["${ALTAVOZ_TEST}" != "" & "${ALTAVOZ_LIVE}" = ""]'
"""Whether it is a test call, and not one of what strangers reach."""
UNAVAILABLE = "31"
"""The cause (Q.850) that carriers are told: the number exists, and nobody answers at it for now."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a version's calls go in: the context that its plan begins with."""

    version: PlanVersion
    context: str


@dataclass(frozen=True, slots=True)
class _Way:
    """How a number leads to a version; `public` are the digits that phones show, empty for the header's."""

    entry: Entry
    public: str


def shard(number: str) -> str:
    return SHARD_PREFIX + number[-3:]


def lookup_contexts(live: Iterable[Entry], candidates: Iterable[Entry], site: Site) -> Iterator[Context]:
    """One thin extension a number; a number of two live plans, or of two candidates, stands twice."""
    answering, on_trial = _ways(live, site), _ways(candidates, site)
    shards: dict[str, list[Extension]] = {}
    for number in {**answering, **on_trial}:
        shards.setdefault(shard(number), []).extend(
            _extensions(number, answering.get(number, []), on_trial.get(number, []))
        )
    for name in sorted(shards):
        yield Context(name, tuple(sorted(shards[name], key=_pattern)))


def _ways(entries: Iterable[Entry], site: Site) -> dict[str, list[_Way]]:
    ways: dict[str, list[_Way]] = {}
    for entry in entries:
        for line in entry.version.plan.lines:
            ways.setdefault(digits(line.header), []).append(_Way(entry, _shown(line, site)))
    return ways


def _shown(line: Line, site: Site) -> str:
    return digits(line.public) if line.public and site.phones.shows == "plan" else ""


def _extensions(number: str, live: list[_Way], on_trial: list[_Way]) -> Iterator[Extension]:
    for position in range(max(len(live), len(on_trial))):
        steps = _steps(_at(live, position), _at(on_trial, position))
        yield Extension(number, tuple(steps))


def _at(ways: list[_Way], position: int) -> _Way | None:
    return ways[position] if position < len(ways) else None


def _steps(live: _Way | None, trial: _Way | None) -> Iterator[Step]:
    public = ""
    if trial is not None:
        yield from _showing(trial.public, public)
        yield goto_if(TRIES, Target(trial.entry.context))
        public = trial.public
        if live is None:
            yield from _inactive(trial.entry.version)
    if live is not None:
        yield from _showing(live.public, public)
        yield goto(Target(live.entry.context))


def _showing(public: str, before: str) -> Iterator[Step]:
    if public != before:
        yield assign("ALTAVOZ_PUBLIC", public)


def _inactive(version: PlanVersion) -> Iterator[Step]:
    yield gosub(Target(inactive(version.plan.subsidiary)), version.plan.plan)
    yield Step("Hangup", UNAVAILABLE)


def _pattern(extension: Extension) -> str:
    return extension.pattern


def inactive(country: str) -> str:
    """The context that tells strangers of a subsidiary's lines which are not active."""
    return f"altavoz-inactive-{country}"


def inactive_contexts(site: Site, spoken: Spoken) -> Iterator[Context]:
    """ARG: plan. Heard before an answer, so that nobody is billed for it."""
    for country in sorted(site.subsidiaries):
        sentence = spoken.say(sentences.INACTIVE, site.subsidiaries[country].language)
        steps = (
            routines.mark("inactive", "${ALTAVOZ_LINE}", "${ARG1}", "${ALTAVOZ_CARRIER}"),
            Step("Progress"),
            play(sentence, answered=False),
            goto_if('$["${ALTAVOZ_ASKED}" = ""]', Target(label="end")),
            gosub(hand.WAITS),
            Step("Return", label="end"),
        )
        yield Context(inactive(country), (Extension("s", steps),))
