"""Calls by SIP through the real Asterisk, told by the marks they leave."""

import time

import pytest

pytestmark = pytest.mark.pbx

NANDU, CONDOR, AJOLOTE = "541143218765", "576015551234", "525541239876"
TRICKY = r'"a:b@c \"q\" <sip:999@x>" <sip:+576015551234@h:5060;user=phone>;x=y'


@pytest.mark.parametrize(
    ("carrier", "user", "to", "headers", "line"),
    [
        ("telecom-ar", "1143218765", "", (), NANDU),
        ("telecom-ar", "01143218765", "", (), NANDU),
        ("telecom-ar", "+541143218765", "", (), NANDU),
        ("telecom-ar", "00541143218765", "", (), NANDU),
        ("telecom-ar", "1143218765;npdi=yes;rn=5411", "", (), NANDU),
        ("telecom-ar", "tel1143218765", "", (), NANDU),
        ("claro-co", "x1", "<sip:+576015551234@h>", (), CONDOR),
        ("claro-co", "1", TRICKY, (), CONDOR),
        ("claro-co", "1", "<tel:+576015551234>", (), CONDOR),
        ("claro-co", "", "sip:+5715551234@h", (), CONDOR),
        ("claro-co", "576015551234", "<sip:10.0.0.1>", (), CONDOR),
        ("claro-co", "576015551234", '<sip:10.0.0.1>;x="a@b"', (), CONDOR),
        ("telmex", AJOLOTE, "", (), AJOLOTE),
        ("telmex", "5215541239876", "", (), AJOLOTE),
        ("telmex", NANDU, "", (), NANDU),
        ("desvio-ar", "0", "", ('Diversion: "x" <sip:541143218765@x>;reason=unconditional',), NANDU),
        ("pcpid-ar", "0", "", ("P-Called-Party-ID: <sip:01143218765@x;user=phone>",), NANDU),
        ("pcpid-ar", "0", "", ("P-Called-Party-ID: <sip:991143218765@x>",), NANDU),
        ("pcpid-ar", "0", "", ("P-Called-Party-ID: <sip:700101143218765@x>",), NANDU),
    ],
)
def test_a_call_reaches_its_plan_however_the_carrier_writes_the_number(
    pbx, carriers, carrier, user, to, headers, line
):
    carriers[carrier].call(user, "<sip:1143210000@red>", to, *headers)
    arrived = pbx.mark("arrived")
    assert (arrived["Line"], arrived["Carrier"]) == (line, carrier)


@pytest.mark.parametrize(
    ("carrier", "caller", "headers", "digits"),
    [
        ("telecom-ar", "<sip:1143210000@red>", (), "541143210000"),
        ("telecom-ar", "<sip:0111543210000@red>", (), "5491143210000"),
        ("telecom-ar", "<sip:+13055551234@red>", (), "13055551234"),
        ("telecom-ar", "<sip:anonymous@anonymous.invalid>", (), ""),
        ("telecom-ar", '"Anonymous" <sip:Restricted@red>', (), ""),
        ("telecom-ar", "<sip:unknown1@red>", (), ""),
        ("telecom-ar", "<sip:red>", (), ""),
        (
            "telecom-ar",
            "<sip:1143210000@red>",
            ("Privacy: id", "P-Asserted-Identity: <sip:1143210000@x>"),
            "",
        ),
        ("telecom-ar", "<sip:+54(11)4321-0000@red>", (), "541143210000"),
        ("telmex", "<sip:0445541230000@red>", (), "525541230000"),
        ("claro-co", "<sip:+5715550000@red>", (), "576015550000"),
    ],
)
def test_the_caller_is_told_by_the_digits_of_e164(pbx, carriers, carrier, caller, headers, digits):
    line = {"telecom-ar": "1143218765", "telmex": AJOLOTE, "claro-co": CONDOR}[carrier]
    carriers[carrier].call(line, caller, f"<sip:{line}@x>", *headers)
    assert pbx.mark("arrived").get("CallerIDNum", "").replace("<unknown>", "") == digits


@pytest.mark.parametrize("name", ["${CHANNEL}", "$[1+1]", "x, Plan: stolen", "a)b(c", ";x", "${SHELL(id)}"])
def test_no_text_of_a_caller_is_evaluated_or_forges_a_mark(pbx, carriers, name):
    carriers["telecom-ar"].call("1143218765", f'"{name}" <sip:1143210000@red>', f'"{name}" <sip:1@x>')
    arrived = pbx.mark("arrived")
    assert (arrived["Plan"], arrived["Line"]) == ("hogar-nandu", NANDU)
    assert arrived["CallerIDName"] == name


@pytest.mark.parametrize("user", ["h", "i", "t", "T"])
def test_the_names_that_asterisk_itself_calls_are_no_numbers(pbx, carriers, user):
    carriers["telecom-ar"].call(user)
    pbx.until(lambda: [code for code in carriers["telecom-ar"].status() if code >= 400] != [])
    assert pbx.marks() == []


