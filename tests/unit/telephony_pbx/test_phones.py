"""Coordinators' phones as endpoints."""

import pytest

from dialplan.escape import Unwritable
from telephony.phones import BadPhone, Phone, render_phones


def test_no_phones_is_a_configuration_too():
    files = render_phones(())
    assert "[phones-internal]" in files["phones.conf"]
    assert "type" not in files["pjsip-phones.conf"]


def test_phones_stand_in_order_of_extension():
    text = render_phones((Phone("102", "b"), Phone("101", "a")))["phones.conf"]
    assert text.index("exten => 101,1") < text.index("exten => 102,1")


def test_a_name_cannot_end_its_quotes():
    text = render_phones((Phone("101", "a", 'Ana "A" <999>'),))["pjsip-phones.conf"]
    assert 'callerid = "Ana A 999" <101>\n' in text


def test_a_semicolon_in_a_secret_begins_no_comment():
    assert "password = a\\;b\n" in render_phones((Phone("101", "a;b"),))["pjsip-phones.conf"]


@pytest.mark.parametrize("extension", ["1", "1234567", "10a", "10,1", "١٠١", ""])
def test_an_extension_that_is_not_two_to_six_digits_is_refused(extension):
    with pytest.raises(BadPhone, match="de dos a seis cifras"):
        render_phones((Phone(extension, "a"),))


def test_a_phone_without_a_secret_is_refused():
    with pytest.raises(BadPhone, match="no tiene clave SIP"):
        render_phones((Phone("101", ""),))


def test_a_name_with_a_line_break_is_refused():
    with pytest.raises(Unwritable):
        render_phones((Phone("101", "a", "Ana\nsecret = x"),))


def test_a_phones_secret_is_not_shown_when_it_is_printed():
    assert "clave" not in repr(Phone("101", "clave"))


def test_only_phones_of_a_queue_stand_in_its_group():
    phones = (Phone("101", "a", groups=("cat",)), Phone("102", "b", groups=("cat", "sac")))
    text = render_phones(phones)["phones.conf"]
    assert "[phones-group-cat]\nexten => 101,1,Hangup()\nexten => 102,1,Hangup()\n" in text
    assert "[phones-group-sac]\nexten => 102,1,Hangup()\n" in text


def test_a_phone_picks_up_in_its_own_queues():
    text = render_phones((Phone("102", "b", groups=("sac", "cat")),))["pjsip-phones.conf"]
    assert "named_call_group = cat,sac\nnamed_pickup_group = cat,sac\n" in text


def test_a_phone_of_two_devices_takes_two_registrations():
    text = render_phones((Phone("103", "c", devices=2),))["pjsip-phones.conf"]
    assert "max_contacts = 2\n" in text


@pytest.mark.parametrize("devices", [0, 3])
def test_a_phone_has_one_device_or_two(devices):
    with pytest.raises(BadPhone, match="aparatos"):
        render_phones((Phone("103", "c", devices=devices),))
