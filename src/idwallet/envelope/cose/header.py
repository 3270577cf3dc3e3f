"""The two header buckets of a COSE structure."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias, TypeGuard

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborTag, CborValue, read_cbor
from idwallet.envelope.cose import labels
from idwallet.envelope.cose.rules import ChainRule, CoseRules
from idwallet.errors import LimitError, MalformedError, UnsupportedError

CoseMapping: TypeAlias = Mapping[CborKey, CborValue]

_COMMON: Final = "RFC 9052 §3.1"
NOTHING: Final[CoseMapping] = MappingProxyType({})
"""The empty header."""


class CoseParameters(Mapping[CborKey, CborValue]):
    """All parameters of a protected header, read-only.

    Arrays, maps and tags are handed out as copies: a header is remembered between
    messages, so nothing may reach into it.
    """

    __slots__ = ("_values",)

    def __init__(self, values: dict[CborKey, CborValue]) -> None:
        """Take over `values`; nobody else may hold it."""
        self._values = values

    def __getitem__(self, label: CborKey) -> CborValue:
        """Return the value; KeyError when the header has no such parameter."""
        value = self._values[label]
        return (
            copy.deepcopy(value) if isinstance(value, list | dict | CborTag) else value
        )

    def __contains__(self, label: object) -> bool:
        """Say whether the header has the parameter, without copying it."""
        return label in self._values

    def __iter__(self) -> Iterator[CborKey]:
        """Yield the labels in the order received."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many parameters there are."""
        return len(self._values)

    def __repr__(self) -> str:
        """Name the parameters; their values may be personal data."""
        return f"CoseParameters({', '.join(map(str, self._values))})"


@dataclass(frozen=True, slots=True)
class CoseHeader:
    """A protected header that keeps the rules of RFC 9052 §3.

    `algorithm` is what the sender claims and decides nothing. `typ` says what the
    whole message is (RFC 9596), `content_type` what its payload is; both are for the
    application to compare. `x5chain` holds DER, the signer's certificate first.
    `critical` names what the sender says must be understood, `reserved` what cannot
    stand in the unprotected header as well. Of `parameters`, ``x5u`` is never followed,
    and ``x5bag`` and ``x5t`` find no key.
    """

    algorithm: int | str
    typ: int | str | None
    content_type: int | str | None
    kid: bytes | None
    x5chain: tuple[bytes, ...]
    critical: frozenset[int | str]
    reserved: frozenset[CborKey]
    parameters: CoseMapping


Outside: TypeAlias = tuple[CoseMapping, bytes | None, tuple[bytes, ...]]
"""The unprotected header, and `kid` and `x5chain` out of the one that has them."""


def read_outside(
    unprotected: dict[CborKey, CborValue],
    header: CoseHeader,
    *,
    at: str,
    rules: CoseRules,
) -> Outside:
    """Read the unprotected header and hold both against each other and the rules.

    Raises:
        LimitError: a list in it passes its bound.
        MalformedError: a rule of RFC 9052 §3, RFC 9360 §2 or RFC 9596 §2 is broken,
            or ``x5chain`` stands where `rules` do not have it.
        UnsupportedError: something critical that `rules` do not name.
    """
    chain, kid = header.x5chain, header.kid
    if header.critical:
        _require_understood(header, rules, at=at)
    if chain and rules.chain is ChainRule.UNPROTECTED:
        raise _misplaced(f"{at}/protected")
    if not unprotected:
        return NOTHING, kid, chain
    if not chain and rules.chain is not _PROTECTED and len(unprotected) == 1:
        # Nearly all issuers say this alone, and without a chain in the protected header
        # its label stands in no other place.
        said = unprotected.get(labels.X5CHAIN)
        if type(said) is bytes and said and _are_labels(unprotected):
            return MappingProxyType(unprotected), kid, (said,)
    return _outside(unprotected, header, at=f"{at}/unprotected", rules=rules)


def _outside(
    unprotected: dict[CborKey, CborValue],
    header: CoseHeader,
    *,
    at: str,
    rules: CoseRules,
) -> Outside:
    chain, kid = header.x5chain, header.kid
    _require_disjoint(header, unprotected, at=at)
    if labels.X5CHAIN in unprotected:
        if rules.chain is _PROTECTED:
            raise _misplaced(at)
        chain = _certificates(unprotected, f"{at}/33")
    if labels.KID in unprotected:
        kid = _kid(unprotected, at=at)
    return MappingProxyType(unprotected), kid, chain


def read_header(protected: bytes, *, at: str) -> CoseHeader:
    """Read the content of the protected byte string.

    The same short header is read once and remembered: reading has no effect but its
    result, and issuers send one header with every credential.

    Raises:
        LimitError: the header or a list in it passes its bound.
        MalformedError: it breaks a rule of RFC 9052 §3, RFC 9360 §2 or RFC 9596 §2.
    """
    if len(protected) > limits.HEADER_CACHE_BYTES:
        return _read(protected, at)
    return _remembered(protected, at)


def x5chain_parameter(chain: Sequence[bytes]) -> CborValue:
    """Return DER certificates, leaf first, as the value of ``x5chain``.

    One certificate is a byte string and not an array of one (RFC 9360 §2).
    """
    return chain[0] if len(chain) == 1 else list[CborValue](chain)


