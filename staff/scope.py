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


EVERYTHING = Scope()
