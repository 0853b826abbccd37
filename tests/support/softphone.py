"""Telephones of flesh and UDP for tests: they call, ring, hold, transfer and send silence as audio.

What SIPp cannot do in one scenario (two dialogues of one phone, a REFER that replaces the other) is a few
lines here: `await call.refer("102", replacing=consult)`.
"""

import asyncio
import itertools
from collections.abc import Mapping
from contextlib import suppress

from tests.support import sip_message as sip
from tests.support.silence import Silence
from tests.support.sip_message import Message

_numbers = itertools.count(1)
_WAIT = 10.0


class Refused(Exception):
    """The other side said no; `status` is its code."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the answer was {status}")
        self.status = status


class Telephone(asyncio.DatagramProtocol):
    """A telephone at an address, of a carrier or a coordinator's. Open it with `open`, end with `close`."""

    def __init__(self, host: str, port: int, pbx: tuple[str, int], user: str, secret: str) -> None:
        self.host, self.port, self.pbx, self.user, self.secret = host, port, pbx, user, secret
        self.heard: list[Message] = []
        self.calls: dict[str, Call] = {}
        self._ringing: asyncio.Queue[Call] = asyncio.Queue()
        self._waiting: dict[tuple[str, int, str], asyncio.Queue[Message]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(
        cls, host: str, port: int, pbx: tuple[str, int], user: str = "caller", secret: str = ""
    ) -> "Telephone":
        loop = asyncio.get_running_loop()
        telephone = cls(host, port, pbx, user, secret)
        telephone._transport, _ = await loop.create_datagram_endpoint(
            lambda: telephone, local_addr=(host, port)
        )
        if port == 0:
            telephone.port = telephone._transport.get_extra_info("sockname")[1]
        return telephone

    async def close(self) -> None:
        for call in self.calls.values():
            call.over()
        if self._transport is not None:
            self._transport.close()

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.host}:{self.port}>"

    async def register(self, seconds: int = 600) -> None:
        """Raises Refused."""
        uri = f"sip:{self.pbx[0]}:{self.pbx[1]}"
        own = f"<sip:{self.user}@{self.pbx[0]}>"
        fixed = {"Contact": self.contact, "Expires": str(seconds)}
        headers = {"From": f"{own};tag={next(_numbers)}", "To": own, "Call-ID": f"reg-{next(_numbers)}"}
        answer = await self.ask("REGISTER", uri, headers | fixed, 1)
        if answer.status == 401:
            proof = sip.proof(answer.get("WWW-Authenticate"), self.user, self.secret, "REGISTER", uri)
            answer = await self.ask("REGISTER", uri, headers | fixed | {"Authorization": proof}, 2)
        if answer.status != 200:
            raise Refused(answer.status or 0)

    async def call(self, called: str, number: str = "", name: str = "", privacy: bool = False) -> "Call":
        """Calls; comes back at the first sign that it rings, or is answered. Raises Refused."""
        call = Call(self, f"call-{next(_numbers)}@{self.host}")
        call.uri = call.remote = f"sip:{called}@{self.pbx[0]}:{self.pbx[1]}"
        shown = f'"{name}" ' if name else ""
        call.ours = f"{shown}<sip:{number or self.user}@{self.host}:{self.port}>;tag=t{next(_numbers)}"
        call.theirs = f"<{call.uri}>"
        self.calls[call.id] = call
        await call.dial({"Privacy": "id"} if privacy else {})
        return call

    async def rings(self) -> "Call":
        """The next call that comes in; it is told that we ring. Raises TimeoutError."""
        async with asyncio.timeout(_WAIT):
            return await self._ringing.get()

    async def ask(
        self, method: str, uri: str, headers: Mapping[str, str], sequence: int, body: str = ""
    ) -> Message:
        """The final answer to a request that is no INVITE."""
        answers = self.send(method, uri, headers, sequence, body)
        async with asyncio.timeout(_WAIT):
            while True:
                answer = await answers.get()
                if (answer.status or 0) >= 200:
                    return answer

    def via(self) -> str:
        """The Via of a new transaction."""
        return f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{next(_numbers)}x{self.port};rport"

    def send(
        self, method: str, uri: str, headers: Mapping[str, str], sequence: int, body: str = ""
    ) -> "asyncio.Queue[Message]":
        """Sends a request, a new transaction unless `headers` have a Via; its answers come by the queue."""
        fixed = {
            "Via": self.via(),
            "CSeq": f"{sequence} {method}",
            "Max-Forwards": "70",
            "Allow": "INVITE, ACK, BYE, CANCEL, REFER, NOTIFY, UPDATE, INFO",
        }
        self.write(Message(f"{method} {uri} SIP/2.0", tuple({**fixed, **headers}.items()), body))
        return self._waiting.setdefault((headers["Call-ID"], sequence, method), asyncio.Queue())

    def write(self, message: Message) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message.text.encode("latin-1"), self.pbx)

    def answer(self, request: Message, status: str, headers: Mapping[str, str] = {}, body: str = "") -> None:
        kept = tuple((name, value) for name, value in request.headers if name in ("Via", "Record-Route"))
        to = request.get("To")
        to = to if sip.tag(to) else f"{to};tag=p{self.port}{request.get('Call-ID')[-6:]}"
        same = (("From", request.get("From")), ("To", to))
        ids = (("Call-ID", request.get("Call-ID")), ("CSeq", request.get("CSeq")))
        extra = (("Contact", self.contact), *headers.items())
        self.write(Message(f"SIP/2.0 {status}", (*kept, *same, *ids, *extra), body))

    def datagram_received(self, data: bytes, addr: object) -> None:
        message = sip.read(data)
        self.heard.append(message)
        if message.status is not None:
            key = (message.get("Call-ID"), message.sequence, message.method)
            if key in self._waiting:
                self._waiting[key].put_nowait(message)
            return
        call = self.calls.get(message.get("Call-ID"))
        if call is not None:
            call.asked(message)
        elif message.method == "INVITE":
            self._comes_in(message)
        elif message.method != "ACK":
            self.answer(message, "481 Unknown" if message.method == "BYE" else "200 OK")

    def _comes_in(self, invite: Message) -> None:
        call = self.calls[invite.get("Call-ID")] = Call(self, invite.get("Call-ID"))
        call.invite = invite
        call.remote = sip.address(invite.get("Contact"))
        call.theirs = invite.get("From")
        call.ours = f"{invite.get('To')};tag=p{self.port}{invite.get('Call-ID')[-6:]}"
        self.answer(invite, "180 Ringing")
        self._ringing.put_nowait(call)


