"""Which account the company's identity opens: the one it is linked to, or the one of its verified e-mail."""

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import audit
from staff.actor import Actor
from staff.audit import Deed
from staff.clock import Clock
from staff.id_tokens import Identity
from staff.person import Person, person_of
from staff.sign_in_tables import linked_accounts
from staff.tables import people


class NoAccount(Exception):
    """No active account is this identity's; the text is for the person. Accounts are never made here."""


class LinkedAccounts:
    """The links, in the database. Once linked, an account is opened by no other identity of the same issuer:
    an e-mail that the company gave to somebody else opens nothing."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def person_for(self, identity: Identity, address: str | None) -> Person:
        """The active account of an identity; the first time it is linked. Raises `NoAccount`."""
        try:
            async with writing(self._engine) as connection:
                found = await _linked(connection, identity)
                return found or await self._link(connection, identity, address)
        except IntegrityError:  # the same person came in twice at once, and the other was first
            async with self._engine.connect() as connection:
                found = await _linked(connection, identity)
            if found is None:
                raise
            return found

    async def unlink(self, person: Person) -> int:
        """The account is opened by its e-mail anew; how many links there were."""
        async with writing(self._engine) as connection:
            gone = await connection.execute(
                delete(linked_accounts).where(linked_accounts.c.person == person.id)
            )
            if gone.rowcount:
                await audit.write(connection, Deed("oidc.unlinked", person.name))
            return gone.rowcount

    async def linked(self, person_id: int) -> bool:
        wanted = select(linked_accounts.c.subject).where(linked_accounts.c.person == person_id)
        async with self._engine.connect() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def _link(self, connection: AsyncConnection, identity: Identity, address: str | None) -> Person:
        person = await _by_email(connection, identity)
        row = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "person": person.id,
            "email": identity.email,
            "linked": self._clock(),
        }
        await connection.execute(insert(linked_accounts).values(row))
        deed = Deed("oidc.linked", person.name, after={"email": identity.email, "issuer": identity.issuer})
        await audit.write(connection, deed, by=Actor(person.name, "web", address))
        return person


async def _linked(connection: AsyncConnection, identity: Identity) -> Person | None:
    wanted = (
        select(people)
        .join(linked_accounts, linked_accounts.c.person == people.c.id)
        .where(linked_accounts.c.issuer == identity.issuer, linked_accounts.c.subject == identity.subject)
    )
    row = (await connection.execute(wanted)).mappings().one_or_none()
    if row is None:
        return None
    if not row["active"]:
        raise NoAccount("Su cuenta de Altavoz está desactivada. Hable con quien administra Altavoz.")
    return person_of(dict(row))


async def _by_email(connection: AsyncConnection, identity: Identity) -> Person:
    if identity.email is None:
        raise NoAccount(
            "El proveedor no confirma su correo, y con él se encuentra su cuenta. Avise a Sistemas."
        )
    wanted = select(people).where(people.c.email == identity.email, people.c.active)
    row = (await connection.execute(wanted)).mappings().one_or_none()
    if row is None:
        raise NoAccount(
            f"Nadie en Altavoz tiene el correo «{identity.email}». "
            "Pida a quien administra Altavoz que lo agregue."
        )
    others = select(linked_accounts.c.subject).where(
        linked_accounts.c.person == row["id"],
        linked_accounts.c.issuer == identity.issuer,
        linked_accounts.c.subject != identity.subject,  # the same may just have come in twice
    )
    if (await connection.execute(others)).first() is not None:
        raise NoAccount(
            f"La cuenta del correo «{identity.email}» ya está unida a otra identidad. "
            "Si es suya, pida a quien administra Altavoz que quite esa unión."
        )
    return person_of(dict(row))