@pytest.mark.parametrize("user", ["1199999999", "", "9" * 60, "12&PJSIP%2F101", "abc"])
def test_an_unknown_number_hears_its_sentence_unbilled(pbx, carriers, user):
    carriers["telecom-ar"].call(user)
    unknown = pbx.mark("unknown")
    assert unknown["Carrier"] == "telecom-ar"
    assert pbx.marks("arrived") == []
    pbx.until(lambda: 404 in carriers["telecom-ar"].status())
    assert 183 in carriers["telecom-ar"].status()
    assert 200 not in carriers["telecom-ar"].status()


def _type(end, digits: str) -> None:
    for digit in digits:
        end.press(digit)
        time.sleep(0.15)


OPEN, SHUT = 1777334400, 1777312800
"""A Monday in Argentina, at nine in the evening and at three in the afternoon."""


@pytest.fixture
def at_night(pbx):
    """The plan of everything is open."""
    pbx.ask(f"dialplan set global ALTAVOZ_AT {OPEN}")
    yield
    pbx.ask("dialplan set global ALTAVOZ_AT")


def _pruebas(carriers, caller: str = "<sip:1143210000@red>"):
    end = carriers["telecom-ar"]
    end.call("1140000001", caller)
    return end.answered()


def _told(pbx, *kinds: str) -> list[tuple[str, ...]]:
    keys = {"choice": ("Menu", "Digit"), "digits": ("Name", "Digits"), "queue": ("Queue", "Priority")}
    keys |= {"callback": ("Queue",), "closed": ("Calendar",), "duty": ("Number",)}
    marks = pbx.marks(*(kinds or keys))
    return [(mark["Mark"], *(mark[key] for key in keys[mark["Mark"]])) for mark in marks]


def test_a_key_in_the_greeting_is_remembered_and_only_what_must_be_asked_is_asked(pbx, carriers, at_night):
    end = _pruebas(carriers)
    end.press("1")
    pbx.reached("Read")
    _type(end, "1234")
    pbx.mark("queue")
    assert _told(pbx) == [("digits", "poliza", "1234"), ("choice", "principal", "1"), ("queue", "cat", "10")]
    assert pbx.times("Read") == 1


def test_without_a_key_everything_is_asked_and_a_wrong_length_asked_again(pbx, carriers, at_night):
    end = _pruebas(carriers)
    for place, digits in enumerate(("12#", "1234", "1234567#"), start=1):
        pbx.reached("Read", place)
        _type(end, digits)
    pbx.until(lambda: len(pbx.marks("digits")) == 2)
    end.press("#")
    pbx.mark("callback")
    assert _told(pbx) == [
        ("digits", "poliza", "1234"),
        ("digits", "documento", "1234567"),
        ("choice", "principal", "#"),
        ("callback", "sac"),
    ]
    end.ended()


def _hurried(pbx, carriers, key: str):
    """At the first menu, with this key pressed in the greeting."""
    end = _pruebas(carriers)
    end.press(key)
    pbx.reached("Read")
    _type(end, "1234")
    pbx.until(lambda: pbx.marks("digits") != [])
    return end


def test_a_wrong_key_and_silence_lead_to_otherwise_and_an_empty_queue_to_its_nobody(pbx, carriers, at_night):
    end = _hurried(pbx, carriers, "9")
    pbx.reached("BackGround", 2)
    end.press("5")
    pbx.mark("callback")
    assert _told(pbx, "choice", "queue", "callback") == [("queue", "sac", "0"), ("callback", "cat")]
    end.ended()


def test_a_priority_is_kept_through_a_second_menu(pbx, carriers, at_night):
    end = _hurried(pbx, carriers, "*")
    pbx.reached("BackGround", 2)
    end.press("1")
    pbx.mark("queue")
    told = _told(pbx, "choice", "queue")
    assert told == [("choice", "principal", "*"), ("choice", "otro", "1"), ("queue", "sac", "7")]


def test_a_choice_outside_its_hours_is_told_and_goes_where_the_calendar_says(pbx, carriers, at_night):
    _hurried(pbx, carriers, "2")
    pbx.mark("callback")
    assert _told(pbx)[1:] == [("choice", "principal", "2"), ("closed", "nunca"), ("callback", "sac")]


def test_a_plan_outside_its_hours_speaks_without_answering(pbx, carriers):
    pbx.ask(f"dialplan set global ALTAVOZ_AT {SHUT}")
    carriers["telecom-ar"].call("1140000001")
    pbx.until(lambda: [code for code in carriers["telecom-ar"].status() if code >= 400] != [])
    pbx.ask("dialplan set global ALTAVOZ_AT")
    assert _told(pbx) == [("closed", "noches")]
    assert 183 in carriers["telecom-ar"].status()
    assert 200 not in carriers["telecom-ar"].status()


