"""A PJSIP endpoint for each coordinator's phone, and the extensions by which phones call each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dialplan.escape import name as safe_name
from dialplan.phones import INTERNAL
from dialplan.pickup import group_context
from dialplan.rescue import CONSULTED, RING
from telephony.base_sip import PHONE_AOR, PHONE_AUTH, PHONE_ENDPOINT
from telephony.conf_text import Pair, conf, section

_NAME_MARKS = str.maketrans("", "", '"<>\\')
_RING = 30
MOST_DEVICES = 2


@dataclass(frozen=True, slots=True)
class Phone:
    """`extension` is what the softphone registers as (`101`), `secret` its password, `name` its person's.

    `groups` are the queues it serves; `devices` how many may be registered at a time (1 or 2): all of them
    ring.
    """

    extension: str
    secret: str = field(repr=False)
    name: str = ""
    groups: tuple[str, ...] = ()
    devices: int = 1


class BadPhone(ValueError):
    """An extension that is not two to six digits, or a phone without a password or with too many devices."""


def render_phones(phones: Iterable[Phone]) -> Mapping[str, str]:
    """`pjsip-phones.conf` and `phones.conf` (context `phones-internal`). Raises BadPhone, Unwritable."""
    ordered = sorted(phones, key=lambda phone: phone.extension)
    for phone in ordered:
        _check(phone)
    return {
        "pjsip-phones.conf": conf(*(_endpoint(phone) for phone in ordered)),
        "phones.conf": conf(f"[{INTERNAL}]\n" + "".join(map(_extension, ordered)), *_groups(ordered)),
    }


def _check(phone: Phone) -> None:
    extension = phone.extension
    if not (extension.isascii() and extension.isdigit() and 2 <= len(extension) <= 6):
        raise BadPhone(f"el interno «{extension}» debe tener de dos a seis cifras, por ejemplo «101»")
    if not phone.secret:
        raise BadPhone(f"el interno «{extension}» no tiene clave SIP: genere una")
    if not 1 <= phone.devices <= MOST_DEVICES:
        raise BadPhone(f"el interno «{extension}» puede tener uno o dos aparatos, no {phone.devices}")


def _endpoint(phone: Phone) -> str:
    extension = phone.extension
    own = (("aors", extension), ("auth", extension), ("callerid", _caller_id(phone)))
    login = (("username", extension), ("password", phone.secret))
    several = (("max_contacts", str(phone.devices)),) if phone.devices > 1 else ()
    return "\n".join(
        (
            section(extension, *own, *_pickup(phone), like=PHONE_ENDPOINT),
            section(extension, *login, like=PHONE_AUTH),
            section(extension, *several, like=PHONE_AOR),
        )
    )


def _pickup(phone: Phone) -> tuple[Pair, ...]:
    """Whose ringing calls it may take, and who may take its."""
    groups = ",".join(safe_name(group) for group in sorted(phone.groups))
    return (("named_call_group", groups), ("named_pickup_group", groups)) if groups else ()


def _caller_id(phone: Phone) -> str:
    name = phone.name.translate(_NAME_MARKS).strip()
    return f'"{name}" <{phone.extension}>' if name else f"<{phone.extension}>"


def _extension(phone: Phone) -> str:
    """What a phone's call to another comes to when nobody answers may be a caller's who was passed on."""
    extension = phone.extension
    return (
        f"exten => {extension},1,Gosub({RING}({extension}))\n"
        f" same => n,Dial(${{GOSUB_RETVAL}},{_RING},i)\n"
        f" same => n,Goto({CONSULTED},internal,1)\n"
        f"exten => {extension},hint,PJSIP/{extension}\n"
    )


def _groups(phones: Sequence[Phone]) -> Iterable[str]:
    """A context a queue, of the phones that serve it: only they pick up each other's calls."""
    for group in sorted({group for phone in phones for group in phone.groups}):
        members = (phone.extension for phone in phones if group in phone.groups)
        lines = "".join(f"exten => {member},1,Hangup()\n" for member in members)
        yield f"[{safe_name(group_context(group))}]\n{lines}"
