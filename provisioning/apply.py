"""Plans become live: load → check → compile → check → publish → remember.

The order makes a crash harmless: versions are stored before they are published, and marked live only
after the PBX was read back. A start publishes what is marked live.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dialplan.build import build
from dialplan.check import DialplanProblem, check
from dialplan.render import Rendered, Touched, diff, render, touched
from ivr_audio.store import SoundStore
from plans.book import PlanBook, StoredPlan
from plans.load import Source, check_stored, load_files
from plans.model import PlanVersion
from plans.problems import PlanProblems, Problem
from plans.site import Site
from plans.store import PlanStore
from plans.write import version_of
from provisioning.releases import Release, ReleaseHistory
from telephony.publish import Published, Publisher

YEARS_AHEAD = 2


class DialplanProblems(Exception):
    """The compiled dialplan has faults; `problems` are all of them."""

    def __init__(self, problems: Sequence[DialplanProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class Outdated(Exception):
    """What would be published is no longer what was shown: somebody published, or a file changed."""

    def __init__(self) -> None:
        super().__init__(
            "Lo publicado cambió desde que se mostró la diferencia: revísela y publique de nuevo."
        )


@dataclass(frozen=True)
class Draft:
    """A version that is not live yet, with the text it was read from."""

    version: PlanVersion
    text: str


@dataclass(frozen=True)
class Proposal:
    """What a publication would change: the diff of the generated files and the numbers it touches."""

    drafts: tuple[Draft, ...]
    rendered: Rendered
    diff: str
    touched: Touched
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class Applied:
    proposal: Proposal
    published: Published


class Provisioner:
    """Applies plan files to the PBX, one publication at a time."""

    def __init__(
        self,
        *,
        site: Site,
        pbx: str,
        store: PlanStore,
        releases: ReleaseHistory,
        book: PlanBook,
        sounds: SoundStore,
        publisher: Publisher,
        clock: Callable[[], datetime],
    ) -> None:
        self._site = site
        self._pbx = pbx
        self._store = store
        self._releases = releases
        self._book = book
        self._sounds = sounds
        self._publisher = publisher
        self._clock = clock
        self._turn = asyncio.Lock()

    async def propose(self, files: Sequence[Path]) -> Proposal:
        """What applying these files would change. Raises PlanProblems and DialplanProblems."""
        live = {stored.version.plan.plan: stored.version for stored in await self._store.live()}
        loading = await asyncio.to_thread(
            load_files, files, self._site, [version.plan for version in live.values()]
        )
        faults = [problem for problem in loading.problems if problem.severity == "error"]
        if faults:
            raise PlanProblems(loading.problems)
        drafts = tuple([await asyncio.to_thread(draft, source, self._sounds) for source in loading.sources])
        after = live | {draft.version.plan.plan: draft.version for draft in drafts}
        rendered = await self._compile(after)
        standing = self._standing()
        return Proposal(
            drafts,
            rendered,
            diff(standing, rendered.files),
            touched(standing, rendered.files),
            tuple(loading.problems),
        )

    async def apply(self, files: Sequence[Path], by: str, shown: str | None = None) -> Applied:
        """Publish these files with all that is live already.

        `shown` is the release that a person saw proposed. Raises Outdated when it would be another one, and
        what `propose` and `publish` raise.
        """
        async with self._turn:
            proposal = await self.propose(files)
            if shown not in (None, proposal.rendered.release):
                raise Outdated
            now = self._clock()
            for draft in proposal.drafts:
                await self._store.save(draft.version, draft.text, by, now)
            published = await self._publisher.publish(proposal.rendered, by)
            live = await self._live_hashes()
            live |= {draft.version.plan.plan: draft.version.hash for draft in proposal.drafts}
            await self._remember(published, live, by, "release.published")
            return Applied(proposal, published)

    async def republish(self, by: str) -> Published:
        """Bring the PBX to what is marked live: after a start, a new site file or a new year.

        Raises PlanProblems when the site file no longer has what a live plan needs, and what `apply` raises.
        """
        async with self._turn:
            standing = await self._store.live()
            texts = {f"{stored.version.plan.plan} (publicado)": stored.text for stored in standing}
            if problems := await asyncio.to_thread(check_stored, texts, self._site):
                raise PlanProblems(problems)
            live = {stored.version.plan.plan: stored.version for stored in standing}
            published = await self._publisher.publish(await self._compile(live), by)
            await self._remember(published, await self._live_hashes(), by, "release.published")
            return published

    async def rollback(self, by: str) -> Published:
        """Go back to the release before the present one, with the plan versions that it held."""
        async with self._turn:
            published = await self._publisher.rollback(by)
            former = await self._releases.of(published.release)
            live = dict(former.plans) if former else {}
            await self._remember(published, live, by, "release.rolled-back")
            return published

    async def _remember(self, published: Published, live: Mapping[str, str], by: str, action: str) -> None:
        now = self._clock()
        await self._store.set_live(live, by, now)
        standing = await self._store.live()
        if published.changed:
            numbers = {stored.version.hash: _numbers(stored) for stored in (*self._book.live(), *standing)}
            await self._releases.add(Release(published.release, now, by, live), action, numbers)
        self._book.replace(standing)

    async def _live_hashes(self) -> dict[str, str]:
        return {stored.version.plan.plan: stored.version.hash for stored in await self._store.live()}

    async def _compile(self, live: Mapping[str, PlanVersion]) -> Rendered:
        versions = [live[plan] for plan in sorted(live)]
        return await asyncio.to_thread(
            compile_plans, versions, self._site, years_from(self._clock()), self._pbx
        )

    def _standing(self) -> Mapping[str, str]:
        current = self._publisher.current()
        return self._publisher.text(current) if current else {}


def _numbers(stored: StoredPlan) -> tuple[str, ...]:
    lines = stored.version.plan.lines
    return tuple(number for line in lines for number in (line.header, line.public) if number)


def draft(source: Source, sounds: SoundStore) -> Draft:
    """The version that a file holds; its recordings are taken into `sounds`. Raises BadRecording."""
    recordings = {name: sounds.import_recording(path) for name, path in source.recordings.items()}
    return Draft(version_of(source.plan, recordings), source.text)


def years_from(now: datetime) -> range:
    """The years whose public holidays a release knows."""
    return range(now.year, now.year + YEARS_AHEAD + 1)


def compile_plans(versions: Sequence[PlanVersion], site: Site, years: Sequence[int], pbx: str) -> Rendered:
    """Plan versions to checked dialplan text. Pure. Raises DialplanProblems."""
    dialplan = build(versions, site, years, pbx)
    problems = check(dialplan)
    if problems:
        raise DialplanProblems(problems)
    return render(dialplan)
