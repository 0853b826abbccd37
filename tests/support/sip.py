"""Real SIP endpoints for tests, by SIPp: a carrier that places a call, a softphone that registers and rings.

A scenario is written for each endpoint from small pieces, so that a test says what the endpoint does in
the order it happens.
"""

import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_INVITED = """<recv request="INVITE" crlf="true" rrs="true"><action>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="called"/>
<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="cseq"/>
</action></recv><Reference variables="caller,called,cseq"/>"""

SDP = """v=0
o=prueba 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=sendrecv
"""


def _send(message: str, *, retransmit: bool = False) -> str:
    attribute = ' retrans="500"' if retransmit else ""
    return f"<send{attribute}><![CDATA[\n\n{message}\n\n]]></send>"


def _optional(*codes: int) -> str:
    return "".join(f'<recv response="{code}" optional="true"/>' for code in codes)


def _scenario(name: str, steps: Sequence[str]) -> str:
    body = "\n".join(steps)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name={quoteattr(name)}>\n{body}\n</scenario>\n'


@dataclass
class Endpoint:
    """A running SIPp. `log` is its trace of messages."""

    process: subprocess.Popen[bytes]
    log: Path

    def messages(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def wait(self, seconds: float) -> int:
        """Its exit code: 0 when the scenario went as written."""
        return self.process.wait(seconds)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)

    def wait_for(self, pattern: str, seconds: float) -> re.Match[str]:
        """The first match in its trace. Raises TimeoutError with the trace when it does not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if match := re.search(pattern, self.messages()):
                return match
            time.sleep(0.05)
        raise TimeoutError(f"no «{pattern}» in:\n{self.messages()[-4000:]}")


@dataclass
class SipLab:
    """Starts SIP endpoints against one PBX and stops them all. `sip` is the PBX's (host, port)."""

    folder: Path
    sip: tuple[str, int]
    media: int = 20000
    endpoints: list[Endpoint] = field(default_factory=list)

    def call(
        self,
        host: str,
        called: str,
        caller: str,
        *,
        name: str = "",
        to: str | None = None,
        headers: Sequence[str] = (),
        keys: Sequence[tuple[float, str]] = (),
        talk: float | None = None,
    ) -> Endpoint:
        """A carrier at `host` calls. `keys` are (pause in s, digit) sent by SIP INFO after the answer.

        `talk` is when the caller hangs up, in seconds after the last key; None waits for the other side.
        """
        display = f'"{name}" ' if name else ""
        invite = "\n".join(
            [
                f"INVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0",
                "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
                f"From: {display}<sip:{caller}@[local_ip]:[local_port]>;tag=[pid]c[call_number]",
                f"To: <sip:{to or called}@[remote_ip]:[remote_port]>",
                "Call-ID: [call_id]",
                "CSeq: 1 INVITE",
                f"Contact: <sip:{caller}@[local_ip]:[local_port]>",
                "Max-Forwards: 70",
                *headers,
                "Content-Type: application/sdp",
                "Content-Length: [len]",
                "",
                SDP,
            ]
        )
        steps = [_send(invite, retransmit=True), _optional(100, 180, 183)]
        steps += ['<recv response="200" rrs="true"/>', _send(_in_dialog("ACK", 1))]
        for number, (pause, digit) in enumerate(keys, start=2):
            steps += [_pause(pause), _send(_info(number, digit), retransmit=True), '<recv response="200"/>']
        if talk is None:
            steps += ['<recv request="BYE" timeout="120000"/>', _send(_ok())]
        else:
            steps += [_pause(talk), _send(_in_dialog("BYE", 90), retransmit=True), '<recv response="200"/>']
        return self._start("carrier", steps, host, 0)

    def refused_call(self, host: str, called: str, caller: str, code: int) -> Endpoint:
        """A call that hears early media and is refused with `code`."""
        invite = "\n".join(
            [
                f"INVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0",
                "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
                f"From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]r[call_number]",
                f"To: <sip:{called}@[remote_ip]:[remote_port]>",
                "Call-ID: [call_id]",
                "CSeq: 1 INVITE",
                f"Contact: <sip:{caller}@[local_ip]:[local_port]>",
                "Max-Forwards: 70",
                "Content-Type: application/sdp",
                "Content-Length: [len]",
                "",
                SDP,
            ]
        )
        refusal = f'<recv response="{code}" timeout="30000"/>'
        ack = (
            f"ACK sip:{called}@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n[last_From:]\n[last_To:]\n"
            "Call-ID: [call_id]\nCSeq: 1 ACK\nMax-Forwards: 70\nContent-Length: 0\n"
        )
        return self._start(
            "refused",
            [_send(invite, retransmit=True), _optional(100, 180, 183), refusal, _send(ack)],
            host,
            0,
        )

    def register(self, extension: str, secret: str, port: int, host: str = "127.0.0.1") -> None:
        """Register a softphone that listens on `port`. Raises when the PBX refuses."""
        steps = [
            _send(_register(extension, 1, ""), retransmit=True),
            _optional(100),
            '<recv response="401" auth="true"/>',
            _send(
                _register(extension, 2, f"[authentication username={extension} password={escape(secret)}]"),
                retransmit=True,
            ),
            _optional(100),
            '<recv response="200"/>',
        ]
        endpoint = self._start("register", steps, host, port)
        if endpoint.wait(15) != 0:
            raise AssertionError(f"the PBX refused to register {extension}:\n{endpoint.messages()}")

    def phone(
        self,
        port: int,
        *,
        ring: float = 1.0,
        talk: float | None = None,
        answers: bool = True,
        host: str = "127.0.0.1",
    ) -> Endpoint:
        """A softphone on `port`: rings `ring` seconds, then answers and waits for BYE, or hangs up after
        `talk` seconds; one that does not answer waits for CANCEL."""
        steps = [_INVITED, _send(_ringing())]
        if answers:
            steps += [_pause(ring), _send(_answer(), retransmit=True), '<recv request="ACK"/>']
            if talk is None:
                steps += ['<recv request="BYE" timeout="120000"/>', _send(_ok())]
            else:
                steps += [_pause(talk), _send(_callee_bye(), retransmit=True), '<recv response="200"/>']
        else:
            steps += ['<recv request="CANCEL" timeout="60000"/>', _send(_ok()), _send(_terminated())]
            steps += ['<recv request="ACK"/>']
        return self._start("phone", steps, host, port, server=True)

    def stop(self) -> None:
        for endpoint in self.endpoints:
            endpoint.stop()

    def _start(
        self, kind: str, steps: Sequence[str], host: str, port: int, *, server: bool = False
    ) -> Endpoint:
        number = len(self.endpoints)
        file = self.folder / f"{number:02d}-{kind}.xml"
        log = file.with_suffix(".log")
        file.write_text(_scenario(kind, steps), "utf-8")
        command = ["sipp", "-sf", str(file), "-i", host, "-m", "1", "-nostdin", "-aa", "-rtp_echo"]
        command += ["-mp", str(self.media + 10 * number), "-trace_msg", "-message_file", str(log)]
        command += ["-timeout", "180s", "-timeout_error"]
        command += ["-p", str(port)] if port else []
        if not server:
            command.append(f"{self.sip[0]}:{self.sip[1]}")
        process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        endpoint = Endpoint(process, log)
        self.endpoints.append(endpoint)
        return endpoint


