"""Static files under names that carry their content's hash, so that a browser keeps them for ever.

The hash names the folder (`/static/<hash>/js/desk.js`): modules that import one another by relative
paths stay of one version.
"""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class Asset:
    content: bytes
    type: str


@dataclass(frozen=True)
class Assets:
    """All static files, read once; `version` is the hash of them all."""

    version: str
    files: dict[str, Asset]

    def url(self, name: str) -> str:
        """The address of a file (`css/desk.css`). Raises KeyError for a file that does not exist."""
        self.files[name]
        return f"/static/{self.version}/{name}"


def read_assets(folder: Path = FOLDER) -> Assets:
    files = {
        path.relative_to(folder).as_posix(): Asset(path.read_bytes(), _type(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(f"{name}\0{len(asset.content)}\0".encode() + asset.content)
    return Assets(digest.hexdigest()[:12], files)


def _type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
