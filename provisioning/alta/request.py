"""What an alta is asked for: the plan, the client, what the client requires (P1, P2)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from plans.fields import Country, Slug, Strict, Text
from plans.model import Account, ServiceLevel
from provisioning.alta.procedure import AltaKind

Origin = Literal["directory", "web", "referral", "called-us", "client", "other"]
ORIGINS: Mapping[Origin, str] = {
    "directory": "Directorio",
    "web": "Página web",
    "referral": "Referido",
    "called-us": "Nos llamó",
    "client": "Ya es cliente",
    "other": "Otro",
}
SCOPES: Mapping[str, str] = {
    "local": "Local",
    "regional": "Regional",
    "nacional": "Nacional",
    "internacional": "Internacional",
}


class AltaRequest(Strict):
    """What is asked for. `starts` is when the client wants it; `contacts` are the client's people, one a
    line (P1); `service` is the type of service, `levels` are the client's words (P2)."""

    kind: AltaKind = "alta"
    plan: Slug
    name: Text
    account: Account
    contacts: Annotated[str, Field(max_length=2000)] = ""
    subsidiary: Country
    origin: Origin = "other"
    sold_by: tuple[Slug, ...] = ()
    scope: Literal["local", "regional", "nacional", "internacional"] | None = None
    starts: date | None = None
    service: Annotated[str, Field(max_length=200)] = ""
    service_level: ServiceLevel | None = None
    levels: Annotated[str, Field(max_length=4000)] = ""
    purpose: Annotated[str, Field(max_length=4000)] = ""
    carrier: Slug | None = None
