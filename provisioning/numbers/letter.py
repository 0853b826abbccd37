"""The e-mail that asks a carrier for a public number on a header. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plans.numbers import written
from plans.site import PLACEHOLDERS, Carrier

SUBJECT = "Pedido de {tipo} sobre {cabecera}"
BODY = """Estimados:

Solicitamos un número {tipo} montado sobre nuestro número de cabecera {cabecera}, de {filial}, para {cuenta}, servicio «{plan}».

Rogamos responder a este correo con el número otorgado y la fecha en que queda vinculado a la cabecera.

{fecha}
"""  # noqa: E501 - a paragraph of a letter is one line
_BRACED = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the letter tells: the header (E.164), what is asked for (`0800`), for whom, on which day."""

    header: str
    service: str
    country: str
    subsidiary: str
    account: str
    plan: str
    day: date


def request_letter(carrier: Carrier, facts: RequestFacts) -> tuple[str, str]:
    """Subject and text, by the carrier's own letter or by ours. What the facts say is not filled in again."""
    subject, body = (carrier.request.subject, carrier.request.body) if carrier.request else (SUBJECT, BODY)
    values = _values(facts)
    return " ".join(_filled(subject, values).split()), _filled(body, values)


def recipients(carrier: Carrier) -> tuple[str, ...]:
    """The contacts that have an e-mail address."""
    return tuple(contact.email for contact in carrier.contacts if contact.email)


def _values(facts: RequestFacts) -> Mapping[str, str]:
    return {
        "cabecera": f"{written(facts.header, facts.country)} ({facts.header})",
        "tipo": facts.service,
        "filial": facts.subsidiary,
        "cuenta": facts.account,
        "plan": facts.plan,
        "fecha": f"{facts.day:%d/%m/%Y}",
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BRACED.sub(lambda found: values[found[1]], text)
