"""What the PBX reads at a time: a release and, beside it, former plans. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from telephony.dialplan_text import changed, joined, sections
from telephony.draining import Pool, drained, to_conf

MOST_PLANS = 1000
"""Contexts of plans that are read back at most."""


Parted = Mapping[str, Mapping[str, str]]
"""File → context → text."""


def parted(files: Mapping[str, str]) -> Parted:
    """The files of a release in their contexts. Raises Unreadable."""
    return {name: sections(text) for name, text in files.items()}


@dataclass(frozen=True)
class State:
    """A release and the pool of former plans."""

    release: str
    files: Parted
    pool: Pool

    @cached_property
    def contexts(self) -> dict[str, str]:
        """The release's own."""
        return joined(self.files.values())

    @property
    def plans(self) -> Mapping[str, str]:
        """Those that a call stays in, whatever is published meanwhile."""
        return self.files["plans.conf"]

    @cached_property
    def draining(self) -> dict[str, str]:
        return sections(to_conf(self.pool, self.contexts))

    @cached_property
    def whole(self) -> dict[str, str]:
        """All contexts that the PBX reads from us."""
        return joined((self.contexts, self.draining))

    def followed_by(self, release: str, files: Parted, leaving: Mapping[str, str], now: datetime) -> "State":
        """The state in which `release` stands and the plans `leaving`, unless it has them, drain."""
        return State(release, files, drained(self.pool, leaving, joined(files.values()), now))

    def beside(self, other: "State") -> "State":
        """This release with the former plans that were written for `other`."""
        pool = {name: kept for name, kept in other.pool.items() if name not in other.contexts}
        return State(self.release, self.files, pool)

    def changed_since(self, old: "State | None") -> dict[str, str]:
        """Contexts new or other than in `old`, and with an empty text those gone; all when it is None.

        A former plan that comes back into the release is new to it, although it was never gone.
        """
        if old is None:
            return self.whole
        return changed(old.whole, self.whole) | self._new_to(old.contexts)

    def _new_to(self, contexts: Mapping[str, str]) -> dict[str, str]:
        return {name: body for name, body in self.contexts.items() if contexts.get(name) != body}

    def to_read_back(self, contexts: Mapping[str, str]) -> dict[str, str]:
        """Of changed `contexts` those to compare with the PBX.

        Each file's last context is among them: a file that an error cut short lacks it. Of thousands of
        changed plans `MOST_PLANS`, evenly spread, stand for all: Asterisk looks for a context by walking
        through all it has, so that reading 50,000 takes ten minutes.
        """
        parts = (*self.files.values(), self.draining)
        ends = {name: self.whole[name] for part in parts for name in list(part)[-1:]}
        return _some_plans(contexts, self.plans) | ends


def _some_plans(contexts: Mapping[str, str], plans: Collection[str]) -> dict[str, str]:
    named = [name for name in contexts if name in plans]
    left_out = set(named) - set(named[:: -(-len(named) // MOST_PLANS) or 1])
    return {name: body for name, body in contexts.items() if name not in left_out}
