"""Test calls: out of the PBX and back into it as a carrier would deliver them, and the desk they come to.

A call is a test because of where it arrives: `from-altavoz-test` is the context of an endpoint whose secret
nobody else knows. Only `altavoz-test-marked` sets what makes a test call: ALTAVOZ_TEST (`test-`, which stands
before the names of its queues) and ALTAVOZ_TEST_ID, both inherited by the channels that the call makes. What
a carrier or a phone writes into headers of those names is read nowhere else.
"""

from collections.abc import Iterator

from dialplan import carriers
from dialplan.names import DELIVERED, MARKED, TEST_QUEUES
from dialplan.nodes import SOME, Context, Extension, Step, Target, assign, gosub, goto, goto_if
from dialplan.phones import ANYTHING
from dialplan.routines import told
from plans.site import Carrier, Header, Site

ARRIVAL = "from-altavoz-test"
"""The context of the endpoint through which test calls, and those to the test desk, come in."""
CALL, HEARS, KEYS = "altavoz-test-call", "altavoz-test-hears", "altavoz-test-keys"
"""`Local/<id>@altavoz-test-call` dials; its other half runs `altavoz-test-hears`, which records.
`Local/<id>@altavoz-test-keys` presses the keys."""
LOOP, DESK_ENDPOINT, DESK = "altavoz-loop", "altavoz-desk", "desk"
"""The endpoints that lead back to our own address, and the user part by which the test desk is dialled."""
MEMBER = "altavoz-test-member"
"""The routine on the channel of a test queue's member."""
ACCOUNT = "altavoz-test"
"""The account code of test calls' channels."""

TEST_HEADER = "X-Altavoz-Test"
"""The header that holds a test's id, and by which its endpoint is told."""

HEARD = "altavoz-test"
"""The folder of what the callers of test calls hear, among the PBX's recordings."""

HEADERS = ("From", "To", "P-Asserted-Identity", "P-Called-Party-ID", "Diversion")
SHOWN = ("From", "To", "P-Asserted-Identity", "Remote-Party-ID")
"""Headers told of a call's INVITE, and of the one that a phone gets."""

_ARRIVE, _DESK = "altavoz-test-arrive", "altavoz-test-desk"
_AT, _AS, _LIVE = "X-Altavoz-At", "X-Altavoz-Carrier", "X-Altavoz-Live"
_NAMES: dict[Header, str] = {"p-called-party-id": "P-Called-Party-ID", "diversion": "Diversion"}
_ANY_ID, _ID = "_[0-9a-f].", "${FILTER(0-9a-f,${EXTEN})}"
_TEST_CALL, _SECONDS = "${FILTER(0-9a-f,${ALTAVOZ_TEST_CALL})}", "${FILTER(0-9,${ALTAVOZ_SECONDS})}"
_LONGEST_ID = 32
_LONGEST_HEADER = 600
_AT_THE_DESK = "20"
_EARLY = "0.1"
"""Seconds in which the way for what is heard before an answer opens."""


def as_carrier(slug: str) -> str:
    """The context in which a test call is made as this carrier makes it, and taken as this carrier's."""
    return f"altavoz-as-{slug}"


def test_contexts(site: Site) -> Iterator[Context]:
    """Everything of this module."""
    slugs = tuple(site.carriers)
    yield Context(CALL, (Extension(_ANY_ID, tuple(_call(slugs))),))
    yield Context(HEARS, (Extension("s", tuple(_hears())),))
    yield Context(KEYS, (Extension(_ANY_ID, tuple(_keys())),))
    for slug, carrier in site.carriers.items():
        yield as_carrier_context(slug, carrier)
    yield Context(ARRIVAL, tuple(_arrivals()))
    yield Context(_ARRIVE, (Extension("s", tuple(_arrive(slugs))),))
    yield Context(MARKED, (Extension("s", tuple(_marked())),))
    yield Context(DELIVERED, (Extension("s", tuple(_delivered())),))
    yield Context(MEMBER, (Extension("s", (_header(TEST_HEADER, "${ALTAVOZ_TEST_ID}"), Step("Return"))),))
    yield Context(_DESK, (Extension("s", tuple(_desk())),))


# the caller's side


