from ivr_audio.reception import Reception
from telephony.testcall_reception import Meter

TOLD = "ssrc={};themssrc={};lp={};rxjitter=0.5;rxcount={};txjitter={};txcount=10;rlp=9;rtt=0.0"


def told(source: str, packets: int, lost: int = 0, jitter: float = 0.0) -> str:
    return TOLD.format(7, source, lost, packets, jitter)


def test_a_call_that_the_pbx_told_nothing_of_has_no_figures() -> None:
    meter = Meter()
    for nothing in ("", "lp", told("0", 0, 1, 0.5), "rxcount=many;lp=0;txjitter=0"):
        meter.reads(nothing)
    assert meter.reception == Reception()


def test_streams_add_up_each_as_it_was_told_last() -> None:
    """Seen on a real PBX: with the answer of the desk another stream begins, and its counts with it."""
    meter = Meter()
    for each in (told("1", 25), told("1", 76, 4, 0.02), told("2", 5, 0, 0.01), told("2", 20, 1, 0.01)):
        meter.reads(each)
    assert meter.reception == Reception(packets=96, lost=5, jitter_ms=10)


def test_fewer_packets_than_the_pbx_expected_to_lose_is_none_lost() -> None:
    meter = Meter()
    meter.reads(told("1", 50, -2))
    assert meter.reception.lost == 0
