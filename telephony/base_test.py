"""What test calls need of the PBX's own configuration: endpoints that lead back to itself, queues to test.

A call leaves by `altavoz-loop` and comes in as `altavoz-test`, known by a secret. A queue to test has the
rules of the real one and a single member, the test desk, whose INVITE leaves by `altavoz-desk` and comes in
the same way.
"""

import ipaddress
from collections.abc import Iterator

from dialplan import testcalls
from plans.site import Site
from telephony.conf_text import Pair, section
from telephony.layout import PbxAddresses

ENDPOINT = "altavoz-test"
MEMBER = f"PJSIP/{testcalls.DESK_ENDPOINT},0,{testcalls.DESK}"
"""A member of app_queue: what to ring, its penalty, its name."""


def test_endpoints(addresses: PbxAddresses, secret: str, media: tuple[Pair, ...]) -> str:
    """Sections of pjsip.conf. `media` is what all endpoints have.

    Who comes in is told by the header of test calls, after the carriers, who are told by their addresses: so
    From is free to say what it says to a phone. Whoever else writes that header is asked for the secret.
    """
    ours = own_address(addresses)
    shared = (*media, ("accountcode", testcalls.ACCOUNT), ("allow_transfer", "no"), ("allow_subscribe", "no"))
    return "\n".join((_inbound(shared, secret), *_outbound(shared, ours)))


def own_address(addresses: PbxAddresses) -> str:
    """Where the PBX reaches itself by SIP: what listens everywhere also listens on the loopback."""
    host, port = addresses.sip
    host = _own_host(host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def comes_back_as_test(site: Site, sip_host: str) -> bool:
    """Whether a call to ourselves is told by its header: not where a carrier has our own address, by which it
    would be taken for a stranger's and ring at coordinators'.
    """
    try:
        ours = ipaddress.ip_address(_own_host(sip_host))
    except ValueError:  # a name, which no carrier has
        return True
    hosts = (each for carrier in site.carriers.values() for each in carrier.hosts)
    return not any(ours in ipaddress.ip_network(each) for each in hosts)


def _own_host(listens: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listens, listens)  # noqa: S104 (named, not bound)


def _inbound(shared: tuple[Pair, ...], secret: str) -> str:
    endpoint = section(
        ENDPOINT,
        ("type", "endpoint"),
        ("context", testcalls.ARRIVAL),
        ("identify_by", "header"),
        ("auth", ENDPOINT),
        *shared,
        ("language", "es"),
        ("trust_id_inbound", "yes"),
        ("trust_connected_line", "no"),
    )
    login = (("username", ENDPOINT), ("password", secret))
    auth = section(ENDPOINT, ("type", "auth"), ("auth_type", "digest"), *login)
    header = ("match_header", f"{testcalls.TEST_HEADER}: /^[0-9a-f]+$/")
    identify = section(f"{ENDPOINT}-identify", ("type", "identify"), ("endpoint", ENDPOINT), header)
    return "\n".join((endpoint, auth, identify))


def _outbound(shared: tuple[Pair, ...], ours: str) -> Iterator[str]:
    """One for calls, one for the desk: a queue looks at whether its member's endpoint is busy.

    Both show what a phone is shown. Nothing can come in by them: nobody is told to be one.
    """
    contacts = {testcalls.LOOP: f"sip:{ours}", testcalls.DESK_ENDPOINT: f"sip:{testcalls.DESK}@{ours}"}
    for name, contact in contacts.items():
        yield section(
            name,
            ("type", "endpoint"),
            ("context", "altavoz-nowhere"),
            ("identify_by", "ip"),
            ("aors", name),
            ("outbound_auth", ENDPOINT),
            *shared,
            ("send_pai", "yes"),
            ("send_rpid", "yes"),
        )
        yield section(name, ("type", "aor"), ("contact", contact))
