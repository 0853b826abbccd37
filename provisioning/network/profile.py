"""A provider as people type it, into a profile; and a profile as rows, words and JSON. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from plans.fields import slug_of
from plans.numbers import BadNumber, parse
from provisioning.network.hours import BadHours, Hours, hours_of
from provisioning.network.values import (
    STATES,
    Contact,
    Contract,
    NetworkRefused,
    Profile,
    ProviderState,
    Skill,
)
from provisioning.network.zones import BadZone, Zone, zones_of
from staff.audit import folded

LONGEST = {"name": 120, "tax_id": 30, "contact": 120, "phone": 40, "email": 120, "note": 2000}
_MOST_CAPACITY = 9999
MOST_SERVICES, MOST_ZONES, MOST_WINDOWS = 100, 200, 14


def profile_of(typed: Mapping[str, str]) -> Profile:
    """What was typed, by field. Raises `NetworkRefused` with every problem of it."""
    reading = _Reading(typed)
    made = Profile(
        subsidiary=reading.needed("subsidiary", "Elija la filial."),
        name=reading.needed("name", "Escriba cómo se llama el prestador."),
        skills=reading.skills(),
        zones=reading.zones(),
        capacity=reading.capacity(),
        hours=reading.hours(),
        contact=reading.contact(),
        contract=reading.contract(),
        state=reading.state(),
        tax_id=reading.text("tax_id"),
        note=reading.text("note"),
    )
    if reading.problems:
        raise NetworkRefused(problems=reading.problems)
    return made


class _Reading:
    """Reads field by field and remembers what is wrong."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.problems: dict[str, str] = {}

    def text(self, name: str) -> str:
        written = self._typed.get(name, "")
        kept = written.strip() if name == "note" else " ".join(written.split())
        return kept[: LONGEST.get(name, 4000)]

    def needed(self, name: str, problem: str) -> str:
        found = self.text(name)
        if not found:
            self.problems[name] = problem
        return found

    def skills(self) -> tuple[Skill, ...]:
        written = self.text("services").replace(";", ",")
        found = [_skill(each) for each in written.split(",") if each.strip()]
        if not found or not all(skill.service for skill in found):
            self.problems["services"] = "Escriba qué servicios da, como «hogar, vial/GRUA»."
        if len(found) > MOST_SERVICES:
            self.problems["services"] = f"Son más de {MOST_SERVICES} servicios: deje los que da de verdad."
        return tuple(sorted(set(found)))

    def zones(self) -> tuple[Zone, ...]:
        written = self._typed.get("zones", "")
        if not written.strip():
            self.problems["zones"] = (
                "Escriba dónde atiende: «Todo el país», «Córdoba», «Córdoba / Río Cuarto»."
            )
            return ()
        try:
            found = zones_of(written)
        except BadZone as bad:
            self.problems["zones"] = f"{bad}."
            return ()
        if len(found) > MOST_ZONES:
            self.problems["zones"] = f"Son más de {MOST_ZONES} zonas: escriba las provincias enteras."
        return found

    def capacity(self) -> int:
        written = self.text("capacity") or "1"
        if written.isascii() and written.isdecimal() and 1 <= int(written[:9]) <= _MOST_CAPACITY:
            return int(written)
        self.problems["capacity"] = f"Escriba cuántos servicios atiende a la vez, de 1 a {_MOST_CAPACITY}."
        return 1

    def hours(self) -> Hours:
        try:
            found = hours_of(self.text("hours"))
        except BadHours as bad:
            self.problems["hours"] = f"{bad}."
            return Hours()
        if len(found.windows) > MOST_WINDOWS:
            self.problems["hours"] = f"Son más de {MOST_WINDOWS} franjas: junte los días de igual horario."
        return found

    def contact(self) -> Contact:
        phone, email = self.text("phone"), self.text("email")
        if email and ("@" not in email or " " in email):
            self.problems["email"] = "Escriba el correo como «guardia@empresa.com»."
        return Contact(self.text("contact"), self._phone(phone), email)

    def _phone(self, written: str) -> str:
        """E.164 where it is a number of the subsidiary's country; other ways to call remain as typed."""
        try:
            return parse(written, self.text("subsidiary")).e164 if written else ""
        except BadNumber:
            self.problems["phone"] = "Ese teléfono no existe: escríbalo como «011 4321-8765»."
            return written

    def contract(self) -> Contract:
        since, until = self._day("contract_from"), self._day("contract_until")
        if since and until and until < since:
            self.problems["contract_until"] = (
                "El contrato termina antes de empezar: corrija una de las fechas."
            )
        return Contract(since, until)

    def _day(self, name: str) -> date | None:
        written = self.text(name)[:10]
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            self.problems[name] = "Escriba la fecha como «2026-11-21»."
            return None

    def state(self) -> ProviderState:
        written = folded(self.text("state"))
        for state, label in STATES.items():
            if written in ("", folded(label), state):
                return ProviderState(state) if written else ProviderState.ACTIVE
        self.problems["state"] = f"El estado es uno de: {', '.join(STATES.values())}."
        return ProviderState.ACTIVE


def _skill(written: str) -> Skill:
    service, _, code = written.partition("/")
    return Skill(slug_of(service), "".join(sign for sign in code.upper() if sign.isalnum())[:12])


def as_typed(profile: Profile) -> dict[str, str]:
    """The profile as a person would type it: forms, files and history have it so."""
    contract, contact = profile.contract, profile.contact
    return {
        "subsidiary": profile.subsidiary,
        "name": profile.name,
        "tax_id": profile.tax_id,
        "services": ", ".join(map(str, profile.skills)),
        "zones": "; ".join(map(str, profile.zones)),
        "capacity": str(profile.capacity),
        "hours": str(profile.hours),
        "contact": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "contract_from": contract.since.isoformat() if contract.since else "",
        "contract_until": contract.until.isoformat() if contract.until else "",
        "state": profile.state,
        "note": profile.note,
    }


def row_of(profile: Profile) -> dict[str, Any]:
    """The row of the table of providers, without its revision."""
    typed: dict[str, Any] = as_typed(profile)
    words = " ".join(typed[name] for name in ("name", "tax_id", "services", "zones", "contact", "note"))
    return {
        name: typed[name]
        for name in ("subsidiary", "name", "tax_id", "state", "contact", "phone", "email", "note")
    } | {
        "folded": folded(profile.name),
        "capacity": profile.capacity,
        "hours": str(profile.hours) if profile.hours.windows else "",
        "contract_from": profile.contract.since,
        "contract_until": profile.contract.until,
        "sought": folded(words),
    }
