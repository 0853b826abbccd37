"""What a token must say to be believed: each claim wrong in turn, and each false signature."""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import KeySet, RSAKey

from staff.id_tokens import ALGORITHMS, BadToken, Expected, Identity, UnknownKey, verified
from tests.support.oidc_provider import CLIENT_ID, OidcProvider

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PROVIDER = OidcProvider(issuer="https://acceso.empresa.example", now=lambda: NOW)
KEYS = KeySet([RSAKey.import_key(PROVIDER.key.as_dict(private=False))])
EXPECTED = Expected(PROVIDER.issuer, CLIENT_ID, "n-1", {"RS256", "HS256", "none"}, NOW)
AT = int(NOW.timestamp())


def claims(**changes):
    said = {
        "iss": PROVIDER.issuer, "aud": CLIENT_ID, "sub": "u-1", "nonce": "n-1", "iat": AT, "exp": AT + 300,
        "email": "Ana@Empresa.example", "email_verified": True,
    }  # fmt: skip
    return {name: value for name, value in (said | changes).items() if value is not None}


def test_an_honest_token_says_who_it_is():
    assert verified(PROVIDER.by_key(claims()), KEYS, EXPECTED) == Identity(
        PROVIDER.issuer, "u-1", "ana@empresa.example"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://otro.example"}, {"iss": None}, {"iss": PROVIDER.issuer + "/"},
        {"aud": "otro"}, {"aud": None}, {"aud": ["otro"]}, {"aud": [CLIENT_ID, "otro"]}, {"azp": "otro"},
        {"nonce": "n-2"}, {"nonce": None}, {"nonce": 1},
        {"exp": AT - 61}, {"exp": None}, {"exp": "mañana"}, {"exp": True},
        {"iat": AT + 61}, {"iat": None}, {"nbf": AT + 61}, {"nbf": "x"},
        {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": "x" * 256},
    ],
)  # fmt: skip
def test_a_claim_that_does_not_hold_makes_it_worthless(changes):
    with pytest.raises(BadToken):
        verified(PROVIDER.by_key(claims(**changes)), KEYS, EXPECTED)


@pytest.mark.parametrize(
    "changes",
    [{"exp": AT - 59}, {"iat": AT + 59}, {"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "x"], "azp": CLIENT_ID}],
)
def test_clocks_may_differ_by_a_minute_and_audiences_may_be_several(changes):
    assert verified(PROVIDER.by_key(claims(**changes)), KEYS, EXPECTED).subject == "u-1"


@pytest.mark.parametrize("forged", ["unsigned", "by_public_key", "by_client_secret"])
def test_a_token_without_the_providers_own_signature_is_worthless(forged):
    with pytest.raises(BadToken):
        verified(getattr(PROVIDER, forged)(claims()), KEYS, EXPECTED)


def test_another_key_under_the_same_name_is_told_apart():
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    with pytest.raises(BadToken, match="signature"):
        verified(PROVIDER.by_key(claims(), other), KEYS, EXPECTED)


def test_a_key_that_is_not_known_is_told_from_a_bad_signature():
    with pytest.raises(UnknownKey):
        other = OidcProvider(key=RSAKey.generate_key(2048, {"kid": "k2"}))
        verified(other.by_key(claims()), KEYS, EXPECTED)


def test_a_changed_token_is_worthless():
    head, body, signature = PROVIDER.by_key(claims()).split(".")
    _, other, _ = PROVIDER.by_key(claims(sub="u-2")).split(".")
    for token in (f"{head}.{other}.{signature}", f"{head}.{body}.", f"{head}.{body}", "", "a.b.c", "ñ"):
        with pytest.raises(BadToken):
            verified(token, KEYS, EXPECTED)


@pytest.mark.parametrize(
    "unsure", [{"email_verified": False}, {"email_verified": None}, {"email_verified": 1}, {"email": 7}]
)
def test_an_email_that_is_not_verified_is_no_email(unsure):
    assert verified(PROVIDER.by_key(claims(**unsure)), KEYS, EXPECTED).email is None


def test_only_signatures_by_a_key_pair_are_ever_taken():
    assert not any(name.startswith("HS") or name == "none" for name in ALGORITHMS)


def test_a_token_is_good_for_the_time_it_says():
    later = Expected(PROVIDER.issuer, CLIENT_ID, "n-1", {"RS256"}, NOW + timedelta(seconds=361))
    with pytest.raises(BadToken, match="exp"):
        verified(PROVIDER.by_key(claims()), KEYS, later)
