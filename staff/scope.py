"""Which rows a person may see: those of some subsidiaries and some accounts, or of all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`subsidiaries` are country codes (`AR`), `accounts` the clients' names; an empty set means all."""

    subsidiaries: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def covers(self, subsidiary: str, account: str) -> bool:
        """Whether a row of this subsidiary and account is in sight."""
        return (not self.subsidiaries or subsidiary in self.subsidiaries) and (
            not self.accounts or account in self.accounts
        )

    def narrowed(self, other: "Scope") -> "Scope":
        """What is in sight of both."""
        return Scope(
            _both(self.subsidiaries, other.subsidiaries),
            _both(self.accounts, other.accounts),
        )


def _both(these: frozenset[str], those: frozenset[str]) -> frozenset[str]:
    if not these or not those:
        return these or those
    return these & those or _NOBODYS


EVERYTHING = Scope()
_NOBODYS = frozenset({"(ninguna)"})
"""A name that no subsidiary or account has: an empty set would mean all."""
