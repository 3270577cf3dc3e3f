"""What an archive timestamp on a CAdES signature covers (EN 319 122-1 5.5).

The token carries an index (ats-hash-index-v3, 5.5.2) of the certificates, the evidence
about revocation and the unsigned attributes that were there when it was asked for. An
index that names what is not there is invalid. What is there and is not named may have
come later, and nothing is proven of it.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, Protocol

from idwallet import limits
from idwallet.codec.der import (
    OCTETS,
    OID,
    SEQUENCE,
    DerError,
    Fields,
    inside,
    require,
    sequence,
    tlv,
    value,
    whole,
)
from idwallet.documents.judging.archive import ArchiveStamp, Covered
from idwallet.documents.judging.material import Material
from idwallet.envelope.cms import (
    Attribute,
    SignedData,
    SignerInfo,
    digest_identifier,
    names,
    read_digest,
    revocation_of,
)
from idwallet.envelope.cms.signer_info import read_signer_info
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.timestamp import TimestampToken, read_token

_UNSIGNED: Final = 0xA1
_NO_DIGEST: Final = b""
"""What no timestamp is on."""

Digest = Callable[[str], bytes | None]
"""The digest of the document by a name of hashlib, None where it is not at hand."""


class HashState(Protocol):
    """What hashlib makes, as far as it is used here."""

    def update(self, octets: bytes, /) -> None:
        """Take more."""
        ...

    def copy(self) -> "HashState":
        """Return another that goes on from here."""
        ...

    def digest(self) -> bytes:
        """Return what it comes to."""
        ...


class HashIndex(NamedTuple):
    """An ats-hash-index-v3 as it came; `hashed` is None for a digest not of ours."""

    der: bytes
    hashed: str | None
    certificates: frozenset[bytes]
    revocations: frozenset[bytes]
    attributes: frozenset[bytes]


class Sets:
    """The sets of a message that all its signatures share, each digested once a name.

    Signatures and archive timestamps on them may be many, and the sets long.
    """

    __slots__ = ("_digests", "message")

    def __init__(self, message: SignedData) -> None:
        """Digest nothing yet."""
        self.message = message
        self._digests: dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...]]] = {}

    def digests(self, hashed: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Return the digests of the certificates and of the revocations."""
        found = self._digests.get(hashed)
        if found is None:
            parts = self.message.parts
            found = self._digests[hashed] = (
                tuple(_digest(each, hashed) for each in parts.certificates),
                tuple(_digest(each, hashed) for each in parts.revocations),
            )
        return found


def _digest(octets: bytes, hashed: str) -> bytes:
    return hashlib.new(hashed, octets).digest()


def archive_stamps(
    signer: SignerInfo, sets: Sets, *, digest: Digest
) -> list[ArchiveStamp]:
    """Return the archive timestamps on a signature (EN 319 122-1 5.5.3), as they came.

    `digest` is that of the document.
    """
    parts = _Parts(signer, sets, digest=digest)
    return [_stamp(each, parts) for each in _of(signer)]


def archive_digests(message: SignedData) -> set[str]:
    """Return by which digests the archive timestamps have digested the document."""
    tokens = (_token(each) for signer in message.signers for each in _of(signer))
    found = (None if each is None else each.info.hashed for each in tokens)
    return {each for each in found if each is not None}


def _of(signer: SignerInfo) -> Iterator[bytes]:
    for each in signer.unsigned:
        if each.oid == names.ARCHIVE_TIMESTAMP:
            yield from each.values


def _token(der: bytes) -> TimestampToken | None:
    try:
        return read_token(der, at="archive")
    except (MalformedError, UnsupportedError):
        return None


def _stamp(der: bytes, parts: "_Parts") -> ArchiveStamp:
    token = _token(der)
    index = None if token is None else _index_of(token)

    def imprint(name: str) -> bytes | None:
        # 5.5.2: the index is made with the digest that was stamped.
        if index is None or index.hashed != name or not parts.has_all_of(index):
            return _NO_DIGEST
        return parts.imprint(index.der, hashed=name)

    def covered() -> Covered:
        return Covered(Material()) if index is None else parts.covered_by(index)

    return ArchiveStamp(der, imprint, covered)


def archive_imprint(
    signer: SignerInfo,
    message: SignedData,
    *,
    content: bytes,
    index: bytes,
    hashed: str,
) -> bytes:
    """Return the digest that is stamped (EN 319 122-1 5.5.3).

    `content` is the digest of the document by the same name, `index` the whole
    ATSHashIndexV3.
    """
    work = hashlib.new(hashed)
    _update(work, signer, message=message, content=content)
    work.update(index)
    return work.digest()


def _update(
    work: HashState, signer: SignerInfo, *, message: SignedData, content: bytes
) -> None:
    work.update(tlv(OID, message.content_type))
    work.update(content)
    for each in Fields(signer.der).rest():
        # Its unsigned attributes stand at the end, and in the index.
        if each.tag != _UNSIGNED:
            work.update(whole(signer.der, each))


