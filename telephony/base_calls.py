"""What happens to calls in the PBX: queues, music, tones, the journal and the entry of the dialplan."""

from collections.abc import Mapping

from dialplan.names import TEST_QUEUES
from plans.site import Queue, Site
from telephony.base_test import MEMBER
from telephony.conf_text import Pair, conf, file_section, includes, section
from telephony.journal import COLUMNS, TABLE
from telephony.layout import PbxLayout

_CEL_EVENTS = (
    "CHAN_START",
    "CHAN_END",
    "ANSWER",
    "HANGUP",
    "APP_START",
    "APP_END",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "PICKUP",
    "FORWARD",
    "DTMF",
    "LOCAL_OPTIMIZE",
    "LINKEDID_END",
    "USER_DEFINED",
)
_EMPTY = ("acl.conf", "ccss.conf", "pjproject.conf", "queuerules.conf", "udptl.conf")
"""Asterisk reports an error when one of these is absent."""
_NOBODY = "unavailable,invalid,unknown"
"""Members in these states do not count: without a registered phone signed in, a queue lets its callers go.
Busy, paused and wrapping-up ones do: their callers wait."""
_DEFAULT_WRAP_UP = 10


def calls_files(site: Site, layout: PbxLayout) -> Mapping[str, str]:
    return {
        "extensions.conf": _extensions(),
        "queues.conf": _queues(site),
        "musiconhold.conf": conf(
            section("default", ("mode", "files"), ("directory", str(layout.data / "moh")), ("sort", "random"))
        ),
        "features.conf": _features(),
        "indications.conf": _indications(),
        "cel.conf": conf(
            section("general", ("enable", "yes"), ("apps", "dial,queue"), ("events", ",".join(_CEL_EVENTS)))
        ),
        "cel_sqlite3_custom.conf": _journal(layout),
        "cdr.conf": conf(section("general", ("enable", "no"))),
        "http.conf": conf(section("general", ("enabled", "no"))),
        **{name: conf() for name in _EMPTY},
    }


def _extensions() -> str:
    return conf(
        section("general", ("static", "yes"), ("writeprotect", "yes"), ("autofallthrough", "yes")),
        includes(
            (
                "altavoz/current/extensions.conf",
                "altavoz/current/plans.conf",
                "altavoz/draining.conf",
                "phones.conf",
            )
        ),
    )


def _queues(site: Site) -> str:
    general = section(
        "general",
        ("persistentmembers", "yes"),
        ("autofill", "yes"),
        ("shared_lastcall", "yes"),
        ("log_membername_as_agent", "yes"),
    )
    ordered = sorted(site.queues.items())
    return conf(
        general,
        *(_queue(name, queue, _wrap_up(queue)) for name, queue in ordered),
        *(_queue(TEST_QUEUES + name, queue, 0, ("member", MEMBER)) for name, queue in ordered),
    )


def _wrap_up(queue: Queue) -> int:
    return _DEFAULT_WRAP_UP if queue.wrap_up is None else queue.wrap_up


def _queue(name: str, queue: Queue, wrap_up: int, *more: Pair) -> str:
    """Each has the same rules as its test; the test desk is many desks, always free."""
    return section(
        name,
        ("strategy", queue.strategy),
        ("timeout", str(queue.ring)),
        ("retry", "1"),
        ("wrapuptime", str(wrap_up)),
        ("ringinuse", "yes" if more else "no"),
        ("autofill", "yes"),
        ("autopause", "no"),
        ("joinempty", _NOBODY),
        ("leavewhenempty", _NOBODY),
        ("musicclass", "default"),
        ("announce-frequency", "0"),
        ("announce-holdtime", "no"),
        ("announce-position", "no"),
        ("reportholdtime", "no"),
        ("setinterfacevar", "no"),
        ("servicelevel", "20"),
        *more,
    )


def _features() -> str:
    """No key of a phone's does anything in a call but sound."""
    keys = ("blindxfer", "disconnect", "atxfer", "parkcall", "automixmon")
    return conf(
        section("general", ("pickupexten", "")),
        section("featuremap", *((key, "") for key in keys)),
        section("applicationmap"),
    )


def _indications() -> str:
    """The 425 Hz tones of most of Latin America."""
    return conf(
        section("general", ("country", "ar")),
        section(
            "ar",
            ("description", "425 Hz"),
            ("ringcadence", "1000,4000"),
            ("dial", "425"),
            ("busy", "425/300,0/200"),
            ("ring", "425/1000,0/4000"),
            ("congestion", "425/200,0/300"),
            ("callwaiting", "425/200,0/600,425/200,0/10000"),
            ("dialrecall", "!425/100,!0/100,!425/100,!0/100,!425/100,!0/100,425"),
            ("record", "1400/500,0/15000"),
            ("info", "950/330,1400/330,1800/330,0/1000"),
            ("stutter", "!425/100,!0/100,!425/100,!0/100,!425/100,!0/100,425"),
        ),
    )


def _journal(layout: PbxLayout) -> str:
    """Columns as `telephony.journal` made them: the module refuses a table with others."""
    return conf(
        file_section(
            layout.cel_db,
            ("table", TABLE),
            ("columns", ",".join(COLUMNS)),
            ("fields", ",".join(COLUMNS.values())),
            ("busy_timeout", "5000"),
        )
    )
