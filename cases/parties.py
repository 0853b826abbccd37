"""Who speaks with the caller, from when to when. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who spoke with the caller: an extension (`102`), an outside number (E.164), or the id of
    another call to us. `left` is None while they still do.
    """

    party: str
    joined: datetime
    left: datetime | None = None


Parties = tuple[Party, ...]


def of_house(party: str) -> bool:
    """Whether a party is a phone of ours."""
    return party.isdecimal() and len(party) <= 6


def present(parties: Iterable[Party]) -> Parties:
    """Those who speak with the caller now, who joined first coming first."""
    return tuple(each for each in parties if each.left is None)


def joined(parties: Parties, party: str, at: datetime) -> Parties:
    if any(each.party == party for each in present(parties)):
        return parties
    return (*parties, Party(party, at))


def left(parties: Parties, party: str, at: datetime) -> Parties:
    return tuple(_gone(each, at) if each.party == party else each for each in parties)


def all_left(parties: Parties, at: datetime) -> Parties:
    return tuple(_gone(each, at) for each in parties)


def talking_phone(parties: Parties) -> str | None:
    """The phone of ours that talks now, the last that joined; when none does, the one that talked last."""
    ours = [each for each in parties if of_house(each.party)]
    now = present(ours)
    if now:
        return now[-1].party
    return max(ours, key=_until).party if ours else None


def keeper(parties: Parties) -> str | None:
    """The phone whose person keeps the case: the first that spoke, until it leaves and another goes on."""
    ours = [each for each in parties if of_house(each.party)]
    keeps = ours[0] if ours else None
    while keeps is not None and keeps.left is not None:
        following = _after(ours, keeps.left)
        if following is None:
            break
        keeps = following
    return keeps.party if keeps else None


def _after(ours: list[Party], gone: datetime) -> Party | None:
    """Who goes on when the keeper left: the last who had joined and stays, else the next who joins."""
    there = [each for each in ours if each.joined <= gone and (each.left is None or each.left > gone)]
    return there[-1] if there else next((each for each in ours if each.joined > gone), None)


def _gone(party: Party, at: datetime) -> Party:
    return replace(party, left=at) if party.left is None else party


def _until(party: Party) -> datetime:
    return party.left or party.joined
