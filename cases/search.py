"""Finding cases by what is written in them: the one door to the full-text engines of SQLite and PostgreSQL.

Both index the same plain words: without accents or capitals. A number is indexed from its end as well, so
that its last digits find it however it was typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, table, text
from sqlalchemy import column as named

from cases.tables import case_search

LONGEST_WORD, MOST_TERMS = 40, 8
SHORTEST_TERM, SHORTEST_NUMBER = 2, 4
_WORD = re.compile(r"\w+")
_TELEPHONE = re.compile(r"[+\d][\d\s().-]*")
_FIELDS = ("who", "address", "notes")
_FTS = table("case_search_fts", named("rowid"))


def called_words(caller: str | None, name: str, digits: Mapping[str, str]) -> str:
    """What the call of a case can be found by."""
    return " ".join((*_words(name), *_numbers(caller or "", *digits.values())))


def written_words(case: Mapping[str, Any]) -> str:
    """What the fields of a case can be found by."""
    found = [word for name in _FIELDS for word in _words(case[name])]
    return " ".join((*found, *_numbers(case["telephone"])))


def matching(dialect: str, typed: str) -> Select[int] | None:
    """The ids of the cases in which each term is found; None when nothing typed can be looked for."""
    terms = _terms(typed)
    if not terms:
        return None
    if dialect == "sqlite":
        expression = " AND ".join("(" + " OR ".join(f'"{each}"*' for each in term) + ")" for term in terms)
        return select(_FTS.c.rowid).where(text("case_search_fts MATCH :typed").bindparams(typed=expression))
    expression = " & ".join("(" + " | ".join(f"{each}:*" for each in term) + ")" for term in terms)
    return select(case_search.c.id).where(_vector().op("@@")(func.to_tsquery(_simple(), expression)))


def _vector() -> ColumnElement[Any]:
    return func.to_tsvector(_simple(), case_search.c.called + text("' '") + case_search.c.written)


def _simple() -> ColumnElement[Any]:
    return literal("simple", literal_execute=True)


def _terms(typed: str) -> Sequence[tuple[str, ...]]:
    """What must be found, each term with the words that would do."""
    typed = typed.strip()
    digits = re.sub(r"\D", "", typed)
    if _TELEPHONE.fullmatch(typed) and len(digits) >= SHORTEST_NUMBER:
        return [(digits, _from_its_end(digits.lstrip("0") or digits))]
    return [(word,) for word in _words(typed) if len(word) >= SHORTEST_TERM][:MOST_TERMS]


def _words(written: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", written.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c)).replace("_", " ")
    return [word[:LONGEST_WORD] for word in _WORD.findall(kept)]


def _numbers(*numbers: str) -> Iterable[str]:
    for number in numbers:
        if digits := re.sub(r"\D", "", number):
            yield digits[:LONGEST_WORD]
            yield _from_its_end(digits[:LONGEST_WORD])


def _from_its_end(digits: str) -> str:
    return f"n{digits[::-1]}"
