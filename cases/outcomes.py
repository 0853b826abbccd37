"""How a case can end, in the field's words, and what each ending needs."""

from enum import StrEnum


class Outcome(StrEnum):
    RESUELTO = "resuelto"
    COORDINADO = "coordinado"
    PROGRAMADO = "programado"
    INFORMADO = "informado"
    SIN_COBERTURA = "sin-cobertura"
    DESISTIDO = "desistido"
    SIN_CONTACTO = "sin-contacto"
    ABANDONADO = "abandonado"
    DUPLICADO = "duplicado"
    EQUIVOCADO = "equivocado"

    @property
    def label(self) -> str:
        """How a person reads it."""
        return _LABELS[self]

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields that must be filled before a case can end so."""
        return _NEEDS.get(self, ("kind",))


_LABELS = {
    Outcome.RESUELTO: "Resuelto",
    Outcome.COORDINADO: "Coordinado: prestador enviado",
    Outcome.PROGRAMADO: "Servicio programado",
    Outcome.INFORMADO: "Información entregada",
    Outcome.SIN_COBERTURA: "No corresponde: sin cobertura",
    Outcome.DESISTIDO: "El afiliado desistió",
    Outcome.SIN_CONTACTO: "No se pudo contactar al afiliado",
    Outcome.ABANDONADO: "El afiliado cortó antes de terminar",
    Outcome.DUPLICADO: "Duplicado de otro caso",
    Outcome.EQUIVOCADO: "Llamada equivocada",
}
_NEEDS = {
    Outcome.COORDINADO: ("kind", "coverage", "who", "address", "telephone"),
    Outcome.PROGRAMADO: ("kind", "coverage", "who", "address", "telephone"),
}
