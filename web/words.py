"""How values are said to people: labels, amounts, limits, durations and days in Spanish. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cases.outcomes import Outcome
from cases.views import case_number as case_number
from plans.limits import amount_limit as amount_limit
from plans.limits import events_limit as events_limit

KINDS = {
    "emergencia": "Emergencia",
    "programada": "Programada",
    "informacion": "Información",
    "consulta": "Consulta",
    "solicitud": "Solicitud",
    "inquietud": "Inquietud",
    "queja": "Queja",
    "reclamo": "Reclamo",
}
CALL_OUTCOMES = {
    "answered": "Atendida",
    "callback": "Devolver llamada",
    "abandoned": "Abandonada",
    "closed": "Fuera de horario",
    "unserved": "Sin atender",
    "unanswered": "No contestaron",
}
DIRECTIONS = {"in": "Entrante", "out": "Saliente"}
CASE_OUTCOMES = {outcome.value: outcome.label for outcome in Outcome}
CASE_CHANGES = {
    "opened": "Se abrió el caso",
    "closed": "Se cerró",
    "reopened": "Se reabrió",
    "taken": "Pasó a cargo de",
    "passed": "Siguió con la llamada",
}
PHASES = {
    "greeting": "en el saludo",
    "menu": "en el menú",
    "queue": "en espera",
    "ringing": "sonando",
    "talking": "en conversación",
    "callback": "pidió que la llamen",
}
DIGITS = {"documento": "Documento", "telefono": "Teléfono para devolver la llamada"}
PERSON_FIELDS = {
    "full_name": "Nombre y apellido",
    "email": "Correo",
    "roles": "Roles",
    "areas": "Áreas",
    "groups": "Colas",
    "extension": "Interno",
    "devices": "Aparatos",
    "subsidiaries": "Filiales que ve",
    "accounts": "Cuentas (clientes) que ve",
}
PERSON_DONE = {
    "created": "Usuario creado",
    "changed": "Cambios guardados",
    "deactivated": "Usuario desactivado",
    "reactivated": "Usuario activo otra vez",
}
AREA_DONE = {
    "added": "Área agregada",
    "changed": "Cambios guardados",
    "joined": "Ya está en el área",
    "left": "Ya no está en el área",
}
PERSON_DEEDS = {
    "user.added": "Se creó el usuario",
    "user.changed": "Se cambió",
    "user.deactivated": "Se desactivó",
    "user.reactivated": "Se volvió a activar",
    "user.unlocked": "Se quitó la espera por intentos fallidos",
    "user.delayed": "Tuvo que esperar por intentos fallidos",
    "phone.renewed": "Se renovó la contraseña del teléfono",
    "password.changed": "Cambió su contraseña",
    "password.one-time": "Se dio una contraseña de un solo uso",
    "password.forgotten": "Pidió por correo otra contraseña",
    "password.set-by-letter": "Eligió su contraseña con el enlace del correo",
    "invitation.sent": "Se le envió un enlace por correo",
    "invitation.revoked": "Se anuló el enlace del correo",
    "second-factor.added": "Activó el segundo paso",
    "second-factor.removed": "Se quitó el segundo paso",
    "second-factor.codes-renewed": "Hizo códigos de recuperación nuevos",
    "second-factor.recovery-used": "Entró con un código de recuperación",
    "oidc.unlinked": "Se separó de la cuenta de la empresa",
    "oidc.linked": "Entró por primera vez con la cuenta de la empresa",
}
LETTER_PURPOSES = {"invitation": "Invitación", "recovery": "Pedido por la persona"}
LETTER_STATES = {
    "pending": "el correo espera para salir",
    "sending": "el correo está saliendo",
    "sent": "el correo salió",
    "failed": "el correo no salió",
    "doubtful": "no se sabe si el correo llegó a salir",
}
LINK_ENDS = {"used": "Lo usó", "revoked": "Anulado", "replaced": "Reemplazado"}
COUNTRIES = {"AR": "Argentina", "CO": "Colombia", "MX": "México"}
_MONTHS = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]


def spoken(code: str | None, table: dict[str, str]) -> str:
    """The label of a code; a code without one is shown as it is, never hidden."""
    return "" if code is None else table.get(code, code.replace("-", " ").capitalize())


def day(value: date) -> str:
    """`1 mar 2026`."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def days(value: float) -> str:
    """Some days and parts of them: `3`, `0,5`."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def decimal(value: float, places: int = 1) -> str:
    """`4,2`, as it is written here."""
    return f"{value:.{places}f}".replace(".", ",")


def month(value: str) -> str:
    """`2026-03` as `mar 2026`."""
    year, _, number = value.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def on_day(value: datetime, zone: ZoneInfo) -> str:
    """The day an instant falls on: `1 mar 2026`."""
    return day(value.astimezone(zone).date())


def hour(value: datetime, zone: ZoneInfo) -> str:
    """`14:05`."""
    return value.astimezone(zone).strftime("%H:%M")


def moment(value: datetime, zone: ZoneInfo) -> str:
    """`21 nov 2026, 14:05`."""
    local = value.astimezone(zone)
    return f"{day(local)}, {local:%H:%M}"


def when(value: str, zone: ZoneInfo) -> str:
    """An instant or a day as a signed file writes it: `2026-11-21T17:05:09+00:00` as `21 nov 2026, 14:05`."""
    if len(value) == len("2026-11-21"):
        return day(date.fromisoformat(value))
    return moment(datetime.fromisoformat(value), zone)


def instant(value: datetime, zone: ZoneInfo) -> str:
    """`14:05:09`."""
    return value.astimezone(zone).strftime("%H:%M:%S")


def lately(value: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`14:05` of today, `20 nov, 14:05` of another day."""
    local, today = value.astimezone(zone), now.astimezone(zone).date()
    hour = f"{local:%H:%M}"
    return hour if local.date() == today else f"{local.day} {_MONTHS[local.month - 1]}, {hour}"


def clock(seconds: float) -> str:
    """A time that runs: `03:12`, `1:02:45`."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def whole_seconds(*spans: float) -> tuple[int, ...]:
    """Spans in whole seconds that add up to the whole seconds of their sum: who lost most is rounded up."""
    kept = [int(span) for span in spans]
    left = int(sum(spans) + 1e-6) - sum(kept)
    most = sorted(range(len(spans)), key=lambda place: kept[place] - spans[place])
    return tuple(second + (place in most[:left]) for place, second in enumerate(kept))


def lasted(start: datetime | None, end: datetime | None) -> str:
    """How long something took, empty while either end is missing."""
    return clock((end - start).total_seconds()) if start and end else ""


def dom_id(text: str) -> str:
    """A call's id as a piece of an element's id."""
    return "".join(character if character.isalnum() else "-" for character in text)
