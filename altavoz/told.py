"""What this process said of calls lately, and by which witness: the database may not have it yet."""

from collections import OrderedDict
from dataclasses import dataclass, field

from telephony.facts import CallFact
from telephony.reconcile import twin_of

_KEPT = 5_000
"""Calls."""


@dataclass(slots=True)
class _Said:
    facts: list[CallFact] = field(default_factory=list)
    by_journal: list[CallFact] = field(default_factory=list)


class Told:
    """The facts of the last calls. Both witnesses say most things; each is taken once."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._calls: OrderedDict[str, _Said] = OrderedDict()

    def of(self, call: str) -> tuple[CallFact, ...]:
        said = self._calls.get(call)
        return tuple(said.facts) if said else ()

    def live(self, fact: CallFact) -> bool:
        """A live fact; False when the journal has told the same before, which it answers for once."""
        said = self._said(fact.call)
        twin = twin_of(fact, said.by_journal)
        if twin is not None:
            said.by_journal.remove(twin)
            return False
        said.facts.append(fact)
        return True

    def journal(self, fact: CallFact) -> None:
        said = self._said(fact.call)
        said.facts.append(fact)
        said.by_journal.append(fact)

    def _said(self, call: str) -> _Said:
        said = self._calls.setdefault(call, _Said())
        self._calls.move_to_end(call)
        while len(self._calls) > self._kept:
            self._calls.popitem(last=False)
        return said
