import numpy as np
import pytest

from ivr_audio.compare import Verdict, compare
from ivr_audio.reception import Reception, gaps
from ivr_audio.telephone import RATE
from tests.support.telephone_lines import PACKET, coded, hold_music, losing, noisy
from tests.unit.ivr_audio.test_compare import GREETING, MENU, OTHER, call, said

CLEAN = Reception(packets=500)
BAD = Reception(packets=475, lost=25)
SHAKY = Reception(packets=500, jitter_ms=48)
HOPELESS = Reception(packets=400, lost=100)


def spoilt() -> np.ndarray:
    """The right prompt with a word's time of noise in it."""
    came, at = call(said(MENU)), 20_000
    came[at : at + 2200] = 0.1 * np.random.default_rng(1).standard_normal(2200)
    return came


@pytest.mark.parametrize(
    ("reception", "bad"),
    [
        (Reception(), False),
        (CLEAN, False),
        (Reception(packets=1000, lost=3), False),
        (BAD, True),
        (SHAKY, True),
        (Reception(gaps=1), True),
    ],
)
def test_a_line_is_bad_by_what_it_loses_by_its_jitter_and_by_its_gaps(
    reception: Reception, bad: bool
) -> None:
    assert reception.bad is bad


@pytest.mark.parametrize("bad", [BAD, SHAKY, Reception(gaps=2)])
def test_a_prompt_that_a_bad_line_spoilt_cannot_be_told_and_by_a_good_one_it_is_another(
    bad: Reception,
) -> None:
    assert CLEAN.compare(spoilt(), said(MENU)).verdict is Verdict.ANOTHER
    assert bad.compare(spoilt(), said(MENU)).verdict is Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("word", "other"), [("hogar", "auto"), ("marque 1", "marque 2"), ("servicio", "reclamo")]
)
def test_another_word_is_never_heard_as_the_prompt_whatever_the_line(word: str, other: str) -> None:
    came = call(said(MENU.replace(word, other, 1)))
    assert CLEAN.compare(came, said(MENU)).verdict is Verdict.ANOTHER
    assert BAD.compare(losing(came, 0.05, 3), said(MENU)).verdict is Verdict.UNCLEAR


def test_quite_another_prompt_is_told_by_a_bad_line_too_but_by_a_hopeless_one_nothing_is() -> None:
    for sound in (call(said(OTHER)), coded(hold_music(8))):
        assert BAD.compare(losing(sound, 0.05, 3), said(MENU)).verdict is Verdict.ANOTHER
    for sound in (call(said(OTHER)), call(said(MENU))):
        assert HOPELESS.compare(losing(sound, 0.2, 3), said(MENU)).verdict is Verdict.UNCLEAR


def test_what_a_busy_machine_does_not_record_is_overlooked_but_not_where_a_line_may_have_taken_a_word() -> (
    None
):
    sent, at = call(said(MENU)), 3 * RATE
    heard = np.concatenate([sent[:at], sent[at + RATE // 5 :]])
    assert CLEAN.compare(heard, said(MENU)).verdict is Verdict.HEARD
    assert BAD.compare(heard, said(MENU)).verdict is Verdict.UNCLEAR


def test_a_beginning_that_a_busy_machine_did_not_record_is_overlooked() -> None:
    """Seen on a real PBX: 0.18 s were not recorded, and RTP had lost nothing."""
    heard = np.concatenate([coded(said(OTHER)), said(MENU)[RATE * 3 // 20 :], np.zeros(RATE)])
    assert CLEAN.compare(heard, said(MENU)).verdict is Verdict.HEARD


def test_what_a_bad_line_leaves_whole_is_heard() -> None:
    assert BAD.compare(losing(call(said(MENU)), 0.02, 4), said(MENU)).verdict is Verdict.HEARD


def test_por_for_para_is_another_prompt_where_the_line_loses_nothing() -> None:
    heard, prompt = call(said(MENU.replace(". Para", ". Por", 1))), said(MENU)
    assert compare(heard, prompt).verdict is Verdict.HEARD
    assert CLEAN.compare(heard, prompt).verdict is Verdict.ANOTHER
    for good in (call(prompt), coded(noisy(call(prompt), 10)), losing(call(prompt), 0.01, 5)):
        assert CLEAN.compare(good, prompt).verdict is Verdict.HEARD


@pytest.mark.parametrize("law", ["ALAW", "ULAW"])
def test_gaps_are_seen_where_packets_came_to_nothing_and_not_where_a_voice_stops(law: str) -> None:
    for text in (GREETING, MENU, OTHER):
        assert gaps(coded(call(said(text)), law)) == 0
    assert gaps(coded(losing(call(said(MENU)), 0.05, 2, shrinks=False), law)) > 1
    assert gaps(coded(losing(call(said(MENU)), 0.05, 2), law)) == 0


@pytest.mark.parametrize("fades", [False, True])
def test_a_stop_that_fades_out_is_a_voices(fades: bool) -> None:
    came, at = said(MENU).copy(), 3 * RATE
    came[at : at + 2 * PACKET] = 0.0
    if fades:
        came[at - PACKET : at] *= np.linspace(1, 0, PACKET) ** 3
    assert gaps(coded(came)) == (0 if fades else 1)


def test_nothing_at_all_has_no_gaps() -> None:
    for sound in (np.zeros(0), np.zeros(PACKET * 50), np.ones(PACKET)):
        assert gaps(sound) == 0
