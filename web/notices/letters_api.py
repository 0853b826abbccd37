"""Letters of an alta by other programs: as the facts write them, as they go, sent in a person's name."""

from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from mail.message import LONGEST_SUBJECT
from provisioning.alta.views import AltaView
from provisioning.notices.drafts import LONGEST_TEXT, MOST_RECIPIENTS, Draft, DraftRefused, Drafts
from web.alta.find import find
from web.api_alta_models import AltaNamed
from web.api_endpoint import endpoint
from web.api_fields import Answer, TextAsked
from web.keys import person, services
from web.notices.words import LETTERS, TO_EVERYBODY

LARGEST = 256 * 1024
"""Bytes of a letter as JSON, whatever way it is written."""
REFUSES = (DraftRefused,)


class LetterNamed(AltaNamed):
    kind: Annotated[Literal["number-request", "data", "announcement"], Field(description="Cuál.")]


class LetterWritten(LetterNamed):
    subject: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=LONGEST_SUBJECT)]
    text: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=LONGEST_TEXT)]
    to: Annotated[
        tuple[TextAsked, ...],
        Field(max_length=MOST_RECIPIENTS, description="Las direcciones; vacío, si va a todo el personal."),
    ] = ()


class LetterSent(LetterWritten):
    once: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$"),
        Field(description="Lo elige quien envía: con el mismo, el correo sale una sola vez."),
    ]


class LetterGone(Answer):
    """Un correo que salió hacia los servidores, o espera para salir."""

    kind: str
    by: str
    at: datetime
    subject: str
    text: str
    recipients: Annotated[int, Field(description="A cuántas direcciones.")]


class LetterOffered(Answer):
    kind: str
    title: str
    refusal: Annotated[str, Field(description="De quién es enviarlo; vacío, si es de quien pregunta.")]
    sends: Annotated[bool, Field(description="Si hay servidor de correo.")]
    last: Annotated[LetterGone | None, Field(description="El último que salió.")]


class LettersOffered(Answer):
    """Los correos que ahora se escriben en un alta."""

    items: list[LetterOffered]


class LetterDraft(LetterOffered):
    """Un correo como sale de los datos, para cambiarlo y enviarlo."""

    subject: str
    text: str
    to: list[str]
    everybody: Annotated[bool, Field(description="Va a todo el personal.")]


class LetterPreview(Answer):
    """Cómo saldría."""

    subject: str
    text: str
    recipients: list[str]


@endpoint("Los correos que se escriben en un alta ahora.", AltaNamed, LettersOffered)
async def letters(request: web.Request, _asked: AltaNamed) -> dict[str, Any]:
    alta = await find(request)
    return {"items": [await _offered(request, alta, kind) for kind in _drafts(request).kinds(alta)]}


@endpoint("Un correo como lo escriben los datos.", LetterNamed, LetterDraft, refuses=REFUSES)
async def letter(request: web.Request, asked: LetterNamed) -> dict[str, Any]:
    alta = await find(request)
    draft = await _drafts(request).write(asked.kind, alta, person(request))
    written = {name: getattr(draft, name) for name in ("subject", "text", "to", "everybody")}
    return await _offered(request, alta, asked.kind) | written


@endpoint("Cómo saldría un correo y a quiénes.", LetterWritten, LetterPreview, refuses=REFUSES)
async def preview(request: web.Request, asked: LetterWritten) -> dict[str, Any]:
    await find(request)
    draft = _draft(asked)
    problems, recipients = await _drafts(request).checked(draft)
    if problems:
        raise DraftRefused(problems)
    return {"subject": draft.subject, "text": draft.text, "recipients": recipients}


@endpoint("Envía un correo del alta en nombre de su persona.", LetterSent, LetterGone, refuses=REFUSES)
async def send(request: web.Request, asked: LetterSent) -> object:
    alta = await find(request)
    return await _drafts(request).send(asked.kind, alta, person(request), _draft(asked), asked.once)


def _drafts(request: web.Request) -> Drafts:
    return services(request).office.notices.drafts


def _draft(asked: LetterWritten) -> Draft:
    """To whom a letter to everybody goes is nobody's to change."""
    everybody = asked.kind in TO_EVERYBODY
    if everybody and asked.to:
        raise DraftRefused({"to": "Este correo va a todo el personal: deje «to» vacío."})
    return Draft(asked.subject.strip(), asked.text.replace("\r\n", "\n"), asked.to, everybody)


async def _offered(request: web.Request, alta: AltaView, kind: str) -> dict[str, Any]:
    drafts = _drafts(request)
    named = {"kind": kind, "title": LETTERS[kind], "sends": drafts.sends}
    refusal, last = await drafts.may_send(kind, alta, person(request)), await drafts.last(kind, alta.id)
    return named | {"refusal": refusal, "last": last}
