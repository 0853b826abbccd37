"""The release dossier as a file: sections in a chain of hashes, its head signed by the site's key. Pure.

Each section's link is the SHA-256 of the link before it and of the section; the first one stands on the head
of the site's former dossier, and both ends are signed. The file is canonical JSON: verifying writes it anew
and compares byte by byte, so that not even a space can change. Attached files (recordings, papers) stand in
their section, in base64.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provisioning.release.keys import fingerprint, signed_by

GENESIS = "0" * 64
"""What the first dossier of a site stands on."""
LARGEST = 200 * 1024 * 1024
_FORMAT = 2
"""In format 1 the sections told less: no number request, no coverages, no evidence of steps."""
_READ = (1, 2)
_KEYS = frozenset({"altavoz", "format", "previous", "sections", "head", "key", "signature"})


class NotADossier(ValueError):
    """This file is no dossier, or not as one was written; the text says what does not hold."""


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is for machines (`tests`), `title` for people; `body` is plain JSON."""

    name: str
    title: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier that holds: its `head` is what the next one stands on; `key` names the key that signed it."""

    sections: tuple[Section, ...]
    previous: str
    head: str
    key: str


def attached(name: str, kind: str, content: bytes) -> dict[str, str]:
    """A file within a section's body. `kind` is its media type."""
    return {
        "name": name,
        "type": kind,
        "sha256": hashlib.sha256(content).hexdigest(),
        "data": base64.b64encode(content).decode(),
    }


def write(
    sections: Sequence[Section], previous: str, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]
) -> bytes:
    """The file, signed."""
    chained, head = _chained(sections, previous)
    document = {
        "altavoz": "dossier",
        "format": _FORMAT,
        "previous": previous,
        "sections": chained,
        "head": head,
        "key": fingerprint(key),
        "signature": sign(_message(_FORMAT, previous, head)).hex(),
    }
    return _file(document)


def verify(file: bytes, trusted: Sequence[Ed25519PublicKey]) -> Dossier:
    """The dossier that `file` holds, unchanged and signed by a `trusted` key. Raises NotADossier."""
    document = _document(file)
    sections = tuple(_section(each) for each in document["sections"])
    chained, head = _chained(sections, document["previous"])
    _links_hold(document["sections"], chained)
    if head != document["head"]:
        raise NotADossier("el final de la cadena no es el que el archivo dice")
    _signature_holds(document, trusted)
    return Dossier(sections, document["previous"], head, document["key"])


def _chained(sections: Sequence[Section], previous: str) -> tuple[list[dict[str, Any]], str]:
    chained, link = [], previous
    for section in sections:
        plain = {"name": section.name, "title": section.title, "body": section.body}
        link = hashlib.sha256(f"{link}\n{_canonical(plain)}".encode()).hexdigest()
        chained.append(plain | {"link": link})
    return chained, link


def _links_hold(found: Sequence[Mapping[str, Any]], due: Sequence[Mapping[str, Any]]) -> None:
    for one, other in zip(found, due, strict=True):
        if one["link"] != other["link"]:
            raise NotADossier(f"la sección «{one['title']}» no es la que se firmó")


def _signature_holds(document: Mapping[str, Any], trusted: Sequence[Ed25519PublicKey]) -> None:
    keys = [key for key in trusted if fingerprint(key) == document["key"]]
    if not keys:
        raise NotADossier(f"lo firmó una clave que no es de este sitio ({document['key'][:16]}…)")
    message = _message(document["format"], document["previous"], document["head"])
    if not signed_by(keys[0], _signature(document["signature"]), message):
        raise NotADossier("la firma no es de la clave del sitio")


def _signature(written: str) -> bytes:
    """In small hexadecimal digits only: one signature has one writing."""
    try:
        signature = bytes.fromhex(written)
    except ValueError as error:
        raise NotADossier("la firma no se puede leer") from error
    if signature.hex() != written:
        raise NotADossier("la firma no se puede leer")
    return signature


def _document(file: bytes) -> dict[str, Any]:
    if len(file) > LARGEST:
        raise NotADossier("es demasiado grande para ser un expediente")
    try:
        document = json.loads(file)
    except (ValueError, RecursionError) as error:
        raise NotADossier("no es un expediente de Altavoz") from error
    if not isinstance(document, dict) or document.keys() != _KEYS or document["altavoz"] != "dossier":
        raise NotADossier("no es un expediente de Altavoz")
    if type(document["format"]) is not int or document["format"] not in _READ:
        raise NotADossier("es de otra versión del formato; verifíquelo con un Altavoz más nuevo")
    if not _typed(document):
        raise NotADossier("no es un expediente de Altavoz")
    if _file(document) != file:
        raise NotADossier("el archivo no está escrito como se guardó: cambió al menos un byte")
    return document


def _typed(document: Mapping[str, Any]) -> bool:
    texts = all(isinstance(document[name], str) for name in ("previous", "head", "key", "signature"))
    return texts and isinstance(document["sections"], list) and all(map(_is_section, document["sections"]))


def _is_section(each: object) -> bool:
    return (
        isinstance(each, dict)
        and each.keys() == {"name", "title", "body", "link"}
        and isinstance(each["body"], dict)
        and all(isinstance(each[name], str) for name in ("name", "title", "link"))
    )


def _section(each: Mapping[str, Any]) -> Section:
    return Section(each["name"], each["title"], each["body"])


def _message(format: int, previous: str, head: str) -> bytes:
    """What is signed: both ends of the chain, so that it cannot begin later than it did."""
    return f"altavoz dossier {format}\n{previous}\n{head}\n".encode()


def _file(document: Mapping[str, Any]) -> bytes:
    """What can be read and not be written again is none of ours: half of a surrogate pair, a number beyond
    all bounds, lists in lists without an end.
    """
    try:
        return (_canonical(document) + "\n").encode()
    except (ValueError, RecursionError) as error:
        raise NotADossier("no es un expediente de Altavoz") from error


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
