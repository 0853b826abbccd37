"""Where phones pass calls on to, what brings callers back, and who may pick up."""

from dialplan.build import build
from dialplan.check import check
from dialplan.nodes import Context, Dialplan
from dialplan.served import all_live


def _built(site, versions) -> Dialplan:
    return build(all_live(versions), site, (2026,), "pbx1")


def _context(dialplan: Dialplan, name: str) -> Context:
    return next(context for context in dialplan.contexts if context.name == name)


def _steps(context: Context, extension: str = "s") -> list[str]:
    found = next(each for each in context.extensions if each.pattern == extension)
    return [f"{step.app}({step.data})" for step in found.steps]


def test_a_transfer_takes_whatever_a_phone_sends_and_keeps_only_a_number(site, versions):
    transfer = _context(_built(site, versions), "altavoz-transfer")
    assert {each.pattern for each in transfer.extensions} == {"s", "_[+0-9*#]!", "_[A-Za-z]."}
    for each in transfer.extensions:
        assert _steps(transfer, each.pattern)[0] == "Set(ALTAVOZ_SENT=${FILTER(+0-9,${EXTEN:0:20})})"


def test_every_queue_notes_where_its_callers_come_back_to(site, versions):
    dialplan = _built(site, versions)
    queues = [c for c in dialplan.contexts if c.name.endswith("-q")]
    assert len(queues) > len(versions)
    for context in queues:
        for extension in context.extensions:
            steps = _steps(context, extension.pattern)
            assert f"Set(ALTAVOZ_BACK={context.name})" in steps
            assert f"Set(ALTAVOZ_QUEUE={extension.pattern})" in steps


def test_who_is_rescued_comes_before_all_others(site, versions):
    steps = _steps(_context(_built(site, versions), "altavoz-rescue"))
    assert "Set(QUEUE_PRIO=1000)" in steps
    assert steps[-1] == "Goto(${ALTAVOZ_BACK},${ALTAVOZ_QUEUE},1)"


def test_a_queue_is_reached_by_its_number_as_the_plan_or_as_the_site_has_it(site, versions):
    dialplan = _built(site, versions)
    steps = _steps(_context(dialplan, "altavoz-passed-on-queue"), "702")
    assert steps[0] == "Gosub(altavoz-mark,transfer,1(sac,${ALTAVOZ_BY}))"
    assert "Goto(altavoz-queues-${ALTAVOZ_COUNTRY}-q,q_sac,1)" in steps
    assert steps[-1] == "Goto(${ALTAVOZ_BACK},q_sac,1)"
    assert _steps(_context(dialplan, "phones-queues"), "701")[1].startswith("Queue(cat,i,")


def test_a_queue_without_a_number_cannot_be_dialled(site, versions):
    mute = {name: queue.model_copy(update={"extension": None}) for name, queue in site.queues.items()}
    dialplan = _built(site.model_copy(update={"queues": mute}), versions)
    assert _context(dialplan, "phones-queues").extensions == ()
    assert check(dialplan) == []


def test_outside_numbers_are_those_of_the_phones_and_of_duty_and_show_the_plans(site, versions):
    alone = site.phones.model_copy(update={"allow": ("+57",)})
    dialplan = _built(site.model_copy(update={"phones": alone}), versions)
    outside = _context(dialplan, "altavoz-passed-on-out")
    assert [each.pattern for each in outside.extensions] == ["_5411X.", "_57X."]
    steps = _steps(outside, "_57X.")
    assert steps[1] == "Gosub(to-claro-co,s,1(${FILTER(0-9,${EXTEN})},${ALTAVOZ_SHOWS},45,ir))"
    assert steps[-1] == "Goto(altavoz-rescue,s,1)"


def test_a_ringing_call_is_picked_up_only_by_a_phone_of_a_common_queue(site, versions):
    steps = _steps(_context(_built(site, versions), "phones-pickup"), "_*8X.")
    asked = [step for step in steps if "phones-group-" in step]
    assert len(asked) == len(site.queues)
    assert all(step.count("phones-group-") == 2 for step in asked)
    assert steps[2 + len(asked)] == "Goto(phones-sentence,refused,1)"


def test_both_devices_of_a_phone_ring_and_no_third_thing_that_a_contact_names(site, versions):
    steps = _steps(_context(_built(site, versions), "phones-ring"))
    assert 'GotoIf($["${CUT(contacts,&,2):0:${LEN(${own})}}" != "${own}"]?one)' in steps
    assert steps[-1] == "Return(PJSIP/${ARG1})"