class Call:
    """One dialogue of a telephone. `shown` is what its display says of the other side, as it last came."""

    def __init__(self, telephone: Telephone, call_id: str) -> None:
        self.telephone, self.id = telephone, call_id
        self.ours = self.theirs = self.remote = self.uri = ""
        self.invite: Message | None = None
        self.ended = asyncio.Event()
        self._sequence = 0
        self._via = ""
        self._answers: asyncio.Queue[Message] | None = None
        self._audio: Silence | None = None
        self._updates: list[Message] = []

    @property
    def shown(self) -> str:
        """Names and numbers told of the other side, first the INVITE's From, then every update."""
        first = [self.invite.get("From")] if self.invite else []
        told = [message.get("P-Asserted-Identity") for message in self._updates]
        return ([*first, *filter(None, told)] or [""])[-1]

    async def dial(self, headers: Mapping[str, str]) -> None:
        """Raises Refused."""
        answer = await self._offer(headers)
        if answer.status == 401:
            self._acknowledge(answer)
            challenge, phone = answer.get("WWW-Authenticate"), self.telephone
            proof = sip.proof(challenge, phone.user, phone.secret, "INVITE", self.uri)
            answer = await self._offer({**headers, "Authorization": proof})
        await self._seen(answer)

    async def _offer(self, headers: Mapping[str, str]) -> Message:
        self._audio = await Silence.open(self.telephone.host)
        self._sequence += 1
        self._via = self.telephone.via()
        body = sip.sdp(self.telephone.host, self._audio.port, "sendrecv")
        fixed = {"Via": self._via, "Content-Type": "application/sdp"}
        all_headers = {**self._dialogue(), **headers, **fixed}
        self._answers = self.telephone.send("INVITE", self.uri, all_headers, self._sequence, body)
        return await self._next(above=100)

    async def _next(self, above: int) -> Message:
        assert self._answers is not None
        async with asyncio.timeout(60):
            while True:
                answer = await self._answers.get()
                if (answer.status or 0) > above:
                    return answer

    async def _seen(self, answer: Message) -> None:
        status = answer.status or 0
        if sip.tag(answer.get("To")) and status < 300:
            self.theirs = answer.get("To")
        if status >= 300:
            self._acknowledge(answer)
            self.over()
            raise Refused(status)
        if status >= 200:
            self.remote = sip.address(answer.get("Contact"))
            self._acknowledge(answer)
            self._updates.append(answer)
            self._talk(answer.body)

    async def answered(self) -> "Call":
        """Waits until the other side answers a call of ours. Raises Refused."""
        while self._audio is None or not self._audio.sending:
            await self._seen(await self._next(above=180))
        return self

    def _acknowledge(self, answer: Message) -> None:
        whole = (answer.status or 0) < 300
        via = {} if whole else {"Via": self._via}
        headers = {**self._dialogue(), **via, "To": answer.get("To")}
        self.telephone.send("ACK", self.remote if whole else self.uri, headers, answer.sequence)

    def _dialogue(self) -> dict[str, str]:
        return {
            "From": self.ours,
            "To": self.theirs,
            "Call-ID": self.id,
            "Contact": self.telephone.contact,
        }

    def _talk(self, body: str) -> None:
        if self._audio is not None and body and not self._audio.sending:
            self._audio.send_to(sip.media_address(body))

    @property
    def heard(self) -> list[tuple[float, bytes]]:
        """The sound that came, packet by packet, each with the loop's time."""
        return self._audio.heard if self._audio else []

    async def answer(self, after: float = 0.0) -> "Call":
        """Answers a call that came in."""
        await asyncio.sleep(after)
        assert self.invite is not None
        self._audio = await Silence.open(self.telephone.host)
        body = sip.sdp(self.telephone.host, self._audio.port, "sendrecv")
        self.telephone.answer(self.invite, "200 OK", {"Content-Type": "application/sdp"}, body)
        self._talk(self.invite.body)
        return self

    def refuse(self, status: str = "486 Busy Here") -> None:
        assert self.invite is not None
        self.telephone.answer(self.invite, status)
        self.over()

    async def hold(self) -> None:
        await self._reinvite("sendonly")

    async def resume(self) -> None:
        await self._reinvite("sendrecv")

    async def _reinvite(self, direction: str) -> None:
        assert self._audio is not None
        self._sequence += 1
        self._via = self.telephone.via()
        body = sip.sdp(self.telephone.host, self._audio.port, direction)
        headers = {**self._dialogue(), "Via": self._via, "Content-Type": "application/sdp"}
        self._answers = self.telephone.send("INVITE", self.remote, headers, self._sequence, body)
        answer = await self._next(above=199)
        self._acknowledge(answer)
        if answer.status != 200:
            raise Refused(answer.status or 0)

    async def digit(self, digit: str) -> None:
        await self._request(
            "INFO", {"Content-Type": "application/dtmf-relay"}, f"Signal={digit}\r\nDuration=160\r\n"
        )

    async def refer(self, to: str, replacing: "Call | None" = None) -> int:
        """A transfer to `to`, blind or in the place of another call; the status of the PBX's answer."""
        uri = f"sip:{to}@{self.telephone.pbx[0]}:{self.telephone.pbx[1]}"
        if replacing is not None:
            tags = f"to-tag%3D{sip.tag(replacing.theirs)}%3Bfrom-tag%3D{sip.tag(replacing.ours)}"
            uri += f"?Replaces={replacing.id.replace('@', '%40')}%3B{tags}"
        headers = {"Refer-To": f"<{uri}>", "Referred-By": self.telephone.contact}
        return (await self._request("REFER", headers)).status or 0

    async def bye(self) -> None:
        with suppress(TimeoutError):
            await self._request("BYE", {})
        self.over()

    async def cancel(self) -> None:
        """Gives up a call of ours that nobody has answered."""
        headers = {**self._dialogue(), "To": f"<{self.uri}>", "Via": self._via}
        self.telephone.send("CANCEL", self.uri, headers, self._sequence)
        with suppress(Refused):
            await self.answered()

    async def until_ended(self, seconds: float = 30.0) -> None:
        async with asyncio.timeout(seconds):
            await self.ended.wait()

    async def _request(self, method: str, headers: Mapping[str, str], body: str = "") -> Message:
        self._sequence += 1
        return await self.telephone.ask(
            method, self.remote, {**self._dialogue(), **headers}, self._sequence, body
        )

    def asked(self, request: Message) -> None:
        """A request inside the dialogue."""
        if request.method == "INVITE" and sip.tag(request.get("To")):
            self._updated(request)
        elif request.method == "INVITE":
            self.telephone.answer(request, "180 Ringing")
        elif request.method == "UPDATE":
            self._updated(request)
        elif request.method in ("BYE", "CANCEL"):
            self._ends(request)
        elif request.method != "ACK":
            self.telephone.answer(request, "200 OK")

    def _updated(self, request: Message) -> None:
        self._updates.append(request)
        headers = {"Content-Type": "application/sdp"} if request.body or request.method == "INVITE" else {}
        port = self._audio.port if self._audio else 0
        body = sip.sdp(self.telephone.host, port, "sendrecv") if headers else ""
        self.telephone.answer(request, "200 OK", headers, body)

    def _ends(self, request: Message) -> None:
        self.telephone.answer(request, "200 OK")
        if request.method == "CANCEL" and self.invite is not None:
            self.telephone.answer(self.invite, "487 Request Terminated")
        self.over()

    def over(self) -> None:
        if self._audio is not None:
            self._audio.close()
        self.ended.set()
