"""Forgeries of what an issuer signed, and of who signed it."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.credentials.mdoc.members import (
    CborMap,
    a_list,
    typed,
)
from idwallet.credentials.mdoc.transcript import (
    tagged,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.mdoc.changes import (
    Forger,
    after_issuing,
    after_showing,
    before_signing,
    changed_item,
    inside,
    item,
    items,
    setting,
)
from idwallet.testing.mdoc.draft import (
    NAMESPACE,
    MdocDraft,
)
from idwallet.testing.pki import Change
from idwallet.trust.certificate import KeyUsage

_C, _R = CheckId, Reason


def _written_otherwise(issued: CborMap) -> None:
    """Write an item anew, its members in another order: the same in other octets."""
    listed = items(issued)
    inside = item(listed[0])
    head = bytes([0xA0 | len(inside)])
    octets = head + b"".join(
        write_cbor(name) + write_cbor(inside[name]) for name in reversed(list(inside))
    )
    listed[0] = CborTag(24, octets)


def _other_namespace(issued: CborMap) -> None:
    namespaces = inside(issued, "nameSpaces")
    namespaces["org.example.more"] = [items(issued)[1]]


def _unknown_digest(issued: CborMap) -> None:
    listed = items(issued)
    listed.append(CborTag(24, write_cbor({**item(listed[0]), "digestID": 999})))


def _twice(issued: CborMap) -> None:
    listed = items(issued)
    listed.append(listed[0])


def _same_name(made: MdocDraft) -> None:
    """Sign two elements of one name, as no honest issuer does."""
    extra: list[CborValue] = []

    def sign(mso: CborMap) -> None:
        octets = write_cbor(
            {
                "digestID": 500,
                "random": bytes(32),
                "elementIdentifier": "age_over_18",
                "elementValue": False,
            }
        )
        extra[:] = [CborTag(24, octets)]
        digest = hashlib.sha256(tagged(octets)).digest()
        inside(mso, "valueDigests", NAMESPACE)[500] = digest

    made.on_mso = sign
    made.on_issued = lambda issued: items(issued).extend(extra)


def _two_octet_head(data: bytes) -> bytes:
    """Write the head of the whole map one octet longer than it has to be."""
    return bytes([0xB8, data[0] & 0x1F]) + data[1:]


def _indefinite(data: bytes) -> bytes:
    return b"\xbf" + data[1:] + b"\xff"


FORMATS: Final = (
    ("octets behind the response", setting(on_octets=lambda data: data + b"\0")),
    ("a response cut off", setting(on_octets=lambda data: data[:-1])),
    ("a map with a longer head", setting(on_octets=_two_octet_head)),
    ("a map of indefinite length", setting(on_octets=_indefinite)),
    (
        "no device authentication",
        after_showing(lambda d: inside(d, "deviceAuth").clear()),
    ),
    (
        "nothing signed by a device",
        setting(on_document=lambda d: d.pop("deviceSigned")),
    ),
    (
        "a MAC beside the signature",
        after_showing(lambda d: inside(d, "deviceAuth").update(deviceMac=[])),
    ),
    ("randomness of 15 octets", changed_item(random=bytes(15))),
    ("a digest identifier of 2^31", changed_item(digestID=1 << 31)),
    (
        "an item without its tag",
        after_issuing(lambda i: items(i).__setitem__(0, b"\xa0")),
    ),
    ("no digests", before_signing(lambda m: m.pop("valueDigests"))),
    (
        "a signed date with a fraction",
        before_signing(
            lambda m: inside(m, "validityInfo").update(
                signed=CborTag(0, "2026-11-24T10:00:00.5Z")
            )
        ),
    ),
    (
        "an end before the beginning",
        before_signing(
            lambda m: inside(m, "validityInfo").update(
                validUntil=CborTag(0, "2020-01-01T00:00:00Z")
            )
        ),
    ),
    (
        "no device key",
        before_signing(lambda m: inside(m, "deviceKeyInfo").pop("deviceKey")),
    ),
)
UNSUPPORTED: Final = (
    (
        "another version of the response",
        setting(on_response=lambda r: r.update(version="2.0")),
    ),
    (
        "another version of what is signed",
        before_signing(lambda m: m.update(version="2.0")),
    ),
    ("digests of SHA-1", before_signing(lambda m: m.update(digestAlgorithm="SHA-1"))),
)


def _other_hash(mso: CborMap) -> None:
    """Name the hash of 512 bits, with digests as long but not made by it."""
    mso["digestAlgorithm"] = "SHA-512"
    digests = inside(mso, "valueDigests", NAMESPACE)
    for number, digest in digests.items():
        digests[number] = typed(digest, bytes, at="digest", clause="") * 2


DIGESTS: Final = (
    ("an element changed", _R.INTEGRITY_MISMATCH, changed_item(elementValue="Другая")),
    (
        "an element renamed",
        _R.INTEGRITY_MISMATCH,
        changed_item(elementIdentifier="given_name"),
    ),
    ("other randomness", _R.INTEGRITY_MISMATCH, changed_item(random=bytes(32))),
    (
        "an item written in another order",
        _R.INTEGRITY_MISMATCH,
        after_issuing(_written_otherwise),
    ),
    (
        "another hash than the one named",
        _R.INTEGRITY_MISMATCH,
        before_signing(_other_hash),
    ),
    (
        "a namespace that nobody signed",
        _R.NOT_REFERENCED,
        after_issuing(_other_namespace),
    ),
    (
        "an element that nobody signed",
        _R.NOT_REFERENCED,
        after_issuing(_unknown_digest),
    ),
    ("an element twice", _R.DIGEST_REPEATED, after_issuing(_twice)),
    ("two elements of one name", _R.NAME_REPEATED, _same_name),
)


def strangers_key(made: MdocDraft) -> None:
    """Sign with a key that the certificate does not hold."""
    made.issuer_key = SoftwareSigner.generate(Algorithm.ES256)


def without_chain(made: MdocDraft) -> None:
    """Name no certificate."""
    made.chain = ()


def flipped(issued: CborMap) -> None:
    """Flip a bit of the signature."""
    auth = a_list(issued["issuerAuth"], at="auth")
    signature = typed(auth[3], bytes, at="signature", clause="")
    auth[3] = bytes([signature[0] ^ 1]) + signature[1:]


def resigned(made: MdocDraft) -> None:
    """Exchange what was signed, and leave the signature."""

    def change(issued: CborMap) -> None:
        auth = a_list(issued["issuerAuth"], at="auth")
        payload = typed(auth[2], bytes, at="payload", clause="")
        auth[2] = payload.replace(b"validUntil\xc0t2026", b"validUntil\xc0t2036")

    made.on_issued = change


def _signer(change: Change) -> Forger:
    def forge(made: MdocDraft) -> None:
        made.identity = made.scene.issuer(change)

    return forge


def _root(change: Change) -> Forger:
    def forge(made: MdocDraft) -> None:
        made.trust = made.scene.root(change)

    return forge


_DAY: Final = timedelta(days=1)
_SIGNS: Final = frozenset({KeyUsage.DIGITAL_SIGNATURE})
PROFILES: Final = (
    (
        "a signer for 458 days",
        _signer(lambda p: replace(p, not_before=p.not_after - 458 * _DAY)),
    ),
    (
        "a signer whose purpose is not critical",
        _signer(lambda p: replace(p, critical_purposes=False)),
    ),
    (
        "a signer for other documents too",
        _signer(
            lambda p: replace(p, key_purposes=(*p.key_purposes, "1.3.6.1.5.5.7.3.36"))
        ),
    ),
    (
        "a signer that names no CRL",
        _signer(lambda p: replace(p, extensions=p.extensions[:1])),
    ),
    (
        "a signer that names nobody to reach",
        _signer(lambda p: replace(p, extensions=p.extensions[1:])),
    ),
    (
        "a signer without key identifier",
        _signer(lambda p: replace(p, subject_key_id=None)),
    ),
    ("a root that lets CAs be below it", _root(lambda p: replace(p, path_length=None))),
    (
        "a root that signs more than certificates",
        _root(lambda p: replace(p, key_usage=(p.key_usage or frozenset()) | _SIGNS)),
    ),
    (
        "a root for 21 years",
        _root(lambda p: replace(p, not_before=p.not_after - 21 * 366 * _DAY)),
    ),
)


def issued_in(country: str) -> Forger:
    """Return what has the document say another country."""

    def forge(made: MdocDraft) -> None:
        elements = {**made.content.elements[NAMESPACE], "issuing_country": country}
        made.content = replace(made.content, elements={NAMESPACE: elements})

    return forge


def _lives(
    *, start: timedelta, end: timedelta, signed: timedelta | None = None
) -> Forger:
    def forge(made: MdocDraft) -> None:
        at = made.at
        first = at + (start if signed is None else signed)
        made.life = replace(
            made.life, signed=first, valid_from=at + start, valid_until=at + end
        )

    return forge


VALIDITIES: Final = (
    ("a document that expired", _R.EXPIRED, _lives(start=-2 * _DAY / 3, end=-_DAY / 2)),
    (
        "a document not valid yet",
        _R.NOT_YET_VALID,
        _lives(start=_DAY, end=2 * _DAY, signed=-_DAY / 2),
    ),
    (
        "a document signed before its signer",
        _R.SIGNED_OUTSIDE_CERTIFICATE,
        _lives(start=-3 * _DAY, end=_DAY),
    ),
)
