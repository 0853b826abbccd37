"""SIP messages as values, for the telephones that tests are made of. Bytes are Latin-1 text throughout."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A request or an answer: its first line, its headers in order, its body."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    def get(self, name: str) -> str:
        """The first value of a header, empty without one."""
        return next((value for header, value in self.headers if header.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]

    @property
    def status(self) -> int | None:
        """The code of an answer; None for a request."""
        return int(self.first.split(" ")[1]) if self.first.startswith("SIP/2.0 ") else None

    @property
    def method(self) -> str:
        return self.get("CSeq").split(" ")[-1] if self.status is not None else self.first.split(" ")[0]

    @property
    def sequence(self) -> int:
        return int(self.get("CSeq").split(" ")[0])

    @property
    def text(self) -> str:
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines) + "\r\n\r\n" + self.body


def read(data: bytes) -> Message:
    head, _, body = data.decode("latin-1").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return Message(first, tuple(pair for pair in headers if pair[0].lower() != "content-length"), body)


def tag(header: str) -> str:
    """The tag of a From or a To."""
    found = re.search(r";tag=([^;>]+)", header)
    return found[1] if found else ""


def address(header: str) -> str:
    """The URI inside a Contact, a From or a To."""
    found = re.search(r"<([^>]+)>", header)
    return found[1] if found else header.partition(";")[0]


def sdp(host: str, port: int, direction: str) -> str:
    lines = ("v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0")
    media = (f"m=audio {port} RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000")
    return "\r\n".join((*lines, *media, f"a={direction}", ""))


def media_address(body: str) -> tuple[str, int]:
    """Where the other side listens for RTP."""
    host = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", body, re.MULTILINE)
    assert host and port
    return host[1], int(port[1])


def proof(challenge: str, user: str, secret: str, method: str, uri: str) -> str:
    """The Authorization that answers a digest challenge (RFC 2617, with or without qop)."""
    asked: Mapping[str, str] = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    realm, nonce = asked["realm"], asked["nonce"]
    ours = _md5(f"{user}:{realm}:{secret}")
    theirs = _md5(f"{method}:{uri}")
    given = f'username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if "qop" not in asked:
        return f'Digest {given}, response="{_md5(f"{ours}:{nonce}:{theirs}")}"'
    middle = f"{nonce}:00000001:0a0b0c0d:auth"
    response = _md5(f"{ours}:{middle}:{theirs}")
    opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
    return f'Digest {given}, qop=auth, nc=00000001, cnonce="0a0b0c0d", response="{response}"{opaque}'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("latin-1"), usedforsecurity=False).hexdigest()
