"""Passwords: the rule, the one-time ones, and argon2 in a few threads of its own."""

import asyncio
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from staff.breached import common_word, is_monotonous, personal_word
from staff.names import normal

SHORTEST, LONGEST = 8, 200
THREADS, MOST_WAITING = 2, 16
_ADVICE = "Pruebe con tres o cuatro palabras que nadie asocie con usted."
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER = PasswordHasher()
_THREADS = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="argon2")


class WeakPassword(ValueError):
    """The password does not keep the rule; the text says what to write."""


class Crowded(Exception):
    """Too many passwords wait to be looked at; the text is for the person."""

    def __init__(self) -> None:
        super().__init__("Hay demasiadas personas entrando a la vez. Espere unos segundos y pruebe otra vez.")


class Room:
    """Room for those whose password is looked at now and for a few who wait; nobody else."""

    def __init__(self) -> None:
        self._inside = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place until the end of the block; raises `Crowded` at once when there is none."""
        if self._inside >= THREADS + MOST_WAITING:
            raise Crowded
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


def check_rule(password: str, name: str, words: Iterable[str] = ()) -> None:
    """By length, not the account's name, and not one that others would try; raises `WeakPassword`.

    `words` are the person's own and the house's: their names, the mail's domain.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(f"La contraseña debe tener al menos {SHORTEST} caracteres.")
    if len(password) > LONGEST:
        raise WeakPassword(f"La contraseña puede tener hasta {LONGEST} caracteres.")
    if normal(password) == name:
        raise WeakPassword("La contraseña no puede ser igual al nombre de usuario.")
    _check_guesses(password, (name, *words))


def _check_guesses(password: str, words: Iterable[str]) -> None:
    if is_monotonous(password):
        raise WeakPassword(f"Esa contraseña repite siempre lo mismo o sigue las teclas. {_ADVICE}")
    if own := personal_word(password, words):
        raise WeakPassword(f"Esa contraseña se adivina: es casi solo «{own}». {_ADVICE}")
    if common_word(password):
        raise WeakPassword(f"Esa contraseña está entre las más usadas y robadas del mundo. {_ADVICE}")


def one_time() -> str:
    """A password to be read aloud once: sixteen characters that look unlike each other, 79 bits."""
    letters = [secrets.choice(_READABLE) for _ in range(16)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 16, 4))


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one that `stored` was made from.

    Without a stored hash it works as long on a dummy, so that the time does not tell which names exist.
    """
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _matches, stored, password[:LONGEST])


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _dummy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(24))
