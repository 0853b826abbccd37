"""All plans that somebody sees: what answers, what is on trial, what is being written."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

from aiohttp import web

from plans.book import NOTHING, Stands, StoredPlan
from plans.problems import Problem, errors
from provisioning.alta.lists import AltaFilter, AltaSummary
from provisioning.alta.views import AltaState
from provisioning.editing.values import PlanDraft
from staff.permissions import Permission
from web.asked import is_htmx
from web.keys import services, session
from web.lists import next_address, one_of, text
from web.pages import full_names, render
from web.plan_editor.reading import read_text

PAGE = 30
STATES = {
    "live": "En servicio",
    "candidate": "En prueba",
    "draft": "Con borrador",
    "suspended": "Suspendidos",
    "resting": "Fuera de la central",
}


@dataclass(frozen=True)
class Row:
    """`newest` is None for a plan that never stood; `problems` are those of its draft."""

    plan: str
    name: str
    subsidiary: str
    account: str
    stands: Stands
    newest: StoredPlan | None
    draft: PlanDraft | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return errors(self.problems)

    def holds(self, state: str) -> bool:
        """Whether it is in one of STATES."""
        if state == "draft":
            return self.draft is not None
        if state == "resting":
            return self.stands == NOTHING and self.draft is None
        return not state or getattr(self.stands, state) is not None


async def index(request: web.Request) -> web.Response:
    typed = {
        "text": text(request.query, "text"),
        "state": one_of(request.query, "state", tuple(STATES)),
        "after": text(request.query, "after"),
    }
    known = await _rows(request)
    rows = [row for row in known if _wanted(row, typed)]
    page = list(islice((row for row in rows if row.plan > typed["after"]), PAGE + 1))
    after = page[PAGE - 1].plan if len(page) > PAGE else None
    shown = [await _examined(request, row) for row in page[:PAGE]]
    filters = {"text": typed["text"], "state": typed["state"]}
    return render(
        request,
        "plan_editor/rows.html" if is_htmx(request) else "plan_editor/index.html",
        rows=shown,
        typed=typed,
        states=STATES,
        filtered=any(filters.values()),
        more=next_address("/plans", filters, after),
        altas=await _altas(request, {row.plan for row in known}),
        untested=await services(request).office.untested.now(),
        names=await full_names(request),
    )


async def _rows(request: web.Request) -> list[Row]:
    """Every plan in sight, by its name for machines."""
    office, scope = services(request).office, session(request).person.scope
    drafts = {draft.plan: draft for draft in await office.plan_drafts.open()}
    standing = _standing(office.book.standing())
    resting = {each.version.plan.plan: each for each in await office.plan_store.resting()}
    found = [_row(plan, office.book.of(plan), newest, drafts.get(plan)) for plan, newest in standing.items()]
    found += [_row(plan, NOTHING, newest, drafts.get(plan)) for plan, newest in resting.items()]
    written = drafts.keys() - standing.keys() - resting.keys()
    found += [_row(plan, NOTHING, None, drafts[plan]) for plan in written]
    seen = (row for row in found if scope.covers(row.subsidiary, row.account))
    return sorted(seen, key=lambda row: row.plan)


def _standing(several: Iterable[StoredPlan]) -> dict[str, StoredPlan]:
    """Of each plan that stands the version on trial, or else the one that stands."""
    found: dict[str, StoredPlan] = {}
    for stored in several:
        plan = stored.version.plan.plan
        if plan not in found or stored.candidate:
            found[plan] = stored
    return found


def _row(plan: str, stands: Stands, newest: StoredPlan | None, draft: PlanDraft | None) -> Row:
    if newest is not None:
        said = newest.version.plan
        return Row(plan, said.name, said.subsidiary, said.account.name, stands, newest, draft)
    assert draft is not None
    return Row(plan, plan, draft.subsidiary, draft.account, stands, None, draft)


def _wanted(row: Row, typed: dict[str, str]) -> bool:
    names = _folded(" ".join((row.plan, row.name, row.account)))
    return row.holds(typed["state"]) and all(word in names for word in _folded(typed["text"]).split())


def _folded(text: str) -> str:
    """Without accents and capitals, as somebody types a search."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


async def _examined(request: web.Request, row: Row) -> Row:
    """With what its draft says of itself."""
    if row.draft is None:
        return row
    read = await read_text(request, row.draft.text)
    known = row.newest is not None or read.plan is None or not read.sure("name")
    name = row.name if known or read.plan is None else read.plan.name
    return Row(row.plan, name, row.subsidiary, row.account, row.stands, row.newest, row.draft, read.problems)


async def _altas(request: web.Request, known: Collection[str]) -> list[AltaSummary]:
    """Altas under way whose plan nobody has begun to write, for those who may."""
    person = session(request).person
    if not person.may(Permission.PLAN_WRITE):
        return []
    under_way = AltaFilter(state=AltaState.RUNNING)
    page = await services(request).office.altas.page(under_way, 100, None, person.scope)
    return [alta for alta in page.items if alta.plan not in known]
