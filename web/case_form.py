"""What the form of a case shows: its choices, and its fields as JSON for a page that holds it already."""

from functools import partial
from typing import Any

from aiohttp import web

from cases.fields import FIELDS, KINDS
from cases.outcomes import Outcome
from cases.plans_in_use import plan_of
from cases.views import CaseView
from plans.model import Plan
from web import words
from web.keys import SERVICES
from web.pages import piece, written_number

PRIORITIES = ((0, "Normal"), (5, "Alta"), (10, "Urgente"))


def form_html(app: web.Application, case: CaseView, csrf: str) -> str:
    return piece(app, "case_form.html", csrf=csrf, **form_context(app, case))


def form_context(app: web.Application, case: CaseView) -> dict[str, Any]:
    plan = plan_of(app[SERVICES].book, case.plan, case.version)
    return {
        "case": case,
        "plan": plan,
        "fields": FIELDS,
        "values": shown_fields(case, plan),
        "dial": dialled(case),
        "said": partial(_said, plan=plan),
        "kinds": [(kind, words.spoken(kind, words.KINDS)) for kind in KINDS],
        "coverages": _coverages(case, plan),
        "priorities": _priorities(case.priority),
        "outcomes": [(outcome.value, outcome.label) for outcome in Outcome],
    }


def case_json(app: web.Application, case: CaseView) -> dict[str, Any]:
    """A case as the script of the form needs it: values by field, as the form writes them, and the number
    that `telephone` stands for.
    """
    plan = plan_of(app[SERVICES].book, case.plan, case.version)
    return {
        "id": case.id,
        "number": case.number,
        "revision": case.revision,
        "state": case.state,
        "fields": shown_fields(case, plan),
        "dial": dialled(case),
    }


def dialled(case: CaseView) -> str:
    """The telephone of a case as a phone dials it; empty when it is no number."""
    return case.telephone if case.telephone.startswith("+") else ""


def shown_fields(case: CaseView, plan: Plan | None) -> dict[str, str]:
    """Each field's value as a person reads and writes it."""
    values = {name: getattr(case, name) for name in FIELDS}
    shown = {name: "" if value is None else str(value) for name, value in values.items()}
    return shown | {"telephone": written_number(case.telephone, plan.subsidiary if plan else None)}


def _said(field: str, value: str | None, plan: Plan | None) -> str:
    """A field's kept value as a person reads it."""
    match field:
        case "kind":
            return words.spoken(value, words.KINDS)
        case "telephone":
            return written_number(value, plan.subsidiary if plan else None)
        case "priority":
            return {str(level): label for level, label in PRIORITIES}.get(value or "", value or "")
        case "coverage":
            names = {coverage.code: coverage.name for coverage in plan.coverages} if plan else {}
            return names.get(value or "", value or "")
        case _:
            return value or ""


def _coverages(case: CaseView, plan: Plan | None) -> list[tuple[str, str]]:
    known = [(coverage.code, coverage.name) for coverage in plan.coverages] if plan else []
    gone = case.coverage and case.coverage not in dict(known)
    return known + ([(case.coverage, case.coverage)] if gone and case.coverage else [])


def _priorities(present: int) -> list[tuple[int, str]]:
    own = [] if present in dict(PRIORITIES) else [(present, f"Del menú ({present})")]
    return sorted([*PRIORITIES, *own])
