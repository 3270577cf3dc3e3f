"""Whether somebody else's signature is one on the same document."""

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents.jades.content import Brought, Wanted
from idwallet.documents.jades.payload import payload_of
from idwallet.documents.jades.read import JwsRead, SignatureRead
from idwallet.documents.model import Documents
from idwallet.envelope.jws import ProtectedHeader, signature_reason
from idwallet.errors import UsageError
from idwallet.report import Reason
from idwallet.trust.certificate import Certificate


def require_same(
    first: JwsRead, documents: Documents, *, protected: ProtectedHeader, is_inside: bool
) -> None:
    """Require that every signature there is one on these documents, packed alike.

    A signature over a document that travels apart says what it is on only by being
    verified, so it is, with the certificate that it carries; whether anybody believes
    that certificate is not asked here.

    Raises:
        MalformedError, UnsupportedError: a signature there cannot be read.
        UsageError: it is one on another document, or in another packaging.
    """
    for each in first.signatures:
        if not isinstance(each, SignatureRead):
            raise each
        is_like = each.parts.header.encoded is protected.header.encoded
        if not is_like or (each.parts.body is not None) is not is_inside:
            raise UsageError("the signature beside is in another packaging")
        _require(each, documents, protected=protected)


def _require(
    each: SignatureRead, documents: Documents, *, protected: ProtectedHeader
) -> None:
    is_named = each.references is not None
    if is_named is not ("sigD" in protected.header.parameters):
        raise UsageError("the signature beside is in another packaging")
    named = each.references
    hashed = "" if named is None else named.hashed
    wanted = [Wanted(hashed, each.parts.header.encoded)] if hashed else []
    brought = Brought(documents, wanted=wanted, whole=True)
    found = payload_of(each.parts, named, brought=brought)
    if found.reason is not Reason.MATCHES or found.body is None:
        raise UsageError("the signature beside is one on another document")
    if is_named or each.parts.body is not None:
        return
    if not each.parts.header.x5c:
        raise UsageError("the signature beside carries no certificate to tell it by")
    leaf = Certificate.from_der(each.parts.header.x5c[0], at=each.parts.at)
    jws = each.parts.covering(found.body, payload=found.payload)
    allowed = frozenset(Algorithm)
    if signature_reason(jws, key=leaf.public_key, allowed=allowed) is not Reason.VALID:
        raise UsageError("the signature beside is one on another document")
