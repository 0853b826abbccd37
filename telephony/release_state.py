"""What the PBX reads at a time: a release and, beside it, former plans. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from telephony.dialplan_text import changed, joined, last_context, sections
from telephony.draining import Pool, drained, to_conf

MOST_PLANS = 1000
"""Contexts of plans that are read back at most."""


def release_contexts(files: Mapping[str, str]) -> dict[str, str]:
    """Context → text, over all files of a release."""
    return joined(map(sections, files.values()))


@dataclass(frozen=True)
class State:
    """A release with its files (name → text) and the pool of former plans."""

    release: str
    files: Mapping[str, str]
    pool: Pool

    @cached_property
    def contexts(self) -> dict[str, str]:
        """The release's own."""
        return release_contexts(self.files)

    @cached_property
    def plans(self) -> dict[str, str]:
        """Those that a call stays in, whatever is published meanwhile."""
        return sections(self.files["plans.conf"])

    @cached_property
    def draining(self) -> str:
        return to_conf(self.pool, self.contexts)

    @cached_property
    def whole(self) -> dict[str, str]:
        """All contexts that the PBX reads from us."""
        return joined((self.contexts, sections(self.draining)))

    def followed_by(
        self, release: str, files: Mapping[str, str], leaving: Mapping[str, str], now: datetime
    ) -> "State":
        """The state in which `release` stands and the plans `leaving`, unless it has them, drain."""
        return State(release, files, drained(self.pool, leaving, release_contexts(files), now))

    def beside(self, other: "State") -> "State":
        """This release with the former plans that were written for `other`."""
        pool = {name: kept for name, kept in other.pool.items() if name not in other.contexts}
        return State(self.release, self.files, pool)

    def expected_after(self, old: "State | None") -> dict[str, str]:
        """What to read back when this took the place of `old`, which stood whole; of all when it is None.

        Each file's last context is among them: a file that an error cut short lacks it. Of thousands of
        changed plans `MOST_PLANS`, evenly spread, stand for all: Asterisk looks for a context by walking
        through all it has, so that reading 50,000 takes ten minutes.
        """
        ends = (last_context(text) for text in (*self.files.values(), self.draining))
        last = {name: self.whole[name] for name in ends if name is not None}
        return _some_plans(changed(old.whole if old else {}, self.whole), self.plans) | last


def _some_plans(contexts: Mapping[str, str], plans: Collection[str]) -> dict[str, str]:
    named = [name for name in contexts if name in plans]
    left_out = set(named) - set(named[:: -(-len(named) // MOST_PLANS) or 1])
    return {name: body for name, body in contexts.items() if name not in left_out}
