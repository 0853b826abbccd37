"""What a publication would change, before it is made: load → check → compile → check → compare."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dialplan.render import Rendered, Touched, diff, touched
from ivr_audio.store import SoundStore
from plans.book import Marks, StoredPlan
from plans.load import Loading, load_files, load_texts
from plans.model import Plan, PlanVersion
from plans.problems import PlanProblems, Problem
from plans.site import Site
from plans.store import PlanStore, marks_of
from provisioning import marking
from provisioning.drafts import Draft, compile_plans, draft, years_from
from provisioning.marking import Going
from telephony.publish import Publisher

TEXT = "plan"
"""What the problems of a plan call the text it was typed in."""

Approved = Callable[[Plan], Awaitable[Mapping[str, str]]]
"""A plan's approved recordings: prompt → sound in the PBX."""
Objections = Callable[[Plan], Awaitable[Sequence[str]]]
"""Why a plan should not have its numbers."""


@dataclass(frozen=True)
class Proposal:
    """What a publication would change: what stands after it, how the generated files differ, the numbers that
    are touched. `objections` are the inventory's; only with a reason they are passed over.
    """

    drafts: tuple[Draft, ...]
    marks: Mapping[str, Marks]
    rendered: Rendered
    diff: str
    touched: Touched
    warnings: tuple[Problem, ...]
    objections: tuple[str, ...] = ()


class Proposing:
    """Looks, and changes nothing but the folder of sounds."""

    def __init__(
        self,
        site: Site,
        pbx: str,
        store: PlanStore,
        sounds: SoundStore,
        publisher: Publisher,
        clock: Callable[[], datetime],
        approved: Approved,
        objections: Objections,
    ) -> None:
        self._site = site
        self._pbx = pbx
        self._store = store
        self._sounds = sounds
        self._publisher = publisher
        self._clock = clock
        self._approved = approved
        self._objections = objections

    async def of_files(self, files: Sequence[Path], going: Going) -> Proposal:
        """What applying these files would change. Raises PlanProblems, DialplanProblems and NotLive."""
        return await self._proposal(lambda others: load_files(files, self._site, others), going)

    async def of_text(self, text: str, going: Going) -> Proposal:
        """The same for one plan that stands in no file and so has no recordings beside it."""
        return await self._proposal(lambda others: load_texts({TEXT: text}, self._site, others), going)

    async def _proposal(self, load: Callable[[list[Plan]], Loading], going: Going) -> Proposal:
        versions = await self._store.standing()
        loading = await asyncio.to_thread(load, [stored.version.plan for stored in versions])
        if loading.errors:
            raise PlanProblems(loading.problems)
        drafts = []
        for source in loading.sources:
            approved = await self._approved(source.plan)
            drafts.append(await asyncio.to_thread(draft, source, self._sounds, approved))
        fresh = [each.version for each in drafts]
        marks = marking.applied(marks_of(versions), fresh, going)
        rendered = await self.compiled(marks, [*versions_of(versions), *fresh])
        objections = [each for version in fresh for each in await self._objections(version.plan)]
        proposal = self._shown(rendered, marks, drafts, loading.problems)
        return replace(proposal, objections=tuple(objections))

    def _shown(
        self,
        rendered: Rendered,
        marks: Mapping[str, Marks],
        drafts: Sequence[Draft],
        warnings: Sequence[Problem],
    ) -> Proposal:
        current = self._publisher.current()
        before = self._publisher.text(current) if current else {}
        changed, numbers = diff(before, rendered.files), touched(before, rendered.files)
        return Proposal(tuple(drafts), marks, rendered, changed, numbers, tuple(warnings))

    async def compiled(self, marks: Mapping[str, Marks], versions: Iterable[PlanVersion]) -> Rendered:
        """The release in which this stands. Raises DialplanProblems."""
        several = tuple(marking.served(marks, versions))
        years = years_from(self._clock())
        return await asyncio.to_thread(compile_plans, several, self._site, years, self._pbx)


def versions_of(several: Iterable[StoredPlan]) -> list[PlanVersion]:
    return [stored.version for stored in several]
