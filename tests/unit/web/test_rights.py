"""docs/rights.md is what the tables of roles and routes say."""

from web.access import ROUTES
from web.rights import DOCUMENT, document


def test_the_document_is_as_the_tables_have_it() -> None:
    assert DOCUMENT.read_text() == document(), "run: python -m web.rights"


def test_every_route_is_in_it() -> None:
    for route in ROUTES:
        assert f"| {route.method} | `{route.path}` |" in document()
