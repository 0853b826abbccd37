"""The part of Asterisk's language that generated dialplan may use, and the modules that bring it.

Nothing here runs a program, reads a file, or reaches the network beyond the call itself.
"""

from collections.abc import Mapping

CORE = ""

APPLICATIONS: Mapping[str, str] = {
    "Answer": CORE,
    "Background": CORE,
    "CELGenUserEvent": "app_celgenuserevent",
    "Dial": "app_dial",
    "Gosub": "app_stack",
    "Goto": CORE,
    "GotoIf": CORE,
    "Hangup": CORE,
    "Log": "app_verbose",
    "MixMonitor": "app_mixmonitor",
    "NoOp": CORE,
    "Pickup": "app_directed_pickup",
    "PickupChan": "app_directed_pickup",
    "Playback": "app_playback",
    "Progress": CORE,
    "Queue": "app_queue",
    "Read": "app_read",
    "Record": "app_record",
    "Return": "app_stack",
    "Ringing": CORE,
    "SendDTMF": "app_senddtmf",
    "Set": CORE,
    "StoreDTMF": "app_dtmfstore",
    "UserEvent": "app_userevent",
    "Wait": CORE,
    "WaitExten": CORE,
}
"""Application → its module."""

FUNCTIONS: Mapping[str, str] = {
    "BASE64_ENCODE": "func_base64",
    "CALLERID": "func_callerid",
    "CHANNEL": "func_channel",
    "CUT": "func_cut",
    "DB": "func_db",
    "DB_DELETE": "func_db",
    "DB_EXISTS": "func_db",
    "DIALPLAN_EXISTS": "func_dialplan",
    "FIELDQTY": "func_strings",
    "FILTER": "func_strings",
    "IF": "func_logic",
    "LEN": "func_strings",
    "PJSIP_DIAL_CONTACTS": "chan_pjsip",
    "PJSIP_HEADER": "res_pjsip_header_funcs",
    "STRFTIME": "func_strings",
}
"""Functions that may be read → their modules."""

WRITABLE: Mapping[str, str] = {
    "CALLERID": "func_callerid",
    "CHANNEL": "func_channel",
    "CONNECTEDLINE": "func_callerid",
    "DB": "func_db",
    "LOCAL": "app_stack",
    "PJSIP_HEADER": "res_pjsip_header_funcs",
    "TIMEOUT": "func_timeout",
}
"""Functions that may be set → their modules."""

_OURS = (
    *("AT", "BACK", "BY", "CALLED", "CALLER", "CARRIER", "COUNTRY", "DIGITS", "ENTRIES", "HEADER", "KEY"),
    *("LINE", "PHONE", "PUBLIC", "QUEUE", "RECORDING", "SENT", "SHOWN", "SHOWS", "TAKEN"),
    *("TEST", "TRY", "TYPED"),
    *("ASKED", "BEGAN", "HELD", "KEYED", "NAMED"),
    *("HALF", "LIVE", "PRESSES", "SECONDS", "TEST_CALL", "TEST_ID", "TEST_RINGS", "WAITS", "WAY"),
)
_LOCAL = frozenset(
    ("before", "called", "clock", "contacts", "country", "day", "left", "name", "own", "shown", "uri")
)
_ASTERISK = frozenset(
    (
        "ASTSPOOLDIR",
        "BLINDTRANSFER",
        "EPOCH",
        "EXTEN",
        "GOSUB_RETVAL",
        "QUEUESTATUS",
        "QUEUE_PRIO",
        "UNIQUEID",
    )
)
_ARGUMENTS = frozenset(f"ARG{number}" for number in range(1, 10))
VARIABLES = frozenset(f"ALTAVOZ_{name}" for name in _OURS) | _LOCAL | _ASTERISK | _ARGUMENTS
"""Variables that may be read."""

FROM_CALLERS = frozenset(
    (
        *("EXTEN", "CALLERID", "PJSIP_HEADER", "PJSIP_DIAL_CONTACTS"),
        *(
            "ALTAVOZ_HEADER",
            "ALTAVOZ_KEYED",
            "ALTAVOZ_NAMED",
            "ALTAVOZ_TYPED",
            "BLINDTRANSFER",
            "name",
            "uri",
        ),
    )
)
"""What holds text of a caller, a carrier or a phone as it came, variables and functions."""

HOLDS_RAW = frozenset(("ALTAVOZ_HEADER", "ALTAVOZ_NAMED", "CALLERID(name)", "LOCAL(name)", "LOCAL(uri)"))
"""What such text may be put into before it is filtered."""

CLEANS = frozenset(("FILTER", "LEN", "FIELDQTY", "BASE64_ENCODE"))
"""Functions whose result is safe whatever they are given."""

ENDINGS = frozenset(("Goto", "Hangup", "Return"))
"""Applications after which an extension does not go on."""

MODULES: tuple[str, ...] = tuple(
    sorted(
        {"pbx_config", "chan_pjsip", *APPLICATIONS.values(), *FUNCTIONS.values(), *WRITABLE.values()} - {CORE}
    )
)
"""The modules of Asterisk, without `.so`, that generated dialplan needs loaded."""
