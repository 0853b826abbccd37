"""The plan that an address names, for those who may see it: its versions, what stands, its draft."""

import re
from dataclasses import dataclass

from aiohttp import web

from plans.book import Stands, StoredPlan
from provisioning.alta.views import AltaView
from provisioning.editing.values import Beginning, PlanDraft
from provisioning.office import Office
from web import refusals
from web.keys import person, services

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Known:
    """All that there is of a plan; one that only its alta names has neither versions nor a draft yet.

    `versions` are all, the newest first, when they were asked for. `alta` is the one under way, or the last.
    """

    plan: str
    subsidiary: str
    account: str
    name: str
    draft: PlanDraft | None
    versions: tuple[StoredPlan, ...]
    stands: Stands
    alta: AltaView | None

    @property
    def written(self) -> PlanDraft | None:
        """The draft, while it is open."""
        return self.draft if self.draft is not None and self.draft.open else None

    @property
    def newest(self) -> StoredPlan | None:
        """The version that comes nearest to what is wanted: on trial, else standing, else the last."""
        return self.stands.tested or next(iter(self.versions), None)

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @property
    def text(self) -> str:
        """What is being written; else what stands."""
        if self.written is not None:
            return self.written.text
        return self.newest.text if self.newest else ""

    def begins(self) -> Beginning:
        """What a draft written now begins from."""
        alta = self.alta.id if self.alta is not None and self.alta.ended is None else None
        number = self.newest.number if self.newest else None
        return Beginning(self.subsidiary, self.account, number, alta)


async def find(request: web.Request, versions: bool = False) -> Known:
    """The plan, on request with all its versions. Raises Refusal when there is no such plan in sight."""
    plan = request.match_info["plan"]
    known = await known_of(services(request).office, plan, versions) if _SLUG.fullmatch(plan) else None
    scope = person(request).scope
    if known is None or not scope.covers(known.subsidiary, known.account):
        raise refusals.not_found("Ese plan no existe")
    return known


async def known_of(office: Office, plan: str, all_versions: bool) -> Known | None:
    """What there is of a plan; None when nobody knows it. While it is typed, its versions are not read."""
    stands = office.book.of(plan)
    read = all_versions or stands.tested is None
    versions = tuple(reversed(await office.plan_store.versions(plan))) if read else ()
    draft, alta = await office.plan_drafts.find(plan), await office.altas.of_plan(plan)
    newest = stands.tested or next(iter(versions), None)
    if newest is not None:
        said = newest.version.plan
        whose = (said.subsidiary, said.account.name, said.name)
    elif alta is not None:
        whose = (alta.subsidiary, alta.account, alta.request.name)
    elif draft is not None:
        whose = (draft.subsidiary, draft.account, plan)
    else:
        return None
    return Known(plan, *whose, draft, versions, stands, alta)
