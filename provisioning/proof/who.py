"""Which tests somebody may run: their area's (P39, P40). Pure."""

from provisioning.proof.reports import Kind
from staff.permissions import Permission
from staff.person import Person
from staff.roles import Role

_AREAS = {Kind.IT: "it", Kind.OPERATIONS: "operations"}
_ROLES = {Kind.IT: Role.IT, Kind.OPERATIONS: Role.OPERATIONS}


def kinds_of(person: Person) -> tuple[Kind, ...]:
    """IT's, Operations', both of an administrator, and with them the quick one; none of who may not test."""
    if not person.may(Permission.TEST_RUN):
        return ()
    if Role.ADMINISTRATOR in person.roles:
        return (*_AREAS, Kind.CANARY)
    own = [kind for kind in _AREAS if _ROLES[kind] in person.roles or _AREAS[kind] in person.areas]
    return (*own, Kind.CANARY) if own else ()