def _pause(seconds: float) -> str:
    return f'<pause milliseconds="{int(seconds * 1000)}"/>'


def _in_dialog(method: str, number: int, extra: str = "Content-Length: 0\n") -> str:
    return (
        f"{method} [next_url] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "[last_From:]\n[last_To:]\n[routes]\nCall-ID: [call_id]\n"
        f"CSeq: {number} {method}\nMax-Forwards: 70\n{extra}"
    )


def _info(number: int, digit: str) -> str:
    body = f"Signal={digit}\nDuration=160\n"
    return _in_dialog(
        "INFO", number, f"Content-Type: application/dtmf-relay\nContent-Length: [len]\n\n{body}"
    )


def _ok() -> str:
    return (
        "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
        "Content-Length: 0\n"
    )


def _reply(status: str, extra: str) -> str:
    return (
        f"SIP/2.0 {status}\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]p[call_number]\n[last_Call-ID:]\n"
        f"[last_CSeq:]\nContact: <sip:[local_ip]:[local_port];transport=[transport]>\n{extra}"
    )


def _ringing() -> str:
    return _reply("180 Ringing", "Content-Length: 0\n")


def _answer() -> str:
    return _reply("200 OK", f"Content-Type: application/sdp\nContent-Length: [len]\n\n{SDP}")


def _terminated() -> str:
    return (
        "SIP/2.0 487 Request Terminated\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n"
        "CSeq:[$cseq]\nContent-Length: 0\n"
    )


def _callee_bye() -> str:
    """The far end's BYE: what was To in its INVITE is From now."""
    return (
        "BYE [next_url] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "From:[$called];tag=[pid]p[call_number]\nTo:[$caller]\nCall-ID: [call_id]\nCSeq: 1 BYE\n"
        "Max-Forwards: 70\nContent-Length: 0\n"
    )


def _register(extension: str, number: int, authentication: str) -> str:
    return (
        "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From: <sip:{extension}@[remote_ip]>;tag=[pid]g[call_number]\nTo: <sip:{extension}@[remote_ip]>\n"
        f"Call-ID: [call_id]\nCSeq: {number} REGISTER\n"
        f"Contact: <sip:{extension}@[local_ip]:[local_port]>\n{authentication}\n"
        "Max-Forwards: 70\nExpires: 600\nContent-Length: 0\n"
    )
