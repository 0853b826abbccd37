"""What people write: what nobody can see says nothing, and nothing turns a page round."""

import pytest
from markupsafe import Markup

from staff.written import said, unturned

UNSEEN = ["", " \n\t", "\u200b", "\u200b \u200b", "\u00a0", "\u202e\u2066", "\ufeff\u00ad", "\u2060\u3000"]
DRAWN_AS_NOTHING = ["\u115f", "\u3164 \uffa0", "\u2800", "\u0301", "\ufe0f", "\x00\x1b"]


@pytest.mark.parametrize("written", UNSEEN + DRAWN_AS_NOTHING, ids=ascii)
def test_what_nobody_can_see_says_nothing(written: str) -> None:
    assert said(written) == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" por la campaña ", "por la campaña"),
        ("dos\r\nlíneas\ty más", "dos\nlíneas\ty más"),
        ("no\u00a0corta", "no corta"),
        ("fac\u202etura\u2069\u200b", "factura"),
        ("¡…!", "¡…!"),
        ("Привет", "Привет"),
    ],
)
def test_what_can_be_seen_is_kept(written: str, kept: str) -> None:
    assert said(written) == kept


def test_signs_that_turn_text_round_go_and_all_else_stays() -> None:
    turning = [chr(sign) for sign in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    assert unturned(f"Ana{''.join(turning)}Paz") == "AnaPaz"
    assert unturned("Ñandú \u2029\u202f\u2065\u206aשלום") == "Ñandú \u2029\u202f\u2065\u206aשלום"
    assert unturned(Markup("<b>Ana\u202e</b>")) == Markup("<b>Ana</b>")
    assert isinstance(unturned(Markup("<b>\u202e</b>")), Markup)
