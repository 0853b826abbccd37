"""What the doors that load files take and answer alike."""

from typing import Annotated

from pydantic import Field, StringConstraints

from web.api_fields import Answer, Asked, WhyAsked

SubsidiaryAsked = Annotated[
    str, StringConstraints(pattern=r"^([A-Z]{2})?$"), Field(description="País de la filial, como «AR».")
]


class LoadNamed(Asked):
    load: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$"), Field(description="Su «load».")]


class LoadDone(LoadNamed):
    reason: WhyAsked = ""


class LoadProblem(Answer):
    line: Annotated[int, Field(description="La fila; 0, el archivo.")]
    said: str
