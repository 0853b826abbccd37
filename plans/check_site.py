"""What a site means: addresses, time zones, queues that pass calls on, prefixes, names that would clash."""

import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers

from plans.check_carriers import CHECKS as CARRIERS
from plans.draft import Draft
from plans.flow import cycles
from plans.model import Destination
from plans.problems import Problem
from plans.raw import Fault
from plans.site import Site
from plans.strict_yaml import Path
from plans.words import near

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PHONES_HOST = "127.0.0.1"
RESERVED = frozenset(["general", "global", "default", "system", "globals", "phones"])
"""Names that Asterisk's files, or the contexts of the phones, have taken."""
OURS = ("test-", "altavoz-")
"""How the names begin that test calls use."""
PICKUP_CODE = "*8"
"""What phones dial to take a call that rings at another one: `*8`, `*8101`."""


def check_site(draft: Draft[Site]) -> Iterator[Problem]:
    """Every problem of meaning of a site."""
    for check in CHECKS:
        for fault in check(draft.model):
            yield from draft.problem(*fault)


def subsidiaries_exist(site: Site) -> Iterator[Fault]:
    for country, subsidiary in site.subsidiaries.items():
        if country not in phonenumbers.SUPPORTED_REGIONS:
            hint = "escriba su código ISO, como AR, CO o MX"
            yield ("subsidiaries", country), "111", f"no hay un país «{country}»; {hint}"
        if not _is_timezone(subsidiary.timezone):
            hint = near(subsidiary.timezone, available_timezones()) or "; escriba una como America/Bogota"
            place = ("subsidiaries", country, "timezone")
            yield place, "101", f"no hay una zona horaria «{subsidiary.timezone}»{hint}"


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def carriers_are_at_home(site: Site) -> Iterator[Fault]:
    for name, carrier in site.carriers.items():
        if carrier.subsidiary not in site.subsidiaries:
            known = ", ".join(site.subsidiaries)
            place = ("carriers", name, "subsidiary")
            yield place, "105", f"no hay una filial «{carrier.subsidiary}»; hay: {known}"


def hosts_are_apart(site: Site) -> Iterator[Fault]:
    """A trunk is told by the address its SIP comes from, so an address means one carrier."""
    found: list[tuple[Path, str, Network]] = []
    for name, carrier in site.carriers.items():
        for at, host in enumerate(carrier.hosts):
            place: Path = ("carriers", name, "hosts", at)
            network = _network(host)
            if network is None:
                yield place, "102", f"«{host}» no es una dirección IP; escriba una como 203.0.113.10"
            elif ipaddress.ip_address(PHONES_HOST) in network:
                hint = "dé otra al operador, como 127.0.0.11"
                yield place, "104", f"{host} es la dirección de los teléfonos; {hint}"
            else:
                found.append((place, host, network))
    for (first, _, taken), (place, host, network) in combinations(found, 2):
        if taken.version == network.version and taken.overlaps(network):
            yield place, "103", f"{host} ya es del operador «{first[1]}»; cada dirección es de uno solo"


def _network(host: str) -> Network | None:
    """An address or a range of them that a carrier can have; None for any other text."""
    try:
        network = ipaddress.ip_network(host)
    except ValueError:
        return None
    unusable = network.is_multicast or network.is_unspecified or network.prefixlen == 0
    return None if unusable else network


def destinations_are_usable(site: Site) -> Iterator[Fault]:
    for path, to in _destinations(site):
        if to.to in ("menu", "repeat"):
            hint = "escriba queue, callback, dial o hangup"
            yield (*path, to.to), "108", f"«{to.to}» es de un plan y no vale aquí; {hint}"
        for key, queue in (("queue", to.queue), ("callback", to.callback)):
            if queue is not None and queue not in site.queues:
                hint = near(queue, site.queues) or f"; hay: {', '.join(site.queues)}"
                yield (*path, key), "106", f"no hay una cola «{queue}»{hint}"
        if to.dial is not None and not to.dial.startswith(site.duty.dial_prefixes):
            hint = "agregue su comienzo en duty.dial_prefixes"
            yield (*path, "dial"), "110", f"no se permite llamar a {to.dial}; {hint}"


def _destinations(site: Site) -> Iterator[tuple[Path, Destination]]:
    for name, queue in site.queues.items():
        yield ("queues", name, "nobody"), queue.nobody
    yield ("unknown_number", "then"), site.unknown_number.then