def test_an_anonymous_caller_is_asked_for_a_telephone_before_the_call_back(pbx, carriers, at_night):
    end = _pruebas(carriers, "<sip:anonymous@anonymous.invalid>")
    end.press("#")
    pbx.reached("Read")
    _type(end, "1234")
    pbx.reached("Read", 2)
    _type(end, "01143219999#")
    pbx.mark("callback")
    assert _told(pbx)[2:] == [("digits", "telefono", "01143219999"), ("callback", "sac")]


def test_the_duty_number_goes_out_as_the_carrier_writes_it_and_shows_the_header(pbx, carriers, at_night):
    end = _hurried(pbx, carriers, "3")
    invite = end.invited()
    assert invite.startswith("INVITE sip:1140009999@127.0.0.11")
    assert "<sip:1140000001@" in next(line for line in invite.split("\r\n") if line.startswith("From:"))
    assert _told(pbx, "duty") == [("duty", "541140009999")]


def test_nobody_on_duty_means_a_call_back(pbx, carriers, at_night):
    carriers["telecom-ar"].answers = False
    _hurried(pbx, carriers, "3")
    pbx.mark("callback")
    assert _told(pbx, "duty", "callback") == [("duty", "541140009999"), ("callback", "cat")]


def test_the_phone_shows_the_fantasy_name_and_later_calls_out_with_the_plans_number(pbx, carriers, phone):
    caller = carriers["telecom-ar"]
    caller.call("1143218765", '"Juan" <sip:1143210000@red>')
    caller.answered().press("1")
    invite = phone.invited()
    assert '"ASISTENCIA ÑANDÚ" <sip:541143210000@' in invite
    pbx.until(lambda: "548005551234" in pbx.ask("database show altavoz-shows"))
    assert "AR" in pbx.ask("database show altavoz-country")
    pbx.hang_up_all()
    caller.seen.clear()
    phone.call("01143211111", '"Ana" <sip:101@x>')
    out = caller.invited()
    assert out.startswith("INVITE sip:1143211111@127.0.0.11")
    sender = next(line for line in out.split("\r\n") if line.startswith("From:"))
    assert "<sip:8005551234@" in sender
    assert "Ana" not in out


def test_what_two_say_is_recorded_by_date_and_call(pbx, carriers, phone):
    end = carriers["telecom-ar"]
    end.call("1143218765")
    end.answered().press("1")
    phone.invited()
    folder = pbx.home / "spool/monitor"
    pbx.until(lambda: list(folder.glob("2*-*-*/*.wav")) != [])
    assert len(list(folder.glob("*/*.wav"))) >= 1


@pytest.mark.parametrize(
    ("dialled", "carrier", "called"),
    [
        ("911", "telecom-ar", "911"),
        ("01143211111", "telecom-ar", "1143211111"),
        ("+5491143211111", "telecom-ar", "111543211111"),
        ("+576015551111", "claro-co", "+576015551111"),
        ("00525541231111", "telmex", "525541231111"),
        ("5541231111", "telmex", "525541231111"),
    ],
)
def test_a_phone_calls_the_countries_of_the_site_in_any_writing(
    pbx, carriers, phone, dialled, carrier, called
):
    phone.call(dialled, "<sip:101@x>")
    assert carriers[carrier].invited().startswith(f"INVITE sip:{called}@")


@pytest.mark.parametrize("dialled", ["+13055551234", "0013055551234", "12345", "*97", "9", "invitado"])
def test_a_phone_hears_that_anything_else_is_not_allowed(pbx, carriers, phone, dialled):
    phone.call(dialled, "<sip:101@x>")
    pbx.until(lambda: [code for code in phone.status() if code >= 400] != [])
    assert 183 in phone.status()
    assert not any(text.startswith("INVITE") for end in carriers.values() for text in end.seen)


def test_a_phone_reaches_another(pbx, carriers, phone):
    phone.call("102", "<sip:101@x>")
    pbx.until(lambda: 486 in phone.status())


def test_a_caller_who_hides_the_number_does_not_hide_the_fantasy_name(pbx, carriers, phone):
    caller = carriers["telecom-ar"]
    headers = ("Privacy: id", "P-Asserted-Identity: <sip:1143210000@red>")
    caller.call("1143218765", "<sip:anonymous@anonymous.invalid>", "", *headers)
    caller.answered().press("1")
    invite = phone.invited()
    assert '"ASISTENCIA ÑANDÚ"' in invite
    assert "1143210000" not in invite


def test_every_mark_goes_to_the_journal_too(pbx, carriers):
    carriers["telecom-ar"].call("1143218765")
    carriers["telecom-ar"].answered().press("2")
    pbx.mark("queue")
    journal = [event for event in list(pbx.events) if event.get("EventName") == "ALTAVOZ"]
    version = pbx.mark("arrived")["Version"]
    assert [event["Extra"] for event in journal] == [
        f'{{"extra":"arrived;line={NANDU};plan=hogar-nandu;version={version};carrier=telecom-ar"}}',
        '{"extra":"choice;menu=principal;digit=2"}',
        '{"extra":"queue;queue=cat;priority=0"}',
    ]
