"""Checks of what the client agreed: the fantasy name, the dates, the coverages."""

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from plans.currencies import CURRENCIES, is_local
from plans.draft import Draft
from plans.model import Plan
from plans.raw import Fault
from plans.site import Site

ALLOWED_SIGNS = frozenset(" .-'/+:!¡?¿*#%°ºª_")
"""Besides letters and digits. Left out on purpose: what Asterisk, SIP or a display may take for its own,
`" \\ , ; $ { } [ ] ( ) < > | & = ^ ~ @` and the back quote."""
FARTHEST = timedelta(days=366 * 10)
LONGEST = timedelta(days=366 * 50)
OLDEST = date(1990, 1, 1)


def fantasy_name_fits(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    name, rules = draft.model.fantasy_name, site.fantasy_name
    if len(name) > rules.characters:
        shown = f"el visor muestra {rules.characters}: «{name[: rules.characters]}…»; acórtelo"
        yield ("fantasy_name",), "102", f"el nombre de fantasía tiene {len(name)} letras y {shown}"
    elif len(name) > rules.warn_over:
        shown = f"algunos visores muestran {rules.warn_over}: «{name[: rules.warn_over]}…»"
        yield ("fantasy_name",), "104", f"el nombre de fantasía tiene {len(name)} letras; {shown}"
    size = len(name.encode())
    if size > rules.bytes:
        shown = f"el visor admite {rules.bytes}; acórtelo: una letra con acento ocupa 2"
        yield ("fantasy_name",), "103", f"el nombre de fantasía ocupa {size} bytes y {shown}"


def fantasy_name_is_plain(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    name = draft.model.fantasy_name
    wrong = " ".join(dict.fromkeys(sign for sign in name if not _is_plain(sign)))
    if wrong:
        hint = "use letras, dígitos, espacios y . - ' / +"
        yield (
            ("fantasy_name",),
            "105",
            f"el nombre de fantasía lleva signos que no se admiten: {wrong}; {hint}",
        )
    if name != name.strip(" ") or "  " in name:
        yield ("fantasy_name",), "106", "el nombre de fantasía tiene espacios de más; quítelos"


def _is_plain(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or sign in "0123456789" or sign in ALLOWED_SIGNS


def dates_are_sane(plan: Plan, today: date) -> Iterator[Fault]:
    """`today` is the day in the subsidiary, near enough."""
    starts, ends = plan.starts, plan.ends
    if ends is not None and ends < starts:
        yield ("ends",), "160", f"el plan termina el {ends} y empieza el {starts}; corrija una de las fechas"
    elif ends is not None and ends < today:
        yield ("ends",), "161", f"el plan terminó el {ends}; cambie «ends» si sigue"
    if starts < OLDEST or starts - today > FARTHEST:
        yield ("starts",), "162", f"el plan empieza el {starts}; revise el año"
    if ends is not None and ends - max(starts, today) > LONGEST:
        yield (
            ("ends",),
            "162",
            f"el plan termina el {ends}; revise el año, o deje «ends» sin valor si no termina",
        )


def coverages_are_sane(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    plan = draft.model
    seen: dict[str, int] = {}
    for at, coverage in enumerate(plan.coverages):
        if coverage.code in seen:
            line = draft.document.line(draft.place(("coverages", seen[coverage.code])))
            hint = f"ya está en la línea {line}; cambie uno de los dos"
            yield ("coverages", at, "code"), "170", f"el código «{coverage.code}» {hint}"
        seen.setdefault(coverage.code, at)
        if coverage.amount is not None:
            yield from _currency(plan, site, coverage.amount.currency, at)


def _currency(plan: Plan, site: Site, currency: str, at: int) -> Iterator[Fault]:
    place = ("coverages", at, "amount", "currency")
    if currency not in CURRENCIES:
        yield place, "171", f"no hay una moneda «{currency}»; escriba su código ISO, como ARS, COP o MXN"
    elif plan.subsidiary not in site.subsidiaries or plan.scope == "internacional":
        return
    elif not is_local(currency, plan.subsidiary):
        yield place, "172", f"«{currency}» no es moneda de {plan.subsidiary}; confirme que así se acordó"


CHECKS = (fantasy_name_fits, fantasy_name_is_plain, coverages_are_sane)
