import pytest

from ivr_audio.wording import as_said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Marque 1, o la tecla #.", "Marque 1, o la tecla numeral ."),
        ("Llame al 0800-555-1234.", "Llame al 0 8 0 0, 5 5 5, 1 2 3 4."),
        ("Llame al 01800 912345 ya", "Llame al 0 1 8 0 0, 9 1 2 3 4 5 ya"),
        ("Son $3.000 o $ 1.250,50.", "Son 3.000 pesos o 1.250,50 pesos."),
        ("Ley N.° 25.326", "Ley número 25.326"),
        ("antes de las 08:00", "antes de las 08:00"),
        ("Hogar & Auto", "Hogar y Auto"),
    ],
)
def test_signs_and_numbers_are_written_as_a_person_reads_them(written: str, said: str) -> None:
    assert as_said(written) == said


def test_no_markup_is_left() -> None:
    said = as_said('<break time="9s"/> [[h@l@U]] {x} \x01 99P\x1b[2J')
    assert not set(said) & set("<>[]{}|\x01\x1b")


def test_lines_become_one() -> None:
    assert as_said("  uno\ndos\r\n\ttres ") == "uno dos tres"
