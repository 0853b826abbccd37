"""A plan's text while it is being written: as much of a plan as it says, and every problem of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plans.check import check_plans
from plans.draft import Draft
from plans.load import draft_plan, no_recordings
from plans.model import Plan
from plans.problems import Problem, errors, in_order
from plans.site import Site
from plans.strict_yaml import Document, Path, read

TEXT = "plan"
"""What its problems call the text."""


@dataclass(frozen=True)
class Examined:
    """`plan` is what could be made of the text, None when nothing could; what stands at the places in
    `unsure` was set aside or made up. It is what the text says only when there are no `errors`.
    """

    document: Document
    plan: Plan | None
    unsure: frozenset[Path]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return errors(self.problems)

    def sure(self, *path: str | int) -> bool:
        """Whether the text itself says what the plan has at a place."""
        return not any(path[: len(place)] == place for place in self.unsure)


def examine(text: str, site: Site, others: Iterable[Plan], today: date) -> Examined:
    """Reads a text over its site and the plans that stand beside it. Never raises for what it says."""
    document = read(text, TEXT, "PLAN")
    made = draft_plan(document)
    if made is None:
        return Examined(document, None, frozenset(), in_order(document.problems))
    found = [*document.problems, *made.problems, *check_plans([made], site, others, today)]
    found += no_recordings(made)[1]
    return Examined(document, made.model, _unsure(made), in_order(found))


def _unsure(made: Draft[Plan]) -> frozenset[Path]:
    return made.salvaged.dropped | made.salvaged.filled
