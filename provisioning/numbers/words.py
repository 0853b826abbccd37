"""What states, moves and kinds are called when people read them."""

from collections.abc import Mapping

from provisioning.numbers.states import Move, NumberKind, NumberState

KINDS: Mapping[NumberKind, str] = {NumberKind.HEADER: "Cabecera", NumberKind.PUBLIC: "Público"}

STATES: Mapping[NumberState, str] = {
    NumberState.FREE: "Libre",
    NumberState.RESERVED: "Reservado",
    NumberState.REQUESTED: "Pedido",
    NumberState.GRANTED: "Otorgado",
    NumberState.LINKED: "Vinculado",
    NumberState.CONFIGURED: "Configurado",
    NumberState.TESTED: "Probado",
    NumberState.RELEASED: "En servicio",
    NumberState.SUSPENDED: "Suspendido",
    NumberState.QUARANTINE: "En cuarentena",
    NumberState.RETIRED: "De baja",
}

MOVES: Mapping[Move, str] = {
    Move.RESERVE: "Reservar",
    Move.REQUEST: "Pedir al operador",
    Move.CALL_OFF: "Desistir del pedido",
    Move.GRANT: "Dar por otorgado",
    Move.LINK: "Vincular",
    Move.UNLINK: "Desvincular",
    Move.CONFIGURE: "Configurar",
    Move.TEST: "Dar por probado",
    Move.RELEASE: "Liberar",
    Move.SUSPEND: "Suspender",
    Move.ADOPT: "Tomar en servicio",
    Move.DISMANTLE: "Quitar de la central",
    Move.GIVE_BACK: "Devolver",
    Move.QUARANTINE: "Pasar a cuarentena",
    Move.RECALL: "Volver a su plan",
    Move.FREE: "Dejar libre",
    Move.RETIRE: "Dar de baja",
    Move.RESTORE: "Recuperar",
}
"""As a button says it, and as a command takes it."""

HAPPENED: Mapping[str, str] = {
    "add": "Entró al inventario",
    "note": "Cambió la nota",
    "carrier": "Cambió de operador",
    Move.RESERVE: "Se reservó",
    Move.REQUEST: "Se pidió al operador",
    Move.CALL_OFF: "Se desistió del pedido",
    Move.GRANT: "El operador dio el número",
    Move.LINK: "Se vinculó",
    Move.UNLINK: "Se desvinculó",
    Move.CONFIGURE: "Quedó en la central, a prueba",
    Move.TEST: "Pasó las pruebas",
    Move.RELEASE: "Se liberó",
    Move.SUSPEND: "Se suspendió",
    Move.ADOPT: "Se tomó en servicio",
    Move.DISMANTLE: "Se quitó de la central",
    Move.GIVE_BACK: "Se devolvió sin usar",
    Move.QUARANTINE: "Entró en cuarentena",
    Move.RECALL: "Volvió a su plan",
    Move.FREE: "Quedó libre",
    Move.RETIRE: "Se dio de baja",
    Move.RESTORE: "Se recuperó",
}
"""A row of the history."""

ITSELF: Mapping[str, str] = {
    "add": "porque la central ya lo tenía",
    Move.CONFIGURE: "porque el plan se publicó en la central",
    Move.TEST: "porque se aprobaron las dos pruebas de la línea",
    Move.RELEASE: "porque la línea se liberó",
    Move.SUSPEND: "porque la línea se suspendió",
    Move.ADOPT: "porque la central ya lo atendía",
    Move.DISMANTLE: "porque el plan dejó de tenerlo en la central",
    Move.QUARANTINE: "porque su plan salió de servicio",
    Move.RECALL: "porque su plan volvió a la central",
    Move.FREE: "porque terminó su cuarentena",
}
"""What made Altavoz move a number by itself."""
