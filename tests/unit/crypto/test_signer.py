"""Signing with a key that is elsewhere or in a store."""

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.crypto.signer import RemoteKey, SigningTask, StoredKeySigner, digest_of
from idwallet.crypto.software import SoftwareSigner, SoftwareStoredKey
from idwallet.errors import (
    MalformedError,
    SignerError,
    UnsupportedError,
    UsageError,
)


def remote(signer):
    return RemoteKey(signer.public_key, algorithm=signer.algorithm)


def test_a_signature_made_in_two_steps_is_that_of_the_signer(signer):
    two_step = remote(signer)
    assert two_step.public_key == signer.public_key
    assert two_step.algorithm is signer.algorithm
    task = two_step.prepare(b"message")
    signature = two_step.finish(task, signer.sign(task.message))
    assert signature_matches(
        signer.public_key, signer.algorithm, signature=signature, message=b"message"
    )


def test_a_card_that_signs_the_digest_agrees_with_the_software_signer(signer_of):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import (
        Prehashed,
        decode_dss_signature,
    )

    native = ec.generate_private_key(ec.SECP256R1())
    two_step = remote(SoftwareSigner(native))
    task = two_step.prepare(b"message")
    r, s = decode_dss_signature(
        native.sign(task.to_sign, ec.ECDSA(Prehashed(hashes.SHA256())))
    )
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert two_step.finish(task, signature) == signature


def test_what_goes_to_the_key_is_the_digest_where_there_is_one(signer):
    task = remote(signer).prepare(b"message")
    if signer.algorithm.prehash:
        assert (
            task.to_sign
            == task.digest
            == digest_of(b"message", algorithm=signer.algorithm)
        )
        assert len(task.to_sign) in (32, 48, 64)
    else:
        assert task.digest is None
        assert task.to_sign == b"message"


@pytest.mark.parametrize(
    "fault",
    [
        lambda signer, good: good[:-1] + bytes((good[-1] ^ 1,)),
        lambda signer, good: good[:-1],
        lambda signer, good: b"",
        lambda signer, good: signer.sign(b"another message"),
        lambda signer, good: SoftwareSigner.generate(Algorithm.ES256).sign(b"message"),
    ],
    ids=["flipped", "cut", "empty", "another message", "another key"],
)
def test_a_signature_that_does_not_match_is_not_handed_on(signer_of, fault):
    signer = signer_of(Algorithm.ES256)
    two_step = remote(signer)
    task = two_step.prepare(b"message")
    good = signer.sign(b"message")
    assert two_step.finish(task, good) == good
    with pytest.raises(SignerError):
        two_step.finish(task, fault(signer, good))


def test_a_task_of_another_key_is_refused(signer_of):
    signer, other = signer_of(Algorithm.ES256), SoftwareSigner.generate(Algorithm.ES256)
    task = remote(other).prepare(b"message")
    with pytest.raises(UsageError):
        remote(signer).finish(task, other.sign(b"message"))


def test_a_task_of_another_algorithm_is_refused(signer_of):
    key = signer_of(Algorithm.PS256).public_key
    task = RemoteKey(key, algorithm=Algorithm.RS256).prepare(b"message")
    with pytest.raises(UsageError):
        RemoteKey(key, algorithm=Algorithm.PS256).finish(task, b"")


def test_a_key_is_not_paired_with_an_algorithm_that_it_cannot_do(signer_of):
    with pytest.raises(UsageError):
        RemoteKey(signer_of(Algorithm.ES256).public_key, algorithm=Algorithm.ES384)


def test_the_repr_of_a_task_does_not_show_what_is_signed(signer_of):
    task = remote(signer_of(Algorithm.ES256)).prepare(b"Erika Mustermann")
    assert "Erika" not in repr(task)
    assert isinstance(task, SigningTask)


# --- stored keys --------------------------------------------------------------------


class Stored:
    """A stored key that answers what it is told to."""

    def __init__(self, signer, *, algorithm=None, spki=None, answer=None):
        self.spki = signer.public_key.spki if spki is None else spki
        self.algorithm = algorithm or signer.algorithm.jose
        self.sign = signer.sign if answer is None else lambda message: answer


def test_a_stored_key_signs(signer):
    for stored in (Stored(signer), SoftwareStoredKey(signer)):
        wrapped = StoredKeySigner(stored)
        assert wrapped.public_key == signer.public_key
        assert wrapped.algorithm is signer.algorithm
        assert signature_matches(
            signer.public_key,
            signer.algorithm,
            signature=wrapped.sign(b"message"),
            message=b"message",
        )


def test_a_stored_key_that_answers_with_der_is_refused(signer_of):
    signer = signer_of(Algorithm.ES256)
    der = b"\x30\x45" + bytes(69)
    with pytest.raises(SignerError):
        StoredKeySigner(Stored(signer, answer=der)).sign(b"message")


def test_a_stored_key_of_an_unknown_algorithm_is_refused(signer_of):
    with pytest.raises(UnsupportedError):
        StoredKeySigner(Stored(signer_of(Algorithm.ES256), algorithm="none"))


def test_a_stored_key_whose_algorithm_does_not_fit_is_refused(signer_of):
    with pytest.raises(UsageError):
        StoredKeySigner(Stored(signer_of(Algorithm.ES256), algorithm="EdDSA"))


def test_a_stored_key_whose_public_half_is_broken_is_refused(signer_of):
    with pytest.raises(MalformedError):
        StoredKeySigner(Stored(signer_of(Algorithm.ES256), spki=b"junk"))
