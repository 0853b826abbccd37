"""What tests of lines are called. Pure."""

from dialplan.hand import MOST_WRONG
from provisioning.proof.hand import HandState
from provisioning.proof.reports import Kind, Result
from provisioning.proof.telling import figures
from telephony.testcall_values import Moment

__all__ = ["HANDS", "KINDS", "MOMENTS", "RESULTS", "STANDS", "TIMINGS", "VERDICTS", "figures"]

KINDS = {
    Kind.IT: "Prueba de Sistemas",
    Kind.OPERATIONS: "Prueba de Operaciones",
    Kind.CANARY: "Control rápido",
    Kind.BY_HAND: "Prueba a mano",
}
RESULTS = {
    Result.PASSED: "Aprobada",
    Result.FAILED: "No aprobada",
    Result.INTERRUPTED: "Interrumpida",
    Result.CANCELLED: "Cancelada",
}
MOMENTS = {
    Moment.PLACED: "llamando",
    Moment.ARRIVED: "el plan responde",
    Moment.RINGING: "suena el puesto de prueba",
    Moment.ANSWERED: "atendida",
    Moment.ENDED: "se revisa lo oído",
}
TIMINGS = {
    "plan": "Responde el plan",
    "answered": "Atiende",
    "phone": "Suena el puesto",
    "duration": "Termina",
}
HANDS = {
    HandState.WAITING: "Esperando su llamada",
    HandState.SEEN: "Llegó una llamada: si es la suya, marque la clave",
    HandState.REACHED: "Clave correcta: el plan responde",
    HandState.DONE: "Terminada",
    HandState.EXPIRED: "Pasaron diez minutos sin que llegara la llamada con esa clave",
    HandState.SPENT: f"Se marcaron {MOST_WRONG} claves equivocadas: esta ya no sirve, pida otra",
    HandState.CANCELLED: "Cancelada",
    HandState.INTERRUPTED: "Interrumpida: Altavoz se reinició",
}
VERDICTS = {
    "heard": "se oyó",
    "another": "otra cosa",
    "silence": "silencio",
    "noise": "ruido",
    "cut": "cortada",
    "unclear": "no se puede decir",
}
STANDS = {"candidate": "Espera su liberación", "suspended": "Suspendida", "live": "En servicio"}
