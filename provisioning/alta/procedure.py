"""A company's procedure as data: its steps, who does each, what it needs, what it gives and how it closes.

Read from YAML by `provisioning.alta.load`; nothing here knows of a running alta.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from plans.fields import Country, Slug, Strict, Text

AltaKind = Literal["alta", "otro-si"]
Closing = Literal["by-hand", "by-evidence", "by-time"]
Label = Literal["public", "company", "confidential", "restricted"]
FormName = Literal["number-request"]
Carried = Literal["plan", "requirements", "number-request", "numbers", "coverages", "conditions"]
"""What a letter may carry of a plan, in the order in which it is read."""
EVERYBODY, COORDINATORS = "everybody", "coordinators"
"""Whom a notice may name besides areas."""


class WantedDocument(Strict):
    """A document that a step wants attached before it closes. `label` is who may read it (P12).

    `of` is what Altavoz draws it up of by itself; another file may be attached all the same.
    """

    name: Slug
    title: Text
    label: Label = "company"
    of: Literal["coverages"] | None = None


class Question(Strict):
    """What is asked in words when a step is closed, as the differences from the quotation (P5)."""

    name: Slug
    title: Text
    required: bool = True


class NoticeRule(Strict):
    """Who is told besides those whose turn it is: areas, `everybody` or `coordinators` (P8, P25, P28).

    `carries` is what of the plan stands in that letter.
    """

    when: Literal["opened", "closed", "sent-back", "late"] = "closed"
    to: Annotated[tuple[Slug, ...], Field(min_length=1)]
    carries: tuple[Carried, ...] = ()


class Reminders(Strict):
    """Business days before a step is due and after it, and when its area's head is told."""

    before: Annotated[int, Field(ge=0, le=30)] = 1
    after: Annotated[int, Field(ge=0, le=30)] = 1
    escalate: Annotated[int, Field(ge=0, le=60)] = 3


class Step(Strict):
    """One step. `needs` names what other steps give, or the steps themselves; `days` are business days.

    `signatures` are the areas that sign its `form`; without one, that what proves the step is right.
    `only` keeps it to plans that are sold by one of these; `gate` never closes without all its evidence;
    `carries` is what of the plan stands in the letter that says whose turn it is. Where a carrier's number is
    waited for, `days` are those of a carrier whose usual delay nobody knows.
    """

    id: Slug
    title: Text
    help: Text | None = None
    source: Annotated[tuple[Text, ...], Field(alias="from")] = ()
    areas: Annotated[tuple[Slug, ...], Field(min_length=1)]
    needs: tuple[Slug, ...] = ()
    gives: tuple[Slug, ...] = ()
    days: Annotated[int, Field(ge=1, le=260)]
    closes: Closing = "by-hand"
    gate: bool = False
    optional: bool = False
    only: tuple[Slug, ...] = ()
    kinds: Annotated[tuple[AltaKind, ...], Field(min_length=1)] = ("alta", "otro-si")
    evidence: tuple[Slug, ...] = ()
    documents: tuple[WantedDocument, ...] = ()
    questions: tuple[Question, ...] = ()
    form: FormName | None = None
    signatures: tuple[Slug, ...] = ()
    carries: tuple[Carried, ...] = ()
    notices: tuple[NoticeRule, ...] = ()

    @property
    def given(self) -> frozenset[str]:
        """By what names others may need it."""
        return frozenset({self.id, *self.gives})


class PrivacyNotice(Strict):
    """A privacy notice on file, from which the number request chooses; `subsidiaries` empty: of all."""

    name: Slug
    title: Text
    text: Text
    subsidiaries: tuple[Country, ...] = ()


class Procedure(Strict):
    """The whole procedure, in the order in which it is read. `called` is what its areas are called."""

    altavoz: Literal[1]
    procedure: Slug
    name: Text
    reminders: Reminders = Reminders()
    called: Annotated[Mapping[Slug, Text], Field(alias="areas")] = Field(default_factory=dict)
    privacy: tuple[PrivacyNotice, ...] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    def step(self, id: str) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)

    @cached_property
    def _givers(self) -> dict[str, tuple[Step, ...]]:
        """Which steps give what."""
        found: dict[str, tuple[Step, ...]] = {}
        for step in self.steps:
            for name in step.given:
                found[name] = (*found.get(name, ()), step)
        return found

    def of(self, kind: AltaKind) -> tuple[Step, ...]:
        """The steps that an alta of this kind has."""
        return tuple(step for step in self.steps if kind in step.kinds)

    def areas(self) -> dict[str, str]:
        """Every area that is named, with what it is called."""
        return {name: self.called.get(name, name.capitalize()) for name in sorted(set(_named(self.steps)))}

    @property
    def begins(self) -> frozenset[str]:
        """The areas that ask for altas: those of the first step."""
        return frozenset(self.steps[0].areas)

    def needed(self, step: Step, present: Collection[str]) -> frozenset[str]:
        """The steps among `present` (ids) that must be over first; for an absent one, those it needs."""
        found: set[str] = set()
        for need in step.needs:
            givers = self._givers.get(need, ())
            here = {each.id for each in givers if each.id in present}
            found |= here or {id for each in givers for id in self.needed(each, present)}
        return frozenset(found)


def _named(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield from step.areas
        yield from step.signatures
        for rule in step.notices:
            yield from (area for area in rule.to if area not in (EVERYBODY, COORDINATORS))