def queues_end(site: Site) -> Iterator[Fault]:
    leads = {name: queue.nobody.queue for name, queue in site.queues.items() if queue.nobody.queue}
    for ring in cycles(leads):
        shown = " → ".join(f"«{name}»" for name in (*ring, ring[0]))
        hint = "termine en un número de guardia o en callback"
        yield (
            ("queues", ring[-1], "nobody"),
            "107",
            f"si no hay nadie, la llamada da vueltas: {shown}; {hint}",
        )


def names_are_free(site: Site) -> Iterator[Fault]:
    for section, names in (("carriers", site.carriers), ("queues", site.queues)):
        for name in names:
            if name in RESERVED or name.isdigit() or name.startswith(OURS):
                hint = "use alguna letra" if name.isdigit() else f"escriba otro, como {_other(name)}"
                yield (section, name), "113", f"«{name}» no sirve de nombre aquí; {hint}"


def _other(name: str) -> str:
    begins = next((each for each in OURS if name.startswith(each)), None)
    return name.removeprefix(begins) if begins else f"{name}-1"


def prefixes_are_real(site: Site) -> Iterator[Fault]:
    for path, prefixes in (
        (("phones", "allow"), site.phones.allow),
        (("duty", "dial_prefixes"), site.duty.dial_prefixes),
    ):
        for at, prefix in enumerate(prefixes):
            if not any(
                prefix[1 : 1 + size].isdigit() and _is_country(prefix[1 : 1 + size]) for size in (1, 2, 3)
            ):
                hint = "empiece por el código del país, como «+54»"
                yield (*path, at), "112", f"«{prefix}» no es un prefijo; {hint}"


def _is_country(code: str) -> bool:
    return int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def lists_repeat_nothing(site: Site) -> Iterator[Fault]:
    lists: tuple[tuple[Path, Sequence[str]], ...] = (
        (("phones", "allow"), site.phones.allow),
        (("phones", "emergency"), site.phones.emergency),
        (("duty", "dial_prefixes"), site.duty.dial_prefixes),
    )
    for path, values in lists:
        for value, times in Counter(values).items():
            if times > 1:
                yield path, "115", f"«{value}» está {times} veces; deje una"


def emergencies_can_be_dialled(site: Site) -> Iterator[Fault]:
    if not site.phones.emergency:
        place: Path = ("phones", "emergency")
        yield (
            place,
            "116",
            'los teléfonos no pueden llamar a emergencias; agregue phones.emergency, como ["911"]',
        )


def queues_have_numbers_of_their_own(site: Site) -> Iterator[Fault]:
    """A queue's number that is dialled for something else would never reach the queue."""
    taken: dict[str, str] = dict.fromkeys(site.phones.emergency, "un número de emergencia")
    for name, queue in site.queues.items():
        if queue.extension is None:
            continue
        if queue.extension in taken:
            place: Path = ("queues", name, "extension")
            yield place, "117", f"{queue.extension} ya es {taken[queue.extension]}; elija otro número"
        taken.setdefault(queue.extension, f"el número de la cola «{name}»")


def pickups_can_be_dialled(site: Site) -> Iterator[Fault]:
    for at, code in enumerate(site.phones.emergency):
        if code.startswith(PICKUP_CODE):
            hint = f"lo que empieza con {PICKUP_CODE} toma la llamada que suena en otro teléfono"
            yield ("phones", "emergency", at), "118", f"«{code}» no se puede usar: {hint}"


def fantasy_rules_agree(site: Site) -> Iterator[Fault]:
    """Limits that are written and contradict each other; what is left out gives way."""
    rules, written = site.fantasy_name, site.fantasy_name.model_fields_set
    if {"warn_over", "characters"} <= written and rules.warn_over > rules.characters:
        hint = f"deje {rules.characters} como mucho"
        yield ("fantasy_name", "warn_over"), "114", f"«warn_over» pasa de «characters»; {hint}"
    if {"bytes", "characters"} <= written and rules.bytes < rules.characters:
        hint = f"deje {rules.characters} como poco: cada letra ocupa al menos 1"
        yield ("fantasy_name", "bytes"), "114", f"«bytes» no llega a «characters»; {hint}"


CHECKS = (
    subsidiaries_exist,
    carriers_are_at_home,
    hosts_are_apart,
    destinations_are_usable,
    queues_end,
    names_are_free,
    prefixes_are_real,
    lists_repeat_nothing,
    emergencies_can_be_dialled,
    queues_have_numbers_of_their_own,
    pickups_can_be_dialled,
    fantasy_rules_agree,
    *CARRIERS,
)
