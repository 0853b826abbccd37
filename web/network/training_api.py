"""TMK's training and the clients' databases, for other programs."""

from datetime import date, datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.network.papers import Paper
from provisioning.network.training import Base, Handing, Session, Training, attendees_of
from provisioning.network.values import NetworkRefused
from web.api_endpoint import BYTES, FileSent, endpoint
from web.api_endpoint import download as file_of
from web.api_fields import Answer, Asked, IdAsked, PlanAsked, ReasonAsked, TextAsked
from web.api_models import Nothing, PlanNamed
from web.keys import services
from web.network import training as pages
from web.network.api import PaperAnswer, paper_of
from web.network.asking import needs, office, scope, today
from web.network.downloads import LARGEST as LARGEST
from web.uploads import upload

REFUSES = (NetworkRefused,)
NoteAsked = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=2000)]


class SessionHeld(PlanNamed):
    held: Annotated[date, Field(description="Qué día se dio.")]
    trainer: Annotated[TextAsked, Field(description="Quién capacitó.")]
    attended: Annotated[
        list[TextAsked],
        Field(max_length=500, description="Quiénes asistieron, cada uno como «Ana Paz» o «Ana Paz; 85»."),
    ]
    note: NoteAsked = ""


class SessionNamed(Asked):
    id: IdAsked


class SessionWithdrawn(SessionNamed):
    reason: ReasonAsked


class MaterialSent(SessionNamed):
    title: Annotated[TextAsked, Field(description="Cómo se llama; si falta, como el archivo.")] = ""


class MaterialNamed(SessionNamed):
    document: IdAsked


class BaseHanded(Asked):
    plan: PlanAsked
    received_by: Annotated[TextAsked, Field(description="Quién la recibió.")] = ""
    received: Annotated[date | None, Field(description="Cuándo; hoy, si falta.")] = None
    until: Annotated[date | None, Field(description="Hasta cuándo se conserva.")] = None
    place: Annotated[TextAsked, Field(description="Dónde se guarda, si no es aquí.")] = ""
    note: Annotated[NoteAsked, Field(description="Sin archivo, por qué no hay una base.")] = ""
    stored: Annotated[bool, Field(description="Si el archivo se guarda aquí.")] = False


class BaseNamed(Asked):
    id: IdAsked


class BaseEnded(BaseNamed):
    ending: Annotated[ReasonAsked, Field(description="Si se devolvió o se destruyó, y cómo.")]


class AttendeeAnswer(Answer):
    name: str
    mark: Annotated[int | None, Field(description="De 0 a 100; null si no hubo prueba.")]


class TrainingAnswer(Answer):
    """Una capacitación."""

    id: int
    held: date
    trainer: str
    attended: list[AttendeeAnswer]
    note: str
    withdrawn: Annotated[str | None, Field(description="Por qué no cuenta; null si cuenta.")]
    at: datetime
    by: str
    material: list[PaperAnswer]


class BaseAnswer(Answer):
    """Una base de clientes, registrada como propiedad del cliente."""

    id: int
    file: Annotated[str, Field(description="Vacío si no la hay.")]
    digest: Annotated[str, Field(description="SHA-256.")]
    size: int
    rows: int | None
    stored: bool
    place: str
    received_by: str
    received: date | None
    until: date | None
    note: str
    at: datetime
    by: str
    ended: datetime | None
    ended_by: str | None
    ending: str


class TrainingPlan(Answer):
    """Lo que TMK aprendió de un plan y lo que recibió; lo más nuevo primero."""

    plan: str
    sessions: list[TrainingAnswer]
    bases: list[BaseAnswer]


class TrainingRow(Answer):
    plan: str
    name: str
    waits: Annotated[bool, Field(description="Su alta espera a TMK.")]


class Trainings(Answer):
    """Los planes que se pueden capacitar; los de altas en curso, primero."""

    items: list[TrainingRow]


@endpoint("Los planes que TMK puede aprender, y los que esperan.", Nothing, Trainings)
async def plans(request: web.Request, _asked: Nothing) -> dict[str, object]:
    found, waiting = await office(request).plan_needs.plans(scope(request)), await pages.waiting(request)
    rows = [{"plan": plan, "name": name, "waits": plan in waiting} for plan, name in found.items()]
    return {"items": rows}


