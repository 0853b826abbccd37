"""Files that people send: streamed to a temporary folder, never into memory, gone once they are answered.

Only routes whose row in the table of routes says how large a body may be (`Route.largest`) take any, as
`multipart/form-data`, from whom the guard has let in.
"""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from web import refusals

FORM = "multipart/form-data"
LONGEST_FIELD = 64 * 1024
MOST_PARTS = 64
SILENT_SECONDS = 20.0
"""For how long nothing may come of a body that is under way."""

_CHUNK = 64 * 1024
_WRAPPING = 16 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came. `name` and `type` are what the sender says: believe neither."""

    field: str
    name: str
    type: str
    path: Path
    size: int


@dataclass(frozen=True)
class Upload:
    """A form with files: the texts by field, and the files in their order; an empty file input sends none."""

    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[File, ...] = ()

    def file(self, name: str) -> File | None:
        """The first file of a field."""
        return next((file for file in self.files if file.field == name), None)


# What aiohttp's reader raises at bytes that are no form, its own assertions among them.
_BROKEN = (
    ConnectionError,
    HttpProcessingError,
    web.RequestPayloadError,
    ValueError,
    AssertionError,
    RuntimeError,
)
_UPLOAD = web.RequestKey("upload", Upload)


def upload(request: web.Request) -> Upload:
    """What came with the request; empty when it was no form with files."""
    return request[_UPLOAD] if _UPLOAD in request else Upload()


def carries_files(request: web.Request) -> bool:
    """Whether the body is a form that may hold files."""
    return request.content_type == FORM


@contextlib.asynccontextmanager
async def received(request: web.Request, largest: int) -> AsyncIterator[None]:
    """Takes the body in, at most `largest` bytes of it, and throws the files away in the end.

    Raises `Refusal`: too large, too slow, not a form.
    """
    if (request.content_length or 0) > largest + _WRAPPING:
        raise refusals.too_large(largest)
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="altavoz-upload-")
    try:
        request[_UPLOAD] = await _taken(request, Path(folder), largest)
        yield
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _taken(request: web.Request, folder: Path, largest: int) -> Upload:
    try:
        return await _Body(folder, largest).read(request)
    except TimeoutError as late:
        raise refusals.too_slow() from late
    except _BROKEN as broken:
        raise refusals.bad_request("Vuelva a la página y envíe el archivo otra vez.") from broken


class _Body:
    """One body under way."""

    def __init__(self, folder: Path, largest: int) -> None:
        self._folder = folder
        self._largest = largest
        self._left = largest
        self._fields: dict[str, str] = {}
        self._files: list[File] = []

    async def read(self, request: web.Request) -> Upload:
        reader = await request.multipart()
        for _ in range(MOST_PARTS):
            async with asyncio.timeout(SILENT_SECONDS):
                part = await reader.next()
            if part is None:
                return Upload(self._fields, tuple(self._files))
            if not isinstance(part, BodyPartReader) or not part.name:
                raise refusals.not_a_form()
            await self._take(part, part.name)
        raise refusals.not_a_form()

    async def _take(self, part: BodyPartReader, name: str) -> None:
        if part.filename is None:
            self._fields[name] = await self._text(part)
            return
        path = self._folder / str(len(self._files))
        size = await self._write(part, path)
        if size or part.filename:
            self._files.append(File(name, base_name(part.filename), _type(part), path, size))

    async def _text(self, part: BodyPartReader) -> str:
        content = bytearray()
        async for chunk in self._chunks(part):
            content += chunk
            if len(content) > LONGEST_FIELD:
                raise refusals.too_large(self._largest)
        text = content.decode()
        if "\0" in text:
            raise refusals.bad_request("Escriba el texto de nuevo, sin signos invisibles.")
        return text

    async def _write(self, part: BodyPartReader, path: Path) -> int:
        size = 0
        with path.open("wb") as file:
            async for chunk in self._chunks(part):
                await asyncio.to_thread(file.write, chunk)
                size += len(chunk)
        return size

    async def _chunks(self, part: BodyPartReader) -> AsyncIterator[bytes]:
        while not part.at_eof():
            async with asyncio.timeout(SILENT_SECONDS):
                chunk = await part.read_chunk(_CHUNK)
            self._left -= len(chunk)
            if self._left < 0:
                raise refusals.too_large(self._largest)
            yield chunk


def base_name(written: str) -> str:
    """What a file is called, without its folders or signs that no name has. Pure."""
    last = PurePosixPath(written.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable()).lstrip(".")[:200] or "archivo"


def _type(part: BodyPartReader) -> str:
    return part.headers.get("Content-Type", "application/octet-stream")[:100]
