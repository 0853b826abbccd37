"""The form of a plan changes its text: a value at its place, an item more or less, what the alta says."""

import json
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from plans.fields import Strict
from plans.model import Account, Coverage, Line, Menu, Plan
from plans.patch import CannotPatch, put, replace_block
from plans.patch_items import add, remove
from plans.strict_yaml import Path, read
from provisioning.alta.coverage_list import to_yaml
from web.keys import services
from web.plan_editor.editing import given
from web.plan_editor.find import Known, find
from web.plan_editor.form import BARE

MOST_PARTS = 8
_ORDERS: Mapping[str | int, type[Strict]] = {
    0: Plan,
    "account": Account,
    "lines": Line,
    "coverages": Coverage,
    "menus": Menu,
}


async def change(request: web.Request) -> web.Response:
    """The text with one thing changed; it is not saved here: the page that holds the text saves it."""
    known, fields = await find(request), await given(request)
    act = _ACTS.get(fields.get("act", ""))
    try:
        if act is None:
            raise CannotPatch("Ese cambio no existe: recargue la página.")
        text = await act(request, known, fields)
    except CannotPatch as refused:
        return web.json_response({"error": {"message": str(refused)}}, status=422)
    return web.json_response({"text": text})


async def _put(request: web.Request, known: Known, fields: Mapping[str, str]) -> str:
    path = _path(fields)
    value = fields.get("value", "").replace("\r\n", "\n")
    return put(fields["text"], path, value, bare=path[-1] in BARE, order=_order(path))


async def _remove(request: web.Request, known: Known, fields: Mapping[str, str]) -> str:
    return remove(fields["text"], _path(fields))


async def _line(request: web.Request, known: Known, fields: Mapping[str, str]) -> str:
    """A header number of the inventory, with what is mounted on it."""
    number = await services(request).office.numbers.get(fields.get("header", ""))
    if number is None or number.subsidiary != known.subsidiary:
        raise CannotPatch("Elija un número de la lista.")
    public = {"public": number.linked[0]} if number.linked else {}
    line = {"header": number.e164, **public, "carrier": number.carrier}
    return add(fields["text"], ("lines",), None, line)


async def _prompt(request: web.Request, known: Known, fields: Mapping[str, str]) -> str:
    name, said = fields.get("name", "").strip(), fields.get("said", "").strip()
    if not name or not said:
        raise CannotPatch("Escriba un nombre corto y lo que se dice.")
    return add(fields["text"], ("prompts",), name, {"text": said})


async def _choice(request: web.Request, known: Known, fields: Mapping[str, str]) -> str:
    menu, digit = fields.get("menu", ""), fields.get("digit", "").strip()
    if len(digit) != 1 or digit not in "0123456789*#":
        raise CannotPatch("Escriba una tecla: un dígito, * o #.")
    label, queue = fields.get("label", "").strip(), fields.get("queue", "")
    choice = {"label": label, "queue": queue} if label else {"queue": queue}
    return add(fields["text"], ("menus", menu, "choices"), digit, choice)


async def _coverages(request: web.Request, known: Known, fields: Mapping[str, str]) -> str:
    """Those of the alta's newest version, with its conditions and its guide, in place of the text's own."""
    found = await services(request).office.altas.coverages.current(known.alta.id) if known.alta else None
    if found is None:
        raise CannotPatch("El alta todavía no tiene coberturas: cárguelas primero.")
    text = fields["text"]
    blocks = to_yaml(found.content)
    lines = read(blocks, "", "PLAN").lines
    starts = sorted((line, str(path[0])) for path, line in lines.items() if len(path) == 1)
    written = blocks.splitlines(keepends=True)
    ends = [line for line, _ in starts[1:]] + [len(written) + 1]
    for (start, key), end in zip(starts, ends, strict=True):
        text = replace_block(text, key, "".join(written[start - 1 : end - 1]))
    return text


Act = Callable[[web.Request, Known, Mapping[str, str]], Awaitable[str]]
_ACTS: Mapping[str, Act] = {
    "put": _put,
    "remove": _remove,
    "line": _line,
    "prompt": _prompt,
    "choice": _choice,
    "coverages": _coverages,
}


def _path(fields: Mapping[str, str]) -> Path:
    """A path as the page writes it: a JSON list of keys and positions."""
    try:
        found = json.loads(fields.get("path", ""))
    except ValueError:
        found = None
    right = isinstance(found, list) and 0 < len(found) <= MOST_PARTS
    if not right or not all(type(part) in (str, int) for part in found):
        raise CannotPatch("Ese campo no existe: recargue la página.")
    return tuple(found)


def _order(path: Path) -> tuple[str, ...]:
    """The keys beside the last one, as the format has them."""
    model = _ORDERS.get(path[0] if len(path) > 1 else 0)
    return tuple(model.model_fields) if model else ()
