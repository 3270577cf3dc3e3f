import subprocess
import sys

import pytest
from jose import backends
from jose.backends.ecdsa_backend import ECDSAECKey
from jose.backends.rsa_backend import RSAKey as PureRsaKey
from jose.constants import ALGORITHMS

from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.jws import _jose
from idwallet.errors import UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import EVERY_ALGORITHM, judged, signed, signer


def test_every_algorithm_has_a_key_class() -> None:
    assert set(_jose._KEYS) == set(Algorithm)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_door_agrees_with_the_primitive_below(algorithm: Algorithm) -> None:
    by = signer(algorithm)
    signature = by.sign(b"message")
    for message in (b"message", b"other"):
        assert _jose.matches(
            by.public_key, algorithm, message=message, signature=signature
        ) == (message == b"message")


def test_nothing_is_registered_in_the_tables_of_python_jose() -> None:
    for algorithm in Algorithm:
        by = signer(algorithm)
        token = signed({"alg": algorithm.jose}, by=by)
        assert judged(token, by.public_key, EVERY_ALGORITHM) is Reason.VALID
    assert ALGORITHMS.KEYS == {}
    assert not {"EdDSA", "PS256", "ML-DSA-44"} & ALGORITHMS.SUPPORTED


@pytest.mark.parametrize(
    ("name", "back_end"), [("ECKey", ECDSAECKey), ("RSAKey", PureRsaKey)]
)
def test_another_back_end_of_python_jose_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, back_end: object
) -> None:
    token = signed({"alg": "ES256"})
    assert judged(token) is Reason.VALID
    with monkeypatch.context() as patch:
        patch.setattr(backends, name, back_end)
        with pytest.raises(UnsupportedError):
            judged(token)
    assert judged(token) is Reason.VALID


def test_python_jose_is_loaded_when_the_first_signature_is_judged() -> None:
    program = (
        "import sys, idwallet.envelope.jws as jws\n"
        "jws.read_compact('eyJhbGciOiJFUzI1NiJ9..', at='token')\n"
        "sys.exit('jose' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
