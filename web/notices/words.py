"""What letters and notices are called to people."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "announcement": "Anuncio de lanzamiento",
    "by_hand": "Escrito por una persona",
    "data": "Datos para Operaciones",
    "digest": "Resumen del día",
    "invitation": "Invitación",
    "notice": "Aviso",
    "number-request": "Pedido al operador",
    "recovery": "Cambio de contraseña",
    "refusal": "Respuesta que no se agregó",
}
LETTERS: Mapping[str, str] = {
    "number-request": "Pedir el número al operador",
    "data": "Enviar los datos a Operaciones",
    "announcement": "Anunciar el lanzamiento",
}
CITIES: Mapping[str, str] = {
    "Asuncion": "Asunción",
    "Bogota": "Bogotá",
    "Cancun": "Cancún",
    "Cordoba": "Córdoba",
    "Easter": "Isla de Pascua",
    "Galapagos": "Galápagos",
    "Havana": "La Habana",
    "Lisbon": "Lisboa",
    "Los_Angeles": "Los Ángeles",
    "Mazatlan": "Mazatlán",
    "Merida": "Mérida",
    "Mexico_City": "Ciudad de México",
    "New_York": "Nueva York",
    "Panama": "Panamá",
    "Sao_Paulo": "São Paulo",
    "Tucuman": "Tucumán",
}
"""Cities that time zones are called after and that are written otherwise in Spanish."""
TO_EVERYBODY = frozenset({"announcement"})
STATES: Mapping[str, str] = {
    "pending": "En espera",
    "sending": "Saliendo",
    "sent": "Salió",
    "failed": "No salió",
    "doubtful": "Quizás salió",
}
STATE_TAGS: Mapping[str, str] = {"sent": "good", "failed": "urgent", "doubtful": "warn"}
OUTCOMES: Mapping[str, str] = {
    "landed": "Quedó en el alta",
    "refused": "No se agregó",
    "dropped": "Automático",
}
OUTCOME_TAGS: Mapping[str, str] = {"landed": "good", "refused": "warn", "dropped": ""}
DONE: Mapping[str, str] = {
    "again": "El correo espera otra vez para salir.",
    "withdrawn": "El correo se anuló: no sale.",
}


def zone_words(zone: str) -> str:
    """`America/Mexico_City` is `Ciudad de México`."""
    city = zone.rpartition("/")[2]
    return CITIES.get(city, city.replace("_", " "))


def about_words(about: str) -> str:
    """`ALTA-12`, or nothing."""
    what, _, id = about.partition(":")
    return f"{what.upper()}-{id}" if id else ""


def about_path(about: str) -> str | None:
    """The page of what a letter tells of, where there is one."""
    what, _, id = about.partition(":")
    return f"/altas/{id}" if what == "alta" and id.isdecimal() else None
