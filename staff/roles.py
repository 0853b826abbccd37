"""What people may be, and what each may do. Which page each may use follows from it (`web.access`)."""

from collections.abc import Mapping
from enum import StrEnum

from staff.permissions import Permission


class Role(StrEnum):
    """The roles of the house; a person may have several."""

    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    IT = "it"
    OPERATIONS = "operations"
    COMMERCIAL = "commercial"
    PROVIDERS = "providers"
    TMK = "tmk"
    FINANCE = "finance"
    BACK_OFFICE = "back-office"
    MISSION_AREA = "mission-area"
    QUALITY = "quality"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """How a person reads it."""
        return _LABELS[self]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role may do."""
        return MAY[self]


_EVERYBODY = frozenset({Permission.LINE_READ, Permission.PLAN_READ})
_READS = frozenset({Permission.CASE_READ, Permission.CALL_READ})
_ANSWERS = _EVERYBODY | _READS | {Permission.DESK_USE, Permission.CASE_WRITE}

MAY: Mapping[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _ANSWERS,
    Role.SUPERVISOR: _ANSWERS | {Permission.RECORDING_HEAR, Permission.STATUS_READ, Permission.USER_READ},
    Role.IT: _EVERYBODY
    | {
        Permission.PLAN_WRITE,
        Permission.RELEASE_WRITE,
        Permission.PHONE_WRITE,
        Permission.STATUS_READ,
        Permission.USER_READ,
    },
    Role.OPERATIONS: _EVERYBODY
    | _READS
    | {Permission.PLAN_WRITE, Permission.STATUS_READ, Permission.USER_READ},
    Role.COMMERCIAL: _EVERYBODY | {Permission.PLAN_WRITE},
    Role.PROVIDERS: _EVERYBODY,
    Role.TMK: _EVERYBODY,
    Role.FINANCE: _EVERYBODY,
    Role.BACK_OFFICE: _EVERYBODY | _READS | {Permission.CASE_WRITE},
    Role.MISSION_AREA: _EVERYBODY | _READS | {Permission.CASE_WRITE},
    Role.QUALITY: _EVERYBODY | _READS | {Permission.RECORDING_HEAR},
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.AUDITOR: _EVERYBODY
    | _READS
    | {Permission.RECORDING_HEAR, Permission.STATUS_READ, Permission.USER_READ, Permission.AUDIT_READ},
}
"""The auditor reads all and changes nothing (G18)."""


_LABELS = {
    Role.COORDINATOR: "Coordinador",
    Role.SUPERVISOR: "Supervisor",
    Role.IT: "Sistemas",
    Role.OPERATIONS: "Operaciones",
    Role.COMMERCIAL: "Comercial",
    Role.PROVIDERS: "Prestadores",
    Role.TMK: "TMK",
    Role.FINANCE: "Finanzas",
    Role.BACK_OFFICE: "Back office",
    Role.MISSION_AREA: "Área misional",
    Role.QUALITY: "Calidad",
    Role.ADMINISTRATOR: "Administrador",
    Role.AUDITOR: "Auditor",
}
