"""A code serves only who asked for it (RFC 7636)."""

import secrets

import pytest

from idwallet.protocols.oauth import pkce

# RFC 7636 Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_published_pair_fits() -> None:
    assert pkce.challenge_of(VERIFIER) == CHALLENGE
    assert pkce.verifies(VERIFIER, challenge=CHALLENGE)


def test_another_verifier_does_not_fit() -> None:
    assert not pkce.verifies(VERIFIER[:-1] + "l", challenge=CHALLENGE)


@pytest.mark.parametrize("verifier", ["", "a" * 42, "a" * 129, "ä" * 43, CHALLENGE])
def test_a_verifier_out_of_bounds_or_the_challenge_itself_never_fits(
    verifier: str,
) -> None:
    challenge = pkce.challenge_of(verifier)
    assert not pkce.verifies(verifier, challenge=CHALLENGE)
    if verifier != CHALLENGE:
        assert not pkce.verifies(verifier, challenge=challenge)


def test_a_new_verifier_has_its_own_challenge() -> None:
    one, two = (pkce.new_verifier(secrets.token_bytes) for _ in range(2))
    assert one != two
    assert pkce.is_challenge(pkce.challenge_of(one))
    assert pkce.verifies(one, challenge=pkce.challenge_of(one))
