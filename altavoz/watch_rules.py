"""What is an alarm: one table of rules. `docs/operations.md` has a heading for every code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from altavoz import watch_finds as find
from altavoz.watch_finds import Wrong
from altavoz.watch_seen import Seen
from staff.permissions import Permission
from web.alarm import Level

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` answers what is wrong by subject; the subject of a rule that knows only one is empty.

    `text` takes `{names}`, `advice` takes `{detail}`. It must be seen for `rise` before it is an alarm, and
    not be seen for `clear` before it is none.
    """

    code: str
    find: Callable[[Seen], Wrong]
    concerns: Permission | None
    level: Level
    text: str
    advice: str
    rise: timedelta = _NONE
    clear: timedelta = timedelta(seconds=3)


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


RULES: tuple[Rule, ...] = (
    Rule(
        "pbx-link",
        find.pbx_link,
        None,
        Level.URGENT,
        "Sin conexión con la central",
        "{detail} Los teléfonos siguen sonando; las llamadas nuevas pueden no verse aquí hasta que vuelva.",
        clear=_seconds(1),
    ),
    Rule(
        "pbx-late",
        find.pbx_late,
        None,
        Level.URGENT,
        "La central responde con retraso",
        "Las llamadas se ven tarde aquí; los teléfonos suenan igual. Avise a Sistemas: la red o la central.",
    ),
    Rule(
        "pbx-stopped",
        find.pbx_stopped,
        None,
        Level.URGENT,
        "La central no está en marcha",
        "No entra ninguna llamada. Altavoz la arranca de nuevo; si sigue así, avise a Sistemas.",
        rise=_seconds(2),
    ),
    Rule(
        "pbx-control",
        find.pbx_control,
        None,
        Level.URGENT,
        "Altavoz no puede dar órdenes a la central",
        "{detail} Las llamadas siguen, pero nadie puede ponerse disponible ni en pausa. Avise a Sistemas.",
        rise=_seconds(2),
    ),
    Rule(
        "database-stuck",
        find.database_stuck,
        None,
        Level.URGENT,
        "La base de datos no responde",
        "{detail} Las llamadas siguen; sus casos aparecen cuando la base vuelva. Avise a Sistemas.",
        rise=_seconds(1),
    ),
    Rule(
        "facts-in-memory",
        find.facts_in_memory,
        Permission.STATUS_READ,
        Level.URGENT,
        "Ni la base de datos ni el disco guardan las novedades de las llamadas",
        "{detail} Están solo en la memoria: no detenga Altavoz y libere espacio en el disco ya.",
    ),
    Rule(
        "facts-lost",
        find.facts_lost,
        Permission.STATUS_READ,
        Level.URGENT,
        "Se perdieron novedades de llamadas",
        "{detail} El diario de la central las tiene; cuando la base responda, revise esas llamadas.",
    ),
    Rule(
        "queue-nobody",
        find.queue_nobody,
        Permission.DESK_USE,
        Level.URGENT,
        "Nadie atiende {names}",
        "Quien llama espera o va al destino de respaldo. Póngase disponible en el Puesto con el teléfono "
        "registrado, o avise a quien atiende.",
        rise=_seconds(2),
    ),
    Rule(
        "trunk-unreachable",
        find.trunk_unreachable,
        Permission.STATUS_READ,
        Level.URGENT,
        "No responde el operador {names}",
        "Antes respondía: pueden no entrar llamadas por sus números. Llame a uno de ellos y, si no entra, "
        "avise al operador.",
    ),
    Rule(
        "canary-failed",
        find.canary_failed,
        None,
        Level.URGENT,
        "La llamada de prueba del día falló: {names}",
        "{detail} Puede que los afiliados no lleguen: llame al número y, si no entra, avise al operador.",
    ),
    Rule(
        "line-quiet",
        find.line_quiet,
        Permission.ALTA_READ,
        Level.WARNING,
        "Dejaron de entrar llamadas: {names}",
        f"{{detail}} {find.QUIET_ADVICE}",
    ),
    Rule(
        "line-untested",
        find.line_untested,
        Permission.ALTA_READ,
        Level.WARNING,
        "Atiende sin pruebas: {names}",
        "{detail} Háganle ya las pruebas de Sistemas y de Operaciones.",
    ),
    Rule(
        "line-not-released",
        find.line_not_released,
        Permission.ALTA_READ,
        Level.WARNING,
        "No se liberó en su día: {names}",
        "{detail} Resuélvalo en «Liberación» y pídala otra vez.",
    ),
    Rule(
        "release-differs",
        find.release_differs,
        Permission.STATUS_READ,
        Level.URGENT,
        "La central no tiene la última publicación",
        "{detail} Publique de nuevo lo que corresponde con «altavoz dialplan publish».",
        rise=_seconds(20),
    ),
    Rule(
        "disk-full",
        find.disk_full,
        Permission.STATUS_READ,
        Level.URGENT,
        "Disco lleno: {names}",
        "{detail} Libere espacio ya: sin él no se graba, no se publica y los casos no se guardan.",
        clear=_seconds(60),
    ),
    Rule(
        "certificate-expired",
        find.certificate_expired,
        Permission.STATUS_READ,
        Level.URGENT,
        "El certificado de la consola vence o venció",
        "{detail} Sin uno válido los navegadores no entran. Renuévelo y reinicie Altavoz.",
    ),
    Rule(
        "phone-unreachable",
        find.phone_unreachable,
        Permission.STATUS_READ,
        Level.WARNING,
        "Disponibles sin teléfono registrado: {names}",
        "No les suena ninguna llamada. Que abran el teléfono o pasen a pausa; si sigue, revise red y clave.",
        rise=_seconds(10),
        clear=_seconds(5),
    ),
    Rule(
        "spool-used",
        find.spool_used,
        Permission.STATUS_READ,
        Level.WARNING,
        "Hay novedades de llamadas que esperan en el disco",
        "{detail} Pasan solas a la base de datos cuando esta responda; no detenga el equipo.",
        rise=_seconds(5),
    ),
    Rule(
        "audit-broken",
        find.audit_broken,
        Permission.AUDIT_READ,
        Level.WARNING,
        "La auditoría no es la que se guardó",
        "{detail} Guarde una copia de la base y avise a Seguridad: alguien pudo cambiarla.",
    ),
    Rule(
        "journal-unreadable",
        find.journal_unreadable,
        Permission.STATUS_READ,
        Level.WARNING,
        "No se puede leer el diario de la central",
        "{detail} Lo que pase sin conexión no se podrá recuperar. Revise los permisos del archivo.",
        rise=_seconds(40),
    ),
    Rule(
        "pbx-restarted",
        find.pbx_restarted,
        Permission.STATUS_READ,
        Level.WARNING,
        "La central se reinició",
        "Las llamadas en curso se cortaron. Si nadie la reinició, busque la causa en pbx/log/messages.json.",
    ),
    Rule(
        "disk-low",
        find.disk_low,
        Permission.STATUS_READ,
        Level.WARNING,
        "Queda poco disco: {names}",
        "{detail} Libere espacio o amplíe el volumen: docs/operations.md dice qué se puede mover.",
        clear=_seconds(60),
    ),
    Rule(
        "certificate-expiring",
        find.certificate_expiring,
        Permission.STATUS_READ,
        Level.WARNING,
        "El certificado de la consola vence pronto",
        "{detail} Renuévelo y reinicie Altavoz: el archivo se lee solo al arrancar.",
    ),
    Rule(
        "clock-apart",
        find.clock_apart,
        Permission.STATUS_READ,
        Level.WARNING,
        "El reloj de la central y el de Altavoz no coinciden",
        "{detail} Las horas de las llamadas salen mal: ponga los dos equipos en hora por NTP.",
        rise=_seconds(30),
        clear=_seconds(30),
    ),
    Rule(
        "clock-lost",
        find.clock_lost,
        Permission.STATUS_READ,
        Level.WARNING,
        "El reloj de este equipo dejó de sincronizarse",
        "Revise el servicio de NTP (chrony, ntpd o systemd-timesyncd).",
        rise=timedelta(minutes=5),
        clear=_seconds(60),
    ),
    Rule(
        "pbx-holes",
        find.pbx_holes,
        Permission.STATUS_READ,
        Level.WARNING,
        "Asterisk {names} tiene fallas de seguridad conocidas",
        "{detail} Actualícelo a 20.20.1, 22.10.1, 23.4.1 o posterior.",
    ),
    Rule(
        "mail-stuck",
        find.mail_stuck,
        Permission.STATUS_READ,
        Level.WARNING,
        "No salen los correos",
        "Invitaciones y avisos esperan. Revise la dirección y la cuenta del servidor de correo.",
        rise=_seconds(30),
    ),
    Rule(
        "mail-failed",
        find.mail_failed,
        Permission.STATUS_READ,
        Level.WARNING,
        "Hay correos que no llegaron, o no se sabe si llegaron",
        "{detail} En «Correo» está cuáles y por qué: corrija la dirección y envíelos otra vez.",
    ),
)
"""What is shown first when several are urgent comes first."""
