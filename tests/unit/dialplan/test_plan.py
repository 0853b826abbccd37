"""What a plan says, as the steps of its contexts."""

import pytest

from dialplan.build import build
from dialplan.check import check
from dialplan.errors import CannotBuild
from dialplan.escape import Unwritable
from dialplan.nodes import Context, Dialplan
from dialplan.routines import mark
from dialplan.served import all_live
from plans.model import Destination, PlanVersion, Prompt
from plans.site import Phones, UnknownNumber


@pytest.fixture
def nandu(versions) -> PlanVersion:
    return next(version for version in versions if version.plan.plan == "hogar-nandu")


@pytest.fixture
def ajolote(versions) -> PlanVersion:
    return next(version for version in versions if version.plan.plan == "mascotas-ajolote")


def _changed(version: PlanVersion, **changes: object) -> PlanVersion:
    return version.model_copy(update={"plan": version.plan.model_copy(update=changes)})


def _build(site, *versions: PlanVersion) -> Dialplan:
    return build(all_live(versions), site, (2026,), "pbx1")


def _context(dialplan: Dialplan, *, start: str = "", end: str = "") -> Context:
    return next(c for c in dialplan.contexts if c.name.startswith(start) and c.name.endswith(end))


def _steps(context: Context, extension: str = "s") -> list[str]:
    found = next(each for each in context.extensions if each.pattern == extension)
    return [f"{step.app}({step.data})" for step in found.steps]


def test_every_line_of_a_plan_leads_to_it_whatever_its_carrier(site, nandu):
    second = nandu.plan.lines[0].model_copy(
        update={"header": "+541143218766", "public": None, "carrier": "telmex"}
    )
    dialplan = _build(site, _changed(nandu, lines=(nandu.plan.lines[0], second)))
    plan = _context(dialplan, start="plan-").name
    assert _steps(_context(dialplan, start="did-765"), "541143218765") == [
        "Set(ALTAVOZ_PUBLIC=548005551234)",
        f"Goto({plan},s,1)",
    ]
    assert _steps(_context(dialplan, start="did-766"), "541143218766") == [f"Goto({plan},s,1)"]


def test_a_site_whose_phones_show_the_header_sets_no_public_number(site, nandu):
    shy = site.model_copy(update={"phones": Phones(shows="header")})
    assert len(_steps(_context(_build(shy, nandu), start="did-765"), "541143218765")) == 1


def test_a_queue_of_which_the_plan_says_nothing_waits_five_minutes_and_owes_a_call_back(site, ajolote):
    steps = _steps(_context(_build(site, ajolote), start="plan-", end="-q"), "q_sac")
    assert "Queue(${ALTAVOZ_TEST}sac,i${ALTAVOZ_TEST_RINGS},,,300,,altavoz-answered)" in steps
    after = steps.index('GotoIf($["${QUEUESTATUS}" != "TIMEOUT"]?nobody)')
    assert steps[after + 1] == "Gosub(altavoz-callback-es-MX,s,1(sac))"


def test_the_fifth_queue_of_a_call_is_a_call_back(site, ajolote):
    steps = _steps(_context(_build(site, ajolote), start="plan-", end="-q"), "q_sac")
    assert steps[0] == "Set(ALTAVOZ_ENTRIES=$[${ALTAVOZ_ENTRIES} + 1])"
    assert steps[3] == "GotoIf($[${ALTAVOZ_ENTRIES} > 4]?over)"
    assert steps[-2:] == ["Gosub(altavoz-callback-es-MX,s,1(sac))", "Hangup()"]


def test_only_a_plan_that_says_so_records(site, nandu, ajolote):
    def records(version):
        return any(
            "MixMonitor" in step
            for step in _steps(_context(_build(site, version), start="plan-", end="-q"), "q_sac")
        )

    assert records(nandu)
    assert not records(ajolote)
    assert not records(_changed(nandu, record=False))


def test_a_recording_is_played_in_place_of_the_voice(site, ajolote):
    recorded = ajolote.model_copy(update={"recordings": {"saludo": "altavoz/" + "ab" * 10}})
    dialplan = _build(site, recorded)
    assert "Playback(altavoz/" + "ab" * 10 + ")" in _steps(_context(dialplan, start="plan-"))
    assert dialplan.sounds == {"altavoz/" + "ab" * 10}
    assert "Ajolote Mascotas, gracias por llamar." not in {each.text for each in dialplan.speech.values()}
    assert check(dialplan) == []


def test_the_name_comes_after_the_mark_that_tells_who_calls(site, nandu):
    steps = _steps(_context(_build(site, nandu), start="plan-"))
    assert steps[0].startswith("Gosub(altavoz-mark,arrived,1(${ALTAVOZ_LINE},hogar-nandu,")
    assert steps[1] == "Set(CALLERID(name)=ASISTENCIA ÑANDÚ)"


def test_a_plan_without_a_menu_plays_its_greeting_whole(site, ajolote):
    steps = _steps(_context(_build(site, ajolote), start="plan-"))
    assert not any("Background" in step for step in steps)


