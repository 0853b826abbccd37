"""A PJSIP endpoint for each coordinator's phone, and the extensions by which phones call each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from telephony.base_sip import PHONE_AOR, PHONE_AUTH, PHONE_ENDPOINT
from telephony.conf_text import conf, section

_NAME_MARKS = str.maketrans("", "", '"<>\\')
_RING = 30


@dataclass(frozen=True, slots=True)
class Phone:
    """`extension` is what the softphone registers as (`101`), `secret` its password, `name` its person's."""

    extension: str
    secret: str = field(repr=False)
    name: str = ""
    groups: tuple[str, ...] = ()


class BadPhone(ValueError):
    """An extension that is not two to six digits."""


def render_phones(phones: Iterable[Phone]) -> Mapping[str, str]:
    """`pjsip-phones.conf` and `phones.conf` (context `phones-internal`). Raises BadPhone, Unwritable."""
    ordered = sorted(phones, key=lambda phone: phone.extension)
    for phone in ordered:
        _check(phone)
    return {
        "pjsip-phones.conf": conf(*(_endpoint(phone) for phone in ordered)),
        "phones.conf": conf("[phones-internal]\n" + "".join(_extension(phone) for phone in ordered)),
    }


def _check(phone: Phone) -> None:
    extension = phone.extension
    if not (extension.isascii() and extension.isdigit() and 2 <= len(extension) <= 6):
        raise BadPhone(f"el interno «{extension}» debe tener de dos a seis cifras, por ejemplo «101»")
    if not phone.secret:
        raise BadPhone(f"el interno «{extension}» no tiene clave SIP: genere una")


def _endpoint(phone: Phone) -> str:
    extension = phone.extension
    own = (("aors", extension), ("auth", extension), ("callerid", _caller_id(phone)))
    login = (("username", extension), ("password", phone.secret))
    return "\n".join(
        (
            section(extension, *own, like=PHONE_ENDPOINT),
            section(extension, *login, like=PHONE_AUTH),
            section(extension, like=PHONE_AOR),
        )
    )


def _caller_id(phone: Phone) -> str:
    name = phone.name.translate(_NAME_MARKS).strip()
    return f'"{name}" <{phone.extension}>' if name else f"<{phone.extension}>"


def _extension(phone: Phone) -> str:
    extension = phone.extension
    return (
        f"exten => {extension},1,Dial(PJSIP/{extension},{_RING},i)\n"
        f" same => n,Hangup()\n"
        f"exten => {extension},hint,PJSIP/{extension}\n"
    )