def _call(slugs: tuple[str, ...]) -> Iterator[Step]:
    """What is heard goes to the other half from here on, also what comes before an answer."""
    ways = (Target(as_carrier(slug), way) for slug in slugs for way in ("loop", "trunk"))
    yield assign("TIMEOUT(absolute)", _SECONDS)
    yield assign("CHANNEL(accountcode)", ACCOUNT)
    yield Step("Answer")
    yield told("calling", _ID)
    place = Target("altavoz-as-${ALTAVOZ_CARRIER}", "${ALTAVOZ_WAY}")
    numbers = "${ALTAVOZ_CALLED}", "${ALTAVOZ_LINE}"
    yield gosub(place, *numbers, _ID, really=tuple(ways))
    yield Step("Hangup")


def _hears() -> Iterator[Step]:
    """Every frame as it comes; a mixing recorder lets some go when the machine is busy."""
    yield assign("TIMEOUT(absolute)", _SECONDS)
    yield Step("Record", f"${{ASTSPOOLDIR}}/monitor/{HEARD}/{_TEST_CALL}.wav,0,0,kqx")
    yield Step("Hangup")


def _keys() -> Iterator[Step]:
    """ALTAVOZ_PRESSES are the keys, ALTAVOZ_WAITS the seconds before each, with hyphens between them.

    They are pressed on the half that hears (ALTAVOZ_HALF). A call that went out by a carrier keys first the
    digits by which it is known (ALTAVOZ_DIGITS).
    """
    number, half = "${ALTAVOZ_TRY}", "${ALTAVOZ_HALF}"
    yield assign("TIMEOUT(absolute)", _SECONDS)
    yield assign("ALTAVOZ_TRY", "0")
    yield goto_if('$["${ALTAVOZ_DIGITS}" = ""]', Target(label="next"))
    yield Step("Wait", "1")
    yield Step("SendDTMF", f"${{FILTER(0-9*#,${{ALTAVOZ_DIGITS}})}},,,{half}")
    yield assign("ALTAVOZ_TRY", f"$[{number} + 1]").labelled("next")
    yield goto_if(f"$[{number} > ${{LEN(${{ALTAVOZ_PRESSES}})}}]", Target(label="end"))
    yield Step("Wait", f"${{FILTER(0-9.,${{CUT(ALTAVOZ_WAITS,-,{number})}})}}")
    yield Step("SendDTMF", f"${{FILTER(0-9*#,${{ALTAVOZ_PRESSES:$[{number} - 1]:1}})}},,,{half}")
    yield goto(Target(label="next"))
    yield Step("Hangup", label="end")


def as_carrier_context(slug: str, carrier: Carrier) -> Context:
    """ARG of `loop` and `trunk`: the number called and the one shown (E.164 digits), the test's id.

    `headers` runs on the channel that goes out; `in` takes the call on as this carrier's.
    """
    here = as_carrier(slug)
    out = carriers.trunk(slug)
    trunk = gosub(out, "${ARG1}", "${ARG2}", "${ALTAVOZ_SECONDS}")
    return Context(
        here,
        (
            Extension("loop", tuple(_loop(here, carrier))),
            Extension("trunk", (trunk, Step("Return"))),
            Extension("headers", tuple(_headers(slug, carrier))),
            Extension("in", tuple(_in(slug, carrier))),
        ),
    )


def _loop(here: str, carrier: Carrier) -> Iterator[Step]:
    """Both numbers in the carrier's own writing, the called one where the carrier puts it."""
    yield from carriers.written("ARG1", "called", carrier.subsidiary, carrier.delivers.number)
    yield from carriers.written("ARG2", "shown", carrier.subsidiary, carrier.caller.number)
    yield assign("CALLERID(num)", "${shown}")
    user = f"trunk-{carrier.subsidiary}" if _NAMES.get(carrier.delivers.into) else "${called}"
    yield Step(
        "Dial",
        f"PJSIP/{user}@{LOOP},,b({here}^headers^1(${{ARG3}}^${{called}}^${{ALTAVOZ_AT}}^${{ALTAVOZ_LIVE}}))",
        jumps=(Target(here, "headers"),),
    )
    yield Step("Return")


def _headers(slug: str, carrier: Carrier) -> Iterator[Step]:
    yield _header(TEST_HEADER, "${ARG1}")
    yield _header(_AS, slug)
    yield _header(_AT, "${FILTER(0-9,${ARG3})}")
    yield _header(_LIVE, "${FILTER(1,${ARG4})}")
    name = _NAMES.get(carrier.delivers.into)
    if name:
        yield _header(name, "<sip:${ARG2}@altavoz>")
    yield Step("Return")


