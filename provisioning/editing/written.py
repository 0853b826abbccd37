"""The plans that drafts say, for those who work on a plan before it stands, as who records its prompts."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from plans.book import PlanBook
from plans.examine import Examined, examine
from plans.model import Plan
from plans.site import Site
from provisioning.editing.store import PlanDrafts
from provisioning.editing.values import PlanDraft


class WrittenPlans:
    """Reads each revision once."""

    def __init__(self, drafts: PlanDrafts, site: Site, book: PlanBook, clock: Callable[[], datetime]) -> None:
        self._drafts = drafts
        self._site = site
        self._book = book
        self._clock = clock
        self._read: dict[tuple[str, int], Plan | None] = {}

    async def all(self) -> Iterable[Plan]:
        """As much of each open draft as can be read, under its own name and client."""
        drafts = await self._drafts.open()
        known = {
            (each.plan, each.revision): self._read.get((each.plan, each.revision)) or await self._plan(each)
            for each in drafts
        }
        self._read = known
        return [plan for plan in known.values() if plan is not None]

    def examined(self, draft: PlanDraft) -> Examined:
        """A draft with every problem of it, over what stands beside it, on this day of its subsidiary."""
        others = [stored.version.plan for stored in self._book.standing()]
        known = self._site.subsidiaries
        here = known.get(draft.subsidiary) or next(iter(known.values()))
        today = here.here(self._clock()).date()
        return examine(draft.text, self._site, others, today)

    async def _plan(self, draft: PlanDraft) -> Plan | None:
        read = await asyncio.to_thread(self.examined, draft)
        if read.plan is None:
            return None
        account = read.plan.account.model_copy(update={"name": draft.account})
        known = {"plan": draft.plan, "subsidiary": draft.subsidiary, "account": account}
        name = {} if read.sure("name") else {"name": draft.plan}
        return read.plan.model_copy(update=known | name)
