"""What the command line may ask about plans that are being written; see `altavoz/operations.py`."""

import asyncio
from collections.abc import Mapping
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from altavoz.unknown import Unknown
from plans.examine import examine
from provisioning.editing.publishing import Publication, Wanted
from provisioning.editing.values import DraftRefused, PlanDraft
from staff.permissions import Permission
from web.pages import site_zone
from web.plan_editor.differences import differences
from web.plan_editor.find import Known, known_of

Arguments = Mapping[str, Any]
LOOK_SECONDS = 0.2
SIGNS = {"added": "+", "removed": "-", "same": " ", "gap": "…"}


class DraftOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "draft/list": self.list,
            "draft/show": self.show,
            "draft/save": self.save,
            "draft/diff": self.diff,
            "draft/drop": self.drop,
            "draft/publish": self.publish,
        }

    async def list(self, _arguments: Arguments) -> Any:
        return [_row(draft) for draft in await self._house.office.plan_drafts.open()]

    async def show(self, arguments: Arguments) -> Any:
        return await self._said(await self._known(arguments))

    async def save(self, arguments: Arguments) -> Any:
        """`revision` is the one that was seen; without it the one that stands."""
        known, text = await self._known(arguments), arguments["text"].replace("\r\n", "\n")
        seen = arguments.get("revision")
        revision = known.revision if seen is None else int(seen)
        await self._house.office.plan_drafts.save(known.plan, text, revision, known.begins())
        return await self._said(await self._known(arguments))

    async def diff(self, arguments: Arguments) -> Any:
        known = await self._known(arguments)
        stands = known.stands.live or known.stands.suspended or known.stands.candidate
        lines = await asyncio.to_thread(differences, stands.text, known.text) if stands else ()
        said = [SIGNS[line.kind] + "".join(words.text for words in line.words) for line in lines]
        return {"plan": known.plan, "version": stands.number if stands else None, "lines": said}

    async def drop(self, arguments: Arguments) -> Any:
        draft = _written(await self._known(arguments))
        drafts = self._house.office.plan_drafts
        if not await drafts.close(draft.plan, draft.revision, "plan.draft-dropped"):
            raise DraftRefused("Otra persona cambió el borrador mientras tanto: mírelo de nuevo.")
        self._house.office.altas.nudge()
        return _row(draft)

    async def publish(self, arguments: Arguments) -> Any:
        """In a person's name, for test calls; answers once it is over."""
        draft, name = _written(await self._known(arguments)), arguments["by"]
        person = await self._house.people.by_name(name)
        if person is None or not person.active:
            raise Unknown(f"No hay una cuenta activa «{name}».")
        if not person.may(Permission.RELEASE_WRITE):
            raise DraftRefused(f"{person.full_name} no publica planes: lo hace Sistemas.")
        publications = self._house.office.publications
        wanted = Wanted(draft.plan, draft.text, draft.revision, reason=arguments.get("reason") or "")
        shown = (await publications.propose(wanted, person)).rendered.release
        await publications.start(
            Wanted(draft.plan, draft.text, draft.revision, shown, reason=wanted.reason), person
        )
        done = await self._over(draft.plan)
        if done.said:
            raise DraftRefused("\n".join([done.said, *map(str, done.problems)]))
        return {"plan": draft.plan, "release": done.release, "by": done.by}

    async def _over(self, plan: str) -> Publication:
        while True:
            found = self._house.office.publications.of(plan)
            if found is not None and found.over:
                return found
            await asyncio.sleep(LOOK_SECONDS)

    async def _known(self, arguments: Arguments) -> Known:
        plan = arguments["plan"]
        known = await known_of(self._house.office, plan, all_versions=False)
        if known is None:
            raise Unknown(f"Ni la central ni un alta conocen un plan «{plan}».")
        return known

    async def _said(self, known: Known) -> dict[str, Any]:
        house = self._house
        others = [stored.version.plan for stored in house.book.standing()]
        today = house.office.clock().astimezone(site_zone(house.site)).date()
        read = await asyncio.to_thread(examine, known.text, house.site, others, today) if known.text else None
        draft = known.written
        return {
            "plan": known.plan,
            "open": draft is not None,
            "revision": known.revision,
            "by": draft.by if draft else None,
            "at": draft.at.isoformat() if draft else None,
            "text": known.text,
            "problems": [_problem(each) for each in read.problems] if read else [],
        }


def _written(known: Known) -> PlanDraft:
    if known.written is None:
        raise Unknown(f"El plan «{known.plan}» no tiene un borrador abierto: «altavoz draft list» los lista.")
    return known.written


def _problem(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("line", "code", "severity", "message")}


def _row(draft: PlanDraft) -> dict[str, Any]:
    same = ("plan", "subsidiary", "account", "revision", "by", "version", "alta")
    return {name: getattr(draft, name) for name in same} | {"at": draft.at.isoformat()}
