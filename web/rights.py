"""Who may do what, as a document: `python -m web.rights` writes docs/rights.md from the deciding tables."""

from collections.abc import Iterable
from pathlib import Path

from staff.permissions import Permission
from staff.roles import Role
from web.access import ROUTES, Route
from web.who import ByToken, Open

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "rights.md"

_INTRODUCTION = """# Who may do what

Written by `python -m web.rights` from `staff/roles.py` and `web/access.py`, the two tables that decide it.
A person may have several roles and may do what any of them may. Which rows somebody sees is their scope
besides, of subsidiaries and accounts. A route that stands in no row is refused.
"""
_OPEN = {
    Open.ANYBODY: "anybody",
    Open.SIGNED_IN: "whoever is signed in",
    Open.LOOPBACK_OR_TOKEN: "this machine, or a token with `status:read`",
}


def document() -> str:
    """The whole text, in Markdown."""
    return "\n".join(
        (_INTRODUCTION, "## Permissions by role\n", *_by_role(), "", "## Routes\n", *_routes(), "")
    )


def _by_role() -> Iterable[str]:
    yield _row(("", *(role.value for role in Role)))
    yield _row("---" for _ in range(len(Role) + 1))
    for permission in Permission:
        yield _row((f"`{permission}`", *("●" if permission in role.permissions else "" for role in Role)))


def _routes() -> Iterable[str]:
    yield _row(("method", "path", "who"))
    yield _row(("---", "---", "---"))
    for route in ROUTES:
        yield _row((route.method, f"`{route.path}`", _who(route)))


def _who(route: Route) -> str:
    match route.who:
        case Open():
            return _OPEN[route.who]
        case ByToken():
            return f"a token with `{route.who.permission}`" if route.who.permission else "a person's token"
        case _:
            roles = ", ".join(role for role in Role if route.who in role.permissions)
            return f"`{route.who}`: {roles}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
