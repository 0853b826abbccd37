"""The API's part of the table of routes (`web.access`): paths under `/api/v1/`, and what a token needs."""

from ivr_audio.decode import LARGEST
from staff.permissions import Permission
from web import api, api_altas, api_tests, readings
from web.network import api as network
from web.numbers import api as numbers
from web.plan_editor import api as drafts
from web.plan_editor.editing import LARGEST as LARGEST_PLAN
from web.prompts import api as prompts
from web.readings import Reading
from web.release import api as releases
from web.route import Handler, Route
from web.who import ByToken


def _get(path: str, handler: Handler, permission: Permission, reading: Reading | None = None) -> Route:
    return Route("GET", f"/api/v1/{path}", handler, ByToken(permission), reading=reading)


def _post(path: str, handler: Handler, permission: Permission, largest: int = 0) -> Route:
    return Route("POST", f"/api/v1/{path}", handler, ByToken(permission), largest=largest)


_SAY = "prompts/{plan}/say/{prompt}"
_RECORDING = "prompts/{plan}/recordings/{id}"

API: tuple[Route, ...] = (
    _get("calls", api.calls, Permission.CALL_READ, readings.CALLS),
    _get("calls/{id}", api.call, Permission.CALL_READ, readings.CALL),
    _get("cases", api.cases, Permission.CASE_READ, readings.CASES),
    _get("cases/{id}", api.case, Permission.CASE_READ, readings.CASE),
    _get("lines", api.lines, Permission.LINE_READ),
    _get("numbers", numbers.numbers, Permission.NUMBER_READ),
    _get("providers", network.providers, Permission.PROVIDER_READ),
    _get("providers/check/{plan}", network.check, Permission.PROVIDER_READ),
    _get("plans", api.plans, Permission.LINE_READ),
    _get("status", api.status, Permission.STATUS_READ),
    _get("audit", api.audit, Permission.AUDIT_READ, readings.AUDIT),
    _get("altas", api_altas.altas, Permission.ALTA_READ),
    _get("altas/{id}", api_altas.alta, Permission.ALTA_READ),
    _get("altas/{id}/events", api_altas.events, Permission.ALTA_READ),
    _get("altas/{id}/coverages", api_altas.coverages, Permission.ALTA_READ),
    _get("line-tests", api_tests.tests, Permission.ALTA_READ),
    _get("line-tests/{id}", api_tests.test, Permission.ALTA_READ),
    _get("releases", releases.releases, Permission.ALTA_READ),
    _get("releases/{plan}", releases.gate, Permission.ALTA_READ),
    _post("releases/{plan}", releases.release, Permission.LINE_RELEASE),
    _post("releases/{plan}/cancel", releases.cancel, Permission.LINE_RELEASE),
    _post("releases/{plan}/suspend", releases.suspend, Permission.LINE_RELEASE),
    _post("releases/{plan}/canary", releases.repeat, Permission.TEST_RUN),
    _get("drafts", drafts.drafts, Permission.ALTA_READ),
    _get("drafts/{plan}", drafts.draft, Permission.ALTA_READ),
    _post("drafts/{plan}", drafts.save, Permission.PLAN_WRITE, LARGEST_PLAN),
    _post("drafts/{plan}/begin", drafts.begin, Permission.PLAN_WRITE),
    _post("drafts/{plan}/drop", drafts.drop, Permission.PLAN_WRITE),
    _post("drafts/{plan}/restore", drafts.restore, Permission.PLAN_WRITE),
    _get("drafts/{plan}/diff", drafts.diff, Permission.ALTA_READ),
    _get("drafts/{plan}/proposal", drafts.proposal, Permission.RELEASE_WRITE),
    _post("drafts/{plan}/publish", drafts.publish, Permission.RELEASE_WRITE),
    _post("drafts/{plan}/hurry", drafts.hurry, Permission.SETTING_WRITE),
    _post("drafts/{plan}/withdraw", drafts.withdraw, Permission.RELEASE_WRITE),
    _get("drafts/{plan}/publication", drafts.publication, Permission.ALTA_READ),
    _get("dossiers", releases.dossiers, Permission.ALTA_READ),
    _get("dossiers/{id}", releases.dossier, Permission.ALTA_READ),
    _get("dossiers/{id}/pdf", releases.dossier_pdf, Permission.ALTA_READ),
    _get("prompts", prompts.plans, Permission.ALTA_READ),
    _get("prompts/{plan}", prompts.plan, Permission.ALTA_READ),
    _post(_SAY, prompts.record, Permission.PROMPT_WRITE, LARGEST),
    _post(f"{_SAY}/waive", prompts.waive, Permission.PROMPT_APPROVE),
    _post(f"{_SAY}/unwaive", prompts.unwaive, Permission.PROMPT_APPROVE),
    _get(f"{_SAY}/voice.wav", prompts.voice, Permission.ALTA_READ),
    _get(f"{_RECORDING}/heard.wav", prompts.heard, Permission.ALTA_READ),
    _get(f"{_RECORDING}/original", prompts.original, Permission.ALTA_READ),
    _post(f"{_RECORDING}/approve", prompts.approve, Permission.PROMPT_APPROVE),
    _post(f"{_RECORDING}/reject", prompts.reject, Permission.PROMPT_APPROVE),
    _post(f"{_RECORDING}/withdraw", prompts.withdraw, Permission.PROMPT_APPROVE),
    _post(f"{_RECORDING}/reconsider", prompts.reconsider, Permission.PROMPT_APPROVE),
)
