"""What a carrier really delivers, compared with what the site file says of it, as a check. Pure."""

import re
from collections.abc import Mapping

from plans.numbers import written
from plans.site import Carrier, Header
from provisioning.numbers.delivery import FORMS, PARTS, judge
from provisioning.proof.reports import Check
from telephony.testcall_values import Delivered

_USER = re.compile(r"(?:sips?|tel):([^@;>]*)")


def parts_of(delivered: Delivered) -> dict[Header, str]:
    """The user part of each place of the INVITE that may hold the called number, of those that came."""
    headers = {place: delivered.headers.get(name, "") for place, name in _names().items()}
    users = {place: user[1] for place, text in headers.items() if (user := _USER.search(text))}
    return {"request-uri": delivered.user, **users} if delivered.user else users


def _names() -> Mapping[Header, str]:
    return {place: name for place, name in PARTS.items() if place != "request-uri"}


def delivery_check(slug: str, carrier: Carrier, header: str, delivered: Delivered | None) -> Check:
    """Whether the called number came where and as the site file says; `header` is E.164."""
    place, form = carrier.delivers.into, FORMS[carrier.delivers.number]
    title = f"El operador «{slug}» entrega el número como dice el sitio"
    wanted = f"{written(header)} en formato {form}, en {PARTS[place]}"
    if delivered is None:
        return Check(
            "delivery", title, False, wanted, "no se vio el INVITE del operador", "Repita la prueba."
        )
    judged = judge(carrier, header, parts_of(delivered))
    found = f"el operador entrega «{judged.value}» en {PARTS[place]}"
    if judged.differences:
        found += f", el sitio dice formato {form} ({carrier.delivers.number})"
    return Check("delivery", title, judged.matches, wanted, found, " ".join(judged.differences))
