"""Who else is in a call, in words for somebody who is in it."""

from cases.views import CallView, PartyView
from staff.people import People, Person
from web.pages import written_number


async def company(call: CallView, mine: Person, people: People) -> tuple[str, ...]:
    """The others who speak with the caller now, in the order in which they joined."""
    others = (each for each in call.parties if each.left is None and each.party != mine.extension)
    return tuple([await _called(each, call, people) for each in others])


async def _called(party: PartyView, call: CallView, people: People) -> str:
    if party.person:
        person = await people.by_name(party.person)
        return person.full_name if person else party.person
    if party.party.startswith("+"):
        return written_number(party.party, call.subsidiary)
    return f"el interno {party.party}" if party.party.isdecimal() else "otra persona que llamó"
