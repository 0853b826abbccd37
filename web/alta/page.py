"""One alta: whose turn it is, what to do now, every step, its papers and its history."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from provisioning.alta.engine import before, undone_by
from provisioning.alta.events import Happened
from provisioning.alta.evidence import EVIDENCE
from provisioning.alta.request import ORIGINS, SCOPES
from provisioning.alta.views import AltaView, StepState, StepView
from staff.permissions import Permission
from web.alta import words
from web.alta.find import altas, find, find_step, today, zone_of
from web.alta.panels import PANELS, data_of
from web.alta.turns import Turn, turns
from web.asked import is_htmx, see_other
from web.keys import services, session
from web.notices.of_alta import mails_of
from web.pages import full_names, render

HISTORY = 12
COMMENTS = 50


@dataclass(frozen=True)
class Told:
    """What the page says of the last move. `look` is the style's; `undo` a step that may be opened again."""

    look: str
    text: str
    undo: StepView | None = None


@dataclass(frozen=True)
class Attempt:
    """A move that was refused: what was typed, by field, and why it was refused."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    told: Told | None = None


async def page(request: web.Request) -> web.Response:
    alta = await find(request)
    return await show(request, alta, Attempt(told=_done(request, alta)))


async def step(request: web.Request) -> web.Response:
    """The page, at one step: an address that letters bear, because signing in keeps no fragment."""
    alta = await find(request)
    return see_other(f"/altas/{alta.id}#step-{find_step(request, alta).id}")


async def now(request: web.Request) -> web.Response:
    """The pieces of the page as they stand, for a page that is open; 204 when it has them so already."""
    drawn = render(request, "alta/pieces.html", **await context(request, await find(request), Attempt()))
    html = drawn.text or ""
    mark = hashlib.sha256(html.encode()).hexdigest()[:16]
    if request.query.get("mark") == mark:
        return web.Response(status=204)
    return web.Response(text=f'{html}<i hidden data-mark="{mark}"></i>', content_type="text/html")


async def history(request: web.Request) -> web.Response:
    """Further events, older ones."""
    alta = await find(request)
    return render(
        request,
        "alta/history_rows.html" if is_htmx(request) else "alta/alta.html",
        **await context(request, alta, Attempt()),
    )


async def show(request: web.Request, alta: AltaView, attempt: Attempt, status: int = 200) -> web.Response:
    return render(request, "alta/alta.html", status=status, **await context(request, alta, attempt))


def _done(request: web.Request, alta: AltaView) -> Told | None:
    done = request.query.get("done", "")
    if done not in words.DONE:
        return None
    step = alta.step(request.query.get("step", ""))
    undo = step if done in ("finished", "skipped") and step and step.closed else None
    return Told("done", f"{words.DONE[done]}.", undo)


async def context(request: web.Request, alta: AltaView, attempt: Attempt) -> dict[str, Any]:
    """All that the page's pieces are drawn from."""
    found, person = altas(request), session(request).person
    refusals = {step.id: await found.hands.may_close(person, step) for step in alta.open}
    now_open = turns(alta, refusals, await found.mine(person))
    return {
        "alta": alta,
        "stands": services(request).book.of(alta.plan),
        "turns": now_open,
        "turn_of": {turn.step.id: turn for turn in now_open},
        "may_write": person.may(Permission.ALTA_WRITE),
        "signs": {
            area: not await found.hands.may_sign(person, area)
            for step in alta.open
            for area in step.step.signatures
        },
        "writes_coverages": not await found.coverages.refusal(alta, person),
        "procedure_changed": alta.procedure_hash != found.written.hash,
        "may_lead": not await found.hands.may_lead(person, alta),
        "told": attempt.told,
        "typed": attempt.typed,
        "problems": attempt.problems,
        "documents": await found.documents.of_alta(alta.id),
        "panel_data": await data_of(request, alta),
        "mails": await mails_of(request, alta),
        **_moves(alta, now_open),
        **await _happened(request, alta),
        **await _names(request, alta),
    }


def _moves(alta: AltaView, now_open: tuple[Turn, ...]) -> dict[str, Any]:
    closed = (StepState.DONE, StepState.SKIPPED)
    undone = {step.id: _others(alta, step.id) for step in alta.steps if step.state in closed}
    return {
        "undone": undone,
        "back_to": {
            turn.step.id: [
                {"step": each, "others": undone.get(each.id, "")} for each in before(alta, turn.step.id)
            ]
            for turn in now_open
            if turn.may
        },
    }


def _others(alta: AltaView, step: str) -> str:
    """What else opens again with a step, in words."""
    titles = [each.step.title for each in undone_by(alta, step) if each.id != step]
    more = f" y {len(titles) - 3} más" if len(titles) > 3 else ""
    return ", ".join(f"«{title}»" for title in titles[:3]) + more


async def _happened(request: web.Request, alta: AltaView) -> dict[str, Any]:
    found, below = altas(request), _below(request)
    events = await found.events(alta.id, HISTORY + 1, below)
    more = events[HISTORY - 1].revision if len(events) > HISTORY else None
    return {
        "history": events[:HISTORY],
        "more_history": f"/altas/{alta.id}/history?below={more}" if more else None,
        "comments": await found.events(alta.id, COMMENTS, kind=Happened.COMMENTED),
    }


def _below(request: web.Request) -> int | None:
    written = request.query.get("below", "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None


async def _names(request: web.Request, alta: AltaView) -> dict[str, Any]:
    served = services(request)
    subsidiary = served.site.subsidiaries.get(alta.subsidiary)
    hands = altas(request).hands
    return {
        "names": await full_names(request),
        "areas": await served.areas.labels(),
        "staff": {step.id: await hands.people_of(step.step.areas) for step in alta.open},
        "subsidiary": subsidiary.name if subsidiary else alta.subsidiary,
        "zone": zone_of(request)(alta.subsidiary),
        "today": today(request, alta.subsidiary),
        "panels": PANELS,
        "evidence_words": EVIDENCE,
        "origins": ORIGINS,
        "scopes": SCOPES,
        "words_of": words,
    }
