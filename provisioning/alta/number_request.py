"""The number request: what it asks, and what stands against it (P36). Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from plans.book import StoredPlan
from plans.fields import Digit, Strict, Text
from plans.model import Notice
from plans.site import FantasyRules
from provisioning.alta.procedure import PrivacyNotice, Procedure

LINES: dict[str, tuple[str, ...]] = {
    "AR": ("0800", "0810"),
    "CO": ("01 8000",),
    "MX": ("800",),
    "CL": ("800",),
    "PE": ("0800",),
    "UY": ("0800",),
    "EC": ("1800",),
    "BR": ("0800",),
}
"""The kinds of toll-free and shared-cost lines that a country has; others are written out."""


class IvrOption(Strict):
    """A key of the menu and what it is for, as the client wants it."""

    digit: Digit
    label: Annotated[str, Field(min_length=1, max_length=80)]


class NumberRequest(Strict):
    """`header` is a wish (an area code, a number); `notice` and `notice_text` the chosen privacy notice."""

    header: Annotated[str, Field(max_length=80)] = ""
    line: Annotated[str, Field(min_length=1, max_length=20)]
    fantasy_name: Text
    options: tuple[IvrOption, ...] = ()
    notice: Annotated[str, Field(min_length=1, max_length=80)]
    notice_text: Text
    starts: date
    remarks: Annotated[str, Field(max_length=4000)] = ""


def lines_of(subsidiary: str) -> tuple[str, ...]:
    """The kinds of line offered there, none where any may be written."""
    return LINES.get(subsidiary, ())


def notices_on_file(
    procedure: Procedure, subsidiary: str, account: str, live: Iterable[StoredPlan]
) -> tuple[PrivacyNotice, ...]:
    """The privacy notices to choose from: the house's for the subsidiary, those of the client's plans."""
    house = [each for each in procedure.privacy if not each.subsidiaries or subsidiary in each.subsidiaries]
    said = {each.text for each in house}
    for stored in live:
        plan = stored.version.plan
        if (plan.subsidiary, plan.account.name) != (subsidiary, account):
            continue
        for step in plan.answer:
            prompt = plan.prompts.get(step.notice) if isinstance(step, Notice) else None
            if prompt is not None and prompt.text and prompt.text not in said:
                said.add(prompt.text)
                house.append(PrivacyNotice(name=plan.plan, title=f"La de «{plan.name}»", text=prompt.text))
    return tuple(house)


def against(wanted: NumberRequest, subsidiary: str, rules: FantasyRules, today: date) -> dict[str, str]:
    """What stands against it, by field."""
    problems: dict[str, str] = {}
    name, lines = wanted.fantasy_name, lines_of(subsidiary)
    if len(name) > rules.characters:
        problems["fantasy_name"] = (
            f"Tiene {len(name)} letras y el visor muestra {rules.characters}: acórtelo."
        )
    elif len(name.encode()) > rules.bytes:
        problems["fantasy_name"] = (
            f"Ocupa {len(name.encode())} bytes y el visor admite {rules.bytes}: acórtelo."
        )
    elif name != " ".join(name.split()) or not name.isprintable():
        problems["fantasy_name"] = "Quite los espacios de más y los signos que no se ven."
    if lines and wanted.line not in lines:
        problems["line"] = f"En esta filial se pide: {' o '.join(lines)}."
    digits = [option.digit for option in wanted.options]
    if twice := next((digit for digit in digits if digits.count(digit) > 1), ""):
        problems["options"] = f"La opción {twice} está dos veces: cambie una."
    if wanted.starts < today:
        problems["starts"] = "La fecha de inicio ya pasó: elija otra."
    return problems
