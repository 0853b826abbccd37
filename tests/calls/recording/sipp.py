"""SIPp scenarios for recording calls: who calls by a carrier, a coordinator's phone, a duty telephone.

Everything is bytes, so that a caller's name can be sent in any encoding.
"""

from collections.abc import Iterable
from dataclasses import dataclass

HEAD = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="altavoz">
"""
MEDIA = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
"""


@dataclass(frozen=True)
class Caller:
    """Calls `called`, presses each digit after its pause (ms); then hangs up after `stays` ms, or never.

    `refused` is the final answer expected instead of 200.
    """

    called: str
    number: str = "1155554444"
    name: bytes = b""
    digits: tuple[tuple[int, str], ...] = ()
    stays: int | None = None
    refused: int | None = None
    privacy: bool = False

    def scenario(self) -> bytes:
        steps = [self._invite(), self._progress()]
        if self.refused:
            return _scenario([*steps, f'<recv response="{self.refused}"/>' + _refusal_seen(self.called)])
        steps.append('<recv response="200" rrs="true"/>' + _request("ACK"))
        for cseq, (pause, digit) in enumerate(self.digits, start=2):
            steps += [_pause(pause), _info(digit, cseq)]
        return _scenario(steps + self._ending()).replace(b"@NAME@", self.name)

    def _invite(self) -> str:
        privacy = "Privacy: id\n" if self.privacy else ""
        number = "anonymous" if self.privacy else self.number
        return _send(
            f"INVITE sip:{self.called}@[remote_ip]:[remote_port] SIP/2.0\n"
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            f'From: "@NAME@" <sip:{number}@[local_ip]:[local_port]>;tag=[pid]c[call_number]\n'
            f"To: <sip:{self.called}@[remote_ip]:[remote_port]>\n"
            "Call-ID: [call_id]\nCSeq: 1 INVITE\n"
            f"{privacy}"
            "Contact: <sip:caller@[local_ip]:[local_port]>\nMax-Forwards: 70\n"
            "Content-Type: application/sdp\nContent-Length: [len]\n\n" + MEDIA,
            'retrans="500"',
        )

    def _progress(self) -> str:
        return "".join(f'<recv response="{code}" optional="true"/>' for code in (100, 180, 183))

    def _ending(self) -> list[str]:
        if self.stays is None:
            return [_BYE_COMES]
        return [_pause(self.stays), _request("BYE", cseq=len(self.digits) + 2), '<recv response="200"/>']


@dataclass(frozen=True)
class Telephone:
    """Rings when called; answers after `answers` ms, or never (the PBX cancels); hangs up `stays` ms later,
    or never. `refuses` is its answer instead, as 486.
    """

    answers: int | None = 500
    stays: int | None = None
    refuses: int | None = None

    def scenario(self) -> bytes:
        steps = [_INVITED, _reply("180 Ringing")]
        if self.refuses:
            steps += [_pause(300), _reply(f"{self.refuses} No"), '<recv request="ACK" optional="true"/>']
        elif self.answers is None:
            steps += [
                '<recv request="CANCEL"/>',
                _reply("200 OK"),
                _reply("487 Request Terminated", invite=True),
            ]
            steps += ['<recv request="ACK"/>']
        else:
            steps += [_pause(self.answers), _reply("200 OK", body=MEDIA), '<recv request="ACK"/>']
            steps += self._ending()
        return _scenario(steps)

    def _ending(self) -> list[str]:
        if self.stays is None:
            return [_BYE_COMES]
        return [_pause(self.stays), _called_bye(), '<recv response="200"/>']


def registration(extension: str, secret: str, contact: str) -> bytes:
    """Registers `extension`'s phone at `contact` (`127.0.0.1:15511`), answering the challenge."""
    request = (
        "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From: <sip:{extension}@[remote_ip]>;tag=[pid]r[call_number]\nTo: <sip:{extension}@[remote_ip]>\n"
        "Call-ID: [call_id]\nCSeq: {cseq} REGISTER\n"
        f"Contact: <sip:{extension}@{contact}>\nExpires: 600\nMax-Forwards: 70\n"
    )
    end = "Content-Length: 0\n\n"
    proof = f"[authentication username={extension} password={secret}]\n"
    return _scenario(
        [
            _send(request.replace("{cseq}", "1") + end, 'retrans="500"'),
            '<recv response="100" optional="true"/><recv response="401" auth="true"/>',
            _send(request.replace("{cseq}", "2") + proof + end, 'retrans="500"'),
            '<recv response="100" optional="true"/><recv response="200"/>',
        ]
    )


_INVITED = """<recv request="INVITE" rrs="true"><action>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="1"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="2"/>
</action></recv><Reference variables="1,2"/>"""
_BYE_COMES = (
    '<recv request="BYE" timeout="60000"/>'
    + """<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>"""
)


def _scenario(steps: Iterable[str]) -> bytes:
    return (HEAD + "\n".join(steps) + "\n</scenario>\n").encode()


def _send(message: str, attributes: str = "") -> str:
    return f"<send {attributes}><![CDATA[\n{message}\n]]></send>"


def _pause(milliseconds: int) -> str:
    return f'<pause milliseconds="{milliseconds}"/>'


def _request(method: str, cseq: int = 1, body: str = "", content: str = "") -> str:
    """A request of the caller inside its dialogue."""
    return _send(
        f"{method} [next_url] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "[routes]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n"
        f"CSeq: {cseq} {method}\nContact: <sip:caller@[local_ip]:[local_port]>\nMax-Forwards: 70\n"
        f"{content}Content-Length: [len]\n\n{body}"
    )


def _info(digit: str, cseq: int) -> str:
    body = f"Signal={digit}\nDuration=160\n"
    info = _request("INFO", cseq, body=body, content="Content-Type: application/dtmf-relay\n")
    return info + '<recv response="200"/>'


def _refusal_seen(called: str) -> str:
    """The ACK of a final answer that is no 200 belongs to the INVITE's own transaction."""
    return _send(
        f"ACK sip:{called}@[remote_ip]:[remote_port] SIP/2.0\n"
        "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n"
        "CSeq: 1 ACK\nMax-Forwards: 70\nContent-Length: 0\n\n"
    )


def _reply(status: str, body: str = "", invite: bool = False) -> str:
    content = "Content-Type: application/sdp\n" if body else ""
    cseq = "CSeq: [cseq] INVITE\n" if invite else "[last_CSeq:]\n"
    return _send(
        f"SIP/2.0 {status}\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]t[call_number]\n[last_Call-ID:]\n"
        f"{cseq}Contact: <sip:phone@[local_ip]:[local_port]>\n{content}Content-Length: [len]\n\n{body}"
    )


def _called_bye() -> str:
    """The one who was called hangs up: From and To change places."""
    return _send(
        "BYE [next_url] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "From:[$2];tag=[pid]t[call_number]\nTo:[$1]\n[last_Call-ID:]\nCSeq: 1 BYE\nMax-Forwards: 70\n"
        "Content-Length: 0\n\n"
    )
