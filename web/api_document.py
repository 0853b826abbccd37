"""The API's document, OpenAPI 3.1: made of the table of routes and of the models that validate."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api_endpoint import JSON, PROBLEM, Described, FileSent, described
from web.api_models import Problem
from web.pages import render
from web.route import ROWS, Route
from web.uploads import FORM
from web.who import ByToken

PATH = "/api/openapi.json"
_REFERENCE = "#/components/schemas/{model}"
_ABOUT = (
    "Altavoz para otros programas: leer llamadas, casos, líneas, altas y estado, y hacer lo que hace la "
    "consola. Cada pedido lleva «Authorization: Bearer …» con un token. Los que solo leen se crean en la "
    "página «Tokens» o con «altavoz token add»; los que hacen cosas son de una persona, que los crea en «Mis "
    "tokens», y lo hecho con ellos es suyo: donde hace falta otra persona, hace falta otra persona. "
    "Un token puede lo que dicen sus permisos, sobre las filiales y cuentas que se le dieron, hasta el día "
    "en que vence."
)
_PROBLEMS = {
    "400": "Un parámetro no sirve.",
    "401": "Falta un token válido.",
    "403": "El token no tiene el permiso.",
    "404": "No existe, o no está entre lo que el token puede ver.",
    "408": "El pedido no llegó entero a tiempo.",
    "409": "Alguien lo cambió mientras tanto.",
    "413": "El pedido es demasiado grande.",
    "415": "El cuerpo viene en otro formato.",
    "422": "Altavoz no lo hizo; el detalle dice por qué y qué hacer.",
    "503": "No se pudo registrar la lectura; pruebe otra vez.",
}
_A_PERSONS = "Pide un token de una persona."
_ANY, _BINARY = {"type": "object"}, {"type": "string", "format": "binary"}
_OF_BODIES = {"408", "409", "413", "415"}


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
        "paths": _paths(doors),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(
                {about.answers for _, _, about in doors if not isinstance(about.answers, str)} | {Problem}
            ),
        },
    }


def _paths(doors: Iterable[tuple[Route, ByToken, Described]]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for row, who, about in doors:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, who, about)
    return paths


def _schemas(models: set[type[BaseModel]]) -> dict[str, Any]:
    ordered = sorted(models, key=lambda model: model.__name__)
    _, made = models_json_schema([(model, "serialization") for model in ordered], ref_template=_REFERENCE)
    definitions: dict[str, Any] = made["$defs"]
    return definitions


def _operation(row: Route, who: ByToken, about: Described) -> dict[str, Any]:
    name = row.path.removeprefix("/api/v1/").replace("/{id}", "_one")
    asks = _whole(about.asks.model_json_schema())
    read = row.method == "GET"
    parameters = [each for each in _parameters(row.path, asks) if read or each["in"] == "path"]
    return {
        "operationId": name if read else f"{row.method.lower()}_{name}",
        "summary": about.summary,
        "description": f"Pide el permiso «{who.permission}»." if who.permission else _A_PERSONS,
        "parameters": parameters,
        **({} if read else {"requestBody": _body(row.path, asks, about.file)}),
        "responses": {
            "200": {"description": "La respuesta.", "content": _answered(about.answers)},
            **{
                status: {"description": text, "content": _content(PROBLEM, Problem)}
                for status, text in _PROBLEMS.items()
                if _may_happen(status, row, about)
            },
        },
    }


def _may_happen(status: str, row: Route, about: Described) -> bool:
    if status == "404":
        named = {"after", "person"} if row.method == "GET" else {"person", "plan"}
        return "{" in row.path or bool(named & about.asks.model_fields.keys())
    if status == "422":
        return about.refuses
    return row.method != "GET" or status not in _OF_BODIES


def _body(path: str, asks: Mapping[str, Any], file: FileSent) -> dict[str, Any]:
    """What is sent: all that the address does not say."""
    asked = {name: given for name, given in asks.get("properties", {}).items() if f"{{{name}}}" not in path}
    needed = [name for name in asks.get("required", ()) if name in asked]
    if file is not FileSent.NONE:
        asked = {name: {"description": _description(said)} | _given(said) for name, said in asked.items()}
        asked["file"] = {"type": "string", "format": "binary", "description": "El archivo."}
        needed += ["file"] if file is FileSent.MUST else []
    given = {"type": "object", "properties": asked, "required": needed, "additionalProperties": False}
    return {"required": bool(needed), "content": {JSON if file is FileSent.NONE else FORM: {"schema": given}}}


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in which what it refers to stands where it is referred to."""
    parts = schema.pop("$defs", {})

    def put(given: Any) -> Any:
        if isinstance(given, list):
            return [put(each) for each in given]
        if not isinstance(given, dict):
            return given
        if "$ref" in given:
            return put(parts[given["$ref"].rpartition("/")[2]])
        return {name: put(each) for name, each in given.items()}

    found: dict[str, Any] = put(schema)
    return found


def _answered(answers: type[BaseModel] | str) -> dict[str, Any]:
    if isinstance(answers, str):
        return {answers: {"schema": _ANY if answers == JSON else _BINARY}}
    return _content(JSON, answers)


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
