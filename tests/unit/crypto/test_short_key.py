import copy
from pickle import dumps, loads

import pytest

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import signature_matches
from idwallet.crypto.short_key import read_short_key, short_key
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UsageError

SIZES = {
    Algorithm.ES256: 33,
    Algorithm.ES384: 49,
    Algorithm.ES512: 67,
    Algorithm.EDDSA: 32,
    Algorithm.ML_DSA_44: 1312,
    Algorithm.ML_DSA_65: 1952,
    Algorithm.ML_DSA_87: 2592,
}


@pytest.mark.parametrize(("algorithm", "size"), SIZES.items(), ids=str)
def test_a_key_comes_back_from_its_shortest_form(
    algorithm: Algorithm, size: int
) -> None:
    key = SoftwareSigner.generate(algorithm).public_key
    octets = short_key(key)
    assert len(octets) == size
    assert read_short_key(octets, at="key") == key


def test_a_key_without_a_short_form_is_refused() -> None:
    with pytest.raises(UsageError):
        short_key(SoftwareSigner.generate(Algorithm.PS256).public_key)


@pytest.mark.parametrize(
    "octets",
    [b"", bytes(31), bytes(33), b"\x04" + bytes(32), b"\x02" + b"\xff" * 32, bytes(65)],
    ids=lambda each: f"{each[:1].hex()}-{len(each)}",
)
def test_octets_of_no_key_are_refused(octets: bytes) -> None:
    with pytest.raises(MalformedError):
        read_short_key(octets, at="key")


@pytest.mark.parametrize("algorithm", list(SIZES)[:3], ids=str)
def test_a_point_that_was_short_is_the_same_key_in_every_way(
    algorithm: Algorithm,
) -> None:
    signer = SoftwareSigner.generate(algorithm)
    key = signer.public_key
    for again in (lambda k: k, copy.copy, copy.deepcopy, lambda k: loads(dumps(k))):
        found = again(read_short_key(short_key(key), at="key"))
        assert (found.kind, found.algorithms) == (key.kind, key.algorithms)
        assert signature_matches(
            found, algorithm, signature=signer.sign(b"m"), message=b"m"
        )
        assert hash(found) == hash(key)
        assert found.spki == key.spki
        assert found.thumbprint == key.thumbprint
        assert not hasattr(found, "other")
        with pytest.raises(AttributeError, match="immutable"):
            found.spki = b""
