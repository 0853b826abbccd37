"""What the writers of accounts share: the row of a profile, who has what is taken, and secrets."""

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from staff.names import sought
from staff.profile import PersonRefused, Profile, columns
from staff.roles import Role
from staff.tables import areas, people


def row_of(name: str, profile: Profile) -> dict[str, Any]:
    """The columns of a profile with what a search compares."""
    return columns(profile) | {"sought": sought(name, profile.full_name, profile.extension, profile.email)}


def new_sip_secret() -> str:
    return secrets.token_urlsafe(24)


def lists(column: ColumnElement[Any], item: str) -> ColumnElement[bool]:
    """Whether a column's list holds an item; items are plain words (`it`, `back-office`)."""
    return cast(column, Text).contains(f'"{item}"', autoescape=True)


ADMINISTERS = people.c.active & lists(people.c.roles, Role.ADMINISTRATOR)


async def check_areas(connection: AsyncConnection, profile: Profile) -> None:
    """Raises `PersonRefused` when an area does not exist."""
    known = (await connection.execute(select(areas.c.name).order_by(areas.c.name))).scalars().all()
    for name in profile.areas:
        if name not in known:
            listed = ", ".join(known) or "ninguna todavía"
            raise PersonRefused(problems={"areas": f"No hay un área «{name}»; las que hay son: {listed}."})


async def taken(engine: AsyncEngine, error: IntegrityError, name: str, profile: Profile) -> PersonRefused:
    """In words, what the database said that belongs to another account."""
    said = str(error.orig)
    if _names(said, "extension"):
        holder = await _holder(engine, people.c.extension == profile.extension)
        said_so = f"El interno {profile.extension} ya es de «{holder}»: quíteselo primero o elija otro."
        return PersonRefused(problems={"extension": said_so})
    if _names(said, "email"):
        holder = await _holder(engine, people.c.email == profile.email)
        return PersonRefused(
            problems={"email": f"Ese correo ya es de «{holder}»: cada cuenta lleva el suyo."}
        )
    return PersonRefused(problems={"name": f"Ya hay una cuenta «{name}»: elija otro nombre."})


def _names(said: str, column: str) -> bool:
    return f"people.{column}" in said or f"uq_people_{column}" in said


async def _holder(engine: AsyncEngine, wanted: ColumnElement[bool]) -> str:
    async with engine.connect() as connection:
        return (await connection.execute(select(people.c.name).where(wanted))).scalar() or "otra cuenta"
