"""How the PBX itself asks carriers whether they are there (SIP OPTIONS), apart from how calls go to them.

To ask at a carrier's own address (`qualify_frequency` there) would keep the PBX from dialling one that
answers no OPTIONS: each has a second address and endpoint that nothing calls and nobody can call from.
"""

from collections.abc import Iterable, Mapping

from plans.site import Site
from telephony.conf_text import section

EVERY = 15
PATIENCE = 3
_PREFIX = "watch_"
_GONE = "UNAVAILABLE"


def watched_carriers(site: Site, contacts: Mapping[str, str]) -> Iterable[str]:
    """Sections of pjsip.conf; `contacts` are the carriers' SIP addresses. No carrier's slug has a `_`."""
    for carrier in sorted(site.carriers):
        yield section(
            _PREFIX + carrier,
            ("type", "endpoint"),
            ("context", "nowhere"),
            ("identify_by", "ip"),
            ("allow", "alaw"),
            ("aors", _PREFIX + carrier),
        )
        yield section(
            _PREFIX + carrier,
            ("type", "aor"),
            ("contact", contacts[carrier]),
            ("qualify_frequency", str(EVERY)),
            ("qualify_timeout", str(PATIENCE)),
        )


def answers(devices: Iterable[tuple[str, str]]) -> dict[str, bool]:
    """Carrier → whether it answered last, from pairs of device and its state as the PBX lists them."""
    start = f"PJSIP/{_PREFIX}"
    return {
        device.removeprefix(start): state != _GONE for device, state in devices if device.startswith(start)
    }
