"""For whom a door is: a permission, or one of the doors that ask for none. The table of routes names them."""

from enum import Enum, auto

from staff.permissions import Permission


class Open(Enum):
    """Doors that ask for no permission; `SIGNED_IN` asks for a session of anybody's."""

    ANYBODY = auto()
    SIGNED_IN = auto()
    TOKEN = auto()
    LOOPBACK_OR_TOKEN = auto()


Who = Open | Permission