@endpoint("Las capacitaciones y las bases de un plan.", PlanNamed, TrainingPlan)
async def plan(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    return await _plan(request, (await needs(request)).plan)


@endpoint("Anota una capacitación que se dio.", SessionHeld, TrainingPlan, refuses=REFUSES)
async def hold(request: web.Request, asked: SessionHeld) -> dict[str, object]:
    wanted = await needs(request)
    attended = attendees_of("\n".join(asked.attended))
    session = Session(asked.held, " ".join(asked.trainer.split())[:120], attended, asked.note.strip())
    await office(request).trainings.hold(wanted, session, today(request, wanted.subsidiary))
    return await _plan(request, wanted.plan)


@endpoint("Una capacitación se anotó por error.", SessionWithdrawn, TrainingPlan, refuses=REFUSES)
async def withdraw(request: web.Request, asked: SessionWithdrawn) -> dict[str, object]:
    training = await pages.find_training(request)
    await office(request).trainings.withdraw(training.id, asked.reason)
    return await _plan(request, training.plan)


@endpoint(
    "Agrega material a una capacitación.", MaterialSent, TrainingPlan, refuses=REFUSES, file=FileSent.MUST
)
async def attach(request: web.Request, asked: MaterialSent) -> dict[str, object]:
    training, file = await pages.find_training(request), upload(request).file("file")
    assert file is not None
    owner = pages.owner_of(training)
    await office(request).network_papers.attach(owner, asked.title, file.name, file.path)
    return await _plan(request, training.plan)


@file_of("Un archivo de una capacitación.", MaterialNamed, BYTES)
async def material(request: web.Request, _asked: MaterialNamed) -> web.StreamResponse:
    answer = await pages.material(request)
    answer.content_type = BYTES
    return answer


@endpoint(
    "Registra la base de un cliente, o por qué no la hay.",
    BaseHanded,
    TrainingPlan,
    refuses=REFUSES,
    file=FileSent.MAY,
)
async def hand(request: web.Request, asked: BaseHanded) -> dict[str, object]:
    wanted, file = await needs(request), upload(request).file("file")
    handing = Handing(
        " ".join(asked.received_by.split()),
        asked.received or today(request, wanted.subsidiary),
        asked.until,
        asked.place.strip(),
        asked.note.strip(),
        asked.stored,
    )
    given = (file.name, file.path) if file else ()
    await office(request).trainings.hand(wanted, handing, *given)
    return await _plan(request, wanted.plan)


@file_of("La base de un cliente; cada descarga queda en la auditoría.", BaseNamed, BYTES)
async def download(request: web.Request, _asked: BaseNamed) -> web.StreamResponse:
    return await pages.download(request)


@endpoint("Una base se devolvió o se destruyó.", BaseEnded, TrainingPlan, refuses=REFUSES)
async def end(request: web.Request, asked: BaseEnded) -> dict[str, object]:
    base = await pages.find_base(request)
    await office(request).trainings.end(base.id, asked.ending)
    return await _plan(request, base.plan)


async def _plan(request: web.Request, name: str) -> dict[str, object]:
    """As it is now; whoever waits for it is told."""
    found = services(request).office
    if request.method != "GET":
        found.altas.nudge()
    held = await found.trainings.of_plan(name)
    material = [await found.network_papers.of(pages.owner_of(each)) for each in held]
    return {
        "plan": name,
        "sessions": [_training(*each) for each in zip(held, material, strict=True)],
        "bases": [_base(each) for each in await found.trainings.bases(name)],
    }


def _training(training: Training, material: tuple[Paper, ...]) -> dict[str, object]:
    session = training.session
    said = {name: getattr(session, name) for name in ("held", "trainer", "attended", "note")}
    same = {"id": training.id, "withdrawn": training.withdrawn, "at": training.at, "by": training.actor}
    return said | same | {"material": [paper_of(each) for each in material]}


def _base(base: Base) -> dict[str, object]:
    same = (name for name in BaseAnswer.model_fields if name != "by")
    return {name: getattr(base, name) for name in same} | {"by": base.actor}
