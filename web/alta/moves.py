"""What people do to an alta: finish a step, send it back, open it again; comment; suspend, resume, cancel.

Who comes second sees what somebody else did first, with what they typed still in the form.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from provisioning.alta.refusals import AltaRefused, StaleStep
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView, StepView
from staff.person import Person
from web.alta.find import altas, find, find_step
from web.alta.page import Attempt, Told, show
from web.asked import see_other
from web.keys import session
from web.person_form import Given, number, text
from web.route import Handler

LONGEST = 4000
_STALE = "Este paso ya cambió, por otra persona o en otra ventana: abajo está cómo quedó."


@dataclass(frozen=True)
class Move:
    """Something that somebody asked for by a form of the page."""

    altas: Altas
    alta: AltaView
    person: Person
    given: Given

    def text(self, name: str) -> str:
        return str(self.given.get(name, "")).strip()[:LONGEST]

    @property
    def reason(self) -> str:
        return self.text("reason")

    @property
    def revision(self) -> int:
        """That of the step as the page showed it."""
        return number(self.given, "revision")


OnAlta = Callable[[Move], Awaitable[object]]
OnStep = Callable[[Move, StepView], Awaitable[object]]


async def _finish(move: Move, step: StepView) -> None:
    answers = {each.name: move.text(f"answer-{each.name}") for each in step.step.questions}
    await move.altas.finish(move.alta.id, step.id, move.person, answers, move.reason, move.revision)


async def _sign(move: Move, step: StepView) -> None:
    await move.altas.sign(
        move.alta.id,
        step.id,
        text(move.given, "area"),
        move.person,
        approved=text(move.given, "decision") == "approved",
        reason=move.reason,
        revision=move.revision,
    )


async def _skip(move: Move, step: StepView) -> None:
    await move.altas.skip(move.alta.id, step.id, move.person, move.reason, move.revision)


async def _send_back(move: Move, step: StepView) -> None:
    to = text(move.given, "to")
    await move.altas.send_back(move.alta.id, step.id, to, move.person, move.reason, move.revision)


async def _reopen(move: Move, step: StepView) -> None:
    await move.altas.reopen(move.alta.id, step.id, move.person, move.reason, move.revision)


async def _assign(move: Move, step: StepView) -> None:
    owner = text(move.given, "owner") or None
    await move.altas.assign(move.alta.id, step.id, owner, move.person, move.revision)


async def _set_due(move: Move, step: StepView) -> None:
    day = _day(text(move.given, "due"))
    await move.altas.set_due(move.alta.id, step.id, day, move.person, move.reason, move.revision)


async def _comment(move: Move) -> None:
    await move.altas.comment(move.alta.id, move.person, move.text("text"))


async def _suspend(move: Move) -> None:
    await move.altas.suspend(move.alta.id, move.person, move.reason)


async def _resume(move: Move) -> None:
    await move.altas.resume(move.alta.id, move.person, move.reason)


async def _cancel(move: Move) -> None:
    await move.altas.cancel(move.alta.id, move.person, move.reason)


async def _move_on(move: Move) -> None:
    await move.altas.move(move.alta.id, move.person, move.reason)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise AltaRefused(problems={"due": "Elija el día del plazo."}) from error


def _of_step(act: OnStep, done: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        alta = await find(request)
        step = find_step(request, alta)
        return await _moved(request, alta, lambda move: act(move, step), done, step.id)

    return handler


def _of_alta(act: OnAlta, done: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return await _moved(request, await find(request), act, done)

    return handler


async def _moved(
    request: web.Request, alta: AltaView, act: OnAlta, done: str, step: str = ""
) -> web.Response:
    """Back to the alta's page; or the page with what was typed and why it was refused."""
    move = Move(altas(request), alta, session(request).person, await request.post())
    typed = {name: move.text(name) for name in move.given} | {"form": done, "step": step}
    try:
        await act(move)
    except StaleStep:
        attempt = Attempt(typed, told=Told("warning", _STALE))
        return await show(request, await find(request), attempt, 409)
    except AltaRefused as refused:
        told = Told("problem", " ".join(refused.problems.values()))
        return await show(request, alta, Attempt(typed, refused.problems, told), 422)
    return back_to(alta.id, done, step)


def back_to(alta: int, done: str, step: str = "") -> web.Response:
    """The alta's page, which says what was done."""
    query = {"done": done} | ({"step": step} if step else {})
    return see_other(f"/altas/{alta}?{urlencode(query)}")


finish = _of_step(_finish, "finished")
sign = _of_step(_sign, "signed")
skip = _of_step(_skip, "skipped")
send_back = _of_step(_send_back, "sent-back")
reopen = _of_step(_reopen, "reopened")
assign = _of_step(_assign, "assigned")
set_due = _of_step(_set_due, "due-set")
comment = _of_alta(_comment, "commented")
suspend = _of_alta(_suspend, "suspended")
resume = _of_alta(_resume, "resumed")
cancel = _of_alta(_cancel, "cancelled")
move_on = _of_alta(_move_on, "moved")
