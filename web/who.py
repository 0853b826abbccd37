"""For whom a door is: the sets of roles that the table of routes names."""

from enum import Enum, auto

from staff.roles import Role


class Open(Enum):
    """Doors that ask for no session."""

    ANYBODY = auto()
    TOKEN = auto()
    LOOPBACK_OR_TOKEN = auto()


Who = Open | frozenset[Role]

SIGNED_IN = frozenset(Role)
DESK = frozenset({Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
READERS = DESK | {Role.OPERATIONS}
PHONES = frozenset({Role.IT, Role.ADMINISTRATOR})
