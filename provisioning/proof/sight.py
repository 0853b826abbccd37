"""Which tests somebody may see: those of the plans of their subsidiaries and accounts."""

from typing import Any

from sqlalchemy import Select

from staff.scope import Scope


def in_sight(wanted: Select[Any], scope: Scope) -> Select[Any]:
    """The rows of a query of one table that are in sight."""
    table = wanted.get_final_froms()[0]
    if scope.subsidiaries:
        wanted = wanted.where(table.c.subsidiary.in_(sorted(scope.subsidiaries)))
    if scope.accounts:
        wanted = wanted.where(table.c.account.in_(sorted(scope.accounts)))
    return wanted
