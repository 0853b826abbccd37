"""The mail: what goes out and how it fares, what came in and what became of it."""

import re
from typing import TypeVar

from aiohttp import web

from provisioning.notices.mailroom import MailFilter, MailRefused, Received, Sending
from web import lists, refusals
from web.asked import is_htmx, see_other
from web.keys import person, services
from web.notices import words
from web.pages import render
from web.person_form import text

_NUMBER = re.compile(r"[0-9]{1,9}")
Item = TypeVar("Item")


async def index(request: web.Request) -> web.Response:
    """What goes out, newest first, in pages by key; htmx asks for the rows that follow."""
    typed, room = _typed(request, tuple(words.STATES)), services(request).office.mailroom
    page = await room.sent(_filter(typed), person(request).scope, _after(request))
    return render(
        request,
        "notices/mail_rows.html" if is_htmx(request) else "notices/mail.html",
        letters=page.items,
        more=lists.next_address("/mail", typed, str(page.next) if page.next else None),
        typed=typed,
        filtered=any(typed.values()),
        mail=words,
        sends=room.sends,
    )


async def arrivals(request: web.Request) -> web.Response:
    """What came in, newest first."""
    typed, room = _typed(request, tuple(words.OUTCOMES)), services(request).office.mailroom
    page = await room.came(_filter(typed), person(request).scope, _after(request))
    return render(
        request,
        "notices/arrival_rows.html" if is_htmx(request) else "notices/arrivals.html",
        arrivals=page.items,
        more=lists.next_address("/mail/received", typed, str(page.next) if page.next else None),
        typed=typed,
        filtered=any(typed.values()),
        mail=words,
        mailbox=services(request).office.mailbox,
    )


async def letter(request: web.Request) -> web.Response:
    return await _letter(request, await find(request))


async def arrival(request: web.Request) -> web.Response:
    room = services(request).office.mailroom
    found: Received | None = await room.arrival(_id(request), person(request).scope)
    return render(request, "notices/arrival.html", arrival=_there(found), mail=words)


async def again(request: web.Request) -> web.Response:
    """Once more; one that may have arrived only when the form says so."""
    found, given = await find(request), await request.post()
    try:
        doubtful = text(given, "doubtful") == "yes"
        await services(request).office.mailroom.again(found, doubtful=doubtful)
    except MailRefused as refused:
        return await _letter(request, await find(request), str(refused), status=409)
    return see_other(f"/mail/{found.id}?done=again")


async def withdraw(request: web.Request) -> web.Response:
    found = await find(request)
    try:
        await services(request).office.mailroom.withdraw(found)
    except MailRefused as refused:
        return await _letter(request, await find(request), str(refused), status=409)
    return see_other(f"/mail/{found.id}?done=withdrawn")


async def _letter(request: web.Request, found: Sending, problem: str = "", status: int = 200) -> web.Response:
    done = words.DONE.get(request.query.get("done", ""), "")
    return render(
        request, "notices/letter.html", status=status, letter=found, problem=problem, done=done, mail=words
    )


async def find(request: web.Request) -> Sending:
    room = services(request).office.mailroom
    return _there(await room.letter(_id(request), person(request).scope))


def _there(found: Item | None) -> Item:
    if found is None:
        raise refusals.not_found("Ese correo no existe")
    return found


def _id(request: web.Request) -> int:
    written = request.match_info["id"]
    if not _NUMBER.fullmatch(written):
        raise refusals.not_found("Ese correo no existe")
    return int(written)


def _typed(request: web.Request, states: tuple[str, ...]) -> dict[str, str]:
    return {
        "text": lists.text(request.query, "text"),
        "state": lists.one_of(request.query, "state", states),
        "about": lists.text(request.query, "about", 60),
    }


def _filter(typed: dict[str, str]) -> MailFilter:
    return MailFilter(typed["text"], typed["state"], typed["about"])


def _after(request: web.Request) -> int | None:
    written = request.query.get("after")
    if written is not None and not _NUMBER.fullmatch(written):
        raise refusals.bad_request("Esa página no existe: vuelva a la primera.")
    return int(written) if written is not None else None
