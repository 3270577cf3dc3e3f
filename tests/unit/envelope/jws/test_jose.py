import string
import subprocess
import sys
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jose import backends
from jose import jws as jose_jws
from jose.backends.cryptography_backend import CryptographyECKey
from jose.backends.ecdsa_backend import ECDSAECKey
from jose.backends.rsa_backend import RSAKey as PureRsaKey
from jose.constants import ALGORITHMS
from jose.exceptions import JOSEError

from idwallet.codec import b64
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import _jose, read_compact
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import (
    EVERY_ALGORITHM,
    judged,
    segment,
    signed,
    signer,
)


def test_every_algorithm_has_a_key_class() -> None:
    assert set(_jose.MATCHES) == EVERY_ALGORITHM


@pytest.mark.parametrize("algorithm", sorted(EVERY_ALGORITHM, key=str))
def test_the_door_agrees_with_the_primitive_below(algorithm: Algorithm) -> None:
    by = signer(algorithm)
    signature = by.sign(b"message")
    for message in (b"message", b"other"):
        assert _jose.MATCHES[algorithm](
            by.public_key.native, message=message, signature=signature
        ) == (message == b"message")


def test_nothing_is_registered_in_the_tables_of_python_jose() -> None:
    for algorithm in EVERY_ALGORITHM:
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


# --- what the door is for -----------------------------------------------------------
#
# Each of these tokens passes `jose.jws.verify`. The day it does not, the record of
# decision 0001 is out of date.

JWK: Final = signer().public_key.to_jwk()
HEAD, BODY, TAIL = signed({"alg": "ES256"}, payload=b"1234").split(".")
SPACES = "    "


def resigned(covered: str) -> str:
    return f"{covered}.{segment(signer().sign(covered.encode()))}"


def spelled_otherwise(text: str) -> str:
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


LENIENT: Final = {
    "white space in the signature": f"{HEAD}.{BODY}.{TAIL[:8]}{SPACES}{TAIL[8:]}",
    "foreign characters in the signature": f"{HEAD}.{BODY}.{TAIL[:8]}!$%&{TAIL[8:]}",
    "foreign characters in the payload": resigned(f"{HEAD}.{BODY[:4]}!$%&{BODY[4:]}"),
    "white space in the header": resigned(f"{HEAD[:4]}{SPACES}{HEAD[4:]}.{BODY}"),
    "padding": f"{HEAD}.{BODY}.{TAIL}==",
    "padding under the signature": resigned(f"{HEAD}.{BODY}=="),
    "spare bits": f"{HEAD}.{BODY}.{spelled_otherwise(TAIL)}",
    "a name twice": signed(b'{"alg":"none","alg":"ES256"}'),
    "unknown crit": signed({"alg": "ES256", "crit": ["x"], "x": 1}),
    "empty crit": signed({"alg": "ES256", "crit": []}),
    "crit naming the absent": signed({"alg": "ES256", "crit": ["x"]}),
    "crit naming alg": signed({"alg": "ES256", "crit": ["alg"]}),
    "b64 not critical": signed({"alg": "ES256", "b64": False}),
    "typ no text": signed({"alg": "ES256", "typ": 1}),
}


@pytest.mark.parametrize("token", LENIENT.values(), ids=list(LENIENT))
def test_a_token_that_python_jose_alone_takes_is_refused(token: str) -> None:
    jose_jws.verify(token, JWK, algorithms=["ES256"])
    with pytest.raises((MalformedError, UnsupportedError)):
        judged(token)


@pytest.mark.parametrize(
    "narrowed", [{"use": "enc"}, {"key_ops": ["sign"]}, {"alg": "ES384"}], ids=str
)
def test_a_key_that_python_jose_alone_takes_is_refused(
    narrowed: dict[str, object],
) -> None:
    token = signed({"alg": "ES256"})
    jose_jws.verify(token, {**JWK, **narrowed}, algorithms=["ES256"])
    with pytest.raises(MalformedError):
        PublicKey.from_jwk({**JWK, **narrowed}, at="key")


def test_a_curve_that_python_jose_alone_takes_for_es256_is_refused() -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    key = PublicKey.from_native(private.public_key())
    covered = f"{segment({'alg': 'ES256'})}.{BODY}"
    signature = CryptographyECKey(private, "ES256").sign(covered.encode())
    token = f"{covered}.{segment(signature)}"
    jose_jws.verify(token, key.to_jwk(), algorithms=["ES256"])
    assert judged(token, key) is Reason.KEY_UNUSABLE


def test_an_allow_list_left_out_allows_everything_in_python_jose_alone() -> None:
    token = signed({"alg": "ES256"})
    jose_jws.verify(token, JWK, algorithms=None)
    assert judged(token, allowed=frozenset()) is Reason.ALGORITHM_NOT_ALLOWED


def test_an_unencoded_payload_is_another_payload_to_python_jose_alone() -> None:
    covered = f"{segment({'alg': 'ES256', 'b64': False, 'crit': ['b64']})}.payloads"
    token = resigned(covered)
    read = jose_jws.verify(token, JWK, algorithms=["ES256"])
    assert read == b64.decode("payloads", at="")
    assert read_compact(token, at="token").payload == b"payloads"


@pytest.mark.parametrize("algorithm", [Algorithm.EDDSA, Algorithm.PS256])
def test_an_algorithm_that_python_jose_lacks_is_judged(algorithm: Algorithm) -> None:
    by = signer(algorithm)
    token = signed({"alg": algorithm.jose}, by=by)
    with pytest.raises(JOSEError):
        jose_jws.verify(token, by.public_key.to_jwk(), algorithms=[algorithm.jose])
    assert judged(token, by.public_key, EVERY_ALGORITHM) is Reason.VALID
