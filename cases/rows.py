"""Rows into views."""

from collections.abc import Iterable, Mapping
from typing import Any

from cases.views import CallView, CaseChange, CaseView, case_number

PATH_MARK = " › "


def path_text(choices: Iterable[Iterable[str]]) -> str:
    """The labels chosen, outermost first; `choices` are (menu, digit, label)."""
    return PATH_MARK.join(label for _menu, _digit, label in choices if label)


def call_view(row: Mapping[str, Any]) -> CallView:
    """A row of `calls` as a view."""
    plain = {name: row[name] for name in _CALL_PLAIN}
    return CallView(choice=path_text(row["choices"]), ringing=frozenset(row["ringing"]), **plain)


def case_view(row: Mapping[str, Any], calls: Iterable[str]) -> CaseView:
    """A row of `cases` with the ids of its calls, oldest first."""
    plain = {name: row[name] for name in _CASE_PLAIN}
    return CaseView(number=case_number(row["id"]), calls=tuple(calls), **plain)


def case_change(row: Mapping[str, Any]) -> CaseChange:
    return CaseChange(**{name: row[name] for name in CaseChange.__dataclass_fields__})


_CALL_PLAIN = tuple(name for name in CallView.__dataclass_fields__ if name not in ("choice", "ringing"))
_CASE_PLAIN = tuple(name for name in CaseView.__dataclass_fields__ if name not in ("number", "calls"))
