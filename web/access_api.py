"""The API's part of the table of routes (`web.access`): paths under `/api/v1/`, and what a token needs."""

from ivr_audio.decode import LARGEST
from staff.permissions import Permission
from web import api, api_altas, api_tests, readings
from web.alta import api as moves
from web.alta import api_papers as papers
from web.alta import coverages_api as coverages
from web.alta import folders_api as folders
from web.alta.coverage_editor import LARGEST as LARGEST_COVERAGES
from web.alta.documents import LARGEST as LARGEST_DOCUMENT
from web.network import api as network
from web.network import enough_api as enough
from web.network import loads_api as provider_loads
from web.network import providers_api as providers
from web.network import times_api
from web.network import training_api as training
from web.notices import api as notices
from web.notices import letters_api as letters
from web.notices import mail_api as mail
from web.numbers import api as numbers
from web.numbers import loads_api as loads
from web.numbers import moves_api as number
from web.plan_editor import api as drafts
from web.plan_editor.editing import LARGEST as LARGEST_PLAN
from web.prompts import api as prompts
from web.proof import api as runs
from web.readings import Reading
from web.release import api as releases
from web.route import Handler, Route
from web.who import ByToken


def _get(path: str, handler: Handler, permission: Permission | None, reading: Reading | None = None) -> Route:
    return Route("GET", f"/api/v1/{path}", handler, ByToken(permission), reading=reading)


def _post(path: str, handler: Handler, permission: Permission | None, largest: int = 0) -> Route:
    return Route("POST", f"/api/v1/{path}", handler, ByToken(permission), largest=largest)


_STEP = "altas/{id}/steps/{step}"
_SAY = "prompts/{plan}/say/{prompt}"
_RECORDING = "prompts/{plan}/recordings/{id}"

