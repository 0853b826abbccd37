"""The calls that are recorded. A folder beside this one is named like each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sipp import Caller, Telephone

MENU, DIGITS, NOBODYS = "1143218765", "1143218766", "1143218799"
CAT, CALLBACK, DUTY, CLOSED = ((1500, "1"),), ((1500, "2"),), ((1500, "3"),), ((1500, "4"),)


@dataclass(frozen=True)
class Scenario:
    """Callers with the second in which each begins; who is signed in to `cat`; the telephone on duty."""

    callers: tuple[tuple[float, Caller], ...]
    phones: Mapping[str, Telephone] = field(default_factory=dict)
    paused: bool = False
    duty: Telephone | None = None


def _one(caller: Caller, phones: Mapping[str, Telephone] | None = None, **more: object) -> Scenario:
    return Scenario(((0.0, caller),), phones or {}, **more)  # type: ignore[arg-type]


def _named(name: bytes) -> Scenario:
    return _one(Caller(MENU, name=name, stays=500))


SCENARIOS: dict[str, Scenario] = {
    "answered-caller-hangs-up": _one(
        Caller(MENU, name="María Peña".encode(), digits=CAT, stays=2500), {"101": Telephone(800)}
    ),
    "answered-coordinator-hangs-up": _one(Caller(MENU, digits=CAT), {"101": Telephone(500, stays=1000)}),
    "abandoned-in-greeting": _one(Caller(MENU, stays=700)),
    "abandoned-in-queue": _one(Caller(MENU, digits=CAT, stays=1500), {"101": Telephone(None)}, paused=True),
    "abandoned-while-ringing": _one(Caller(MENU, digits=CAT, stays=1500), {"101": Telephone(None)}),
    "nobody-signed-in": _one(Caller(MENU, digits=CAT)),
    "ring-no-answer-next": _one(
        Caller(MENU, digits=CAT), {"101": Telephone(None), "102": Telephone(500, stays=500)}
    ),
    "phone-refuses-next": _one(
        Caller(MENU, digits=CAT), {"101": Telephone(refuses=486), "102": Telephone(500, stays=500)}
    ),
    "callback-chosen": _one(Caller(MENU, digits=CALLBACK)),
    "nothing-pressed": _one(Caller(MENU), {"101": Telephone(500, stays=500)}),
    "wrong-digit": _one(Caller(MENU, digits=((1500, "8"), (5000, "1"))), {"101": Telephone(500, stays=500)}),
    "duty-answers": _one(Caller(MENU, digits=DUTY), duty=Telephone(500, stays=1000)),
    "duty-caller-hangs-up": _one(Caller(MENU, digits=DUTY, stays=2500), duty=Telephone(500)),
    "duty-busy": _one(Caller(MENU, digits=DUTY), duty=Telephone(refuses=486)),
    "closed-hours": _one(Caller(MENU, digits=CLOSED)),
    "digits-entered": _one(
        Caller(
            DIGITS, digits=((2500, "3"), *((250, digit) for digit in "012345"), (250, "#"), *CAT), stays=500
        )
    ),
    "anonymous": _one(Caller(MENU, privacy=True, stays=500)),
    "unknown-number": _one(Caller(NOBODYS, refused=404)),
    "two-calls-at-once": Scenario(
        (
            (0.0, Caller(MENU, number="1155550001", digits=CAT, stays=3000)),
            (0.4, Caller(MENU, number="1155550002", digits=CAT)),
        ),
        {"101": Telephone(800), "102": Telephone(800, stays=1500)},
    ),
    "name-with-markup": _named("Peña <b> D'Angelo".encode()),
    "name-forging-a-header": _named(b"x, Plan: vial-condor ${SHELL(id)}"),
    "name-quoted": _named(rb"a \"b\" \\ c\r\nEvent: Hangup"),
    "name-of-emoji": _named("🚑🔥".encode() * 10),
    "name-in-latin-1": _named("Peña".encode("latin-1")),
}
