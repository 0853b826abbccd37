"""What is done to recordings of prompts: brought, approved, rejected, withdrawn, done without."""

from urllib.parse import quote

from aiohttp import web

from ivr_audio.decode import KINDS, BadRecording
from provisioning.prompts.needs import PlanNeeds, PromptNeed
from provisioning.prompts.states import Step
from provisioning.prompts.values import PromptRefused, Recording
from web import refusals
from web.asked import see_other, wants_json
from web.keys import services
from web.person_form import text
from web.prompts import words
from web.prompts.pages import find, find_need, plan_page
from web.uploads import File, upload

_NOTHING = f"Elija un archivo de audio ({KINDS}) o grabe con el micrófono."
_DONE = {
    Step.APPROVE: "approved",
    Step.REJECT: "rejected",
    Step.WITHDRAW: "withdrawn",
    Step.RECONSIDER: "reconsidered",
}


async def record(request: web.Request) -> web.Response:
    """A recording sent by a form, or by a script that asks for JSON."""
    needs, need = await find_need(request)
    came = upload(request)
    source = "microphone" if came.fields.get("source") == "microphone" else "file"
    try:
        made = await bring(request, needs.plan.plan, need, came.file("file"), source)
    except BadRecording as bad:
        return await _refused(request, need.prompt, str(bad))
    if wants_json(request):
        return web.json_response(_told(made))
    return _back(request, needs.plan.plan, need.prompt, "recorded")


async def bring(
    request: web.Request, plan: str, need: PromptNeed, file: File | None, source: str
) -> Recording:
    """A new recording of a prompt. Raises BadRecording."""
    if file is None:
        raise BadRecording(_NOTHING)
    desk = services(request).office.prompts
    return await desk.bring(plan, need.prompt, need.text or "", file.path, file.name, source)


def _told(made: Recording) -> dict[str, object]:
    return {
        "number": made.number,
        "level": words.level(made),
        "warnings": made.warnings,
        "heard": f"/prompts/{quote(made.plan)}/recordings/{made.id}/heard.wav",
    }


async def _refused(request: web.Request, prompt: str, why: str) -> web.Response:
    if wants_json(request):
        raise refusals.Refusal(422, "recording", "No sirve esta grabación", why)
    return await plan_page(request, {prompt: why}, status=422)


async def approve(request: web.Request) -> web.Response:
    return await _take(request, Step.APPROVE)


async def reject(request: web.Request) -> web.Response:
    return await _take(request, Step.REJECT)


async def withdraw(request: web.Request) -> web.Response:
    return await _take(request, Step.WITHDRAW)


async def reconsider(request: web.Request) -> web.Response:
    return await _take(request, Step.RECONSIDER)


async def _take(request: web.Request, step: Step) -> web.Response:
    needs, recording = await find(request), await find_recording(request)
    try:
        await take(request, needs, recording, step, text(await request.post(), "reason"))
    except PromptRefused as refused:
        return await _refused(request, recording.prompt, str(refused))
    return _back(request, recording.plan, recording.prompt, _DONE[step])


async def take(request: web.Request, needs: PlanNeeds, recording: Recording, step: Step, reason: str) -> None:
    """Raises PromptRefused."""
    need, desk = needs.need(recording.prompt), services(request).office.prompts
    if step is Step.APPROVE:
        await desk.approve(recording, need.text if need else None, reason)
    else:
        await desk.store.take(recording, step, reason)


async def find_recording(request: web.Request) -> Recording:
    """The recording that the address names, of the plan that it names."""
    written = request.match_info["id"]
    store = services(request).office.prompts.store
    found = (
        await store.get(int(written))
        if written.isascii() and written.isdigit() and len(written) < 10
        else None
    )
    if found is None or found.plan != request.match_info["plan"]:
        raise refusals.not_found("Esa grabación no existe")
    return found


async def waive(request: web.Request) -> web.Response:
    """The prompt may do with the built-in voice."""
    needs, need = await find_need(request)
    reason, plan = text(await request.post(), "reason"), needs.plan.plan
    try:
        await services(request).office.prompts.waivers.give(plan, need.prompt, need.text or "", reason)
    except PromptRefused as refused:
        return await _refused(request, need.prompt, str(refused))
    return _back(request, plan, need.prompt, "waived")


async def unwaive(request: web.Request) -> web.Response:
    """It is to be recorded after all."""
    needs, need = await find_need(request)
    try:
        await services(request).office.prompts.waivers.end(needs.plan.plan, need.prompt)
    except PromptRefused as refused:
        return await _refused(request, need.prompt, str(refused))
    return _back(request, needs.plan.plan, need.prompt, "unwaived")


def _back(request: web.Request, plan: str, prompt: str, done: str) -> web.Response:
    services(request).office.altas.nudge()
    return see_other(f"/prompts/{quote(plan)}?done={done}#{quote(prompt)}")
