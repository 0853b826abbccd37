"""Who works at the machine itself: accounts of the operating system, not of the house."""

import pwd

from staff.actor import Actor


def command_actor(user: int) -> Actor:
    """The actor of a command that this user id runs; its number stands for a user without a name."""
    try:
        return Actor(pwd.getpwuid(user).pw_name, "command")
    except KeyError:
        return Actor(f"uid {user}", "command")
