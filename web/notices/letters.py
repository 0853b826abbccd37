"""A letter about an alta that a person writes, looks at, and sends: to the carrier, to Operations, to all."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from mail.message import LONGEST_SUBJECT
from provisioning.alta.views import AltaView
from provisioning.notices.drafts import LONGEST_TEXT, Draft, DraftRefused
from provisioning.notices.letters import paragraphs
from web import refusals
from web.alta.find import find
from web.asked import see_other
from web.keys import services, session
from web.notices import words
from web.pages import render


@dataclass(frozen=True)
class Written:
    """A letter in the form; `once` names the form, so that it is sent once however often it is sent in."""

    draft: Draft
    once: str
    problems: Mapping[str, str] = field(default_factory=dict)


async def form(request: web.Request) -> web.Response:
    """The letter as the facts write it, to be changed."""
    alta, kind = await find(request), _kind(request)
    try:
        draft = await services(request).office.notices.drafts.write(kind, alta, session(request).person)
    except DraftRefused as refused:
        return await _form(request, alta, kind, Written(Draft("", ""), "", refused.problems), status=409)
    return await _form(request, alta, kind, Written(draft, secrets.token_urlsafe(12)))


async def send(request: web.Request) -> web.Response:
    """`how` is `preview` (look at it), `edit` (back to the form) or `send`."""
    alta, kind, given = await find(request), _kind(request), await request.post()
    written = _read(kind, {name: str(value) for name, value in given.items()})
    match given.get("how"):
        case "send":
            return await _send(request, alta, kind, written)
        case "preview":
            return await _preview(request, alta, kind, written)
        case _:
            return await _form(request, alta, kind, written)


async def _send(request: web.Request, alta: AltaView, kind: str, written: Written) -> web.Response:
    drafts, person = services(request).office.notices.drafts, session(request).person
    try:
        await drafts.send(kind, alta, person, written.draft, written.once)
    except DraftRefused as refused:
        return await _form(request, alta, kind, replace(written, problems=refused.problems), status=422)
    services(request).office.altas.nudge()
    return see_other(f"/altas/{alta.id}?done=sent")


async def _preview(request: web.Request, alta: AltaView, kind: str, written: Written) -> web.Response:
    drafts = services(request).office.notices.drafts
    problems, recipients = await drafts.checked(written.draft)
    if problems:
        return await _form(request, alta, kind, replace(written, problems=problems), status=422)
    return render(
        request,
        "notices/written_preview.html",
        **_shared(alta, kind, written),
        recipients=recipients,
        paragraphs=paragraphs(written.draft.text),
        company=services(request).office.company,
    )


async def _form(
    request: web.Request, alta: AltaView, kind: str, written: Written, status: int = 200
) -> web.Response:
    drafts = services(request).office.notices.drafts
    return render(
        request,
        "notices/written.html",
        status=status,
        **_shared(alta, kind, written),
        refusal=await drafts.may_send(kind, alta, session(request).person),
        last=await drafts.last(kind, alta.id),
        sends=drafts.sends,
        longest=(LONGEST_SUBJECT, LONGEST_TEXT),
    )


def _shared(alta: AltaView, kind: str, written: Written) -> dict[str, Any]:
    return {
        "alta": alta,
        "kind": kind,
        "title": words.LETTERS[kind],
        "draft": written.draft,
        "once": written.once,
        "problems": written.problems,
    }


def _read(kind: str, given: Mapping[str, str]) -> Written:
    """What was typed. To whom a letter to everybody goes is nobody's to change."""
    to = tuple(given.get("to", "").replace(";", ",").replace("\n", ",").split(","))
    text = given.get("text", "").replace("\r\n", "\n")
    everybody = kind in words.TO_EVERYBODY
    draft = Draft(given.get("subject", "").strip(), text, () if everybody else to, everybody)
    return Written(draft, given.get("once", "")[:40])


def _kind(request: web.Request) -> str:
    kind = request.match_info["kind"]
    if kind not in words.LETTERS:
        raise refusals.not_found("Ese correo no existe")
    return kind
