import time

import pytest
from argon2 import PasswordHasher

import staff.passwords as passwords
from staff import breached


def test_one_time_passwords_are_readable_and_differ():
    made = {passwords.one_time() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 19 and not set(each) & set("ilo01ILO") for each in made)


async def test_an_unknown_name_costs_as_much_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    passwords._dummy.cache_clear()
    stored = await passwords.hashed("una clave larga")
    await passwords.matches(None, "x")

    async def seconds_of_cpu(of: str | None) -> float:
        started = time.process_time()
        for _ in range(2):
            assert not await passwords.matches(of, "equivocada")
        return time.process_time() - started

    known, unknown = await seconds_of_cpu(stored), await seconds_of_cpu(None)
    assert 0.4 < known / unknown < 2.5


async def test_what_is_no_hash_opens_nothing():
    assert not await passwords.matches("nada", "nada")


@pytest.mark.parametrize(
    "password",
    [
        "una frase larga",
        "tormenta lila 7",
        "caballo-1987-grapa",
        "zapato verde",
        "9J4-mv2-qq8",
        "ñandúes al alba",
    ],
)
def test_what_nobody_would_guess_is_taken_whatever_signs_it_has(password):
    passwords.check_rule(password, "ana.perez", ("Ana", "Pérez", "altavoz"))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("1234567", "al menos 8"),
        ("x" * 201, "hasta 200"),
        ("ANA.PEREZ", "igual al nombre"),
        ("password", "más usadas"),
        ("Argentina2024!", "más usadas"),
        ("bocajuniors", "más usadas"),
        ("te amo mucho 23", "más usadas"),
        ("P@ssw0rd!!", "más usadas"),
        ("hola1234", "más usadas"),
        ("1234567890", "repite siempre"),
        ("0987654321", "repite siempre"),
        ("qwertyuiop", "repite siempre"),
        ("dededede", "repite siempre"),
        ("PerezAna1990", "casi solo «perez»"),
        ("segurosdelsur7", "casi solo «segurosdelsur»"),
    ],
)
def test_what_others_would_try_is_refused_with_the_reason(password, words):
    with pytest.raises(passwords.WeakPassword, match=words):
        passwords.check_rule(password, "ana.perez", ("Ana", "Pérez", "segurosdelsur", "com"))


def test_the_list_of_leaked_passwords_is_long_and_folded():
    words = breached._words()
    assert len(words) > 50_000
    assert all(word == breached.folded(word) for word in list(words)[:2000])
