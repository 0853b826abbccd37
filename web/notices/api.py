"""Who has read a plan's sheet, and who is out of office, for other programs."""

from datetime import date, datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.notices.sheets import SheetRefused, Standing
from staff.absences import Absence, AbsenceRefused
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, IdAsked, ReasonAsked, TextAsked
from web.api_models import Nothing, PlanNamed
from web.keys import person, services
from web.notices import absences as absence_pages
from web.notices import plan_sheets as pages

AccountAsked = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,40}$")]


class StartedWithout(PlanNamed):
    reason: ReasonAsked


class AbsenceAsked(Asked):
    person: Annotated[AccountAsked | None, Field(description="La cuenta; la propia, si falta.")] = None
    first: Annotated[date, Field(description="El primer día.")]
    last: Annotated[date, Field(description="El último día.")]
    deputy: Annotated[AccountAsked | None, Field(description="La cuenta de quien la suple.")] = None
    note: TextAsked = ""


class AbsenceNamed(Asked):
    id: IdAsked


class ReaderAnswer(Answer):
    """Una persona que tiene que leer la ficha."""

    person: str
    name: str
    read: Annotated[datetime | None, Field(description="Cuándo confirmó; null si falta.")]


class SheetReaders(Answer):
    """Quiénes confirmaron que leyeron la ficha de un plan, y quiénes no."""

    plan: str
    version: str
    starts: date
    opened: datetime
    opened_by: str
    confirmed: Annotated[bool, Field(description="Si la leyeron todos.")]
    readers: list[ReaderAnswer]
    reminded: datetime | None
    excepted_by: Annotated[str, Field(description="Quién permitió empezar sin todas; vacío si nadie.")]
    excepted_at: datetime | None
    why: str


class AbsenceAnswer(Answer):
    """Días en que alguien no está."""

    id: int
    person: str
    full_name: str
    first: date
    last: date
    deputy: str | None
    deputy_name: str | None
    note: str


class AbsencesAnswer(Answer):
    items: list[AbsenceAnswer]


@endpoint("Quiénes confirmaron la ficha de un plan, y quiénes no.", PlanNamed, SheetReaders)
async def readers(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    _, standing = await pages.followed(request)
    return _readers(standing)


@endpoint("Recuerda la ficha a quienes no la leyeron; una carta por día.", PlanNamed, SheetReaders)
async def remind(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    _, standing = await pages.in_hand(request)
    await services(request).office.notices.remind_readers(standing)
    _, now = await pages.followed(request)
    return _readers(now)


@endpoint("Permite empezar sin todas las lecturas.", StartedWithout, SheetReaders, refuses=(SheetRefused,))
async def start_without(request: web.Request, asked: StartedWithout) -> dict[str, object]:
    sheet, _ = await pages.in_hand(request)
    office = services(request).office
    reason = asked.reason[: pages.LONGEST_REASON]
    await office.notices.sheets.start_without(sheet.plan.plan, person(request), reason)
    office.altas.nudge()
    _, now = await pages.followed(request)
    return _readers(now)


@endpoint("Las ausencias por venir: las propias y las de sus áreas.", Nothing, AbsencesAnswer)
async def absences(request: web.Request, _asked: Nothing) -> dict[str, object]:
    return await _absences(request)


@endpoint("Anota una ausencia.", AbsenceAsked, AbsencesAnswer, refuses=(AbsenceRefused,))
async def add_absence(request: web.Request, asked: AbsenceAsked) -> dict[str, object]:
    who = await absence_pages.whose(request, asked.person or person(request).name)
    kept = services(request).office.absences
    await kept.add(who, asked.first, asked.last, asked.deputy, asked.note)
    return await _absences(request)


@endpoint("Termina una ausencia: desde hoy está, o no se va.", AbsenceNamed, AbsencesAnswer)
async def end_absence(request: web.Request, _asked: AbsenceNamed) -> dict[str, object]:
    await absence_pages.ended(request)
    return await _absences(request)


async def _absences(request: web.Request) -> dict[str, object]:
    found: tuple[Absence, ...] = await absence_pages.shown(request)
    return {"items": found}


def _readers(standing: Standing) -> dict[str, object]:
    sheet = standing.sheet
    same = ("opened", "opened_by", "confirmed", "reminded", "excepted_by", "excepted_at", "why")
    return {name: getattr(standing, name) for name in same} | {
        "plan": sheet.plan.plan,
        "version": sheet.version,
        "starts": sheet.plan.starts,
        "readers": [
            {"person": each.person.name, "name": each.person.full_name, "read": each.read}
            for each in standing.readers
        ],
    }
