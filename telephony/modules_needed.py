"""Which module of Asterisk brings which application. Pure.

The PBX loads a call of an unknown application without a word and hangs up on the caller who reaches it.
"""

from collections.abc import Iterable

_BY_MODULE: dict[str, tuple[str, ...]] = {
    "app_celgenuserevent": ("CELGenUserEvent",),
    "app_db": ("DBdel", "DBdeltree"),
    "app_dial": ("Dial", "RetryDial"),
    "app_exec": ("Exec", "ExecIf", "TryExec"),
    "app_mixmonitor": ("MixMonitor", "StopMixMonitor"),
    "app_playback": ("Playback",),
    "app_playtones": ("PlayTones", "StopPlayTones"),
    "app_queue": (
        "AddQueueMember",
        "PauseQueueMember",
        "Queue",
        "QueueLog",
        "RemoveQueueMember",
        "UnpauseQueueMember",
    ),
    "app_read": ("Read",),
    "app_softhangup": ("SoftHangup",),
    "app_stack": ("Gosub", "GosubIf", "Return", "StackPop"),
    "app_userevent": ("UserEvent",),
    "app_verbose": ("Log", "Verbose"),
    "app_while": ("ContinueWhile", "EndWhile", "ExitWhile", "While"),
}

_IN_THE_CORE = (
    "Answer",
    "BackGround",
    "Background",
    "Busy",
    "Congestion",
    "Goto",
    "GotoIf",
    "GotoIfTime",
    "Hangup",
    "Incomplete",
    "MSet",
    "NoOp",
    "Proceeding",
    "Progress",
    "RaiseException",
    "Ringing",
    "SayDigits",
    "SayNumber",
    "Set",
    "Wait",
    "WaitDigit",
    "WaitExten",
)

_MODULE = {
    application.lower(): module for module, applications in _BY_MODULE.items() for application in applications
} | {application.lower(): "" for application in _IN_THE_CORE}


def modules_for(applications: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The modules that the applications need, and the applications that none of the known modules brings."""
    found = {application: _MODULE.get(application.lower()) for application in applications}
    modules = frozenset(module for module in found.values() if module)
    return modules, frozenset(application for application, module in found.items() if module is None)
