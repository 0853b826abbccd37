"""What is done at the machine itself in the name of a person of the console: the audit trail tells both."""

from altavoz.unknown import Unknown
from staff.actor import Actor, current
from staff.people import People
from staff.permissions import Permission
from staff.person import Person


async def person_of(people: People, name: str, permission: Permission | None = None) -> Person:
    """An active account, which may do this. Raises Unknown."""
    found = await people.by_name(name)
    if found is None or not found.active:
        raise Unknown(f"No hay una cuenta activa «{name}»; «altavoz user list» las lista.")
    if permission is not None and not found.may(permission):
        raise Unknown(f"«{name}» no puede hacer eso en la consola: nombre a quien pueda.")
    return found


def standing_for(person: Person) -> Actor:
    """The person, from the account of the machine that runs the command."""
    machine = current()
    return Actor(person.name, machine.via, machine.name)


async def doer(people: People, name: str | None, permission: Permission) -> Actor:
    """Whoever runs the command or, with a name, the person for whom it is done. Raises Unknown."""
    return standing_for(await person_of(people, name, permission)) if name else current()
