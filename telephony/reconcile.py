"""Two witnesses of one call compared: live events and the PBX's journal. Pure.

Their instants differ, by microseconds mostly; the same thing said within a few seconds is the same fact.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from telephony.facts import CallAnswered, CallArrived, CallbackOwed, CallEnded, CallFact, CallPlaced

NEAR = timedelta(seconds=3)
_ONCE = (CallArrived, CallPlaced, CallEnded)
"""A call has one of each, whenever it was said."""
_PILLARS = (*_ONCE, CallAnswered, CallbackOwed)
_AT = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`missing` are the journal's facts that nobody had told; `contradicted` pairs (journal's, known)."""

    missing: tuple[CallFact, ...]
    contradicted: tuple[tuple[CallFact, CallFact], ...]


def compare(journal: Iterable[CallFact], known: Iterable[CallFact]) -> Comparison:
    """Facts of one call. Each known fact stands for one of the journal's at most, the nearest."""
    ours, theirs = list(journal), list(known)
    twin = dict(_pairs(ours, theirs))
    left = [fact for place, fact in enumerate(theirs) if place not in twin.values()]
    missing, contradicted = [], []
    for place, fact in enumerate(ours):
        other = theirs[twin[place]] if place in twin else _contrary(fact, left)
        if other is None:
            missing.append(fact)
        elif _details(other) != _details(fact):
            contradicted.append((fact, other))
    return Comparison(tuple(missing), tuple(contradicted))


def lacks(journal: Iterable[CallFact], known: Iterable[CallFact]) -> bool:
    """Whether something that a record stands on is unknown: its beginning, an answer, a promise, its end."""
    said = {type(fact) for fact in known}
    return any(isinstance(fact, _PILLARS) and type(fact) not in said for fact in journal)


def twin_of(fact: CallFact, among: Sequence[CallFact]) -> CallFact | None:
    """The one `among` them that says the same; of several the nearest."""
    pairs = dict(_pairs([fact], among))
    return among[pairs[0]] if pairs else None


def _pairs(ours: Sequence[CallFact], theirs: Sequence[CallFact]) -> Iterator[tuple[int, int]]:
    """Places of the facts that say the same, each once, the nearest first."""
    near = sorted(
        (abs(fact.at - other.at), mine, its)
        for mine, fact in enumerate(ours)
        for its, other in enumerate(theirs)
        if _same(fact, other)
    )
    paired: tuple[set[int], set[int]] = set(), set()
    for _, mine, its in near:
        if mine not in paired[0] and its not in paired[1]:
            paired[0].add(mine)
            paired[1].add(its)
            yield mine, its


def _same(fact: CallFact, other: CallFact) -> bool:
    if type(fact) is not type(other):
        return False
    return isinstance(fact, _ONCE) or (_near(fact, other) and _details(fact) == _details(other))


def _contrary(fact: CallFact, among: Iterable[CallFact]) -> CallFact | None:
    contrary = (other for other in among if type(other) is type(fact) and _near(fact, other))
    return next(contrary, None) if isinstance(fact, CallAnswered) else None


def _near(fact: CallFact, other: CallFact) -> bool:
    return abs(fact.at - other.at) <= NEAR


def _details(fact: CallFact) -> CallFact:
    return replace(fact, at=_AT)
