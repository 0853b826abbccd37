"""Rows into views."""

from collections.abc import Iterable, Mapping
from typing import Any

from cases.call_rows import record_of
from cases.record import CallRecord, stage_of
from cases.views import CallView, CaseChange, CaseView, PartyView, case_number

PATH_MARK = " › "


def path_text(choices: Iterable[Iterable[str]]) -> str:
    """The labels chosen, outermost first; `choices` are (menu, digit, label)."""
    return PATH_MARK.join(label for _menu, _digit, label in choices if label)


def call_view(row: Mapping[str, Any]) -> CallView:
    """A row of `calls` as a view."""
    return view_of(record_of(row), row["case"])


def view_of(record: CallRecord, case: int | None) -> CallView:
    """A call's record as a view."""
    plain = {name: getattr(record, name) for name in _CALL_PLAIN}
    people = record.people
    return CallView(
        choice=path_text(record.choices),
        case=case,
        parties=tuple(
            PartyView(each.party, people.get(each.party), each.joined, each.left) for each in record.parties
        ),
        passed_by=people.get(record.passed_by or ""),
        stage="" if record.ended else stage_of(record),
        **plain,
    )


def case_view(row: Mapping[str, Any], calls: Iterable[str]) -> CaseView:
    """A row of `cases` with the ids of its calls, oldest first."""
    plain = {name: row[name] for name in _CASE_PLAIN}
    return CaseView(number=case_number(row["id"]), calls=tuple(calls), **plain)


def case_change(row: Mapping[str, Any]) -> CaseChange:
    return CaseChange(**{name: row[name] for name in CaseChange.__dataclass_fields__})


_MADE = ("choice", "case", "parties", "passed_by", "stage")
_CALL_PLAIN = tuple(name for name in CallView.__dataclass_fields__ if name not in _MADE)
_CASE_PLAIN = tuple(name for name in CaseView.__dataclass_fields__ if name not in ("number", "calls"))
