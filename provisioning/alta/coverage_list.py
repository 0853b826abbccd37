"""What a plan covers, as a list of its own: read, compared version by version, put into a plan. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import yaml
from pydantic import Field

from plans.currencies import CURRENCIES
from plans.draft import tell
from plans.fields import Strict
from plans.model import Coverage, Plan
from plans.problems import PlanProblems, errors, in_order
from plans.raw import look
from plans.salvage import refused
from plans.strict_yaml import Document, read
from plans.write import Dumper

LongText = Annotated[str, Field(max_length=40_000)]

FIELDS: Mapping[str, str] = {
    "name": "Nombre",
    "service": "Servicio",
    "kind": "Tipo",
    "events": "Eventos",
    "amount": "Tope",
    "excludes": "No cubre",
}
PER: Mapping[str, str] = {
    "event": "por evento",
    "month": "por mes",
    "year": "por año",
    "contract": "por contrato",
}


class Coverages(Strict):
    """The coverages with their general conditions and the coordinator's guide, of a plan to be."""

    coverages: tuple[Coverage, ...] = ()
    conditions: LongText = ""
    guide: LongText = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a person reads of a field before and after; empty when there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CoverageChange:
    """A coverage that is in both versions, with what is different."""

    code: str
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Between two versions. `texts` are the conditions and the guide, where they differ."""

    added: tuple[Coverage, ...] = ()
    removed: tuple[Coverage, ...] = ()
    changed: tuple[CoverageChange, ...] = ()
    texts: tuple[FieldChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.texts)


def compare(old: Coverages, new: Coverages) -> Differences:
    """What became of each coverage, by its code."""
    before = {each.code: each for each in old.coverages}
    after = {each.code: each for each in new.coverages}
    changes = [(after[code], tuple(_fields(before[code], after[code]))) for code in after if code in before]
    return Differences(
        added=tuple(each for code, each in after.items() if code not in before),
        removed=tuple(each for code, each in before.items() if code not in after),
        changed=tuple(CoverageChange(each.code, each.name, fields) for each, fields in changes if fields),
        texts=tuple(_texts(old, new)),
    )


def said(coverage: Coverage, field: str) -> str:
    """A field as a person reads it: `3 por año`, `ARS 80000 por evento`."""
    value = getattr(coverage, field)
    if value is None:
        return ""
    if field == "events":
        return f"{value.limit} {PER[value.per]}"
    if field == "amount":
        return f"{value.currency} {value.limit} {PER[value.per]}"
    return str(value)


def against(wanted: Coverages) -> dict[str, str]:
    """What stands against a list, by field."""
    codes = [each.code for each in wanted.coverages]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        return {"coverages": f"El código «{twice}» está dos veces: cambie uno de los dos."}
    for each in wanted.coverages:
        if each.amount is not None and each.amount.currency not in CURRENCIES:
            said = (
                f"«{each.code}»: no hay una moneda «{each.amount.currency}»; escriba su código ISO, como ARS."
            )
            return {"coverages": said}
    return {} if codes else {"coverages": "Escriba al menos una cobertura."}


def from_yaml(text: str, file: str = "coberturas.yaml") -> Coverages:
    """The coverages of a plan's file, or of one that has only them. Raises `PlanProblems`."""
    document = read(text, file, "PLAN")
    if not isinstance(document.data, dict):
        raise PlanProblems(document.problems)
    data = {key: value for key, value in document.data.items() if key in Coverages.model_fields}
    problems = in_order((*document.problems, *_problems(document, data)))
    if errors(problems):
        raise PlanProblems(problems)
    return Coverages.model_validate({key: value for key, value in data.items() if value is not None})


def to_yaml(coverages: Coverages) -> str:
    """As the part of a plan's file that says it."""
    content = coverages.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.dump(content, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


def of_plan(plan: Plan) -> Coverages:
    """What a plan covers."""
    return Coverages(coverages=plan.coverages, conditions=plan.conditions or "", guide=plan.guide or "")


def into_plan(plan: Plan, coverages: Coverages) -> Plan:
    """The plan with these coverages instead of its own."""
    texts = {"conditions": coverages.conditions or None, "guide": coverages.guide or None}
    return plan.model_copy(update={"coverages": coverages.coverages, **texts})


def kept(coverages: Coverages) -> str:
    """As the database keeps it, and as two of them are compared."""
    content = coverages.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _problems(document: Document, data: dict[str, Any]) -> Iterator[Any]:
    faults = [fault for fault in look(document.data) if fault[0] and fault[0][0] in data]
    wrong = {path for path, *_ in faults}
    given = {key: value for key, value in data.items() if value is not None}
    yield from tell(list(refused(Coverages, given)), document, Coverages, wrong)
    for path, number, message in faults:
        yield document.problem(path, number, message)


def _fields(before: Coverage, after: Coverage) -> Iterator[FieldChange]:
    for field, label in FIELDS.items():
        old, new = said(before, field), said(after, field)
        if old != new:
            yield FieldChange(label, old, new)


def _texts(old: Coverages, new: Coverages) -> Iterator[FieldChange]:
    for field, label in (("conditions", "Condiciones generales"), ("guide", "Guía del coordinador")):
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield FieldChange(label, was, now)
