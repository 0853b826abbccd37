"""For whom a door is: a permission, or one of the doors that ask for none. The table of routes names them."""

from dataclasses import dataclass
from enum import Enum, auto

from staff.permissions import Permission


class Open(Enum):
    """Doors that ask for no permission of a person's; `SIGNED_IN` asks for a session of anybody's.

    `LOOPBACK_OR_TOKEN` is for this machine's programs, and for tokens with `status:read`.
    """

    ANYBODY = auto()
    SIGNED_IN = auto()
    LOOPBACK_OR_TOKEN = auto()


@dataclass(frozen=True, slots=True)
class ByToken:
    """A door of the API: for a bearer token that has this permission; without one, for any person's own."""

    permission: Permission | None


Who = Open | Permission | ByToken
