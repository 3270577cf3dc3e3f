"""Evidence at hand as files give it: status lists, CRLs and OCSP responses."""

import hashlib
from collections.abc import Sequence
from typing import Final

from idwallet import limits
from idwallet.cli.faults import about
from idwallet.cli.files import read_input, without_space
from idwallet.cli.statements import read_statements
from idwallet.codec.pem import read_pem
from idwallet.errors import MalformedError
from idwallet.report import Origin
from idwallet.trust.bundle.withdrawn import write_withdrawn
from idwallet.trust.certificate import Certificate
from idwallet.trust.evidence import (
    CrlAtHand,
    EvidenceAtHand,
    OcspAtHand,
    StatusListAtHand,
    WithdrawnAtHand,
)
from idwallet.trust.revocation.crl import crl_issuer
from idwallet.trust.revocation.ocsp import OcspResponse
from idwallet.trust.status_list.evaluate import read_address

_SEQUENCE: Final = b"\x30"


def read_evidence(
    lists: Sequence[str],
    *,
    crls: Sequence[str],
    ocsp: Sequence[str],
    certificates: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
) -> EvidenceAtHand:
    """Return the evidence in these files; when they were taken nobody says.

    Raises:
        CommandFault: one of them cannot be read, or is not what it is given as.
    """
    return EvidenceAtHand(
        status_lists=[_list(each) for each in lists],
        crls=[_crl(each) for each in crls],
        responses=[_response(each) for each in ocsp],
        certificates=[der for each in certificates for der in _certificates(each)],
        withdrawn=[_withdrawn(each) for each in withdrawn],
    )


def _certificates(source: str) -> tuple[bytes, ...]:
    data = read_input(source, max_bytes=limits.PEM_BYTES)
    with about(source, remedy="certificates as PEM"):
        ders = tuple(each.der for each in read_pem(data, at="file"))
        for n, der in enumerate(ders, start=1):
            Certificate.from_der(der, at=f"certificate {n}")
    return ders


def _origin(data: bytes) -> Origin:
    digest = hashlib.sha256(data).hexdigest()
    return Origin(taken=None, source="file", digest=digest)


def _list(source: str) -> StatusListAtHand:
    data = read_input(source, max_bytes=limits.STATUS_LIST_TOKEN_BYTES)
    token = without_space(data)
    with about(source, remedy="a status list token, JWT or CWT"):
        uri = read_address(token)
    return StatusListAtHand(uri=uri, token=token, origin=_origin(data))


def _crl(source: str) -> CrlAtHand:
    data = read_input(source, max_bytes=limits.CRL_BYTES)
    with about(source, remedy="a CRL, DER or PEM"):
        der = data if data.startswith(_SEQUENCE) else _only_crl(data)
        issuer = crl_issuer(der, at="CRL")
    return CrlAtHand(der=der, origin=_origin(data), issuer=issuer)


def _withdrawn(source: str) -> WithdrawnAtHand:
    data = read_input(source, max_bytes=limits.BUNDLE_PART_BYTES)
    with about(source, remedy="lines of `idwallet guardian take-back`"):
        listed = write_withdrawn(read_statements(data))
    return WithdrawnAtHand(name=source, statements=listed, origin=_origin(data))


def _only_crl(data: bytes) -> bytes:
    blocks = read_pem(data, at="CRL")
    if len(blocks) != 1 or blocks[0].label != "X509 CRL":
        what = "not exactly one CRL"
        raise MalformedError(what, at="CRL", clause="RFC 7468 §6")
    return blocks[0].der


def _response(source: str) -> OcspAtHand:
    data = read_input(source, max_bytes=limits.OCSP_BYTES)
    with about(source, remedy="an OCSP response, DER"):
        OcspResponse.from_der(data, at="OCSP response")
    return OcspAtHand(der=data, nonce=None, origin=_origin(data))