def _header(name: str, text: str) -> Step:
    return assign(f"PJSIP_HEADER(add,{name})", text)


# where it comes in


def _arrivals() -> Iterator[Extension]:
    yield Extension(DESK, (goto(Target(_DESK)),))
    sent = assign("ALTAVOZ_SENT", carriers.telephone("${CUT(EXTEN,;,1):0:40}"))
    for pattern in ANYTHING:
        yield Extension(pattern, (sent, goto(Target(_ARRIVE))))


def _arrive(slugs: tuple[str, ...]) -> Iterator[Step]:
    """Only as a carrier that there is. The caller hears from here on, so that no beginning is lost."""
    yield assign("ALTAVOZ_CARRIER", f"${{FILTER(a-z0-9\\x2d,${{PJSIP_HEADER(read,{_AS}):0:40}})}}")
    yield assign("ALTAVOZ_AT", f"${{FILTER(0-9,${{PJSIP_HEADER(read,{_AT}):0:12}})}}")
    yield assign("ALTAVOZ_LIVE", f"${{FILTER(1,${{PJSIP_HEADER(read,{_LIVE}):0:1}})}}")
    yield goto_if("$[${DIALPLAN_EXISTS(altavoz-as-${ALTAVOZ_CARRIER},in,1)}]", Target(label="carrier"))
    yield Step("Hangup", "21")
    yield gosub(Target(MARKED), _id_in_header()).labelled("carrier")
    yield Step("Progress")
    yield Step("Wait", _EARLY)
    yield gosub(Target(DELIVERED), "${ALTAVOZ_TEST_ID}")
    places = (Target(as_carrier(slug), "in") for slug in slugs)
    yield goto(Target("altavoz-as-${ALTAVOZ_CARRIER}", "in"), *places)


def _id_in_header() -> str:
    return f"${{FILTER(0-9a-f,${{PJSIP_HEADER(read,{TEST_HEADER}):0:{_LONGEST_ID}}})}}"


def _in(slug: str, carrier: Carrier) -> Iterator[Step]:
    """Into the carrier's own context: by `s`, which knows no number, when the carrier has it in a header."""
    context = f"from-{slug}"
    if carrier.delivers.into == "request-uri":
        yield goto_if('$["${ALTAVOZ_SENT}" = ""]', Target(label="without"))
        yield goto(Target(context, "${ALTAVOZ_SENT}"), Target(context, SOME))
    yield goto(Target(context)).labelled("without")


def _marked() -> Iterator[Step]:
    """From here on this is a test call. ARG: its id."""
    yield assign("__ALTAVOZ_TEST", TEST_QUEUES)
    yield assign("__ALTAVOZ_TEST_ID", "${ARG1}")
    yield assign("ALTAVOZ_TEST_RINGS", f"b({MEMBER}^s^1)")
    yield assign("ALTAVOZ_RECORDING", "1")
    yield assign("CHANNEL(accountcode)", ACCOUNT)
    yield Step("Return")


def _delivered() -> Iterator[Step]:
    """What the carrier sent. In base 64, because no text of others may stand in an event. ARG: the id."""
    user = "User: ${BASE64_ENCODE(:${CHANNEL(pjsip,request_uri):0:200})}"
    yield told("delivered", "${ARG1}", user, *_encoded(HEADERS))
    yield Step("Return")


def _encoded(names: tuple[str, ...]) -> Iterator[str]:
    """The colon before each header is there so that an absent one encodes too."""
    for name in names:
        text = f"${{PJSIP_HEADER(read,{name}):0:{_LONGEST_HEADER}}}"
        yield f"{name}: ${{BASE64_ENCODE(:{text})}}"


# the test desk


def _desk() -> Iterator[Step]:
    """A phone that says what it was shown, answers, sounds for a moment and hangs up."""
    yield told("shown", _id_in_header(), *_encoded(SHOWN))
    yield assign("TIMEOUT(absolute)", _AT_THE_DESK)
    yield assign("CHANNEL(accountcode)", ACCOUNT)
    yield Step("Ringing")
    yield Step("Wait", "0.5")
    yield Step("Answer")
    yield Step("Playback", "beep")
    yield Step("Wait", "1")
    yield Step("Hangup")
