"""Many callers and telephones by two kinds of SIPp, and what they themselves know of their calls."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.sip import SDP

_HEADERS = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
"""
_CALLER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="callers">
<send retrans="500"><![CDATA[

INVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0
{headers}From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:{called}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[field0]@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

{sdp}
]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/>
<recv response="183" optional="true"/><recv response="200" rrs="true"/>
<send><![CDATA[

ACK [next_url] SIP/2.0
{headers}[last_From:]
[last_To:]
[routes]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>
<pause distribution="uniform" min="{least}" max="{most}"/>
<send retrans="500"><![CDATA[

BYE [next_url] SIP/2.0
{headers}[last_From:]
[last_To:]
[routes]
Call-ID: [call_id]
CSeq: 2 BYE
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""
_PHONE = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="telephone">
<recv request="INVITE" rrs="true"/>
<send><![CDATA[

SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[pid]p[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<pause milliseconds="{ring}"/>
<send retrans="500"><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]p[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

{sdp}
]]></send>
<recv request="ACK"/>
<recv request="BYE" timeout="180000"/>
<send><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""


@dataclass
class Crowd:
    """SIPp processes against one PBX; `sip` is its (host, port). `stop` ends them all."""

    folder: Path
    sip: tuple[str, int]
    media: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _traces: dict[str, list[Path]] = field(default_factory=lambda: {"caller": [], "phone": []})

    def phone(self, port: int, ring: float = 0.3) -> None:
        """A telephone that answers every call after `ring` seconds and waits for its end."""
        text = _PHONE.format(ring=int(ring * 1000), sdp=SDP)
        self._start("phone", text, "127.0.0.1", ["-p", str(port), "-m", "100000"])

    def callers(
        self, host: str, called: str, numbers: list[str], every: float, talk: tuple[float, float]
    ) -> subprocess.Popen[bytes]:
        """A call of each of `numbers`, one `every` so many seconds, each `talk` seconds long."""
        least, most = (int(seconds * 1000) for seconds in talk)
        text = _CALLER.format(called=called, headers=_HEADERS, sdp=SDP, least=least, most=most)
        names = self.folder / f"{len(self.processes):02d}-numbers.csv"
        names.write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
        rate = ["-r", "1", "-rp", str(int(every * 1000)), "-m", str(len(numbers)), "-inf", str(names)]
        return self._start("caller", text, host, [*rate, f"{self.sip[0]}:{self.sip[1]}"])

    def made(self) -> set[str]:
        """The numbers whose call the PBX answered, by the callers' own trace."""
        return self._numbers("caller", r"SIP/2\.0 200 OK.*?^From:[^\n]*sip:(\d+)@.*?^CSeq: 1 INVITE")

    def talked(self) -> set[str]:
        """The numbers that a telephone answered and the PBX acknowledged, by the telephones' own trace."""
        return self._numbers("phone", r"^ACK .*?^From:[^\n]*sip:\+?(\d+)@")

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait(5)

    def _numbers(self, kind: str, pattern: str) -> set[str]:
        found: set[str] = set()
        for trace in self._traces[kind]:
            text = trace.read_text("utf-8", "replace") if trace.exists() else ""
            for message in re.split(r"^-{20,}.*$", text, flags=re.M):
                if match := re.search(pattern, message, re.S | re.M):
                    found.add(match[1])
        return found

    def _start(self, kind: str, scenario: str, host: str, words: list[str]) -> subprocess.Popen[bytes]:
        number = len(self.processes)
        file = self.folder / f"{number:02d}-{kind}.xml"
        file.write_text(scenario, "utf-8")
        trace = file.with_suffix(".log")
        self._traces[kind].append(trace)
        command = ["sipp", "-sf", str(file), "-i", host, "-nostdin", "-aa", "-rtp_echo", *words]
        command += ["-max_retrans", "6"]
        command += ["-mp", str(self.media + 2 * number), "-trace_msg", "-message_file", str(trace)]
        process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process
