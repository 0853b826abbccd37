"""All the ways into an account, as the console needs them."""

from dataclasses import dataclass

from staff.credentials import Credentials
from staff.invitations import Invitations
from staff.linked_accounts import LinkedAccounts
from staff.oidc import IdentityProvider
from staff.second_factors import SecondFactors
from staff.steps import Steps


@dataclass(frozen=True)
class SignIn:
    """`oidc` is the company's own identity provider, when there is one."""

    credentials: Credentials
    steps: Steps
    invitations: Invitations
    factors: SecondFactors
    linked: LinkedAccounts
    oidc: IdentityProvider | None