def _read(protected: bytes, at: str) -> CoseHeader:
    place = f"{at}/protected"
    # A header without parameters is a byte string of length zero; the older form, an
    # encoded empty map, must be taken as well (RFC 9052 §3).
    values = {} if not protected else _map(protected, place)
    _require_labels(values, at=place)
    algorithm = _number_or_text(values, labels.ALG, at=place)
    if algorithm is None:
        # RFC 9052 §3.1: alg is authenticated wherever it can be. Its other way, alg in
        # external_aad, is spoken by nothing here.
        raise MalformedError("no protected alg", at=place, clause=_COMMON)
    return CoseHeader(
        algorithm=algorithm,
        typ=_type(values, labels.TYP, at=place),
        content_type=_type(values, labels.CONTENT_TYPE, at=place),
        kid=_kid(values, at=place),
        x5chain=_certificates(values, f"{place}/33"),
        critical=_critical(values, f"{place}/2"),
        reserved=labels.PROTECTED_ONLY.union(values),
        parameters=CoseParameters(values),
    )


_remembered = lru_cache(maxsize=limits.HEADER_CACHE_ENTRIES)(_read)


def _map(protected: bytes, place: str) -> dict[CborKey, CborValue]:
    values = read_cbor(
        protected,
        at=place,
        clause="RFC 9052 §3",
        max_bytes=limits.COSE_HEADER_BYTES,
    )
    if not isinstance(values, dict):
        raise MalformedError("not a map", at=place, clause="RFC 9052 §3")
    return values


# Looked up once: Python 3.11 takes as long to find one as to call a function.
_PROTECTED: Final = ChainRule.PROTECTED

# True and 1 are one to Python, and not to COSE.
_LABEL_TYPES: Final[frozenset[type]] = frozenset({int, str})


def _is_label(value: CborValue) -> TypeGuard[int | str]:
    return type(value) in _LABEL_TYPES


def _are_labels(values: CoseMapping) -> bool:
    return _LABEL_TYPES.issuperset(map(type, values))


def _require_labels(values: CoseMapping, *, at: str) -> None:
    if not _are_labels(values):
        raise MalformedError("label of a wrong type", at=at, clause="RFC 9052 §1.5")


def _require_disjoint(header: CoseHeader, unprotected: CoseMapping, *, at: str) -> None:
    _require_labels(unprotected, at=at)
    if header.reserved.isdisjoint(unprotected):
        return
    if header.parameters.keys().isdisjoint(unprotected):
        raise MalformedError(
            "a parameter that must be protected", at=at, clause=_COMMON
        )
    raise MalformedError("a label stands in both headers", at=at, clause="RFC 9052 §3")


def _require_understood(header: CoseHeader, rules: CoseRules, *, at: str) -> None:
    if not header.critical <= labels.ACTED_ON | rules.understood:
        raise UnsupportedError(
            "a critical header parameter is not understood",
            at=f"{at}/protected/2",
            clause=_COMMON,
        )


def _misplaced(at: str) -> MalformedError:
    return MalformedError(
        "x5chain where the profile does not have it", at=at, clause="RFC 9360 §2"
    )


def _number_or_text(values: CoseMapping, label: int, *, at: str) -> int | str | None:
    if label not in values:
        return None
    value = values[label]
    if not _is_label(value):
        raise MalformedError("not a number or text", at=f"{at}/{label}", clause=_COMMON)
    return value


def _type(values: CoseMapping, label: int, *, at: str) -> int | str | None:
    value = _number_or_text(values, label, at=at)
    if isinstance(value, int) and value < 0:
        raise MalformedError(
            "not a CoAP content format", at=f"{at}/{label}", clause=_COMMON
        )
    return value


def _kid(values: CoseMapping, *, at: str) -> bytes | None:
    if labels.KID not in values:
        return None
    value = values[labels.KID]
    if not isinstance(value, bytes):
        raise MalformedError("not a byte string", at=f"{at}/4", clause=_COMMON)
    return value


def _critical(values: CoseMapping, at: str) -> frozenset[int | str]:
    if labels.CRIT not in values:
        return frozenset()
    listed = values[labels.CRIT]
    if not isinstance(listed, list) or not listed:
        raise MalformedError("not a list of labels", at=at, clause=_COMMON)
    if len(listed) > limits.COSE_CRIT_LABELS:
        raise LimitError("too many labels", at=at, clause=_COMMON)
    named = frozenset(each for each in listed if _is_label(each))
    if not all(map(_is_label, listed)):
        raise MalformedError("not a list of labels", at=at, clause=_COMMON)
    if not values.keys() >= named:
        raise MalformedError("names an absent parameter", at=at, clause=_COMMON)
    return named


def _certificates(values: CoseMapping, at: str) -> tuple[bytes, ...]:
    if labels.X5CHAIN not in values:
        return ()
    value = values[labels.X5CHAIN]
    if isinstance(value, bytes) and value:
        return (value,)
    if isinstance(value, list) and len(value) < _SEVERAL:
        # One certificate has one form, which is no array.
        raise MalformedError("not an array of several", at=at, clause="RFC 9360 §2")
    listed: list[CborValue] = value if isinstance(value, list) else [value]
    if len(listed) > limits.CHAIN_CERTIFICATES:
        raise LimitError("too many certificates", at=at, clause="RFC 9360 §2")
    chain = tuple(each for each in listed if isinstance(each, bytes) and each)
    if len(chain) != len(listed):
        raise MalformedError("not a certificate", at=at, clause="RFC 9360 §2")
    return chain


# RFC 9360 §2: COSE_X509 = bstr / [ 2*certs: bstr ].
_SEVERAL: Final = 2
