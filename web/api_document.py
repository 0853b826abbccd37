"""The API's document, OpenAPI 3.1: made of the table of routes and of the models that validate."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api_endpoint import PROBLEM, Described, described
from web.api_models import Problem
from web.pages import render
from web.route import ROWS, Route
from web.who import ByToken

PATH = "/api/openapi.json"
_REFERENCE = "#/components/schemas/{model}"
_ABOUT = (
    "Lectura de llamadas, casos, líneas y estado para otros programas. Cada pedido lleva "
    "«Authorization: Bearer …» con un token creado en la página «Tokens» o con «altavoz token add»; "
    "un token puede lo que dicen sus permisos, sobre las filiales y cuentas que se le dieron, hasta el día "
    "en que vence."
)
_PROBLEMS = {
    "400": "Un parámetro no sirve.",
    "401": "Falta un token válido.",
    "403": "El token no tiene el permiso.",
    "404": "No existe, o no está entre lo que el token puede ver.",
    "503": "No se pudo registrar la lectura; pruebe otra vez.",
}


async def openapi(request: web.Request) -> web.Response:
    return web.json_response(document(request.app[ROWS].values()))


async def page(request: web.Request) -> web.Response:
    """The document as a person reads it."""
    return render(request, "api.html", document=document(request.app[ROWS].values()), path=PATH)


def document(rows: Iterable[Route]) -> dict[str, Any]:
    """The whole document. Pure."""
    doors = [
        (row, row.who, about)
        for row in rows
        if isinstance(row.who, ByToken) and (about := described(row.handler)) is not None
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Altavoz", "version": version("altavoz"), "description": _ABOUT},
        "security": [{"token": []}],
        "paths": {row.path: {row.method.lower(): _operation(row, who, about)} for row, who, about in doors},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas({about.answers for _, _, about in doors} | {Problem}),
        },
    }


def _schemas(models: set[type[BaseModel]]) -> dict[str, Any]:
    ordered = sorted(models, key=lambda model: model.__name__)
    _, made = models_json_schema([(model, "serialization") for model in ordered], ref_template=_REFERENCE)
    definitions: dict[str, Any] = made["$defs"]
    return definitions


def _operation(row: Route, who: ByToken, about: Described) -> dict[str, Any]:
    return {
        "operationId": row.path.removeprefix("/api/v1/").replace("/{id}", "_one"),
        "summary": about.summary,
        "description": f"Pide el permiso «{who.permission}».",
        "parameters": [*_parameters(row.path, about.asks.model_json_schema())],
        "responses": {
            "200": {"description": "La respuesta.", "content": _content("application/json", about.answers)},
            **{
                status: {"description": text, "content": _content(PROBLEM, Problem)}
                for status, text in _PROBLEMS.items()
                if status != "404" or {"id", "after"} & about.asks.model_fields.keys()
            },
        },
    }


def _content(type: str, model: type[BaseModel]) -> dict[str, Any]:
    return {type: {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


def _parameters(path: str, schema: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name, given in schema.get("properties", {}).items():
        there = f"{{{name}}}" in path
        yield {
            "name": name,
            "in": "path" if there else "query",
            "required": there,
            "description": _description(given),
            "schema": _given(given),
        }


def _description(schema: Mapping[str, Any]) -> str:
    said = [each["description"] for each in (schema, *schema.get("anyOf", ())) if "description" in each]
    return str(said[0]) if said else ""


def _given(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What may be written: a parameter that is left out is no null."""
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    found = dict(choices[0] if choices else schema)
    for name in ("title", "description"):
        found.pop(name, None)
    if found.get("default", 0) is None:
        del found["default"]
    return found
