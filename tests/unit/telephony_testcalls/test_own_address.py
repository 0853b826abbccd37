"""A call to ourselves goes where it can be told from a carrier's."""

from pathlib import Path

import pytest

from plans.load import load_site
from telephony.base_test import comes_back_as_test

SITE = load_site(Path(__file__).parents[3] / "plans/example-site.yaml")


@pytest.mark.parametrize(
    ("listens", "told"),
    [
        ("127.0.0.1", True),
        ("0.0.0.0", True),
        ("::", True),
        ("10.0.0.5", True),
        ("localhost", True),
        ("127.0.0.11", False),
        ("192.0.2.9", False),
    ],
)
def test_where_a_carrier_has_our_address_no_call_is_made_to_ourselves(listens: str, told: bool) -> None:
    claro = SITE.carriers["claro-co"].model_copy(update={"hosts": ("192.0.2.0/28",)})
    site = SITE.model_copy(update={"carriers": {**SITE.carriers, "claro-co": claro}})
    assert comes_back_as_test(site, listens) is told