def test_the_longest_names_fit(site, nandu):
    long = "a" * 40
    menus = {f"{'b' * 38}{number:02}": nandu.plan.menus["consultas"] for number in range(20)}
    plan = _changed(nandu, plan=long, menus={**nandu.plan.menus, **menus})
    assert check(_build(site, plan)) == []


def test_queues_that_differ_by_a_hyphen_stay_apart(site, ajolote):
    alike = site.queues["sac"].model_copy(update={"extension": None})
    twins = {"a-b": alike, "ab": alike, **site.queues}
    wide = site.model_copy(update={"queues": twins})
    answer = (Destination(queue="a-b"),)
    with_both = _changed(ajolote, answer=answer, menus={}, calendars={})
    other = _changed(ajolote, plan="otro", answer=(Destination(queue="ab"),), lines=())
    assert check(_build(wide, with_both, other)) == []
    assert _steps(_context(_build(wide, with_both), start="plan-", end="-q"), "q_a_b")


def test_a_foreign_duty_number_goes_out_by_the_calls_own_carrier(site, ajolote):
    dialplan = _build(site, _changed(ajolote, answer=(Destination(dial="+13055551234"),)))
    assert "Gosub(to-${ALTAVOZ_CARRIER},s,1(13055551234,${ALTAVOZ_LINE},45,ir))" in _steps(
        _context(dialplan, start="plan-")
    )
    assert check(dialplan) == []


@pytest.mark.parametrize(
    "then",
    [Destination(queue="cat"), Destination(callback="sac"), Destination(dial="+541140009999")],
)
def test_an_unknown_number_may_lead_to_people(site, nandu, then):
    kind = site.model_copy(update={"unknown_number": UnknownNumber(say="No existe.", then=then)})
    assert check(_build(kind, nandu)) == []


def test_the_holidays_of_each_country_are_written_for_the_years_asked(site, nandu):
    names = {
        each.pattern
        for each in _context(build(all_live((nandu,)), site, (2026, 2027), "x"), end="holidays-AR").extensions
    }
    assert {"20260525", "20261225", "20270525"} <= names
    assert not any(name.startswith("2028") for name in names)


def test_allowed_prefixes_that_another_covers_are_left_out(site, nandu):
    phones = Phones(allow=("+54", "+5411", "+1305"))
    dialplan = _build(site.model_copy(update={"phones": phones}), nandu)
    patterns = [each.pattern for each in _context(dialplan, start="phones-allowed").extensions]
    assert patterns == ["_1305X.", "_54X."]
    assert check(dialplan) == []


def test_a_site_of_no_allowed_prefix_and_no_plan_is_whole(site):
    assert check(_build(site.model_copy(update={"phones": Phones()}))) == []


def test_each_phone_shows_a_number_of_the_carrier_before_its_first_call(site, nandu):
    steps = _steps(_context(_build(site, nandu), start="phones-home"), "c_AR")
    assert 'Set(ALTAVOZ_SHOWN=${IF($["${ALTAVOZ_SHOWN}" = ""]?548005551234:${ALTAVOZ_SHOWN})})' in steps


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"answer": (Destination(menu="nada"),)}, "menú «nada»"),
        ({"answer": (Destination(queue="nada"),)}, "grupo «nada»"),
        ({"answer": (Destination(repeat=True),)}, "«repeat» solo sirve"),
        ({"answer": ()}, "no termina en un destino"),
        ({"hours": "nada"}, "calendario «nada»"),
        ({"prompts": {}}, "locución «saludo»"),
        ({"prompts": {"saludo": Prompt(audio="x.wav")}}, "locución «saludo»"),
        ({"subsidiary": "CL"}, "filial «CL»"),
    ],
)
def test_what_the_checks_of_plans_refuse_cannot_be_built(site, ajolote, changes, says):
    with pytest.raises(CannotBuild, match=says):
        _build(site, _changed(ajolote, **changes))


@pytest.mark.parametrize("name", ["${SHELL(id)}", "A\nexten => h,1,NoOp()", "$[1+1]"])
def test_a_fantasy_name_never_becomes_an_expression(site, nandu, name):
    with pytest.raises(Unwritable):
        _build(site, _changed(nandu, fantasy_name=name))


def test_a_mark_takes_the_values_of_its_kind():
    assert mark("choice", "principal", "1").data == "altavoz-mark,choice,1(principal,1)"
    with pytest.raises(ValueError, match="choice"):
        mark("choice", "principal")


def test_a_country_without_numbers_of_its_own_cannot_have_a_carrier(site, nandu):
    nowhere = site.carriers["telmex"].model_copy(update={"subsidiary": "XX"})
    other = site.model_copy(update={"carriers": {"telmex": nowhere}})
    with pytest.raises(CannotBuild, match="«XX» no es un país"):
        _build(other, nandu)


def test_the_dialplan_tells_which_pbx_it_is_for(site, nandu):
    assert _steps(_context(_build(site, nandu), start="altavoz-pbx"), "id")[0] == "NoOp(pbx1)"