API: tuple[Route, ...] = (
    _get("calls", api.calls, Permission.CALL_READ, readings.CALLS),
    _get("calls/{id}", api.call, Permission.CALL_READ, readings.CALL),
    _get("cases", api.cases, Permission.CASE_READ, readings.CASES),
    _get("cases/{id}", api.case, Permission.CASE_READ, readings.CASE),
    _get("lines", api.lines, Permission.LINE_READ),
    _get("numbers", numbers.numbers, Permission.NUMBER_READ),
    _get("numbers/{e164}", number.number, Permission.NUMBER_READ),
    _post("numbers/{e164}/move", number.move, Permission.NUMBER_WRITE),
    _post("numbers/{e164}/link", number.link, Permission.NUMBER_WRITE),
    _post("numbers/{e164}/change", number.change, Permission.NUMBER_WRITE),
    _post("number-moves", number.several, Permission.NUMBER_WRITE),
    _post("number-loads", loads.look, Permission.NUMBER_WRITE, loads.LARGEST),
    _get("number-loads/{load}", loads.preview, Permission.NUMBER_WRITE),
    _post("number-loads/{load}", loads.load, Permission.NUMBER_WRITE),
    _post("number-loads/{load}/drop", loads.drop, Permission.NUMBER_WRITE),
    _post("altas/{id}/numbers/reserve", number.reserve, Permission.NUMBER_WRITE),
    _post("altas/{id}/numbers/request", number.ask, Permission.NUMBER_WRITE),
    _post("altas/{id}/numbers/link", number.given, Permission.NUMBER_WRITE),
    _get("providers", network.providers, Permission.PROVIDER_READ),
    _post("providers", providers.add, Permission.PROVIDER_WRITE),
    _get("providers/check/{plan}", enough.check, Permission.PROVIDER_READ),
    _post("providers/check/{plan}/confirm", enough.confirm, Permission.PROVIDER_WRITE),
    _post("providers/check/{plan}/demand", enough.demand, Permission.PROVIDER_WRITE),
    _post("providers/check/{plan}/tasks", enough.open_task, Permission.PROVIDER_WRITE),
    _post("provider-loads", provider_loads.look, Permission.PROVIDER_WRITE, provider_loads.LARGEST),
    _get("provider-loads/{load}", provider_loads.preview, Permission.PROVIDER_WRITE),
    _post("provider-loads/{load}", provider_loads.load, Permission.PROVIDER_WRITE),
    _post("provider-loads/{load}/drop", provider_loads.drop, Permission.PROVIDER_WRITE),
    _get("providers/{id}", providers.provider, Permission.PROVIDER_READ),
    _post("providers/{id}", providers.change, Permission.PROVIDER_WRITE),
    _post("providers/{id}/state", providers.set_state, Permission.PROVIDER_WRITE),
    _get("providers/{id}/documents", providers.documents, Permission.PROVIDER_READ),
    _post("providers/{id}/documents", providers.attach, Permission.PROVIDER_WRITE, LARGEST_DOCUMENT),
    _get(
        "providers/{id}/documents/{document}",
        providers.document,
        Permission.PROVIDER_READ,
        readings.PROVIDER_DOCUMENT,
    ),
    _get("selections", enough.tasks, Permission.PROVIDER_READ),
    _post("selections/{id}/change", enough.change_task, Permission.PROVIDER_WRITE),
    _post("selections/{id}/waive", enough.waive_task, Permission.PROVIDER_WRITE),
    _post("selections/{id}/reopen", enough.reopen_task, Permission.PROVIDER_WRITE),
    _get("plans", api.plans, Permission.LINE_READ),
    _get("status", api.status, Permission.STATUS_READ),
    _get("audit", api.audit, Permission.AUDIT_READ, readings.AUDIT),
    _get("altas", api_altas.altas, Permission.ALTA_READ),
    _get("altas/{id}", api_altas.alta, Permission.ALTA_READ),
    _get("altas/{id}/events", api_altas.events, Permission.ALTA_READ),
    _post("altas", moves.begin, Permission.ALTA_WRITE),
    _post("altas/{id}", moves.change, Permission.ALTA_WRITE),
    _post(f"{_STEP}/finish", moves.finish, Permission.ALTA_WRITE),
    _post(f"{_STEP}/sign", moves.sign, Permission.ALTA_WRITE),
    _post(f"{_STEP}/skip", moves.skip, Permission.ALTA_WRITE),
    _post(f"{_STEP}/back", moves.send_back, Permission.ALTA_WRITE),
    _post(f"{_STEP}/reopen", moves.reopen, Permission.ALTA_WRITE),
    _post(f"{_STEP}/assign", moves.assign, Permission.ALTA_WRITE),
    _post(f"{_STEP}/due", moves.set_due, Permission.ALTA_WRITE),
    _post("altas/{id}/comments", moves.comment, Permission.ALTA_WRITE),
    _post("altas/{id}/suspend", moves.suspend, Permission.ALTA_WRITE),
    _post("altas/{id}/resume", moves.resume, Permission.ALTA_WRITE),
    _post("altas/{id}/cancel", moves.cancel, Permission.ALTA_WRITE),
    _post("altas/{id}/move", moves.move_on, Permission.ALTA_WRITE),
    _get("altas/{id}/coverages", coverages.coverages, Permission.ALTA_READ),
    _post("altas/{id}/coverages", coverages.write, Permission.ALTA_WRITE, LARGEST_COVERAGES),
    _get("altas/{id}/coverages/versions", coverages.versions, Permission.ALTA_READ),
    _get("altas/{id}/coverages/compare", coverages.comparison, Permission.ALTA_READ),
    _get("altas/{id}/coverages/pdf", coverages.as_pdf, Permission.ALTA_READ),
    _get("altas/{id}/coverages/yaml", coverages.as_yaml, Permission.ALTA_READ),
    _post("altas/{id}/coverages/archive", coverages.archive, Permission.ALTA_WRITE),
    _get("altas/{id}/coverages/deliveries", coverages.deliveries, Permission.ALTA_READ),
    _post("altas/{id}/coverages/deliveries/{delivery}/again", coverages.send_again, Permission.ALTA_WRITE),
    _get("altas/{id}/documents", papers.documents, Permission.ALTA_READ),
    _post("altas/{id}/documents", papers.attach, Permission.ALTA_WRITE, LARGEST_DOCUMENT),
    _get("altas/{id}/documents/{document}", papers.download, Permission.ALTA_READ, readings.DOCUMENT),
    _post("altas/{id}/documents/{document}/sign-off", papers.sign_off, Permission.ALTA_WRITE),
    _get("altas/{id}/number-request", papers.asked_number, Permission.ALTA_READ),
    _post("altas/{id}/number-request", papers.write_request, Permission.ALTA_WRITE),
    _get("altas/{id}/number-request/pdf", papers.request_pdf, Permission.ALTA_READ),
    _post("altas/{id}/number-request/sign", papers.sign_request, Permission.ALTA_WRITE),
    _get("altas/{id}/letters", letters.letters, Permission.ALTA_WRITE),
    _get("altas/{id}/letters/{kind}", letters.letter, Permission.ALTA_WRITE),
    _post("altas/{id}/letters/{kind}", letters.send, Permission.ALTA_WRITE, letters.LARGEST),
    _post("altas/{id}/letters/{kind}/preview", letters.preview, Permission.ALTA_WRITE, letters.LARGEST),
    _get("folders", folders.folders, Permission.ALTA_READ),
    _get("folders/documents", folders.documents, Permission.ALTA_READ),
    _get("line-tests", api_tests.tests, Permission.ALTA_READ),
    _get("line-tests/{id}", api_tests.test, Permission.ALTA_READ),
    _get("line-test-runs", runs.runs, Permission.ALTA_READ),
    _post("line-test-runs", runs.start, Permission.TEST_RUN),
    _get("line-test-runs/{id}", runs.run, Permission.ALTA_READ),
    _post("line-test-runs/{id}/cancel", runs.cancel, Permission.TEST_RUN),
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
    _get("training", training.plans, Permission.ALTA_READ),
    _get("training/{plan}", training.plan, Permission.ALTA_READ),
    _post("training/{plan}/sessions", training.hold, Permission.TRAINING_WRITE),
    _post("training/sessions/{id}/withdraw", training.withdraw, Permission.TRAINING_WRITE),
    _post("training/sessions/{id}/documents", training.attach, Permission.TRAINING_WRITE, training.LARGEST),
    _get("training/sessions/{id}/documents/{document}", training.material, Permission.ALTA_READ),
    _post("training/{plan}/bases", training.hand, Permission.TRAINING_WRITE, training.LARGEST),
    _get("training/bases/{id}/file", training.download, Permission.TRAINING_WRITE, readings.BASE),
    _post("training/bases/{id}/end", training.end, Permission.TRAINING_WRITE),
    _get("times", times_api.times, Permission.ALTA_READ),
    _get("sheets/{plan}/readers", notices.readers, Permission.ALTA_READ),
    _post("sheets/{plan}/remind", notices.remind, Permission.ALTA_WRITE),
    _post("sheets/{plan}/start-without", notices.start_without, Permission.ALTA_WRITE),
    _get("absences", notices.absences, None),
    _post("absences", notices.add_absence, Permission.ABSENCE_WRITE),
    _post("absences/{id}/end", notices.end_absence, Permission.ABSENCE_WRITE),
    _get("mail", mail.letters, Permission.MAIL_READ),
    _get("mail/received", mail.arrivals, Permission.MAIL_READ),
    _get("mail/received/{id}", mail.arrival, Permission.MAIL_READ),
    _get("mail/{id}", mail.letter, Permission.MAIL_READ),
    _post("mail/{id}/again", mail.again, Permission.MAIL_WRITE),
    _post("mail/{id}/withdraw", mail.withdraw, Permission.MAIL_WRITE),
)
