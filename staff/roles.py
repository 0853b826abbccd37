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


_EVERYBODY = frozenset({Permission.LINE_READ, Permission.PLAN_READ, Permission.ABSENCE_WRITE})
_READS = frozenset({Permission.CASE_READ, Permission.CALL_READ})
_ANSWERS = _EVERYBODY | _READS | {Permission.DESK_USE, Permission.CASE_WRITE}
_FOLLOWS = frozenset({Permission.ALTA_READ, Permission.NUMBER_READ, Permission.PROVIDER_READ})
_TAKES_PART = _EVERYBODY | _FOLLOWS | {Permission.ALTA_WRITE}

MAY: Mapping[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _ANSWERS,
    Role.SUPERVISOR: _ANSWERS
    | _FOLLOWS
    | {
        Permission.ALTA_WRITE,
        Permission.RECORDING_HEAR,
        Permission.STATUS_READ,
        Permission.USER_READ,
    },
    Role.IT: _TAKES_PART
    | {
        Permission.PLAN_WRITE,
        Permission.RELEASE_WRITE,
        Permission.NUMBER_WRITE,
        Permission.TEST_RUN,
        Permission.PHONE_WRITE,
        Permission.STATUS_READ,
        Permission.USER_READ,
        Permission.MAIL_READ,
        Permission.MAIL_WRITE,
    },
    Role.OPERATIONS: _TAKES_PART
    | _READS
    | {
        Permission.PLAN_WRITE,
        Permission.PROMPT_APPROVE,
        Permission.TEST_RUN,
        Permission.LINE_RELEASE,
        Permission.STATUS_READ,
        Permission.USER_READ,
    },
    Role.COMMERCIAL: _TAKES_PART
    | {Permission.PLAN_WRITE, Permission.PROMPT_WRITE, Permission.PROMPT_APPROVE},
    Role.PROVIDERS: _TAKES_PART | {Permission.PROVIDER_WRITE},
    Role.TMK: _TAKES_PART | {Permission.TRAINING_WRITE},
    Role.FINANCE: _EVERYBODY | _FOLLOWS,
    Role.BACK_OFFICE: _EVERYBODY | _READS | {Permission.CASE_WRITE},
    Role.MISSION_AREA: _EVERYBODY | _READS | {Permission.CASE_WRITE},
    Role.QUALITY: _EVERYBODY | _READS | _FOLLOWS | {Permission.RECORDING_HEAR},
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.AUDITOR: _EVERYBODY
    | _READS
    | _FOLLOWS
    | {
        Permission.RECORDING_HEAR,
        Permission.STATUS_READ,
        Permission.USER_READ,
        Permission.AUDIT_READ,
        Permission.MAIL_READ,
    },
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
