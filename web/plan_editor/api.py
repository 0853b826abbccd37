"""Plans as they are being written, for other programs: read with all problems, saved, compared, published."""

import asyncio
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from dialplan.diff import Touched
from plans.problems import Problem
from plans.strict_yaml import MAX_BYTES
from provisioning.editing.publishing import CannotPublish, Publication
from provisioning.editing.values import DraftRefused, PlanDraft
from provisioning.marking import Going
from provisioning.refusals import ProvisioningRefused
from staff.permissions import Permission
from telephony.publish import NotPublished
from web import refusals
from web.api_endpoint import endpoint
from web.api_fields import Answer, ReasonAsked, WholeAsked, WhyAsked
from web.api_models import Nothing, PlanNamed
from web.keys import person, services, token
from web.plan_editor import editing, plan, publishing
from web.plan_editor.differences import Line, differences
from web.plan_editor.find import Known, find
from web.plan_editor.reading import read_text

Revision = Annotated[WholeAsked, Field(description="La revisión que se vio; 0, ninguna.")]


class DraftSaved(PlanNamed):
    text: Annotated[
        str,
        StringConstraints(max_length=MAX_BYTES),
        Field(description="El plan, en YAML."),
    ]
    revision: Revision


class DraftDropped(PlanNamed):
    revision: Revision


class DraftRestored(PlanNamed):
    what: Annotated[
        str,
        StringConstraints(pattern=r"^v?[0-9]{1,9}$"),
        Field(description="Una revisión del borrador, como «12», o una versión, como «v3»."),
    ]


class ProposalAsked(PlanNamed):
    urgent: Annotated[bool, Field(description="Como si fuera a atender ya, sin prueba.")] = False


class Publishing(PlanNamed):
    revision: Revision
    shown: Annotated[
        str, StringConstraints(max_length=80), Field(description="El «release» de la propuesta que se miró.")
    ]


class Published(Publishing):
    reason: WhyAsked = ""


class Hurried(Publishing):
    reason: ReasonAsked


class Withdrawn(PlanNamed):
    reason: WhyAsked = ""


class DraftRow(Answer):
    """Un borrador abierto."""

    plan: str
    subsidiary: str
    account: str
    revision: int
    by: str
    at: datetime
    version: Annotated[int | None, Field(description="La versión de la que partió.")]
    alta: int | None


class Drafts(Answer):
    items: list[DraftRow]


class PlanProblem(Answer):
    """Algo que corregir en el texto, o un aviso."""

    line: int
    code: Annotated[str, Field(description="Estable: docs/plan-problems.md.")]
    severity: str
    message: str


class Draft(Answer):
    """Lo que se está escribiendo de un plan; si no hay borrador abierto, lo que está en la central."""

    plan: str
    name: str
    subsidiary: str
    account: str
    open: Annotated[bool, Field(description="Si hay un borrador abierto.")]
    revision: int
    by: str | None
    at: datetime | None
    text: str
    problems: list[PlanProblem]
    live: Annotated[int | None, Field(description="La versión que atiende a los afiliados.")]
    candidate: Annotated[int | None, Field(description="La versión en prueba.")]


class DiffLine(Answer):
    """Una línea; «gap» son las que no cambian."""

    kind: Annotated[str, Field(description="same, added, removed o gap.")]
    old: int | None
    new: int | None
    text: str


class Diff(Answer):
    """Qué cambia el borrador de lo que está en la central."""

    plan: str
    version: Annotated[int | None, Field(description="Con cuál se compara; null si no hay ninguna.")]
    lines: list[DiffLine]


class ProposalAnswer(Answer):
    """Qué cambiaría en la central al publicar; «release» y «revision» se envían al publicar."""

    release: str
    revision: int
    warnings: list[str]
    diff: Annotated[str, Field(description="Lo que cambia en los archivos de la central.")]
    touched: Annotated[dict[str, list[str]], Field(description="Los números que toca, por lo que les pasa.")]


class PublicationAnswer(Answer):
    """Una publicación en curso, o la última."""

    plan: str
    by: str | None
    going: Annotated[str | None, Field(description="candidate, urgent o release; null si no hubo ninguna.")]
    begun: datetime | None
    stage: str | None
    done: int
    of: int
    over: bool
    said: Annotated[str, Field(description="Por qué no se publicó.")]
    release: Annotated[str, Field(description="Lo que quedó en la central.")]
    problems: list[PlanProblem]


@endpoint("Los borradores abiertos, por plan.", Nothing, Drafts)
async def drafts(request: web.Request, _asked: Nothing) -> dict[str, object]:
    return {"items": await services(request).office.plan_drafts.open(person(request).scope)}


