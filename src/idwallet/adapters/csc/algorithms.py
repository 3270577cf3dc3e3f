"""How a signing service names what it signs with."""

from base64 import b64encode
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import UnsupportedError, UsageError

_RSA: Final = "1.2.840.113549.1.1.1"
_EC: Final = "1.2.840.10045.2.1"
_HASHES: Final = MappingProxyType(
    {
        "sha256": "2.16.840.1.101.3.4.2.1",
        "sha384": "2.16.840.1.101.3.4.2.2",
        "sha512": "2.16.840.1.101.3.4.2.3",
    }
)
# RSASSA-PSS-params of SHA-256 throughout and a salt of 32 octets (RFC 4055 §3.1).
_PSS: Final = bytes.fromhex(
    "3034a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"
)


class SignAlgorithm(NamedTuple):
    """One way to ask for a signature (CSC API 2.0 section 11.10).

    `oid` is ``signAlgo``, `hash_oid` the hash of what is signed; `names_hash` says that
    `oid` alone does not tell it. `parameters` are ``signAlgoParams``, or "".
    """

    algorithm: Algorithm
    oid: str
    hash_oid: str
    names_hash: bool = True
    parameters: str = ""


def _way(
    algorithm: Algorithm, oid: str, *, names_hash: bool = True, parameters: bytes = b""
) -> SignAlgorithm:
    said = b64encode(parameters).decode("ascii")
    return SignAlgorithm(algorithm, oid, _HASHES[algorithm.prehash], names_hash, said)


# The most specific first: it leaves the service nothing to choose.
_WAYS: Final[Mapping[Algorithm, tuple[SignAlgorithm, ...]]] = MappingProxyType(
    {
        **{
            each: (
                _way(each, f"1.2.840.10045.4.3.{number}", names_hash=False),
                _way(each, _EC),
            )
            for each, number in (
                (Algorithm.ES256, 2),
                (Algorithm.ES384, 3),
                (Algorithm.ES512, 4),
            )
        },
        Algorithm.PS256: (
            _way(Algorithm.PS256, "1.2.840.113549.1.1.10", parameters=_PSS),
        ),
        Algorithm.RS256: (
            _way(Algorithm.RS256, "1.2.840.113549.1.1.11", names_hash=False),
            _way(Algorithm.RS256, _RSA),
        ),
    }
)


def chosen(
    key: PublicKey, offered: tuple[str, ...], *, algorithm: Algorithm | None
) -> SignAlgorithm:
    """Return how to ask for signatures of this key; an RSA key prefers PSS.

    Raises:
        UsageError: `algorithm` is not one of the key.
        UnsupportedError: the service offers no algorithm that is met here. A key that
            signs messages and not digests of them (Ed25519, ML-DSA) is never one: the
            service is given digests only.
    """
    if algorithm is not None and algorithm not in key.algorithms:
        raise UsageError("the key cannot be used with that algorithm")
    for each, ways in _WAYS.items():
        if each not in key.algorithms or algorithm not in {None, each}:
            continue
        for way in ways:
            if way.oid in offered:
                return way
    raise UnsupportedError(
        "signature algorithms of the credential",
        at="key/algo",
        clause="CSC API 2 §11.5",
    )
