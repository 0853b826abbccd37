"""How many providers are enough, as a file says it: read whole, or every problem of it at once."""

from collections.abc import Mapping
from pathlib import Path as File
from typing import Annotated, Literal

from pydantic import Field

from plans.draft import tell
from plans.fields import Country, Slug, Strict, Text
from plans.problems import PlanProblems, errors, in_order
from plans.raw import look
from plans.salvage import refused
from plans.strict_yaml import read_file

SHIPPED = File(__file__).parent / "minimums.yaml"

Count = Annotated[int, Field(ge=0, le=9999)]


class Minimum(Strict):
    """Of one service in one zone: how many providers, how many services at a time, how many at night."""

    providers: Count = 1
    simultaneous: Count = 1
    at_night: Count = 1


class Minimums(Strict):
    """`zones` are where a plan of the whole country must be served, by subsidiary."""

    altavoz: Literal[1]
    default: Minimum
    services: Mapping[Slug, Minimum] = Field(default_factory=dict)
    zones: Mapping[Country, tuple[Text, ...]] = Field(default_factory=dict)

    def of(self, service: str) -> Minimum:
        return self.services.get(service, self.default)


def load_minimums(path: File | str) -> Minimums:
    """The minimums of a file. Raises `PlanProblems`."""
    document = read_file(File(path), "NET")
    found = [*document.problems]
    if document.data is not None:
        faults = tuple(look(document.data))
        at = {where for where, *_ in faults}
        found += tell(list(refused(Minimums, document.data)), document, Minimums, at)
        found += [document.problem(where, number, said) for where, number, said in faults]
    problems = in_order(found)
    if errors(problems) or document.data is None:
        raise PlanProblems(problems)
    return Minimums.model_validate(document.data)
