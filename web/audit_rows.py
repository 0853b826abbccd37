"""What a row of the audit trail says to a person: its action in words, what changed field by field. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from cases.fields import FIELDS
from provisioning.numbers.words import STATES
from staff.audit_trail import AuditRow
from staff.roles import Role
from staff.tokens import LABELS
from web import words
from web.alta.words import EVENTS
from web.devices import device
from web.prompts.words import STATES as RECORDING_STATES

HEADS = (
    "Fila", "Cuándo (UTC)", "Quién", "Por", "Desde", "Acción", "Sobre", "Antes", "Después", "Motivo", "Hash",
)  # fmt: skip

VIAS = {
    "web": "Consola",
    "mail": "Correo",
    "api": "API",
    "command": "Línea de comandos",
    "service": "El servicio",
}
ACTIONS = {
    **{f"alta.{kind}": said for kind, said in EVENTS.items()},
    "absence.added": "Anotó la ausencia",
    "absence.ended": "Quitó la ausencia",
    "alta.assigned": "Asignó un paso del alta",
    "alta.attached": "Adjuntó un documento al alta",
    "alta.cancelled": "Canceló el alta",
    "alta.changed": "Cambió los datos del alta",
    "alta.commented": "Comentó el alta",
    "alta.coverages-changed": "Cambió las coberturas del alta",
    "alta.coverages-sent": "Volvió a enviar las coberturas del alta",
    "alta.due-set": "Cambió el plazo de un paso del alta",
    "alta.finished": "Cerró un paso del alta",
    "alta.form-changed": "Escribió la solicitud de número",
    "alta.moved": "Pasó el alta al procedimiento vigente",
    "alta.reopened": "Reabrió un paso del alta",
    "alta.resumed": "Retomó el alta",
    "alta.reviewed": "Revisó un documento del alta",
    "alta.sent-back": "Devolvió el alta a un paso anterior",
    "alta.signed": "Firmó en el alta",
    "alta.skipped": "Salteó un paso del alta",
    "alta.started": "Empezó el alta",
    "alta.suspended": "Suspendió el alta",
    "area.added": "Creó el área",
    "area.changed": "Cambió el área",
    "audit.exported": "Exportó la auditoría",
    "audit.read": "Consultó la auditoría",
    "call.listed": "Consultó llamadas",
    "call.read": "Leyó la llamada",
    "case.changed": "Cambió el caso",
    "case.closed": "Cerró el caso",
    "case.listed": "Consultó casos",
    "case.read": "Leyó la ficha",
    "case.reopened": "Reabrió el caso",
    "case.taken": "Tomó el caso",
    "document.read": "Descargó el documento",
    "invitation.revoked": "Anuló el enlace del correo",
    "invitation.sent": "Envió un enlace por correo",
    "mail.sent": "Envió un correo",
    "mail.sent-again": "Envió otra vez el correo",
    "mail.withdrawn": "Anuló el correo",
    "notices.chosen": "Eligió cómo recibe los avisos",
    "oidc.linked": "Unió la cuenta a la de la empresa",
    "oidc.unlinked": "Separó la cuenta de la de la empresa",
    "carrier.observed": "Vio cómo entrega el operador",
    "number.added": "Cargó números",
    "number.changed": "Cambió el número",
    "number.moved": "Movió el número",
    "password.changed": "Cambió la contraseña",
    "password.forgotten": "Pidió por correo otra contraseña",
    "password.one-time": "Dio una contraseña de un solo uso",
    "password.set-by-letter": "Eligió la contraseña con el enlace del correo",
    "phone.read": "Vio la clave del teléfono",
    "phone.renewed": "Renovó la clave del teléfono",
    "canary.failed": "Falló la llamada de prueba del día de",
    "line.release-asked": "Pidió liberar",
    "line.release-cancelled": "Anuló la liberación de",
    "line.release-refused": "No se liberó",
    "line.released": "Liberó a los afiliados el plan",
    "base.ended": "Anotó que se devolvió o destruyó la base de clientes de",
    "base.handed": "Registró la base de clientes de",
    "base.read": "Descargó la base de clientes",
    "provider.added": "Agregó el prestador",
    "provider.attached": "Adjuntó un documento al prestador",
    "provider.changed": "Cambió el prestador",
    "provider.confirmed": "Confirmó que alcanzan los prestadores de",
    "provider.demanded": "Cambió dónde y cuántos prestadores pide",
    "provider.document-read": "Descargó un documento del prestador",
    "selection.changed": "Cambió la selección de prestadores de",
    "selection.filled": "Se cubrió la selección de prestadores de",
    "selection.open": "Volvió a buscar prestadores para",
    "selection.opened": "Abrió una selección de prestadores para",
    "selection.waived": "Siguió sin cubrir prestadores de",
    "training.attached": "Guardó material de la capacitación de",
    "training.held": "Anotó la capacitación de TMK de",
    "training.withdrawn": "Anotó que no cuenta una capacitación de",
    "plan.candidate": "Puso en prueba el plan",
    "plan.changed": "Cambió el plan",
    "plan.draft-dropped": "Descartó el borrador del plan",
    "plan.draft-published": "Publicó el borrador del plan",
    "plan.drafted": "Escribió el borrador del plan",
    "plan.dropped": "Retiró la versión en prueba del plan",
    "plan.released": "Puso en servicio el plan",
    "plan.resumed": "Reanudó el plan",
    "plan.suspended": "Suspendió el plan",
    "plan.withdrawn": "Retiró el plan",
    "prompt.approved": "Aprobó la grabación",
    "prompt.reconsidered": "Volvió a considerar la grabación",
    "prompt.recorded": "Grabó el mensaje",
    "prompt.rejected": "Rechazó la grabación",
    "prompt.replaced": "Reemplazó la grabación",
    "prompt.waived": "Aceptó la voz incorporada",
    "prompt.waiver-ended": "Pidió grabar el mensaje",
    "prompt.withdrawn": "Retiró la grabación",
    "release.published": "Publicó la entrega",
    "release.rolled-back": "Volvió a la entrega",
    "second-factor.added": "Activó el segundo paso",
    "second-factor.codes-renewed": "Hizo códigos de recuperación nuevos",
    "second-factor.recovery-used": "Entró con un código de recuperación",
    "second-factor.removed": "Quitó el segundo paso",
    "sheet.excepted": "Dejó empezar sin todas las confirmaciones el plan",
    "sheet.read": "Leyó y entendió la ficha",
    "sheet.reminded": "Recordó que lean la ficha",
    "session.closed": "Cerró la sesión",
    "session.opened": "Entró",
    "setting.changed": "Cambiaron los ajustes",
    "site.changed": "Cambió el archivo del sitio",
    "test.awaited": "Esperó una prueba a mano",
    "test.reported": "Informó la prueba de la línea",
    "test.started": "Empezó la prueba de la línea",
    "token.added": "Creó el token",
    "token.revoked": "Quitó el token",
    "user.added": "Creó la cuenta",
    "user.changed": "Cambió la cuenta",
    "user.deactivated": "Desactivó la cuenta",
    "user.delayed": "Demoró la cuenta por intentos equivocados",
    "user.reactivated": "Reactivó la cuenta",
    "user.unlocked": "Desbloqueó la cuenta",
}
FIELD_NAMES = {
    **{name: field.label for name, field in FIELDS.items()},
    "accounts": "Cuentas",
    "deputy": "Suplente",
    "first": "Primer día",
    "how": "Cómo",
    "hour": "Hora",
    "last": "Último día",
    "zone": "Zona horaria",
    "action": "Acción",
    "active": "Activa",
    "actor": "Quién",
    "after": "Desde la marca",
    "agent": "Navegador",
    "areas": "Áreas",
    "candidate": "Versión en prueba",
    "closed": "Cerrado",
    "counters": "Esperas",
    "devices": "Dispositivos",
    "email": "Correo",
    "expires": "Vence",
    "file": "Archivo",
    "extension": "Interno",
    "alta": "Alta",
    "carrier": "Operador",
    "count": "Cuántos son",
    "from": "Desde el día",
    "full_name": "Nombre y apellido",
    "groups": "Colas",
    "issuer": "Emisor",
    "limit": "Cuántos",
    "new_place": "Lugar nuevo",
    "recording": "Grabación",
    "original": "Huella del archivo",
    "one_time": "Contraseña de un solo uso",
    "outcome": "Resultado",
    "owner": "A cargo",
    "permissions": "Permisos",
    "linked": "Vinculado con",
    "by_token": "Con el token",
    "person": "Persona",
    "matches": "Como dice el archivo",
    "note": "Nota",
    "plan": "Plan",
    "until": "Hasta",
    "release": "Entrega",
    "roles": "Roles",
    "sessions": "Sesiones",
    "sound": "Sonido",
    "state": "Estado",
    "subsidiaries": "Filiales",
    "suspended": "Suspendido",
    "text": "Texto",
    "to": "Hasta el día",
    "version": "Versión",
    "numbers": "Números",
    "way": "Con qué entró",
}


CODES: Mapping[str, Mapping[Any, str]] = {
    "kind": words.KINDS,
    "outcome": words.CASE_OUTCOMES,
    "permissions": {str(permission): label for permission, label in LABELS.items()},
    "roles": {role.value: role.label for role in Role},
    "state": {"open": "Abierto", "closed": "Cerrado"}
    | {state.value: label for state, label in RECORDING_STATES.items()}
    | {state.value: label for state, label in STATES.items()},
    "subsidiaries": words.COUNTRIES,
    "way": {"password": "contraseña", "code": "contraseña y código", "oidc": "cuenta de la empresa"},
}
"""What the codes of a field are called."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", re.ASCII)
_NUMBER = re.compile(r"\+\d{6,15}", re.ASCII)
_CASE = re.compile(r"AV-(\d{6,9})")
_ALTA = re.compile(r"ALTA-(\d{1,9})(?: .*)?")
_PAGES = {"call": "/calls/"} | dict.fromkeys(
    ("user", "session", "password", "invitation", "second-factor", "oidc"), "/people/"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field: `before` and `after` as people read them, None where there was nothing."""

    field: str
    before: str | None
    after: str | None


def changes(row: AuditRow, zone: ZoneInfo) -> tuple[Change, ...]:
    """The fields that a deed changed, in alphabetical order; what stayed the same is left out."""
    shown = [
        Change(
            FIELD_NAMES.get(name, name),
            *(said(side.get(name), name, zone) for side in (row.before, row.after)),
        )
        for name in sorted({*row.before, *row.after})
    ]
    return tuple(change for change in shown if change.before != change.after)


def said(value: Any, name: str, zone: ZoneInfo) -> str | None:
    """A JSON value of a field for a person, codes by their names; None for nothing."""
    match value:
        case None | "" | [] | {}:
            return None
        case bool():
            return "sí" if value else "no"
        case list():
            return ", ".join(said(each, name, zone) or "—" for each in value)
        case Mapping():
            parts = (
                (FIELD_NAMES.get(inner, inner), said(each, inner, zone)) for inner, each in value.items()
            )
            return "; ".join(f"{label}: {text or '—'}" for label, text in parts)
        case str() if name == "agent":
            return device(value)
        case str() if _INSTANT.fullmatch(value):
            return words.moment(datetime.fromisoformat(value), zone)
        case _:
            return CODES.get(name, {}).get(value, str(value))


def cells(row: AuditRow) -> tuple[object, ...]:
    """A row for a spreadsheet, beneath `HEADS`; before and after as JSON, so that nothing is rounded off."""
    return (
        row.id,
        row.at.isoformat(timespec="seconds"),
        row.actor,
        row.via,
        row.address or "",
        row.action,
        row.subject,
        _text(row.before),
        _text(row.after),
        row.reason,
        row.hash,
    )


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""


def actor_words(row: AuditRow, names: Mapping[str, str]) -> str:
    """Who, by the name people know."""
    if row.actor.startswith("token:"):
        return f"Token «{row.actor.removeprefix('token:')}»"
    if row.via == "service":
        return "Altavoz"
    return names.get(row.actor, row.actor) if row.via == "web" else row.actor


def subject_path(row: AuditRow) -> str | None:
    """The page of what it was done to, where there is one."""
    if found := _CASE.fullmatch(row.subject):
        return f"/cases/{int(found[1])}"
    if found := _ALTA.fullmatch(row.subject):
        return f"/altas/{int(found[1])}"
    what, _, verb = row.action.partition(".")
    if what == "prompt":
        plan, _, prompt = row.subject.partition("/")
        return f"/prompts/{quote(plan)}#{quote(prompt)}"
    if what == "number" and _NUMBER.fullmatch(row.subject):
        return f"/numbers/{row.subject}"
    if what not in _PAGES or verb == "listed":
        return None
    return f"{_PAGES[what]}{quote(row.subject, safe='')}"
