"""How the states, events and papers of an alta are said to people. Pure."""

from provisioning.alta.documents import LABELS as LABELS
from provisioning.alta.events import Happened
from provisioning.alta.views import AltaState, StepState

ALTA_STATES = {
    AltaState.RUNNING: "En curso",
    AltaState.SUSPENDED: "Suspendida",
    AltaState.CANCELLED: "Cancelada",
    AltaState.DONE: "Terminada",
}
STEP_STATES = {
    StepState.WAITING: "Espera",
    StepState.OPEN: "Abierto",
    StepState.DONE: "Hecho",
    StepState.SKIPPED: "Salteado",
    StepState.NOT_NEEDED: "No hace falta",
    StepState.DROPPED: "Quedó sin hacer",
}
KINDS = {"alta": "Alta", "otro-si": "Otro sí"}
EVENTS = {
    Happened.STARTED: "Empezó el alta",
    Happened.FINISHED: "Terminó",
    Happened.SKIPPED: "Salteó",
    Happened.SENT_BACK: "Devolvió a",
    Happened.REOPENED: "Volvió a abrir",
    Happened.ASSIGNED: "Asignó",
    Happened.DUE_SET: "Cambió el plazo de",
    Happened.COMMENTED: "Comentó",
    Happened.ATTACHED: "Adjuntó",
    Happened.REVIEWED: "Revisó",
    Happened.FORM_CHANGED: "Cambió la solicitud",
    Happened.SIGNED: "Firmó",
    Happened.COVERAGES_CHANGED: "Cambió las coberturas",
    Happened.CHANGED: "Cambió los datos del pedido",
    Happened.SUSPENDED: "Suspendió el alta",
    Happened.RESUMED: "Retomó el alta",
    Happened.CANCELLED: "Canceló el alta",
    Happened.MOVED: "Pasó el alta al procedimiento vigente",
}
DONE = {
    "started": "El alta empezó",
    "amending": "El otro sí empezó",
    "finished": "Paso terminado",
    "skipped": "Paso salteado",
    "sent-back": "Paso devuelto: el área ya tiene el aviso",
    "reopened": "Paso abierto otra vez",
    "assigned": "Responsable guardado",
    "due-set": "Plazo guardado",
    "commented": "Comentario guardado",
    "attached": "Documento guardado",
    "archived": "Coberturas archivadas",
    "reviewed": "Revisión anotada",
    "suspended": "Alta suspendida",
    "resumed": "Alta retomada",
    "cancelled": "Alta cancelada",
    "changed": "Datos guardados",
    "moved": "El alta sigue con el procedimiento vigente",
    "sent": "El correo espera para salir",
    "header-reserved": "Cabecera reservada",
    "number-asked": "Pedido al operador anotado",
    "number-granted": "Número anotado: falta que el operador confirme el vínculo",
    "number-linked": "Vínculo anotado",
    "signed": "Firma guardada",
    "form-changed": "Solicitud guardada",
    "coverages-changed": "Coberturas guardadas",
}
"""What the page says after a move."""
DELIVERIES = {
    "pending": ("Espera para salir", "warn"),
    "sending": ("Está saliendo", "warn"),
    "sent": ("Llegó", "good"),
    "failed": ("No llegó", "urgent"),
}
"""A version of coverages on its way to the company's other system: what is said, and how it looks."""


def coverages_file(plan: str, version: int) -> str:
    """What the document of a version of the coverages is called."""
    return f"coberturas-{plan}-v{version}.pdf"
