"""What a desk is told of the cases that lie on it: its person's, and those of others that it has open."""

from collections.abc import Iterable, Mapping
from typing import Any

from cases.views import CaseView
from web.case_form import case_json
from web.regions import Desk
from web.sight import sight_of

MOST_OPEN = 40


class CaseNews:
    """Remembers what this desk was told, so that only what changed is said."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[int, int] = {}
        self._mine: frozenset[int] = frozenset()
        self._open: frozenset[int] = frozenset()

    @property
    def elsewhere(self) -> bool:
        """Whether the desk has cases open that are not its person's: nobody says when those change."""
        return not self._open <= self._mine

    def opened(self, ids: Iterable[int]) -> None:
        """The cases whose forms lie on the desk."""
        self._open = frozenset(list(ids)[:MOST_OPEN])

    async def of_mine(self) -> dict[str, Any]:
        """My open cases that changed, the ids of all, and a sentence for each that is mine no more."""
        mine = await self._desk.services.store.open_of(self._desk.person.name)
        ids = frozenset(case.id for case in mine)
        left, self._mine = self._mine - ids, ids
        told = {"cases": self._changed(mine), "mine": [case.id for case in mine]}
        return told | {"left": {str(id): await self._why(id) for id in sorted(left)}}

    async def of_others(self) -> dict[str, Any]:
        """The other cases on the desk that changed; nothing when none did."""
        store, seen = self._desk.services.store, sight_of(self._desk.person)
        found = [await store.case(id, **seen) for id in sorted(self._open - self._mine)]
        changed = self._changed(case for case in found if case is not None)
        return {"cases": changed} if changed else {}

    def _changed(self, cases: Iterable[CaseView]) -> list[Mapping[str, Any]]:
        changed = [case for case in cases if self._told.get(case.id) != case.revision]
        self._told |= {case.id: case.revision for case in changed}
        return [case_json(self._desk.app, case) for case in changed]

    async def _why(self, id: int) -> str:
        case = await self._desk.services.store.case(id)
        if case is None or case.owner in (None, self._desk.person.name):
            return f"El caso {case.number} se cerró." if case else ""
        taker = await self._desk.services.people.by_name(case.owner or "")
        name = taker.full_name if taker else case.owner
        if case.state == "closed":
            return f"El caso {case.number} se cerró a cargo de {name}."
        return self._passed(case, name)

    def _passed(self, case: CaseView, name: str | None) -> str:
        talking = self._desk.services.board.talking_for(case.owner or "")
        if any(call.case == case.id for call in talking):
            return f"La llamada y su caso {case.number} pasaron a {name}."
        return f"El caso {case.number} pasó a {name}."
