"""Carriers are asked apart from how calls go to them."""

import json
from pathlib import Path

from plans.site import Site
from telephony.watched_carriers import answers, watched_carriers

SITE = Site.model_validate_json((Path(__file__).parent / "site.json").read_text())


def test_what_is_asked_is_called_by_nobody_and_calls_nobody():
    contacts = {"telecom-ar": "sip:127.0.0.11:5060", "iplan": "sip:[2001:db8::1]:5080"}
    text = "\n".join(watched_carriers(SITE, contacts))
    assert text.count("qualify_frequency") == 2
    assert "[telecom-ar]" not in text and "[watch_telecom-ar]" in text
    assert text.count("identify_by = ip") == text.count("context = nowhere") == 2


def test_no_carrier_can_be_called_so():
    data = json.loads((Path(__file__).parent / "site.json").read_text())
    data["carriers"]["watch_iplan"] = data["carriers"].pop("iplan")
    try:
        Site.model_validate(data)
    except ValueError:
        return
    raise AssertionError("a carrier's name may begin as a watched address does")


def test_only_watched_addresses_say_whether_a_carrier_answers():
    devices = [
        ("PJSIP/telecom-ar", "NOT_INUSE"),
        ("PJSIP/watch_telecom-ar", "UNAVAILABLE"),
        ("PJSIP/watch_iplan", "NOT_INUSE"),
        ("Queue:cat_avail", "INUSE"),
    ]
    assert answers(devices) == {"telecom-ar": False, "iplan": True}
