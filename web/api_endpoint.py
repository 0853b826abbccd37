"""A door of the API: its parameters become a model, its answer is one, and the document is made from both."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from web import refusals
from web.api_fields import Asked

A = TypeVar("A", bound=Asked)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Described:
    """What the document says of a door."""

    summary: str
    asks: type[Asked]
    answers: type[BaseModel]


_DESCRIBED: dict[Handler, Described] = {}


def described(handler: Handler) -> Described | None:
    """What a handler was described with by `endpoint`."""
    return _DESCRIBED.get(handler)


def endpoint(
    summary: str, asks: type[A], answers: type[BaseModel]
) -> Callable[[Callable[[web.Request, A], Awaitable[object]]], Handler]:
    """Makes a handler of a function from parameters to a value; `answers` says how the value is written."""

    def made(answer: Callable[[web.Request, A], Awaitable[object]]) -> Handler:
        async def handler(request: web.Request) -> web.Response:
            value = await answer(request, _asked(request, asks))
            body = answers.model_validate(value).model_dump_json()
            return web.Response(text=body, content_type="application/json")

        _DESCRIBED[handler] = Described(summary, asks, answers)
        return handler

    return made


def _asked(request: web.Request, model: type[A]) -> A:
    named: Mapping[str, str] = request.match_info
    twice = [name for name in request.query if len(request.query.getall(name)) > 1]
    if twice:
        raise refusals.bad_request(f"Escriba «{twice[0]}» una sola vez.", f"«{twice[0]}» viene repetido")
    if clash := named.keys() & request.query.keys():
        raise _unknown(min(clash), model)
    try:
        return model.model_validate({**request.query, **named})
    except ValidationError as error:
        raise _refusal(error.errors()[0], named, model) from error


def _refusal(fault: Mapping[str, Any], named: Mapping[str, str], model: type[Asked]) -> refusals.Refusal:
    name = str(fault["loc"][0])
    if name in named:
        return refusals.not_found(f"No hay nada que se llame «{named[name][:80]}»")
    if fault["type"] == "extra_forbidden":
        return _unknown(name, model)
    about = model.model_fields[name].description or _described(model, name)
    return refusals.bad_request(about, f"«{name}» no sirve así")


def _described(model: type[Asked], name: str) -> str:
    """The description, wherever in the annotation it stands."""
    schema = model.model_json_schema()["properties"][name]
    found = [schema, *schema.get("anyOf", ())]
    return next((each["description"] for each in found if "description" in each), "Vea /api/docs.")


def _unknown(name: str, model: type[Asked]) -> refusals.Refusal:
    known = ", ".join(model.model_fields) or "ninguno"
    return refusals.bad_request(f"Aquí se puede escribir: {known}.", f"«{name[:40]}» no es un parámetro")
