"""What comes in by mail: a reply of somebody we know lands on its alta, once; the rest is kept with why."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from db.once import insert_once
from mail.message import is_address
from mail.outbox import Outbox
from mail.sought import sought
from mail.tables import outbox, received
from provisioning.alta.documents import Control
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView
from provisioning.notices import letters
from provisioning.notices.incoming import LARGEST, Incoming
from provisioning.notices.letters import Desk
from provisioning.notices.reply_address import ReplyAddresses, ReplyTag
from provisioning.notices.subjects import subject_of
from staff.actor import Actor, acting
from staff.clock import Clock
from staff.people import People
from staff.permissions import Permission
from staff.person import Person
from staff.tables import people

LANDED, REFUSED, DROPPED = "landed", "refused", "dropped"
_INTERRUPTED = "Altavoz se detuvo mientras lo agregaba: mire en el alta si quedó."
_KEPT_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a message."""

    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Whose reply to which alta a message is; `refusal` says why it does not land all the same."""

    person: Person | None = None
    alta: AltaView | None = None
    refusal: str = ""
    outcome: str = REFUSED


class Mailbox:
    """Whatever comes is judged, claimed by its digest, and then landed: handed in twice it lands once."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        replies: ReplyAddresses,
        people: People,
        altas: Altas,
        outbox: Outbox | None,
        desk: Desk,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._replies = replies
        self._people = people
        self._altas = altas
        self._outbox = outbox
        self._desk = desk

    async def receive(self, message: Incoming) -> Came:
        """Land it, or keep why not. Handed in again, it is what it was."""
        reply = await self._whose(message)
        claimed = await self._claim(message, reply)
        if claimed is None:
            return await self._before(message)
        try:
            came = await self._land(message, reply)
        except BaseException:
            await self._forget(claimed)  # whoever handed it in tries again
            raise
        await self._end(claimed, came)
        if came.outcome == REFUSED and reply.person is not None and reply.alta is not None:
            await self._answer(message, reply.person, reply.alta, came.reason)
        return came

    async def _whose(self, message: Incoming) -> Reply:
        """Strict: an address that we gave, by an active person to whom we gave it."""
        if message.machine:
            return Reply(refusal=f"No lo escribió una persona: {message.machine}.", outcome=DROPPED)
        person = await self._known(message.sender)
        if person is None:
            return Reply(refusal="La dirección no es la de ninguna cuenta activa.")
        tag = await self._tag(message, person)
        if tag is None:
            return Reply(person, refusal="No responde a un aviso: la dirección de destino no la dio Altavoz.")
        if tag.person != person.id:
            return Reply(refusal="Responde a un aviso que se le envió a otra persona.")
        alta = await self._altas.find(tag.alta, person.scope, proved=False)
        if alta is None or not person.may(Permission.ALTA_WRITE):
            return Reply(person, refusal="Esa persona ya no participa en esa alta.")
        if message.size > LARGEST:
            return Reply(person, alta, f"El mensaje pasa de {LARGEST // 2**20} MB: envíe menos adjuntos.")
        if not message.text and not message.attachments:
            return Reply(person, alta, "El mensaje no dice nada nuevo: escriba arriba de lo que cita.")
        return Reply(person, alta)

    async def _known(self, sender: str) -> Person | None:
        if not sender:
            return None
        wanted = select(people.c.name).where(people.c.email == sender, people.c.active)
        async with self._engine.connect() as connection:
            name = (await connection.execute(wanted)).scalar_one_or_none()
        return await self._people.by_name(name) if name is not None else None

    async def _tag(self, message: Incoming, person: Person) -> ReplyTag | None:
        """By the address it was sent to, else by the letter of ours that it answers."""
        for recipient in message.recipients:
            if tag := self._replies.read(recipient):
                return tag
        answered = select(outbox.c.about).where(
            outbox.c.message_id.in_(message.answers), outbox.c.recipient == person.email
        )
        async with self._engine.connect() as connection:
            about = (await connection.execute(answered.limit(1))).scalar() or ""
        what, _, id = about.partition(":")
        return ReplyTag(int(id), person.id) if what == "alta" else None

    async def _claim(self, message: Incoming, reply: Reply) -> int | None:
        """The id of its row; None when it came before. Until it has landed it is as if it never will."""
        alta = reply.alta
        row = {
            "digest": message.digest,
            "at": self._clock(),
            "sender": message.sender,
            "subject": message.subject,
            "text": message.text[:_KEPT_TEXT],
            "size": message.size,
            "outcome": reply.outcome,
            "reason": reply.refusal or _INTERRUPTED,
            "about": f"alta:{alta.id}" if alta else "",
            "person": reply.person.name if reply.person else None,
            "subsidiary": alta.subsidiary if alta else "",
            "account": alta.account if alta else "",
            "sought": sought(message.sender, message.subject),
        }
        async with writing(self._engine) as connection:
            return await insert_once(connection, received, row, "digest")

    async def _before(self, message: Incoming) -> Came:
        wanted = select(received.c.outcome, received.c.reason).where(received.c.digest == message.digest)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one()
        return Came(row.outcome, row.reason)

    async def _land(self, message: Incoming, reply: Reply) -> Came:
        person, alta = reply.person, reply.alta
        if reply.refusal or person is None or alta is None:
            return Came(reply.outcome, reply.refusal)
        with acting(Actor(person.name, "mail")):
            try:
                if message.text:
                    await self._altas.comment(alta.id, person, message.text)
            except AltaRefused as refused:
                return Came(REFUSED, str(refused))
            lost = [await self._attach(alta, person, each.name, each.body) for each in message.attachments]
        return _landed(message, [said for said in lost if said])

    async def _attach(self, alta: AltaView, person: Person, name: str, body: bytes) -> str:
        """Empty, or why the file is not kept."""
        try:
            control = Control(title=name.rpartition(".")[0] or name)
            await self._altas.documents.attach(alta.id, "", "", name, body, person, control)
        except AltaRefused as refused:
            return f"«{name}» no quedó: {refused}"
        return ""

    async def _end(self, id: int, came: Came) -> None:
        ended = update(received).where(received.c.id == id)
        async with writing(self._engine) as connection:
            await connection.execute(ended.values(outcome=came.outcome, reason=came.reason))

    async def _forget(self, id: int) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(delete(received).where(received.c.id == id))

    async def _answer(self, message: Incoming, person: Person, alta: AltaView, reason: str) -> None:
        """Somebody we know wrote in vain: they are told. Strangers never are."""
        if self._outbox is None or not is_address(person.email or ""):
            return
        letter = letters.refusal(self._desk, person, subject_of(alta), message.subject, reason)
        async with writing(self._engine) as connection:
            await self._outbox.put(connection, letter, self._clock())
        self._outbox.nudge()


def _landed(message: Incoming, lost: list[str]) -> Came:
    """A message of nothing but files of which none is kept did not land."""
    nothing = not message.text and len(lost) == len(message.attachments)
    return Came(REFUSED if nothing else LANDED, " ".join(lost))