@endpoint("Lo que se está escribiendo de un plan, con sus problemas.", PlanNamed, Draft)
async def draft(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    return await _draft(request, await find(request))


@endpoint("Guarda el texto de un plan.", DraftSaved, Draft, refuses=(DraftRefused,))
async def save(request: web.Request, asked: DraftSaved) -> dict[str, object]:
    known, text = await find(request), asked.text.replace("\r\n", "\n")
    await services(request).office.plan_drafts.save(known.plan, text, asked.revision, known.begins())
    return await _draft(request, await find(request))


@endpoint("Empieza un plan con lo que dice su alta.", PlanNamed, Draft, refuses=(DraftRefused,))
async def begin(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    await editing.begin_from_alta(request, await find(request))
    return await _draft(request, await find(request))


@endpoint("Descarta el borrador; queda en la historia.", DraftDropped, Draft, refuses=(DraftRefused,))
async def drop(request: web.Request, asked: DraftDropped) -> dict[str, object]:
    known = await find(request)
    if known.written is not None:
        await plan.drop(request, known.written, str(asked.revision))
    return await _draft(request, await find(request))


@endpoint("El borrador vuelve a decir lo que dijo.", DraftRestored, Draft, refuses=(DraftRefused,))
async def restore(request: web.Request, asked: DraftRestored) -> dict[str, object]:
    await plan.restore_text(request, await find(request, versions=True), asked.what)
    return await _draft(request, await find(request))


@endpoint("Qué cambia el borrador de lo que está en la central.", PlanNamed, Diff)
async def diff(request: web.Request, asked: PlanNamed) -> dict[str, object]:
    known = await find(request)
    stands = known.stands.live or known.stands.suspended or known.stands.candidate
    lines = await asyncio.to_thread(differences, stands.text, known.text) if stands else ()
    return {
        "plan": asked.plan,
        "version": stands.number if stands else None,
        "lines": [_line(line) for line in lines],
    }


@endpoint("Qué cambiaría al publicar.", ProposalAsked, ProposalAnswer, refuses=(CannotPublish,))
async def proposal(request: web.Request, asked: ProposalAsked) -> dict[str, object]:
    known, office = await find(request), services(request).office
    if asked.urgent and not token(request).may(Permission.SETTING_WRITE):
        raise refusals.not_by_this_token(Permission.SETTING_WRITE)
    wanted = publishing.wanted_of(known, going=Going.URGENT if asked.urgent else Going.CANDIDATE)
    found = await office.publications.propose(wanted, person(request))
    return {
        "release": found.rendered.release,
        "revision": wanted.revision,
        "warnings": [*(problem.message for problem in found.warnings), *found.objections],
        "diff": found.diff,
        "touched": _touched(found.touched),
    }


@endpoint("Publica en prueba lo que se miró.", Published, PublicationAnswer, refuses=(CannotPublish,))
async def publish(request: web.Request, asked: Published) -> dict[str, object]:
    return await _publish(request, asked, Going.CANDIDATE, asked.reason)


@endpoint(
    "Publica de urgencia, sin prueba, lo que oyen los afiliados.",
    Hurried,
    PublicationAnswer,
    refuses=(CannotPublish,),
)
async def hurry(request: web.Request, asked: Hurried) -> dict[str, object]:
    return await _publish(request, asked, Going.URGENT, asked.reason)


@endpoint(
    "Retira de la central la versión en prueba.",
    Withdrawn,
    Draft,
    refuses=(ProvisioningRefused, NotPublished),
)
async def withdraw(request: web.Request, asked: Withdrawn) -> dict[str, object]:
    known, provisioner = await find(request), services(request).office.provisioner
    await provisioner.drop_candidate(known.plan, person(request).name, asked.reason.strip())
    return await _draft(request, await find(request))


@endpoint("Cómo va la publicación de un plan, o cómo salió.", PlanNamed, PublicationAnswer)
async def publication(request: web.Request, asked: PlanNamed) -> dict[str, object]:
    await find(request)
    return _publication(asked.plan, services(request).office.publications.of(asked.plan))


async def _publish(request: web.Request, asked: Publishing, going: Going, reason: str) -> dict[str, object]:
    wanted = publishing.wanted_of(await find(request), asked.shown, going, reason.strip())
    return _publication(asked.plan, await publishing.start(request, wanted, str(asked.revision)))


async def _draft(request: web.Request, known: Known) -> dict[str, object]:
    written: PlanDraft | None = known.written
    same = ("plan", "name", "subsidiary", "account", "revision", "text")
    read = await read_text(request, known.text) if known.text else None
    live, candidate = known.stands.live, known.stands.candidate
    return {
        **{name: getattr(known, name) for name in same},
        "open": written is not None,
        "by": written.by if written else None,
        "at": written.at if written else None,
        "problems": read.problems if read else (),
        "live": live.number if live else None,
        "candidate": candidate.number if candidate else None,
    }


def _line(line: Line) -> dict[str, object]:
    text = "".join(words.text for words in line.words)
    return {"kind": line.kind, "old": line.old, "new": line.new, "text": text}


def _touched(touched: Touched) -> dict[str, list[str]]:
    groups = ("added", "live", "changed", "trial", "suspended", "removed")
    return {name: list(getattr(touched, name)) for name in groups}


def _publication(name: str, found: Publication | None) -> dict[str, object]:
    problems: tuple[Problem, ...] = found.problems if found else ()
    same = ("done", "of", "over", "said", "release")
    said = {each: getattr(found, each) for each in same} if found else {}
    return {
        "plan": name,
        "by": found.by if found else None,
        "going": found.going.value if found else None,
        "begun": found.begun if found else None,
        "stage": found.stage.value if found else None,
        "problems": problems,
        **({"done": 0, "of": 0, "over": True, "said": "", "release": ""} | said),
    }
