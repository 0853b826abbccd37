"""The PBX's own configuration, a pure function of the site and the addresses. `embedded` writes it."""

from collections.abc import Iterable, Mapping

from plans.site import Site
from telephony.base_calls import calls_files
from telephony.base_modules import MODULES
from telephony.base_sip import sip_files
from telephony.conf_text import conf, section
from telephony.layout import PbxAddresses, PbxLayout
from telephony.secrets import AmiSecrets

RELOADS: Mapping[str, tuple[str, ...]] = {
    "pjsip.conf": ("res_pjsip.so", "res_pjsip_endpoint_identifier_ip.so"),
    "pjsip-phones.conf": ("res_pjsip.so",),
    "phones.conf": ("pbx_config.so",),
    "extensions.conf": ("pbx_config.so",),
    "queues.conf": ("app_queue.so",),
    "musiconhold.conf": ("res_musiconhold.so",),
    "rtp.conf": ("res_rtp_asterisk.so",),
    "manager.conf": ("manager",),
    "logger.conf": ("logger",),
    "cel.conf": ("cel",),
    "features.conf": ("features",),
    "indications.conf": ("indications",),
    "cel_sqlite3_custom.conf": ("cel_sqlite3_custom.so",),
}
"""What a running PBX reads again when a file changed. A file that is not here takes a new start."""


def render_base(
    site: Site,
    layout: PbxLayout,
    addresses: PbxAddresses,
    secrets: AmiSecrets,
    wanted_events: Iterable[str],
    test_secret: str,
) -> Mapping[str, str]:
    """File name → text of everything but the phones and what is published. Raises Unwritable."""
    return {
        "asterisk.conf": _asterisk(layout),
        "modules.conf": _modules(),
        "logger.conf": _logger(layout),
        "manager.conf": _manager(addresses, secrets, wanted_events),
        **calls_files(site, layout),
        **sip_files(site, addresses, test_secret),
    }


def modules_to_reload(files: Iterable[str]) -> tuple[str, ...]:
    """The modules that read `files` again, each once, in a settled order."""
    return tuple(dict.fromkeys(module for file in sorted(files) for module in RELOADS.get(file, ())))


def needs_restart(files: Iterable[str]) -> tuple[str, ...]:
    """Those of `files` that a running PBX does not read again."""
    return tuple(sorted(set(files) - RELOADS.keys()))


def _asterisk(layout: PbxLayout) -> str:
    folders = {
        "astetcdir": layout.conf,
        "astmoddir": layout.asterisk.modules,
        "astvarlibdir": layout.data,
        "astdbdir": layout.astdb,
        "astkeydir": layout.data,
        "astdatadir": layout.data,
        "astagidir": layout.data / "agi-bin",
        "astspooldir": layout.spool,
        "astcachedir": layout.spool,
        "astrundir": layout.run,
        "astlogdir": layout.log,
    }
    return conf(
        section("directories", *((key, str(folder)) for key, folder in folders.items())),
        section(
            "options",
            ("live_dangerously", "no"),
            ("execincludes", "no"),
            ("disable_remote_console_shell", "yes"),
            ("hideconnect", "yes"),
            ("nocolor", "yes"),
            ("defaultlanguage", "es"),
            ("documentation_language", "en_US"),
        ),
        section("files", ("astctlpermissions", "0600")),
    )


def _modules() -> str:
    return conf(section("modules", ("autoload", "no"), *(("load", f"{name}.so") for name in MODULES)))


def _logger(layout: PbxLayout) -> str:
    return conf(
        section(
            "general",
            ("dateformat", "%FT%T.%3q%z"),
            ("queue_log", "yes"),
            ("queue_log_to_file", "yes"),
            ("queue_log_name", layout.queue_log.name),
            ("rotatestrategy", "none"),
        ),
        section("logfiles", (layout.message_log.name, "[json]notice,warning,error")),
    )


def _manager(addresses: PbxAddresses, secrets: AmiSecrets, wanted_events: Iterable[str]) -> str:
    host, port = addresses.ami
    here = (("deny", "0.0.0.0/0.0.0.0"), ("permit", "127.0.0.0/255.0.0.0"))
    return conf(
        section(
            "general",
            ("enabled", "yes"),
            ("webenabled", "no"),
            ("bindaddr", host),
            ("port", str(port)),
            ("timestampevents", "yes"),
            ("authtimeout", "5"),
        ),
        section(
            "altavoz-listens",
            ("secret", secrets.listens),
            *here,
            ("read", "system,call,agent,user,reporting,cel"),
            ("write", "reporting"),
            ("writetimeout", "1000"),
            *((f"eventfilter(action(include),name({event}))", "") for event in wanted_events),
        ),
        section(
            "altavoz-acts",
            ("secret", secrets.acts),
            *here,
            ("write", "agent,reporting,originate"),
            ("writetimeout", "1000"),
        ),
    )
