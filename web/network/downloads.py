"""Files of the network as downloads: nothing of them is shown by the console itself."""

from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from provisioning.alta.files import LARGEST as LARGEST_FILE

LARGEST = LARGEST_FILE + 2**20
"""Bytes of a form with a document."""


def sent(path: Path, name: str, kind: str) -> web.FileResponse:
    """The file, whatever it holds, for keeping."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return web.FileResponse(path, headers={"Content-Disposition": disposition, "Content-Type": kind})
