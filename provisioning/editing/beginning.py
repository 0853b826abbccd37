"""The first text of a plan: what its alta says already, in the format of plans. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from plans.site import Site
from plans.write import Dumper
from provisioning.alta.coverage_list import Coverages
from provisioning.alta.number_request import NumberRequest
from provisioning.alta.request import AltaRequest
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import InventoryNumber

_HEADING = "# Armado con lo que ya dice el alta: complete lo que falte y revise los textos.\n"


def first_text(
    request: AltaRequest,
    form: NumberRequest | None,
    numbers: Iterable[InventoryNumber],
    coverages: Coverages | None,
    site: Site,
) -> str:
    """What lacks shows as a problem of the text."""
    return _HEADING + written(_content(request, form, numbers, coverages, site))


def written(content: Mapping[str, Any]) -> str:
    """Plain data in the format of plans."""
    return yaml.dump(
        dict(content), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1_000_000
    )  # fmt: skip


def _content(
    request: AltaRequest,
    form: NumberRequest | None,
    numbers: Iterable[InventoryNumber],
    coverages: Coverages | None,
    site: Site,
) -> dict[str, Any]:
    queue = next(iter(site.queues))
    said = request.model_dump(mode="json", by_alias=True, exclude_none=True)
    content: dict[str, Any] = {"altavoz": 1}
    content |= {key: said[key] for key in ("plan", "name", "account", "subsidiary")}
    content["fantasy_name"] = form.fantasy_name if form else request.name.upper()
    content["starts"] = (form.starts if form else None) or request.starts
    content |= {key: said[key] for key in ("sold_by", "scope") if said.get(key)}
    content["lines"] = _lines(numbers)
    content |= _flow(request, form, queue)
    content["waiting"] = {queue: {"say": "espera", "max": "180s", "then": {"callback": queue}}}
    content["record"] = form is not None
    content |= {key: said[key] for key in ("service_level",) if said.get(key)}
    return content | _coverages(coverages)


def _lines(numbers: Iterable[InventoryNumber]) -> list[dict[str, str]]:
    headers = (each for each in numbers if each.kind is NumberKind.HEADER)
    return [_line(header) for header in headers]


def _line(header: InventoryNumber) -> dict[str, str]:
    public = {"public": header.linked[0]} if header.linked else {}
    return {"header": header.e164, **public, "carrier": header.carrier}


def _flow(request: AltaRequest, form: NumberRequest | None, queue: str) -> dict[str, Any]:
    """A greeting, the notice that was chosen, the menu that the client wants."""
    prompts = {"saludo": {"text": f"Gracias por comunicarse con {request.name}."}}
    answer: list[dict[str, str]] = [{"say": "saludo"}]
    menus: dict[str, Any] = {}
    if form is not None:
        prompts["aviso"] = {"text": form.notice_text}
        answer.append({"notice": "aviso"})
    if form is not None and form.options:
        prompts["principal"] = {"text": _spoken(form)}
        choices = {option.digit: {"label": option.label, "queue": queue} for option in form.options}
        menus["principal"] = {"say": "principal", "choices": choices, "otherwise": {"queue": queue}}
    prompts["espera"] = {"text": "En breve será atendido por un coordinador."}
    answer.append({"menu": "principal"} if menus else {"queue": queue})
    return {"prompts": prompts, "answer": answer, **({"menus": menus} if menus else {})}


def _spoken(form: NumberRequest) -> str:
    return " ".join(f"Para {option.label.lower()}, marque {option.digit}." for option in form.options)


def _coverages(coverages: Coverages | None) -> dict[str, Any]:
    if coverages is None:
        return {"coverages": []}
    said = coverages.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"coverages": [], **said}
