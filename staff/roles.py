"""What people may be. Which page each may use is in `web.access`."""

from enum import StrEnum


class Role(StrEnum):
    """The six roles of the house; a person may have several."""

    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    IT = "it"
    OPERATIONS = "operations"
    COMMERCIAL = "commercial"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """How a person reads it."""
        return _LABELS[self]


_LABELS = {
    Role.COORDINATOR: "Coordinador",
    Role.SUPERVISOR: "Supervisor",
    Role.IT: "Sistemas",
    Role.OPERATIONS: "Operaciones",
    Role.COMMERCIAL: "Comercial",
    Role.ADMINISTRATOR: "Administrador",
}