def hash_index(signer: SignerInfo, message: SignedData, *, hashed: str) -> bytes:
    """Return the index of all that there is now (EN 319 122-1 5.5.2), DER."""
    parts = _Parts(signer, Sets(message), digest=lambda _: None)
    return sequence(
        digest_identifier(hashed),
        *(
            sequence(*(tlv(OCTETS, each) for each in listed))
            for listed in parts.digests(hashed)
        ),
    )


def _index_of(token: TimestampToken) -> HashIndex | None:
    """Return the one index that the token carries, None where there is not one."""
    found = [
        each
        for each in token.signed.signers[0].unsigned
        if each.oid == names.HASH_INDEX
    ]
    if len(found) != 1 or len(found[0].values) != 1:
        return None
    try:
        return _index(found[0].values[0])
    except DerError:
        return None


def _index(der: bytes) -> HashIndex:
    fields = Fields(der)
    hashed = read_digest(der, fields.one(SEQUENCE))
    listed = [
        frozenset(
            value(der, require(each, OCTETS))
            for each in inside(der, fields.one(SEQUENCE))
        )
        for _ in range(3)
    ]
    fields.done()
    return HashIndex(der, hashed, *listed)


class _Parts:
    """What of a message an index may name, for one of its signatures."""

    def __init__(self, signer: SignerInfo, sets: Sets, *, digest: Digest) -> None:
        self._signer = signer
        self._sets = sets
        self._digest = digest
        self._attributes = [(e, one) for e in signer.unsigned for one in e.values]
        self._own: dict[str, tuple[bytes, ...]] = {}
        self._begun: dict[str, HashState] = {}

    def digests(self, hashed: str) -> tuple[tuple[bytes, ...], ...]:
        """Return the digests of each certificate, revocation and attribute."""
        own = self._own.get(hashed)
        if own is None:
            own = self._own[hashed] = tuple(
                _digest(tlv(OID, each.oid) + one, hashed)
                for each, one in self._attributes
            )
        return (*self._sets.digests(hashed), own)

    def imprint(self, index: bytes, *, hashed: str) -> bytes | None:
        """Return what is stamped, None where the document is not at hand."""
        content = self._digest(hashed)
        if content is None:
            return None
        begun = self._begun.get(hashed)
        if begun is None:
            begun = self._begun[hashed] = hashlib.new(hashed)
            _update(begun, self._signer, message=self._sets.message, content=content)
        work = begun.copy()
        work.update(index)
        return work.digest()

    def has_all_of(self, index: HashIndex) -> bool:
        """Whether everything that the index names is there."""
        if index.hashed is None:
            return False
        certificates, revocations, attributes = self.digests(index.hashed)
        return (
            index.certificates <= frozenset(certificates)
            and index.revocations <= frozenset(revocations)
            and index.attributes <= frozenset(attributes)
        )

    def covered_by(self, index: HashIndex) -> Covered:
        """Return what of it the index names."""
        if index.hashed is None:
            return Covered(Material())
        certificates, revocations, attributes = self.digests(index.hashed)
        parts = self._sets.message.parts
        named = [
            each
            for each, digest in zip(parts.certificates, certificates, strict=True)
            if digest in index.certificates and each[0] == SEQUENCE
        ]
        evidence = [
            revocation_of(each)
            for each, digest in zip(parts.revocations, revocations, strict=True)
            if digest in index.revocations
        ]
        others = frozenset(
            piece
            for (kind, one), digest in zip(self._attributes, attributes, strict=True)
            if digest in index.attributes
            for piece in _within(kind, one, depth=limits.COUNTER_SIGNATURE_DEPTH)
        )
        material = Material(
            tuple(named),
            tuple(each for kind, each in evidence if kind == "crl"),
            tuple(each for kind, each in evidence if kind == "ocsp"),
        )
        return Covered(material, others)


def everything_in(message: SignedData) -> frozenset[bytes]:
    """Return whatever of a message may be asked for by itself, as it came.

    It is what stands or falls with the whole: signatures, and all that is on them.
    """
    depth = limits.COUNTER_SIGNATURE_DEPTH
    return frozenset(
        {
            *(each.der for each in message.signers),
            *(
                piece
                for signer in message.signers
                for kind in signer.unsigned
                for one in kind.values
                for piece in _within(kind, one, depth=depth)
            ),
        }
    )


def _within(kind: Attribute, one: bytes, *, depth: int) -> Iterator[bytes]:
    """Yield the value of an attribute, and of a counter-signature what stands on it."""
    yield one
    if kind.oid != names.COUNTER_SIGNATURE or depth == 0:
        return
    try:
        info = read_signer_info(one, at="counter")
    except (MalformedError, UnsupportedError, DerError):
        return
    for each in info.unsigned:
        for held in each.values:
            yield from _within(each, held, depth=depth - 1)
