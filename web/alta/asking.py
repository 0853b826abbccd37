"""The request of an alta as a form: what was typed, as a request and back. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from plans.fields import slug_of
from plans.model import Plan
from provisioning.alta.request import AltaRequest

FIELDS = (
    "kind", "plan", "name", "client", "type", "tax_id", "subsidiary", "origin", "scope", "starts", "share",
    "within", "levels", "purpose", "carrier", "contacts",
    "service",
)  # fmt: skip
TYPES = ("aseguradora", "banco", "retail", "telco", "caja de compensación", "otro")
_SAID = {
    "plan": "El nombre corto lleva letras minúsculas, cifras y guiones: por ejemplo «hogar-nandu».",
    "name": "Escriba cómo se llama el plan.",
    "client": "Escriba cómo se llama el cliente.",
    "type": "Elija qué tipo de cliente es.",
    "subsidiary": "Elija la filial.",
    "starts": "Elija el día en que empieza el servicio.",
    "service_level": "Escriba el porcentaje de 1 a 100 y los segundos, los dos.",
    "sold_by": "Cada canal de venta lleva letras minúsculas, cifras y guiones.",
}
_PLACES = {("account", "name"): "client", ("account", "type"): "type", ("account", "tax_id"): "tax_id"}


@dataclass(frozen=True)
class TypedRequest:
    """What a form holds; `problems` are by field."""

    values: Mapping[str, str]
    sold_by: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.values.get(name, "")


def typed_of(request: AltaRequest) -> TypedRequest:
    """The form of a request as it stands."""
    level = request.service_level
    values = {
        "kind": request.kind,
        "plan": request.plan,
        "name": request.name,
        "client": request.account.name,
        "type": request.account.type,
        "tax_id": request.account.tax_id or "",
        "subsidiary": request.subsidiary,
        "origin": request.origin,
        "scope": request.scope or "",
        "starts": request.starts.isoformat() if request.starts else "",
        "share": str(level.share) if level else "",
        "within": str(level.answer_within) if level else "",
        "contacts": request.contacts,
        "service": request.service,
        "levels": request.levels,
        "purpose": request.purpose,
        "carrier": request.carrier or "",
    }
    return TypedRequest(values, request.sold_by)


def typed_of_plan(plan: Plan) -> TypedRequest:
    """The form of an otro sí: what the plan in service says."""
    level = plan.service_level
    values = {
        "kind": "otro-si",
        "plan": plan.plan,
        "name": plan.name,
        "client": plan.account.name,
        "type": plan.account.type,
        "tax_id": plan.account.tax_id or "",
        "subsidiary": plan.subsidiary,
        "origin": "client",
        "scope": plan.scope or "",
        "share": str(level.share) if level else "",
        "within": str(level.answer_within) if level else "",
        "carrier": plan.lines[0].carrier,
    }
    return TypedRequest(values, plan.sold_by)


def read(typed: TypedRequest) -> AltaRequest | TypedRequest:
    """The request, or the form again with every problem at its field."""
    try:
        return AltaRequest.model_validate_json(json.dumps(_data(typed)))
    except ValidationError as error:
        problems = {place: _SAID.get(place, "Revise este dato.") for place in map(_place, error.errors())}
        return TypedRequest(typed.values, typed.sold_by, problems)


def _data(typed: TypedRequest) -> dict[str, Any]:
    given = typed.get
    data: dict[str, Any] = {
        "kind": given("kind"),
        "plan": given("plan") or slug_of(given("name")),
        "account": {"name": given("client"), "type": given("type"), "tax_id": given("tax_id") or None},
        "origin": given("origin") or "other",
        "sold_by": typed.sold_by,
    }
    data |= {name: given(name) for name in ("name", "subsidiary", "contacts", "service", "levels", "purpose")}
    data |= {name: given(name) or None for name in ("scope", "starts", "carrier")}
    if given("share") or given("within"):
        data["service_level"] = {"answer_within": f"{given('within')}s", "share": f"{given('share')}%"}
    return data


def _place(error: Any) -> str:
    place = tuple(error["loc"])
    return _PLACES.get(place[:2]) or str(place[0])
