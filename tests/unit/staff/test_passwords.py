import time

import pytest
from argon2 import PasswordHasher

import staff.passwords as passwords
from staff.tries import KEPT, AddressTries, Tries


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


def test_the_names_tried_do_not_fill_the_memory(clock):
    tries = Tries()
    for n in range(KEPT + 5):
        tries.failed(f"n{n}", clock())
    assert len(tries._wrong) == KEPT


def test_the_addresses_tried_from_do_not_fill_the_memory(clock):
    tries = AddressTries()
    for n in range(KEPT + 5):
        tries.failed(f"n{n}", clock())
    assert len(tries._wrong) == KEPT
