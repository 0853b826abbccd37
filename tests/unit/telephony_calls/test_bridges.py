"""Who hears whom, by bridges, Local channels and phones that mix."""

from telephony.bridges import Bridges


def test_those_in_one_bridge_hear_each_other_until_one_leaves() -> None:
    bridges = Bridges()
    for channel in ("caller", "phone", "provider"):
        bridges.enter(channel, "b1")
    assert bridges.reach("caller") == {"caller", "phone", "provider"}
    bridges.leave("phone")
    assert bridges.reach("caller") == {"caller", "provider"}
    assert bridges.reach("phone") == {"phone"}


def test_a_channel_that_enters_another_bridge_has_left_the_one_before() -> None:
    bridges = Bridges()
    bridges.enter("caller", "b1")
    bridges.enter("phone", "b1")
    bridges.enter("caller", "b2")
    assert bridges.beside("phone") == frozenset()


def test_a_local_channel_is_heard_through() -> None:
    bridges = Bridges()
    for channel, bridge in (("caller", "b1"), ("one", "b1"), ("two", "b2"), ("phone", "b2")):
        bridges.enter(channel, bridge)
    assert "phone" not in bridges.reach("caller")
    bridges.pair("one", "two")
    assert "phone" in bridges.reach("caller")
    bridges.forget("two")
    assert "phone" not in bridges.reach("caller")


def test_what_a_phone_mixes_is_left_out_when_asked() -> None:
    bridges = Bridges()
    for channel, bridge in (("caller", "b1"), ("phone-a", "b1"), ("phone-b", "b2"), ("provider", "b2")):
        bridges.enter(channel, bridge)
    bridges.mix("phone-a", "phone-b")
    assert "provider" in bridges.reach("caller")
    assert "provider" not in bridges.reach("caller", mixed=False)
    bridges.unmix("phone-b")
    assert "provider" not in bridges.reach("caller")


def test_nothing_is_kept_of_channels_that_are_gone() -> None:
    bridges = Bridges()
    bridges.enter("caller", "b1")
    bridges.enter("phone", "b1")
    bridges.pair("one", "two")
    bridges.mix("phone", "other")
    bridges.keep({"caller"})
    assert bridges.reach("caller") == {"caller"}
    bridges.forget("caller")
    assert len(bridges) == 0
