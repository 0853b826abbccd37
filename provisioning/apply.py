"""Plans come to stand in the PBX: load → check → compile → check → publish → remember.

The order makes a crash harmless: versions are stored before they are published, and marked as standing only
after the PBX was read back. A start publishes what is marked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dialplan.plan import entry_name
from ivr_audio.store import SoundStore
from plans.book import Marks, PlanBook, StoredPlan
from plans.load import check_stored
from plans.model import Plan
from plans.problems import PlanProblems
from plans.site import Site
from plans.store import PlanStore, UnknownVersion, marks_of
from provisioning import marking
from provisioning.changed import Changed, Listener, Publication, changes, standing, tell
from provisioning.drafts import Draft
from provisioning.marking import Going
from provisioning.progress import Progress, Stage, speaking, unheard
from provisioning.proposing import Approved, Objections, Proposal, Proposing, versions_of
from provisioning.refusals import InventoryObjects, NoReason, Outdated
from provisioning.releases import PUBLISHED, ROLLED_BACK, Release, ReleaseHistory
from staff.written import said
from telephony.publish import Published, Publisher

Change = Callable[[Mapping[str, Marks]], Mapping[str, Marks]]
T = TypeVar("T")


@dataclass(frozen=True)
class Applied:
    proposal: Proposal
    published: Published


async def _none_approved(_plan: Plan) -> Mapping[str, str]:
    return {}


async def _no_objections(_plan: Plan) -> Sequence[str]:
    return ()


class Provisioner:
    """Changes what stands in the PBX, one publication at a time.

    `approved` gives a plan's approved recordings (prompt → sound), `objections` why it should not have its
    numbers, `after` those who are told of each change.
    What is begun is carried through, even when whoever asked is gone.
    """

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
        approved: Approved = _none_approved,
        objections: Objections = _no_objections,
        after: Callable[[], Sequence[Listener]] = tuple,
    ) -> None:
        self._site = site
        self._store = store
        self._releases = releases
        self._book = book
        self._sounds = sounds
        self._publisher = publisher
        self._clock = clock
        self._after = after
        self._proposing = Proposing(site, pbx, store, sounds, publisher, clock, approved, objections)
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()

    # plans that are applied

    async def propose(self, files: Sequence[Path], going: Going = Going.CANDIDATE) -> Proposal:
        """What applying these files would change. Raises PlanProblems, DialplanProblems and NotLive."""
        return await self._proposing.of_files(files, going)

    async def propose_text(self, text: str, going: Going = Going.CANDIDATE) -> Proposal:
        """The same for one plan that stands in no file and so has no recordings beside it."""
        return await self._proposing.of_text(text, going)

    async def apply(
        self,
        files: Sequence[Path],
        by: str,
        shown: str | None = None,
        going: Going = Going.CANDIDATE,
        reason: str = "",
    ) -> Applied:
        """Publish these files with all that stands already.

        `shown` is the release that a person saw proposed. Raises Outdated when it would be another one,
        NoReason when strangers are to be let in without one, InventoryObjects when the inventory objects and
        there is no reason, and what `propose` and `publish` raise.
        """
        return await self._apply(lambda: self.propose(files, going), by, shown, going, reason)

    async def apply_text(
        self,
        text: str,
        by: str,
        shown: str | None = None,
        going: Going = Going.CANDIDATE,
        reason: str = "",
        progress: Progress = unheard,
    ) -> Applied:
        """`apply` for one plan that stands in no file; `progress` is told how far it is."""
        propose = partial(self.propose_text, text, going)
        return await self._apply(propose, by, shown, going, reason, progress)

    # versions that stand already

    async def go_live(self, plan: str, hash: str, by: str, reason: str) -> Published:
        """The candidate answers strangers. Raises Stale when `hash` is another version's."""
        return await self._change(by, reason, lambda marks: marking.released(marks, plan, hash))

    async def suspend(self, plan: str, by: str, reason: str) -> Published:
        """Strangers hear that the service is not active; test calls go on. Raises NotLive, NoReason."""
        return await self._change(by, _given(reason), lambda marks: marking.suspended(marks, plan))

    async def resume(self, plan: str, by: str, reason: str) -> Published:
        """What was suspended answers strangers again, as it stood, without a gate. NotSuspended, NoReason."""
        return await self._change(by, _given(reason), lambda marks: marking.resumed(marks, plan))

    async def drop_candidate(self, plan: str, by: str, reason: str) -> Published:
        """The version on trial stands no longer. Raises NoCandidate."""
        return await self._change(by, reason, lambda marks: marking.dropped(marks, plan))

    def entry_of(self, plan: str, hash: str) -> str:
        """The fingerprint of a version: the context that its calls enter, named by all that is compiled of it
        on this site. What was tested under one name and stands under another was not tested. UnknownVersion.
        """
        stored = self._book.find(plan, hash[:12])
        if stored is None:
            raise UnknownVersion(plan, hash)
        return entry_name(stored.version, self._site)

    @property
    def release(self) -> str | None:
        """The release that was published last."""
        return self._publisher.current()

    async def republish(self, by: str) -> Published:
        """Bring the PBX to what is marked: after a start, a new site file or a new year.

        Raises PlanProblems when the site file no longer has what a plan needs, and what `apply` raises.
        """
        return await self._carried_through(self._republish(by))

    async def rollback(self, by: str) -> Published:
        """Go back to the release before the present one, with what was live and what was on trial then."""
        return await self._carried_through(self._roll_back(by))

    # within

    async def _apply(
        self,
        propose: Callable[[], Awaitable[Proposal]],
        by: str,
        shown: str | None,
        going: Going,
        reason: str,
        progress: Progress = unheard,
    ) -> Applied:
        why = reason if going is Going.CANDIDATE else _given(reason)

        async def applied() -> tuple[Applied, Sequence[Changed]]:
            progress(Stage.COMPILING, 0, 0)
            proposal = await propose()
            if shown not in (None, proposal.rendered.release):
                raise Outdated
            if proposal.objections and going is Going.CANDIDATE:
                raise InventoryObjects(proposal.objections)
            await self._save(proposal.drafts, by)
            unspoken = self._sounds.missing(proposal.rendered.dialplan.speech)
            spoken = speaking(progress, len(unspoken))
            published = await self._publisher.publish(proposal.rendered, by, spoken)
            told = await self._remember(published, proposal.marks, by, why, going=going)
            return Applied(proposal, published), told

        return await self._carried_through(self._in_turn(applied))

    async def _save(self, drafts: Sequence[Draft], by: str) -> None:
        """Calls may be on them as soon as the PBX has read them: the book knows them before."""
        now = self._clock()
        for each in drafts:
            await self._store.save(each.version, each.text, by, now)
            if stored := await self._store.find(each.version.plan.plan, each.version.hash):
                self._book.remember(stored)

    async def _change(self, by: str, reason: str, change: Change) -> Published:
        async def changed() -> tuple[Published, Sequence[Changed]]:
            versions = await self._store.standing()
            marks = change(marks_of(versions))
            published = await self._publisher.publish(
                await self._proposing.compiled(marks, versions_of(versions)), by
            )
            return published, await self._remember(published, marks, by, reason)

        return await self._carried_through(self._in_turn(changed))

    async def _republish(self, by: str) -> Published:
        async def republished() -> tuple[Published, Sequence[Changed]]:
            versions = await self._store.standing()
            await self._still_fit(versions)
            marks = marks_of(versions)
            published = await self._publisher.publish(
                await self._proposing.compiled(marks, versions_of(versions)), by
            )
            await self._remember(published, marks, by, "")
            return published, standing(self._book, Publication(published.release, by, ""))

        return await self._in_turn(republished)

    async def _still_fit(self, versions: Sequence[StoredPlan]) -> None:
        """A plan's live version and its candidate may share numbers, so each kind is checked by itself."""
        for word, kind in (("publicado", False), ("en prueba", True)):
            of_kind = [stored for stored in versions if stored.candidate is kind]
            texts = {f"{stored.version.plan.plan} ({word})": stored.text for stored in of_kind}
            if problems := await asyncio.to_thread(check_stored, texts, self._site):
                raise PlanProblems(problems)

    async def _roll_back(self, by: str) -> Published:
        async def rolled_back() -> tuple[Published, Sequence[Changed]]:
            published = await self._publisher.rollback(by, await self._releases.known())
            former = await self._releases.of(published.release)
            marks = former.marks if former else {}
            return published, await self._remember(published, marks, by, "", ROLLED_BACK)

        return await self._in_turn(rolled_back)

    async def _in_turn(self, work: Callable[[], Awaitable[tuple[T, Sequence[Changed]]]]) -> T:
        """Alone, and told afterwards, so that whoever is told may ask for more."""
        async with self._turn:
            done, told = await work()
        await tell(self._after(), told)
        return done

    async def _carried_through(self, change: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(change)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _remember(
        self,
        published: Published,
        marks: Mapping[str, Marks],
        by: str,
        reason: str,
        action: str = PUBLISHED,
        going: Going = Going.CANDIDATE,
    ) -> Sequence[Changed]:
        before = await self._store.marks()
        if published.changed or before != marks:
            release = Release(published.release, self._clock(), by, marks, reason, going)
            await self._releases.add(release, action, await self._numbers(before, marks))
        self._book.replace(await self._store.standing())
        publication = Publication(published.release, by, reason)
        return changes(
            before, marks, self._book, publication, "rolled-back" if action == ROLLED_BACK else None
        )

    async def _numbers(self, *several: Mapping[str, Marks]) -> dict[str, tuple[str, ...]]:
        """Version's hash → its numbers."""
        hashes = {
            (plan, hash)
            for marks in several
            for plan, each in marks.items()
            for hash in (each.live, each.candidate)
            if hash
        }
        found = [
            self._book.find(plan, hash[:12]) or await self._store.find(plan, hash) for plan, hash in hashes
        ]
        return {stored.version.hash: _numbers(stored.version.plan) for stored in found if stored}


def _numbers(plan: Plan) -> tuple[str, ...]:
    return tuple(number for line in plan.lines for number in (line.header, line.public) if number)


def _given(reason: str) -> str:
    """A reason that says something. Raises NoReason."""
    if not (given := said(reason)):
        raise NoReason
    return given
