"""SIP and media: transports, one endpoint a carrier told by its addresses, the place of the phones."""

from collections.abc import Mapping

from dialplan.transfers import TRANSFER
from plans.site import Carrier, Site
from telephony.base_test import test_endpoints
from telephony.conf_text import Pair, conf, includes, section, template
from telephony.layout import PbxAddresses
from telephony.watched_carriers import watched_carriers

PHONE_ENDPOINT, PHONE_AUTH, PHONE_AOR = "phone-endpoint", "phone-auth", "phone-aor"
"""Templates that `telephony.phones` builds on."""

_MEDIA: tuple[Pair, ...] = (
    ("disallow", "all"),
    ("allow", "alaw,ulaw"),
    ("dtmf_mode", "auto_info"),
    ("direct_media", "no"),
    ("rtp_symmetric", "yes"),
    ("rtp_timeout", "300"),
    ("rtp_timeout_hold", "1800"),
)
"""Digits come as RFC 4733 or as SIP INFO; a call whose media stopped ends in minutes, not never."""
_SIP_PORT = 5060
_REPORTS = 1000
"""Milliseconds between two reports of RTCP: what a line lost is counted then only, and a call may be short.
They are 1 % of a call's bandwidth; RFC 3550 §6.2 leaves them 5 %."""


def media(sip_host: str) -> tuple[Pair, ...]:
    """What every endpoint has.

    Audio goes where SIP goes; a SIP that listens everywhere leaves its address to the routes.
    """
    if sip_host in ("0.0.0.0", "::"):  # noqa: S104 (named, not bound)
        return _MEDIA
    return (*_MEDIA, ("media_address", sip_host), ("bind_rtp_to_media_address", "yes"))


def sip_files(site: Site, addresses: PbxAddresses, test_secret: str) -> Mapping[str, str]:
    carriers = (_carrier(name, carrier, addresses.sip[0]) for name, carrier in sorted(site.carriers.items()))
    contacts = {name: _contact(carrier) for name, carrier in site.carriers.items()}
    first, last = addresses.rtp
    return {
        "pjsip.conf": conf(
            _global(),
            *_phone_templates(addresses.sip[0]),
            *carriers,
            *watched_carriers(site, contacts),
            test_endpoints(addresses, test_secret, media(addresses.sip[0])),
            includes(("pjsip-transports.conf", "pjsip-phones.conf")),
        ),
        "pjsip-transports.conf": conf(*(_transport(protocol, addresses.sip) for protocol in ("udp", "tcp"))),
        "rtp.conf": conf(
            section(
                "general",
                ("rtpstart", str(first)),
                ("rtpend", str(last)),
                ("strictrtp", "yes"),
                ("rtcpinterval", str(_REPORTS)),
                ("icesupport", "no"),
            )
        ),
    }


def _global() -> str:
    return section(
        "global",
        ("type", "global"),
        ("user_agent", "Altavoz"),
        ("default_realm", "altavoz"),
        ("endpoint_identifier_order", "ip,header,username"),
        ("keep_alive_interval", "30"),
    )


def _transport(protocol: str, address: tuple[str, int]) -> str:
    host, port = address
    return section(
        f"transport-{protocol}",
        ("type", "transport"),
        ("protocol", protocol),
        ("bind", f"{bracketed(host)}:{port}"),
    )


def _phone_templates(sip_host: str) -> tuple[str, str, str]:
    """What all phones share.

    A phone is there while its registration lasts, five minutes at most: not every softphone answers OPTIONS.
    It is told whom it is connected to whenever that changes, so that the fantasy name follows a transfer.
    Behind a router its Contact is wrong and its source address counts; on this machine the Contact is right.
    """
    here = sip_host == "::1" or sip_host.startswith("127.")
    endpoint = template(
        PHONE_ENDPOINT,
        ("type", "endpoint"),
        ("context", "from-phones"),
        ("set_var", f"TRANSFER_CONTEXT={TRANSFER}"),
        *media(sip_host),
        ("language", "es"),
        ("send_pai", "yes"),
        ("send_rpid", "yes"),
        ("force_rport", "yes"),
        ("rewrite_contact", "no" if here else "yes"),
    )
    auth = template(PHONE_AUTH, ("type", "auth"), ("auth_type", "digest"))
    aor = template(
        PHONE_AOR,
        ("type", "aor"),
        ("max_contacts", "1"),
        ("remove_existing", "yes"),
        ("minimum_expiration", "30"),
        ("default_expiration", "120"),
        ("maximum_expiration", "300"),
    )
    return endpoint, auth, aor


def _carrier(name: str, carrier: Carrier, sip_host: str) -> str:
    """A carrier's calls are told by their source address; ours to it go to its first host.

    `identify_by` keeps out who writes a carrier's name in From. Whom a carrier says we are connected to in
    the middle of a call is not believed: a line break in that number would forge events.
    """
    endpoint = section(
        name,
        ("type", "endpoint"),
        ("context", f"from-{name}"),
        ("identify_by", "ip"),
        ("aors", name),
        *media(sip_host),
        ("language", "es"),
        ("allow_transfer", "no"),
        ("allow_subscribe", "no"),
        ("trust_id_inbound", "yes"),
        ("trust_connected_line", "no"),
        ("send_pai", "yes"),
        ("send_connected_line", "no"),
    )
    hosts = [split_host(host) for host in carrier.hosts]
    aor = section(name, ("type", "aor"), ("contact", _contact(carrier)))
    matches = tuple(("match", host) for host, _ in hosts)
    identify = section(
        f"{name}-identify", ("type", "identify"), ("endpoint", name), *matches, ("srv_lookups", "no")
    )
    return "\n".join((endpoint, aor, identify))


def _contact(carrier: Carrier) -> str:
    host, port = split_host(carrier.hosts[0])
    return f"sip:{bracketed(host)}:{port or _SIP_PORT}"


def split_host(written: str) -> tuple[str, int | None]:
    """`10.0.0.1`, `10.0.0.1:5080`, `2001:db8::1` or `[2001:db8::1]:5080` as host and port."""
    if written.startswith("["):
        host, _, port = written[1:].partition("]")
        return host, int(port[1:]) if port else None
    host, colon, port = written.partition(":")
    if not colon or ":" in port:
        return written, None
    return host, int(port)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
