"""Rows of a file into providers, new or changed, and every problem of them at once. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from provisioning.network.profile import profile_of
from provisioning.network.values import NetworkRefused, Profile, Provider, in_sight
from provisioning.numbers.load import RowProblem
from provisioning.numbers.sheet import Row
from staff.audit import folded
from staff.scope import EVERYTHING, Scope

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("prestador", "nombre", "name", "razon social"),
    "subsidiary": ("filial", "pais", "subsidiary"),
    "services": ("servicios", "servicio", "services"),
    "zones": ("zonas", "zona", "zones"),
    "capacity": ("a la vez", "capacidad", "capacity"),
    "hours": ("horario", "horarios", "hours"),
    "contact": ("contacto", "contact"),
    "phone": ("telefono", "phone"),
    "email": ("correo", "e-mail", "email"),
    "contract_from": ("contrato desde", "desde"),
    "contract_until": ("contrato hasta", "hasta", "vence"),
    "state": ("estado", "state"),
    "tax_id": ("identificacion fiscal", "cuit", "nit", "rfc"),
    "note": ("nota", "observaciones", "note"),
}
"""What the head of a column may say, without accents or case."""
TEMPLATE = (
    ("prestador", "filial", "servicios", "zonas", "a la vez", "horario", "contacto", "teléfono", "estado"),
    ("Grúas del Sur", "AR", "vial", "Todo el país", "4", "24 h", "Guardia", "011 4321-8765", "Activo"),
    ("Manos del Plata", "AR", "hogar, vial/LLAN", "Córdoba; Santa Fe / Rosario", "2",
     "lun-vie 08:00-20:00; sáb 09:00-13:00", "", "", "En selección"),
)  # fmt: skip
"""A file to begin with: its head, and two providers."""


@dataclass(frozen=True, slots=True)
class Read:
    """What rows mean: `same` are those that are so already."""

    added: tuple[Profile, ...]
    changed: tuple[tuple[Provider, Profile], ...]
    same: int
    problems: tuple[RowProblem, ...]

    @property
    def count(self) -> int:
        return len(self.added) + len(self.changed)


def read_rows(
    rows: Sequence[Row],
    subsidiary: str,
    known: Sequence[Provider],
    subsidiaries: Collection[str],
    scope: Scope = EVERYTHING,
) -> Read:
    """`subsidiary` is of rows that do not say theirs; `known` are the providers and `subsidiaries` the ones
    that there are.
    """
    heads = [folded(cell).strip(" .:") for cell in rows[0].cells]
    columns = {name: heads.index(head) for name, said in COLUMNS.items() for head in said if head in heads}
    if missing := [COLUMNS[name][0] for name in ("name", "services", "zones") if name not in columns]:
        said = f"Falta la columna «{'», «'.join(missing)}»: use la plantilla."
        return Read((), (), 0, (RowProblem(rows[0].line, said),))
    reading = _Reading(subsidiary, {_key(each.profile): each for each in known}, subsidiaries, scope)
    for row in rows[1:]:
        reading.take(row, {name: row.cells[at] for name, at in columns.items() if at < len(row.cells)})
    return Read(tuple(reading.added), tuple(reading.changed), reading.same, tuple(reading.problems))


class _Reading:
    def __init__(
        self,
        subsidiary: str,
        known: Mapping[tuple[str, str], Provider],
        subsidiaries: Collection[str],
        scope: Scope,
    ) -> None:
        self._subsidiary = subsidiary
        self._known = known
        self._subsidiaries = subsidiaries
        self._scope = scope
        self._lines: dict[tuple[str, str], int] = {}
        self.added: list[Profile] = []
        self.changed: list[tuple[Provider, Profile]] = []
        self.same = 0
        self.problems: list[RowProblem] = []

    def take(self, row: Row, cells: Mapping[str, str]) -> None:
        try:
            profile = self._profile(cells)
        except NetworkRefused as refused:
            self.problems += [RowProblem(row.line, said) for said in refused.problems.values()]
            return
        key = _key(profile)
        if key in self._lines:
            said = f"«{profile.name}» ya está en la fila {self._lines[key]} de este archivo; quite una."
            self.problems.append(RowProblem(row.line, said))
            return
        self._lines[key] = row.line
        self._sort(profile, self._known.get(key))

    def _profile(self, cells: Mapping[str, str]) -> Profile:
        subsidiary = (cells.get("subsidiary", "") or self._subsidiary).upper()
        if subsidiary and subsidiary not in self._subsidiaries:
            raise NetworkRefused(f"No hay una filial «{subsidiary}»; hay: {', '.join(self._subsidiaries)}.")
        if subsidiary and not in_sight(self._scope, subsidiary):
            raise NetworkRefused(f"La filial {subsidiary} no está entre las que usted ve.")
        return profile_of({**cells, "subsidiary": subsidiary})

    def _sort(self, profile: Profile, known: Provider | None) -> None:
        if known is None:
            self.added.append(profile)
        elif known.profile == profile:
            self.same += 1
        else:
            self.changed.append((known, profile))


def _key(profile: Profile) -> tuple[str, str]:
    return profile.subsidiary, folded(profile.name)
