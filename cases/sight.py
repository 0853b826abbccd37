"""Which rows somebody may see: those of their scope, and whatever the scope, those of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_, true

from cases.views import CallView, CaseView
from staff.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Sight:
    """`own` is the person whose own cases and calls are always in sight, if a person asks."""

    scope: Scope = EVERYTHING
    own: str | None = None

    def shows_call(self, call: CallView) -> bool:
        mine = self.own is not None and call.had(self.own)
        return mine or self.scope.covers(call.subsidiary, call.account)

    def shows_case(self, case: CaseView) -> bool:
        mine = self.own is not None and case.owner == self.own
        return mine or self.scope.covers(case.subsidiary, case.account)

    def ways(self, table: FromClause, owner: ColumnElement[Any]) -> Sequence[ColumnElement[bool]]:
        """How a row can be in sight, each by an index of its own."""
        if self.scope == EVERYTHING:
            return [true()]
        own = [owner == self.own] if self.own is not None else []
        return [*_scoped(self.scope, table), *own]

    def condition(self, table: FromClause, owner: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*self.ways(table, owner))


def _scoped(scope: Scope, table: FromClause) -> list[ColumnElement[bool]]:
    """A row of one of the accounts, or else of one of the subsidiaries; of both when both are named."""
    of_subsidiary = [table.c.subsidiary == each for each in sorted(scope.subsidiaries)]
    if not scope.accounts:
        return of_subsidiary
    here = or_(*of_subsidiary) if of_subsidiary else true()
    return [and_(table.c.account == each, here) for each in sorted(scope.accounts)]
