"""Two parties come to one secret, and nobody comes to it by another key."""

import copy

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.crypto.agreement import EphemeralKey, StoredKeyAgreement, derive
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import MemoryKeyStore, SoftwareSigner
from idwallet.errors import UnsupportedError, UsageError


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_both_sides_come_to_the_same_secret(curve: str) -> None:
    one, other, third = (EphemeralKey.generate(curve) for _ in range(3))
    secret = one.agree(other.public_key)
    assert other.agree(one.public_key) == secret
    assert third.agree(one.public_key) != secret


def test_a_key_of_a_signer_agrees_too() -> None:
    signer, reader = SoftwareSigner.generate(Algorithm.ES256), EphemeralKey.generate()
    assert signer.agree(reader.public_key) == reader.agree(signer.public_key)


def test_keys_on_two_curves_do_not_agree() -> None:
    with pytest.raises(UsageError, match="one curve"):
        EphemeralKey.generate("P-256").agree(EphemeralKey.generate("P-384").public_key)
    edwards = SoftwareSigner.generate(Algorithm.EDDSA)
    with pytest.raises(UsageError):
        EphemeralKey.generate().agree(edwards.public_key)
    with pytest.raises(UnsupportedError):
        edwards.agree(EphemeralKey.generate().public_key)


def test_a_curve_without_agreement_is_named() -> None:
    with pytest.raises(UnsupportedError, match="curve"):
        EphemeralKey.generate("secp256k1")
    with pytest.raises(UnsupportedError, match="curve"):
        EphemeralKey(ec.generate_private_key(ec.SECP256K1()))


def test_what_is_derived_depends_on_salt_and_info() -> None:
    made = {
        derive(b"s" * 32, salt=salt, info=info)
        for salt in (b"a", b"b")
        for info in (b"c", b"d")
    }
    assert len(made) == 4
    assert {len(each) for each in made} == {32}
    assert len(derive(b"s", salt=b"", info=b"", length=16)) == 16


def test_a_session_key_shows_nothing_and_does_not_travel() -> None:
    key = EphemeralKey.generate()
    assert repr(key) == "<EphemeralKey P-256>"
    assert isinstance(key.public_key, PublicKey)
    with pytest.raises(UsageError):
        copy.copy(key)


def test_a_stored_key_agrees_if_its_store_lets_it() -> None:
    stored = MemoryKeyStore().create("ES256", None)
    reader, other = EphemeralKey.generate(), EphemeralKey.generate("P-384")
    own = StoredKeyAgreement(stored)
    assert own.public_key.spki == stored.spki
    assert own.agree(reader.public_key) == reader.agree(own.public_key)
    assert repr(own) == "<StoredKeyAgreement P-256>"
    with pytest.raises(UsageError, match="one curve"):
        own.agree(other.public_key)

    class Signing:
        spki, algorithm, sign = stored.spki, stored.algorithm, stored.sign

    with pytest.raises(UnsupportedError, match="only signs"):
        StoredKeyAgreement(Signing())  # type: ignore[arg-type]  # methods are enough
