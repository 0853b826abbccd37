"""Who may use what: the one table of routes. Nothing is registered but from here.

A route of aiohttp that is not in this table is refused (`web.guard`), and a test walks the table as
every role, as nobody, and with a one-time password pending.
"""

from aiohttp import web

from ivr_audio.decode import LARGEST
from staff.permissions import Permission
from web import (
    account,
    alarm_stream,
    api,
    api_altas,
    api_document,
    areas,
    audit,
    calls,
    case_changes,
    cases,
    desk,
    health,
    home,
    invitation,
    lines,
    oidc,
    password,
    people,
    phones,
    readings,
    second_factor,
    security,
    sign_in,
    static,
    status,
    stream,
    tokens,
)
from web.alta import beginning, board, coverage_editor, coverages, documents, moves, number_request
from web.alta import page as alta_page
from web.menu import Entry, Group
from web.notices import absences, mail, preferences
from web.prompts import changes as prompt_changes
from web.prompts import pages as prompts
from web.prompts import sounds as prompt_sounds
from web.route import Route as Route
from web.who import ByToken, Open

_SAY = "/prompts/{plan}/say/{prompt}"
_RECORDING = "/prompts/{plan}/recordings/{id}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", home.index, Open.SIGNED_IN),
    Route("GET", "/sign-in", sign_in.form, Open.ANYBODY),
    Route("POST", "/sign-in", sign_in.enter, Open.ANYBODY),
    Route("GET", "/sign-in/code", second_factor.code_form, Open.ANYBODY),
    Route("POST", "/sign-in/code", second_factor.code, Open.ANYBODY),
    Route("GET", "/sign-in/oidc", oidc.begin, Open.ANYBODY),
    Route("GET", "/sign-in/oidc/return", oidc.back, Open.ANYBODY),
    Route("GET", "/forgotten", invitation.forgotten_form, Open.ANYBODY),
    Route("POST", "/forgotten", invitation.forgotten, Open.ANYBODY),
    Route("GET", "/invitation/{secret}", invitation.form, Open.ANYBODY),
    Route("POST", "/invitation/{secret}", invitation.accept, Open.ANYBODY),
    Route("POST", "/sign-out", sign_in.leave, Open.SIGNED_IN, while_one_time=True, while_enrolling=True),
    Route("GET", "/session", sign_in.who, Open.SIGNED_IN),
    Route("GET", "/password", password.form, Open.SIGNED_IN, while_one_time=True, while_enrolling=True),
    Route("POST", "/password", password.change, Open.SIGNED_IN, while_one_time=True, while_enrolling=True),
    Route("GET", "/account", account.page, Open.SIGNED_IN),
    Route("POST", "/account/sessions/close-others", account.close_others, Open.SIGNED_IN),
    Route("POST", "/account/sessions/{session}/close", account.close_session, Open.SIGNED_IN),
    Route("GET", "/account/second-factor", second_factor.page, Open.SIGNED_IN, while_enrolling=True),
    Route("POST", "/account/second-factor", second_factor.confirm, Open.SIGNED_IN, while_enrolling=True),
    Route("POST", "/account/second-factor/remove", second_factor.remove, Open.SIGNED_IN),
    Route("POST", "/account/second-factor/codes", second_factor.renew_codes, Open.SIGNED_IN),
    Route("GET", "/desk", desk.page, Permission.DESK_USE, "Puesto", group=Group.CALLS),
    Route("GET", "/desk/stream", stream.connect, Permission.DESK_USE),
    Route("POST", "/desk/availability", desk.availability, Permission.DESK_USE),
    Route(
        "GET", "/cases", cases.index, Permission.CASE_READ, "Casos", reading=readings.CASES, group=Group.CALLS
    ),
    Route("GET", "/cases/{id}", cases.page, Permission.CASE_READ, reading=readings.CASE),
    Route("GET", "/cases/{id}/form", cases.form, Permission.CASE_WRITE, reading=readings.CASE),
    Route("POST", "/cases/{id}/field", case_changes.save_field, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/close", case_changes.close, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/reopen", case_changes.reopen, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/take", case_changes.take, Permission.CASE_WRITE),
    Route(
        "GET",
        "/calls",
        calls.index,
        Permission.CALL_READ,
        "Llamadas",
        reading=readings.CALLS,
        group=Group.CALLS,
    ),
    Route("GET", "/calls/{id}", calls.page, Permission.CALL_READ, reading=readings.CALL),
    Route("GET", "/mine", home.my_turn, Permission.ALTA_READ, "Mi turno"),
    Route("GET", "/altas", board.index, Permission.ALTA_READ, "Altas"),
    Route("GET", "/altas/new", beginning.form, Permission.ALTA_WRITE),
    Route("POST", "/altas/new", beginning.begin, Permission.ALTA_WRITE),
    Route("GET", "/altas/{id}", alta_page.page, Permission.ALTA_READ),
    Route("GET", "/altas/{id}/now", alta_page.now, Permission.ALTA_READ),
    Route("GET", "/altas/{id}/history", alta_page.history, Permission.ALTA_READ),
    Route("GET", "/altas/{id}/edit", beginning.edit, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/edit", beginning.change, Permission.ALTA_WRITE),
    Route(
        "POST", "/altas/{id}/documents", documents.attach, Permission.ALTA_WRITE, largest=documents.LARGEST
    ),
    Route(
        "GET",
        "/altas/{id}/documents/{document}",
        documents.download,
        Permission.ALTA_READ,
        reading=readings.DOCUMENT,
    ),
    Route("POST", "/altas/{id}/documents/{document}/sign-off", documents.sign_off, Permission.ALTA_WRITE),
    Route("GET", "/altas/{id}/coverages", coverages.page, Permission.ALTA_READ),
    Route("GET", "/altas/{id}/coverages/compare", coverages.comparison, Permission.ALTA_READ),
    Route("GET", "/altas/{id}/coverages/document", coverages.document, Permission.ALTA_READ),
    Route("GET", "/altas/{id}/coverages/document.pdf", coverages.document_pdf, Permission.ALTA_READ),
    Route("POST", "/altas/{id}/coverages/observe", coverages.observe, Permission.ALTA_WRITE),
    Route("GET", "/altas/{id}/coverages/edit", coverage_editor.form, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/coverages/edit", coverage_editor.save, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/coverages/rows", coverage_editor.rows, Permission.ALTA_WRITE),
    Route(
        "POST",
        "/altas/{id}/coverages/import",
        coverage_editor.bring,
        Permission.ALTA_WRITE,
        largest=coverage_editor.LARGEST,
    ),
    Route("GET", "/altas/{id}/number-request", number_request.page, Permission.ALTA_READ),
    Route("POST", "/altas/{id}/number-request", number_request.save, Permission.ALTA_WRITE),
    Route("GET", "/altas/{id}/number-request.pdf", number_request.pdf, Permission.ALTA_READ),
    Route("POST", "/altas/{id}/number-request/sign", number_request.sign, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/comments", moves.comment, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/suspend", moves.suspend, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/resume", moves.resume, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/cancel", moves.cancel, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/steps/{step}/finish", moves.finish, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/steps/{step}/skip", moves.skip, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/steps/{step}/back", moves.send_back, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/steps/{step}/reopen", moves.reopen, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/steps/{step}/assign", moves.assign, Permission.ALTA_WRITE),
    Route("POST", "/altas/{id}/steps/{step}/due", moves.set_due, Permission.ALTA_WRITE),
    Route("GET", "/prompts", prompts.index, Permission.ALTA_READ, "Locuciones"),
    Route("GET", "/prompts/{plan}", prompts.page, Permission.ALTA_READ),
    Route("GET", "/prompts/{plan}/read", prompts.read, Permission.PROMPT_WRITE),
    Route("GET", f"{_SAY}/voice.wav", prompt_sounds.voice, Permission.ALTA_READ),
    Route("POST", _SAY, prompt_changes.record, Permission.PROMPT_WRITE, largest=LARGEST),
    Route("POST", f"{_SAY}/waive", prompt_changes.waive, Permission.PROMPT_APPROVE),
    Route("POST", f"{_SAY}/unwaive", prompt_changes.unwaive, Permission.PROMPT_APPROVE),
    Route("GET", f"{_RECORDING}/heard.wav", prompt_sounds.heard, Permission.ALTA_READ),
    Route("GET", f"{_RECORDING}/original", prompt_sounds.original, Permission.ALTA_READ),
    Route("POST", f"{_RECORDING}/approve", prompt_changes.approve, Permission.PROMPT_APPROVE),
    Route("POST", f"{_RECORDING}/reject", prompt_changes.reject, Permission.PROMPT_APPROVE),
    Route("POST", f"{_RECORDING}/withdraw", prompt_changes.withdraw, Permission.PROMPT_APPROVE),
    Route("POST", f"{_RECORDING}/reconsider", prompt_changes.reconsider, Permission.PROMPT_APPROVE),
    Route("GET", "/lines", lines.index, Permission.LINE_READ, "Líneas", group=Group.PBX),
    Route("GET", "/phones", phones.index, Permission.PHONE_WRITE, "Teléfonos", group=Group.PBX),
    Route("POST", "/phones/{extension}/show", phones.show, Permission.PHONE_WRITE, reading=readings.PHONE),
    Route("POST", "/phones/{extension}/renew", phones.renew, Permission.PHONE_WRITE),
    Route("GET", "/people", people.index, Permission.USER_READ, "Personas", group=Group.STAFF),
    Route("GET", "/people/new", people.new, Permission.USER_WRITE),
    Route("POST", "/people/new", people.add, Permission.USER_WRITE),
    Route("GET", "/people/{name}", people.page, Permission.USER_READ),
    Route("POST", "/people/{name}", people.change, Permission.USER_WRITE),
    Route("POST", "/people/{name}/deactivate", people.deactivate, Permission.USER_WRITE),
    Route("POST", "/people/{name}/reactivate", people.reactivate, Permission.USER_WRITE),
    Route("POST", "/people/{name}/invite", security.invite, Permission.USER_WRITE),
    Route("POST", "/people/{name}/revoke-invitation", security.revoke_invitation, Permission.USER_WRITE),
    Route("POST", "/people/{name}/one-time", security.give_one_time, Permission.USER_WRITE),
    Route("POST", "/people/{name}/unlock", security.unlock, Permission.USER_WRITE),
    Route("POST", "/people/{name}/reset-second-factor", security.reset_factor, Permission.USER_WRITE),
    Route("POST", "/people/{name}/unlink", security.unlink, Permission.USER_WRITE),
    Route("POST", "/people/{name}/close-sessions", security.close_sessions, Permission.USER_WRITE),
    Route("POST", "/people/{name}/sessions/{session}/close", security.close_session, Permission.USER_WRITE),
    Route("GET", "/areas", areas.index, Permission.USER_READ, "Áreas", group=Group.STAFF),
    Route("POST", "/areas", areas.add, Permission.AREA_WRITE),
    Route("GET", "/areas/{name}", areas.page, Permission.USER_READ),
    Route("POST", "/areas/{name}", areas.change, Permission.AREA_WRITE),
    Route("POST", "/areas/{name}/members", areas.members, Permission.AREA_WRITE),
    Route("GET", "/absences", absences.index, Open.SIGNED_IN),
    Route("POST", "/absences", absences.add, Open.SIGNED_IN),
    Route("POST", "/absences/{id}/end", absences.end, Open.SIGNED_IN),
    Route("POST", "/account/notices", preferences.choose, Open.SIGNED_IN),
    Route("GET", "/mail", mail.index, Permission.MAIL_READ, "Correo", group=Group.CONTROL),
    Route("GET", "/mail/received", mail.arrivals, Permission.MAIL_READ),
    Route("GET", "/mail/received/{id}", mail.arrival, Permission.MAIL_READ),
    Route("GET", "/mail/{id}", mail.letter, Permission.MAIL_READ),
    Route("POST", "/mail/{id}/again", mail.again, Permission.MAIL_WRITE),
    Route("POST", "/mail/{id}/withdraw", mail.withdraw, Permission.MAIL_WRITE),
    Route("GET", "/status", status.index, Permission.STATUS_READ, "Estado", group=Group.PBX),
    Route("GET", "/alarms/stream", alarm_stream.connect, Open.SIGNED_IN),
    Route("GET", "/tokens", tokens.index, Permission.TOKEN_WRITE, "Tokens", group=Group.CONTROL),
    Route("POST", "/tokens", tokens.add, Permission.TOKEN_WRITE),
    Route("POST", "/tokens/{name}/revoke", tokens.revoke, Permission.TOKEN_WRITE),
    Route(
        "GET",
        "/audit",
        audit.index,
        Permission.AUDIT_READ,
        "Auditoría",
        reading=readings.AUDIT,
        group=Group.CONTROL,
    ),
    Route("GET", "/audit/export/csv", audit.as_csv, Permission.AUDIT_READ),
    Route("GET", "/audit/export/xlsx", audit.as_xlsx, Permission.AUDIT_READ),
    Route("GET", "/healthz", health.alive, Open.ANYBODY),
    Route("GET", "/readyz", health.ready, Open.ANYBODY),
    Route("GET", "/metrics", health.metrics, Open.LOOPBACK_OR_TOKEN),
    Route("GET", "/api/v1/calls", api.calls, ByToken(Permission.CALL_READ), reading=readings.CALLS),
    Route("GET", "/api/v1/calls/{id}", api.call, ByToken(Permission.CALL_READ), reading=readings.CALL),
    Route("GET", "/api/v1/cases", api.cases, ByToken(Permission.CASE_READ), reading=readings.CASES),
    Route("GET", "/api/v1/cases/{id}", api.case, ByToken(Permission.CASE_READ), reading=readings.CASE),
    Route("GET", "/api/v1/lines", api.lines, ByToken(Permission.LINE_READ)),
    Route("GET", "/api/v1/plans", api.plans, ByToken(Permission.LINE_READ)),
    Route("GET", "/api/v1/status", api.status, ByToken(Permission.STATUS_READ)),
    Route("GET", "/api/v1/audit", api.audit, ByToken(Permission.AUDIT_READ), reading=readings.AUDIT),
    Route("GET", "/api/v1/altas", api_altas.altas, ByToken(Permission.ALTA_READ)),
    Route("GET", "/api/v1/altas/{id}", api_altas.alta, ByToken(Permission.ALTA_READ)),
    Route("GET", "/api/v1/altas/{id}/events", api_altas.events, ByToken(Permission.ALTA_READ)),
    Route("GET", "/api/v1/altas/{id}/coverages", api_altas.coverages, ByToken(Permission.ALTA_READ)),
    Route("GET", "/api/openapi.json", api_document.openapi, Open.ANYBODY),
    Route("GET", "/api/docs", api_document.page, Open.SIGNED_IN),
    Route("GET", "/static/{version}/{name:.+}", static.serve, Open.ANYBODY),
)


def register(app: web.Application) -> dict[web.AbstractRoute, Route]:
    """Adds every route of the table; answers which row each of aiohttp's routes came from."""
    return {app.router.add_route(row.method, row.path, row.handler): row for row in ROUTES}


def navigation() -> tuple[Entry, ...]:
    return tuple(
        Entry(row.path, row.label, row.who, row.group)
        for row in ROUTES
        if row.label and isinstance(row.who, Permission)
    )
