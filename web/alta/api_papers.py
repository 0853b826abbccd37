"""What an alta carries, by other programs: its documents and the number request."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.alta.forms import FormView
from provisioning.alta.number_request import lines_of
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.views import AltaView
from web import refusals
from web.alta import documents as pages
from web.alta import number_request
from web.alta.api import REFUSES, LongAsked
from web.alta.find import altas, find
from web.api_alta_models import AltaNamed, SignatureAnswer, StepAsked
from web.api_endpoint import BYTES, PDF, FileSent, endpoint
from web.api_endpoint import download as file_of
from web.api_fields import Answer, Asked, IdAsked, TextAsked, WholeAsked, WhyAsked
from web.keys import person
from web.uploads import upload

_Label = Literal["public", "company", "confidential", "restricted"]


class DocumentNamed(AltaNamed):
    document: IdAsked


class DocumentSent(AltaNamed):
    step: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9-]{0,40}$"),
        Field(description="El paso; sin él es del alta."),
    ] = ""
    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9-]{0,40}$"),
        Field(description="Cuál de los «papers» del paso; si falta, sale del título."),
    ] = ""
    title: TextAsked = ""
    label: Annotated[_Label | None, Field(description="Quién lo lee; lo que diga el paso, si falta.")] = None
    drew_up: Annotated[TextAsked, Field(description="Quién lo elaboró, si es otra persona.")] = ""


class DocumentSigned(DocumentNamed):
    what: Annotated[Literal["reviewed", "approved"], Field(description="Revisado o aprobado.")]


class DocumentAnswer(Answer):
    """Una revisión de un documento."""

    id: int
    step: str
    name: str
    title: str
    file: str
    type: str
    size: int
    digest: Annotated[str, Field(description="SHA-256.")]
    label: _Label
    revision: int
    drew_up: str
    reviewed: Annotated[str | None, Field(description="Quién lo revisó.")]
    approved: Annotated[str | None, Field(description="Quién lo aprobó.")]
    at: datetime
    by: str


class AltaDocuments(Answer):
    """Cada revisión de cada documento, lo más nuevo primero."""

    items: list[DocumentAnswer]


class OptionAsked(Asked):
    digit: Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
    label: Annotated[str, StringConstraints(pattern=r"^[^\x00]+$", max_length=80)]


class NumberRequestWritten(AltaNamed):
    header: Annotated[TextAsked, Field(description="La cabecera que se desea: un área, un número.")] = ""
    line: Annotated[TextAsked, Field(description="Qué línea se pide, como «0800».")]
    fantasy_name: Annotated[TextAsked, Field(description="Lo que ve el teléfono de quien atiende.")]
    options: Annotated[tuple[OptionAsked, ...], Field(max_length=12)] = ()
    notice: Annotated[TextAsked, Field(description="El «name» de uno de los avisos archivados.")]
    starts: date
    remarks: LongAsked = ""


class NumberRequestSigned(AltaNamed):
    area: StepAsked
    version: Annotated[WholeAsked, Field(description="La que se leyó: otra no se firma.")]
    approved: Annotated[bool, Field(description="Si el área la aprueba.")]
    reason: WhyAsked = ""


class OptionAnswer(Answer):
    digit: str
    label: str


class NoticeAnswer(Answer):
    name: str
    title: str
    text: str


class RequestData(Answer):
    header: str
    line: str
    fantasy_name: str
    options: list[OptionAnswer]
    notice: str
    notice_text: str
    starts: date
    remarks: str


class NumberRequestAnswer(Answer):
    """La solicitud de número, y con qué se escribe."""

    version: Annotated[int, Field(description="0 mientras nadie la escribió.")]
    at: datetime | None
    by: str
    data: RequestData | None
    signatures: list[SignatureAnswer]
    unsigned: Annotated[list[str], Field(description="Las áreas que faltan.")]
    signed: bool
    notices: Annotated[list[NoticeAnswer], Field(description="Los avisos de privacidad archivados.")]
    lines: Annotated[list[str], Field(description="Las líneas que se piden en la filial; vacío: cualquiera.")]


@endpoint("Los documentos de un alta.", AltaNamed, AltaDocuments)
async def documents(request: web.Request, _asked: AltaNamed) -> dict[str, Any]:
    return {"items": await altas(request).documents.of_alta((await find(request)).id)}


@endpoint(
    "Adjunta un documento, u otra revisión de uno.",
    DocumentSent,
    DocumentAnswer,
    refuses=REFUSES,
    file=FileSent.MUST,
)
async def attach(request: web.Request, asked: DocumentSent) -> object:
    given = {name: value for name, value in asked.model_dump().items() if value is not None}
    return await pages.take(request, await find(request), given, upload(request).file("file"))


@file_of("Un documento; cada lectura queda en la auditoría.", DocumentNamed, BYTES)
async def download(request: web.Request, _asked: DocumentNamed) -> web.StreamResponse:
    answer = await pages.download(request)
    answer.content_type = BYTES
    return answer


@endpoint("Otra persona revisó o aprobó un documento.", DocumentSigned, DocumentAnswer, refuses=REFUSES)
async def sign_off(request: web.Request, asked: DocumentSigned) -> object:
    document = await pages.find_document(request, await find(request))
    return await altas(request).documents.sign_off(document.id, person(request), asked.what)


@endpoint("La solicitud de número de un alta.", AltaNamed, NumberRequestAnswer)
async def asked_number(request: web.Request, _asked: AltaNamed) -> dict[str, Any]:
    alta = await _with_request(request)
    return _request(request, alta, await altas(request).forms.current(alta))


@file_of("La solicitud de número como PDF.", AltaNamed, PDF)
async def request_pdf(request: web.Request, _asked: AltaNamed) -> web.StreamResponse:
    return await number_request.pdf(request)


@endpoint(
    "Escribe la solicitud de número: otra versión, que se firma de nuevo.",
    NumberRequestWritten,
    NumberRequestAnswer,
    refuses=REFUSES,
)
async def write_request(request: web.Request, asked: NumberRequestWritten) -> dict[str, Any]:
    alta = await _with_request(request)
    names = ("header", "line", "fantasy_name", "notice", "starts", "remarks")
    options = {each.digit: each.label.strip() for each in asked.options}
    typed = number_request.Typed({name: str(getattr(asked, name)).strip() for name in names}, options)
    if len(options) != len(asked.options):
        raise AltaRefused("Una opción está dos veces: cambie una.")
    wanted = number_request.wanted_of(request, alta, typed)
    if isinstance(wanted, number_request.Typed):
        raise AltaRefused(problems=wanted.problems)
    return _request(request, alta, await altas(request).forms.save(alta.id, wanted, person(request)))


@endpoint(
    "Firma la solicitud de número por un área, o la rechaza.",
    NumberRequestSigned,
    NumberRequestAnswer,
    refuses=REFUSES,
)
async def sign_request(request: web.Request, asked: NumberRequestSigned) -> dict[str, Any]:
    alta = await _with_request(request)
    signed = await altas(request).forms.sign(
        alta.id,
        asked.area,
        person(request),
        version=asked.version,
        approved=asked.approved,
        reason=asked.reason,
    )
    return _request(request, alta, signed)


async def _with_request(request: web.Request) -> AltaView:
    alta = await find(request)
    if number_request.step_of(alta) is None:
        raise refusals.not_found("Esta alta no lleva solicitud de número")
    return alta


def _request(request: web.Request, alta: AltaView, form: FormView | None) -> dict[str, Any]:
    step = number_request.step_of(alta)
    written: dict[str, Any] = dict.fromkeys(("at", "data")) | {"version": 0, "by": "", "signed": False}
    written |= {"signatures": (), "unsigned": step.step.signatures if step else ()}
    if form is not None:
        written = {name: getattr(form, name) for name in written}
    return written | {"notices": altas(request).forms.notices(alta), "lines": lines_of(alta.subsidiary)}
