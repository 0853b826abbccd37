"""A door of the API: what it is asked becomes a model, its answer is one, and the document is made from both.

What is read comes in the address; what is done comes as a JSON object, or as a form where there is a file.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from provisioning.alta.refusals import StaleStep
from provisioning.editing.values import StaleDraft
from provisioning.network.values import StaleRow
from provisioning.numbers.values import StaleNumber
from web import refusals
from web.api_fields import Asked
from web.readable import READ_SECONDS
from web.route import ROWS
from web.uploads import FORM, upload

A = TypeVar("A", bound=Asked)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Refusing = tuple[type[Exception], ...]
_STALE = (StaleDraft, StaleStep, StaleNumber, StaleRow)
PROBLEM, JSON = "application/problem+json", "application/json"
PDF, BYTES = "application/pdf", "application/octet-stream"


class FileSent(Enum):
    """Whether a file, `file`, comes with what is asked: then it all comes as a form."""

    NONE = auto()
    MAY = auto()
    MUST = auto()


@dataclass(frozen=True, slots=True)
class Described:
    """What the document says of a door. `answers` is a model, or the type of the file that is answered;
    `refuses`: whether a rule of the house may refuse it.
    """

    summary: str
    asks: type[Asked]
    answers: type[BaseModel] | str
    file: FileSent = FileSent.NONE
    refuses: bool = False


_DESCRIBED: dict[Handler, Described] = {}


def described(handler: Handler) -> Described | None:
    """What a handler was described with by `endpoint` or `download`."""
    return _DESCRIBED.get(handler)


def endpoint(
    summary: str,
    asks: type[A],
    answers: type[BaseModel],
    *,
    refuses: Refusing = (),
    file: FileSent = FileSent.NONE,
) -> Callable[[Callable[[web.Request, A], Awaitable[object]]], Handler]:
    """Makes a handler of a function from what is asked to a value; `answers` says how the value is written.

    `refuses` are the exceptions whose text is for whoever asked; with `file`, one comes in `web.uploads`.
    """

    def made(answer: Callable[[web.Request, A], Awaitable[object]]) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            value = await _done(answer, request, await _asked(request, asks, file), refuses)
            body = answers.model_validate(value).model_dump_json()
            return web.Response(text=body, content_type=JSON)

        _DESCRIBED[handler] = Described(summary, asks, answers, file, bool(refuses))
        return handler

    return made


def download(
    summary: str, asks: type[A], type: str, *, refuses: Refusing = ()
) -> Callable[[Callable[[web.Request, A], Awaitable[web.StreamResponse]]], Handler]:
    """Makes a handler of a function that answers with a file of a `type`."""

    def made(answer: Callable[[web.Request, A], Awaitable[web.StreamResponse]]) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await _done(answer, request, await _asked(request, asks, FileSent.NONE), refuses)

        _DESCRIBED[handler] = Described(summary, asks, type, refuses=bool(refuses))
        return handler

    return made


R = TypeVar("R")


async def _done(
    answer: Callable[[web.Request, A], Awaitable[R]], request: web.Request, asked: A, refuses: Refusing
) -> R:
    try:
        return await answer(request, asked)
    except _STALE as stale:
        raise refusals.changed_meanwhile(str(stale)) from stale
    except refuses as refused:
        raise refusals.not_done(str(refused)) from refused


async def _asked(request: web.Request, model: type[A], file: FileSent) -> A:
    named: Mapping[str, str] = request.match_info
    twice = [name for name in request.query if len(request.query.getall(name)) > 1]
    if twice:
        raise refusals.bad_request(f"Escriba «{twice[0]}» una sola vez.", f"«{twice[0]}» viene repetido")
    if request.method == "GET":
        return _read(model, request.query, named)
    if request.query:
        raise refusals.bad_request("Escríbalo en el cuerpo.", "Esta dirección no lleva parámetros")
    if file is not FileSent.NONE:
        return _read(model, _form(request, file), named)
    return _read(model, await _body(request), named, strict=True)


def _read(model: type[A], given: Mapping[str, Any], named: Mapping[str, str], *, strict: bool = False) -> A:
    if clash := named.keys() & given.keys():
        raise _unknown(min(clash), model)
    try:
        if strict:
            return model.model_validate_json(json.dumps({**given, **named}), strict=True)
        return model.model_validate({**given, **named})
    except ValidationError as error:
        raise _refusal(error.errors()[0], named, model) from error


def _form(request: web.Request, file: FileSent) -> Mapping[str, str]:
    if request.content_type != FORM and request.can_read_body:
        raise refusals.not_this_type(FORM)
    if file is FileSent.MUST and upload(request).file("file") is None:
        raise refusals.bad_request("Envíelo en el campo «file».", "Falta el archivo")
    return upload(request).fields


async def _body(request: web.Request) -> Mapping[str, Any]:
    """The object that came; nothing is an empty one."""
    row = request.app[ROWS][request.match_info.route]
    large = request.clone(client_max_size=row.largest) if row.largest else request
    try:
        async with asyncio.timeout(READ_SECONDS):
            raw = await large.read()
    except TimeoutError as late:
        raise refusals.too_slow() from late
    if not raw:
        return {}
    if request.content_type != JSON:
        raise refusals.not_this_type(JSON)
    try:
        given = json.loads(raw)
        raw.decode()
    except (ValueError, RecursionError) as error:
        raise refusals.bad_request("Escriba un objeto JSON en UTF-8.", "El cuerpo no es JSON") from error
    if not isinstance(given, dict):
        raise refusals.bad_request("Escriba un objeto JSON.", "El cuerpo no es un objeto")
    return given


def _refusal(fault: Mapping[str, Any], named: Mapping[str, str], model: type[Asked]) -> refusals.Refusal:
    name = str(next(iter(fault["loc"]), ""))
    if name in named:
        return refusals.not_found(f"No hay nada que se llame «{named[name][:80]}»")
    if name not in model.model_fields:
        return _unknown(name, model)
    about = model.model_fields[name].description or _described(model, name)
    if fault["type"] == "missing":
        return refusals.bad_request(about, f"Falta «{name}»")
    return refusals.bad_request(about, f"«{name}» no sirve así")


def _described(model: type[Asked], name: str) -> str:
    """The description, wherever in the annotation it stands."""
    schema = model.model_json_schema()["properties"][name]
    found = [schema, *schema.get("anyOf", ())]
    return next((each["description"] for each in found if "description" in each), "Vea /api/docs.")


def _unknown(name: str, model: type[Asked]) -> refusals.Refusal:
    known = ", ".join(model.model_fields) or "ninguno"
    return refusals.bad_request(f"Aquí se puede escribir: {known}.", f"«{name[:40]}» no es un parámetro")
