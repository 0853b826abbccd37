"""Settings: each from the environment (`ALTAVOZ_…`), else `altavoz.yaml`, else its default.

`SETTINGS` is the one list of them: `altavoz settings` prints it and the README's table is tested against it.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from email.headerregistry import Address
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from mail.company import UNNAMED, BadLogo, Company, company
from mail.message import BadLetter, address, in_one_line
from mail.relay import BadRelay, Relay, relay
from staff.roles import Role

FILE = Path("altavoz.yaml")
DATABASE = "altavoz.db"
EXAMPLE_SITE = Path(__file__).parent.parent / "plans" / "example-site.yaml"


class PbxMode(StrEnum):
    EMBEDDED = "embedded"
    SYSTEM = "system"
    EXTERNAL = "external"


class LogForm(StrEnum):
    TEXT = "text"
    JSON = "json"


Choice = TypeVar("Choice", bound=StrEnum)


class BadSetting(Exception):
    """A setting cannot be used as it is written; the text says which and what to write."""


@dataclass(frozen=True)
class Setting:
    """One setting: `key` in altavoz.yaml, `ALTAVOZ_<KEY>` in the environment."""

    key: str
    default: str
    meaning: str
    secret: bool = False

    @property
    def variable(self) -> str:
        return f"ALTAVOZ_{self.key.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("home", "var", "Carpeta de los datos: base, audios, grabaciones, registros."),
    Setting("http", "127.0.0.1:8080", "Dirección de la consola."),
    Setting("sip", "127.0.0.1:5060", "Dirección SIP para teléfonos y operadores."),
    Setting("ami", "127.0.0.1:5038", "Dirección del AMI de la central."),
    Setting("rtp", "10000-10999", "Puertos UDP del audio."),
    Setting(
        "pbx", "embedded", "Central: «embedded» (propia), «system» (el Asterisk instalado) o «external»."
    ),
    Setting("pbx_root", ".pbx", "Carpeta donde se desempaqueta la central propia."),
    Setting("pbx_name", "pbx1", "Nombre corto de la central; forma parte del identificador de cada llamada."),
    Setting(
        "pbx_user", "", "Usuario del sistema con el que corre la central (vacío: «asterisk» o «nobody»)."
    ),
    Setting("pbx_conf", "", "Con una central externa: carpeta donde se escriben los archivos generados."),
    Setting("ami_listens", "altavoz-listens", "Con una central externa: cuenta de AMI que escucha."),
    Setting("ami_listens_secret", "", "Su contraseña.", secret=True),
    Setting("ami_acts", "altavoz-acts", "Con una central externa: cuenta de AMI que actúa."),
    Setting("ami_acts_secret", "", "Su contraseña.", secret=True),
    Setting(
        "pbx_journal", "", "Con una central externa: su diario de llamadas (CEL en SQLite), si se puede leer."
    ),
    Setting("pbx_queue_log", "", "Con una central externa: su archivo `queue_log`; va con el diario."),
    Setting("site", "", "Archivo del sitio: países, operadores, colas (vacío: el de ejemplo)."),
    Setting("database", "", "URL de la base de datos (vacío: SQLite en la carpeta de datos).", secret=True),
    Setting(
        "tls_cert", "", "Certificado de la consola (PEM); hace falta si no se sirve solo en este equipo."
    ),
    Setting("tls_key", "", "Clave de ese certificado (PEM)."),
    Setting(
        "public_url",
        "",
        "Dirección con la que se llega a la consola, como «https://altavoz.empresa.com» (vacío: la de HTTP).",
    ),
    Setting(
        "smtp", "", "Servidor de correo: «smtp://usuario:contraseña@servidor:587» o «smtps://…».", secret=True
    ),
    Setting("mail_from", "altavoz@localhost", "Dirección desde la que salen los correos."),
    Setting(
        "mail_replies",
        "",
        "Casilla a la que se responden los avisos, como «altas@empresa.com»; la lee «altavoz mail receive».",
    ),
    Setting("company", "", "Nombre de la empresa, para el encabezado de los correos (vacío: «Altavoz»)."),
    Setting("company_logo", "", "Su logotipo para los correos: un archivo PNG o JPEG de hasta 200 kB."),
    Setting(
        "second_factor", "", "Roles que entran además con un código del teléfono: «administrator,auditor»."
    ),
    Setting("oidc_issuer", "", "Entrada con la cuenta de la empresa (OpenID Connect): dirección del emisor."),
    Setting("oidc_client_id", "", "Con qué nombre conoce ese emisor a Altavoz."),
    Setting("oidc_client_secret", "", "La clave de Altavoz ante ese emisor.", secret=True),
    Setting(
        "procedure",
        "",
        "Archivo con los pasos del alta de la empresa (vacío: el que trae Altavoz).",
    ),
    Setting("coverages_webhook", "", "Dirección del sistema que también lleva las coberturas, si lo hay."),
    Setting("coverages_webhook_secret", "", "Clave con la que se firma lo que se le envía.", secret=True),
    Setting(
        "quarantine_days", "180", "Días en que un número que sirvió a un plan no se da a otro, de 1 a 3650."
    ),
    Setting("minimums", "", "Archivo con cuántos prestadores bastan (vacío: el que trae Altavoz)."),
    Setting("canary", "04:00", "Hora de las llamadas de prueba del día, en cada filial (vacío: ninguna)."),
    Setting("log", "text", "Formato del registro: «text» o «json»."),
)


@dataclass(frozen=True)
class Value:
    """What a setting is and where it comes from: `entorno`, `altavoz.yaml` or `por omisión`."""

    setting: Setting
    text: str
    source: str

    @property
    def shown(self) -> str:
        return "••••••" if self.setting.secret and self.text else self.text


@dataclass(frozen=True)
class OidcSettings:
    issuer: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class WebhookSettings:
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """The settings, typed. Paths are absolute; addresses are (host, port)."""

    home: Path
    http: tuple[str, int]
    sip: tuple[str, int]
    ami: tuple[str, int]
    rtp: tuple[int, int]
    pbx: PbxMode
    pbx_root: Path
    pbx_name: str
    pbx_user: str | None
    pbx_conf: Path | None
    ami_listens: tuple[str, str]
    ami_acts: tuple[str, str]
    site: Path
    database: str
    tls: tuple[Path, Path] | None
    public_url: str
    smtp: Relay | None
    mail_from: Address
    second_factor: frozenset[Role]
    oidc: OidcSettings | None
    log: LogForm
    canary: time | None
    procedure: Path | None
    coverages: WebhookSettings | None
    quarantine: timedelta
    minimums: Path | None = None
    mail_replies: Address | None = None
    company: Company = UNNAMED
    pbx_journal: tuple[Path, Path] | None = None

    @property
    def example_site(self) -> bool:
        return self.site == EXAMPLE_SITE


def values(environ: Mapping[str, str] = os.environ, file: Path = FILE) -> list[Value]:
    """Every setting with its value and source, in the order of `SETTINGS`. Raises BadSetting."""
    written = _written(file)
    return [_value(setting, environ, written, file.name) for setting in SETTINGS]


def _value(setting: Setting, environ: Mapping[str, str], written: Mapping[str, str], file: str) -> Value:
    if setting.variable in environ:
        return Value(setting, environ[setting.variable], "entorno")
    if setting.key in written:
        return Value(setting, written[setting.key], file)
    return Value(setting, setting.default, "por omisión")


def _written(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        data = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (texts only)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file}: no es YAML: {error}") from error
    data = {} if data in (None, "") else data
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise BadSetting(f"{file}: escriba una línea «clave: valor» por ajuste")
    unknown = sorted(set(data) - {setting.key for setting in SETTINGS})
    if unknown:
        raise BadSetting(f"{file}: no existe el ajuste «{unknown[0]}»; «altavoz settings» los lista")
    return data


def load(environ: Mapping[str, str] = os.environ, file: Path = FILE) -> Settings:
    """The settings of this process. Raises BadSetting, naming the variable and what to write."""
    text = {value.setting.key: value.text for value in values(environ, file)}
    home = Path(text["home"]).absolute()
    return Settings(
        home=home,
        http=_address("http", text["http"]),
        sip=_address("sip", text["sip"]),
        ami=_address("ami", text["ami"]),
        rtp=_ports("rtp", text["rtp"]),
        pbx=_one_of("pbx", text["pbx"], PbxMode),
        pbx_root=Path(text["pbx_root"]).absolute(),
        pbx_name=_short_name("pbx_name", text["pbx_name"]),
        pbx_user=text["pbx_user"] or None,
        pbx_conf=Path(text["pbx_conf"]).absolute() if text["pbx_conf"] else None,
        ami_listens=(text["ami_listens"], text["ami_listens_secret"]),
        ami_acts=(text["ami_acts"], text["ami_acts_secret"]),
        site=Path(text["site"]).absolute() if text["site"] else EXAMPLE_SITE,
        database=_database(text["database"], home),
        tls=_tls(text["tls_cert"], text["tls_key"]),
        public_url=_public_url(text["public_url"]),
        smtp=_smtp(text["smtp"]),
        mail_from=_mail_from(text["mail_from"]),
        second_factor=frozenset(
            _one_of("second_factor", name.strip(), Role) for name in text["second_factor"].split(",") if name
        ),
        oidc=_oidc(text["oidc_issuer"], text["oidc_client_id"], text["oidc_client_secret"]),
        log=_one_of("log", text["log"], LogForm),
        canary=_hour("canary", text["canary"]),
        procedure=Path(text["procedure"]).absolute() if text["procedure"] else None,
        coverages=_coverages(text["coverages_webhook"], text["coverages_webhook_secret"]),
        minimums=Path(text["minimums"]).absolute() if text["minimums"] else None,
        quarantine=_days("quarantine_days", text["quarantine_days"]),
        mail_replies=_mail_replies(text["mail_replies"]),
        company=_company(text["company"], text["company_logo"]),
        pbx_journal=_journal(text["pbx_journal"], text["pbx_queue_log"]),
    )


def _bad(key: str, text: str, advice: str) -> BadSetting:
    return BadSetting(f"ALTAVOZ_{key.upper()}: «{text}» no sirve; {advice}")


def _address(key: str, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise _bad(key, text, "escriba dirección y puerto, como «127.0.0.1:8080»")
    return host.strip("[]"), int(port)


def _hour(key: str, text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise _bad(key, text, "escriba una hora, como «04:00»") from None


def _ports(key: str, text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) < 65536):
        raise _bad(key, text, "escriba un intervalo de puertos, como «10000-10999»")
    return int(first), int(last)


def _days(key: str, text: str) -> timedelta:
    if not (text.isdecimal() and len(text) < 5 and 1 <= int(text) <= 3650):
        raise _bad(key, text, "escriba cuántos días, de 1 a 3650")
    return timedelta(days=int(text))


def _one_of(key: str, text: str, choices: type[Choice]) -> Choice:
    if text not in list(choices):
        raise _bad(key, text, f"escriba {' o '.join(choices)}")
    return choices(text)


def _short_name(key: str, text: str) -> str:
    if not (text.isascii() and text.isalnum() and len(text) <= 16):
        raise _bad(key, text, "escriba hasta 16 letras o cifras, sin espacios")
    return text


def _database(text: str, home: Path) -> str:
    if text and not text.startswith(("sqlite", "postgresql")):
        raise _bad("database", text.split("://")[0], "escriba una URL «postgresql://…» o «sqlite:///…»")
    return text or f"sqlite+aiosqlite:///{home / DATABASE}"


def _tls(cert: str, key: str) -> tuple[Path, Path] | None:
    if bool(cert) != bool(key):
        raise BadSetting("ALTAVOZ_TLS_CERT y ALTAVOZ_TLS_KEY van juntos: escriba los dos")
    return (Path(cert).absolute(), Path(key).absolute()) if cert else None


def _public_url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/?#\s]+/?", text):
        raise _bad("public_url", text, "escriba solo el comienzo, como «https://altavoz.empresa.com»")
    return text.rstrip("/")


def _smtp(text: str) -> Relay | None:
    try:
        return relay(text) if text else None
    except BadRelay as error:
        raise BadSetting(f"ALTAVOZ_SMTP: no sirve; {error}") from error


def _mail_from(text: str) -> Address:
    try:
        return address(text, "Altavoz")
    except BadLetter as error:
        raise BadSetting(f"ALTAVOZ_MAIL_FROM: {error}") from error


def _mail_replies(text: str) -> Address | None:
    try:
        mailbox = address(text) if text else None
    except BadLetter as error:
        raise BadSetting(f"ALTAVOZ_MAIL_REPLIES: {error}") from error
    if mailbox is not None and (len(mailbox.username) > 20 or "+" in mailbox.username):
        raise _bad("mail_replies", text, "escriba antes de la arroba hasta 20 caracteres, sin «+»")
    return mailbox


def _company(name: str, logo: str) -> Company:
    try:
        return company(in_one_line(name.strip()), Path(logo).absolute() if logo else None)
    except (BadLetter, BadLogo) as error:
        raise BadSetting(f"ALTAVOZ_COMPANY, ALTAVOZ_COMPANY_LOGO: {error}") from error


def _oidc(issuer: str, client_id: str, secret: str) -> OidcSettings | None:
    if bool(issuer) != bool(client_id):
        raise BadSetting("ALTAVOZ_OIDC_ISSUER y ALTAVOZ_OIDC_CLIENT_ID van juntos: escriba los dos")
    if issuer and not re.fullmatch(r"(https://|http://(localhost|127\.)).+", issuer):
        raise _bad("oidc_issuer", issuer, "escriba la dirección del emisor, con «https://»")
    return OidcSettings(issuer, client_id, secret) if issuer else None


def _coverages(url: str, secret: str) -> WebhookSettings | None:
    if bool(url) != bool(secret):
        raise BadSetting(
            "ALTAVOZ_COVERAGES_WEBHOOK y ALTAVOZ_COVERAGES_WEBHOOK_SECRET van juntos: escriba los dos"
        )
    if url and not re.fullmatch(r"(https://|http://(localhost|127\.))\S+", url):
        raise _bad("coverages_webhook", url, "escriba la dirección, con «https://»")
    return WebhookSettings(url, secret) if url else None


def _journal(cel: str, queue_log: str) -> tuple[Path, Path] | None:
    if bool(cel) != bool(queue_log):
        raise BadSetting("ALTAVOZ_PBX_JOURNAL y ALTAVOZ_PBX_QUEUE_LOG van juntos: escriba los dos")
    return (Path(cel).absolute(), Path(queue_log).absolute()) if cel else None
