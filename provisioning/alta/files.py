"""What a document may be, told by its bytes, and where it lies: under its digest, written once."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from provisioning.alta.refusals import AltaRefused

LARGEST = 25 * 2**20
"""Bytes of one document."""

_OFFICE: Mapping[str, tuple[str, str]] = {
    ".docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".pptx": ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ".odt": ("content.xml", "application/vnd.oasis.opendocument.text"),
    ".ods": ("content.xml", "application/vnd.oasis.opendocument.spreadsheet"),
}
_MAGIC: tuple[tuple[bytes, tuple[str, ...], str], ...] = (
    (b"%PDF-", (".pdf",), "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", (".png",), "image/png"),
    (b"\xff\xd8\xff", (".jpg", ".jpeg"), "image/jpeg"),
    (b"II*\x00", (".tif", ".tiff"), "image/tiff"),
    (b"MM\x00*", (".tif", ".tiff"), "image/tiff"),
)
_TEXTS: Mapping[str, str] = {".txt": "text/plain", ".csv": "text/csv", ".eml": "message/rfc822"}
_TAKEN = "PDF, PNG, JPG, TIFF, DOCX, XLSX, PPTX, ODT, ODS, TXT, CSV o EML"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it lies."""

    digest: str
    size: int
    type: str


class Files:
    """A folder of files by their SHA-256. What lies there is never changed and never deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def keep(self, name: str, body: bytes) -> Kept:
        """Take a file in. Raises `AltaRefused` for what is no document, or too large. Blocks: disk."""
        kind = kind_of(name, body)
        digest = hashlib.sha256(body).hexdigest()
        place = self.path(digest)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(place, body)
        return Kept(digest, len(body), kind)


def kind_of(name: str, body: bytes) -> str:
    """The media type of a document by its bytes, where its name agrees. Raises `AltaRefused`."""
    if not body:
        raise _refused("El archivo está vacío: elija otro.")
    if len(body) > LARGEST:
        raise _refused(f"El archivo pasa de {LARGEST // 2**20} MB: comprímalo o divídalo.")
    ending = Path(name).suffix.lower()
    for magic, endings, kind in _MAGIC:
        if body.startswith(magic) and ending in endings:
            return kind
    if ending in _OFFICE and _is_office(body, _OFFICE[ending][0]):
        return _OFFICE[ending][1]
    if ending in _TEXTS and _is_text(body):
        return _TEXTS[ending]
    known = {each for _, endings, _ in _MAGIC for each in endings} | _OFFICE.keys() | _TEXTS.keys()
    if ending in known:
        raise _refused(f"«{Path(name).name}» no es lo que dice su nombre, o está dañado: guárdelo otra vez.")
    raise _refused(f"«{Path(name).name}» es de un tipo que no se recibe: adjunte {_TAKEN}.")


def _is_office(body: bytes, inside: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            return any(each.startswith(inside) for each in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return b"\0" not in body and all(byte >= 32 or byte in b"\t\r\n\f" for byte in body)


def _write(place: Path, body: bytes) -> None:
    """Whole or not at all, whatever stops us."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _refused(said: str) -> AltaRefused:
    return AltaRefused(problems={"file": said})
