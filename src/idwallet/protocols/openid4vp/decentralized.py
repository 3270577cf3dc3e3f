"""Who asks under a decentralized identifier (OpenID4VP 1.0 section 5.9.3).

An identifier that somebody made for themselves proves a key and no name. Its owner is
known only where a trust anchor names it; otherwise a stranger asks, though a signed
request. A document is never fetched here, and nobody is told to fetch one for an
identifier that no anchor names.
"""

from typing import Final, NamedTuple

from idwallet.codec.text import show
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.protocols.openid4vp.client import ClientId
from idwallet.protocols.openid4vp.judging import Opened, Reader, say
from idwallet.protocols.openid4vp.parameters import Parameters
from idwallet.protocols.openid4vp.strangers import judge_stranger
from idwallet.report import Check, CheckId, DidDocumentNeeded, Reason, check
from idwallet.trust.anchors import TrustAnchor
from idwallet.trust.did import (
    Did,
    DidMethod,
    key_in_document,
    key_in_name,
    own_method,
    read_did,
)
from idwallet.trust.evidence import DidDocumentAtHand, content_of
from idwallet.trust.signer import SignerFound

_ID: Final = CheckId.READER_AUTHORISED


class _Key(NamedTuple):
    """The key that a method of an identifier has, or why there is none to judge by."""

    key: PublicKey | None
    refused: Check | None = None


def judge_decentralized(
    opened: Opened, kid: str | None, *, parameters: Parameters | None, context: Context
) -> Reader:
    """Find the key of who asks, and say whether it is known whose identifier it is.

    `kid` is that of the request's header: a verification method of the identifier.
    """
    if kid is None:
        return Reader(say(_ID, Reason.NO_KEY_MATERIAL), None, None)
    did = read_did(opened.client.value, at="/client_id")
    fragment = did.fragment(kid)
    if fragment is None:
        facts = {"found": show(kid)}
        return Reader(say(_ID, Reason.CLIENT_ID_MISMATCH, facts=facts), None, None)
    anchor = context.trust.identified(did.text)
    found = _key(did, fragment, anchor=anchor, context=context)
    if anchor is None:
        check_ = found.refused or judge_stranger(
            opened.client.text, parameters, context=context
        )
        return Reader(check_, found.key, None)
    if found.key is None or found.refused is not None:
        refused = found.refused or say(_ID, Reason.NO_KEY_MATERIAL)
        return Reader(refused, found.key, None)
    told = {"name": anchor.name, "found": show(did.text)}
    signer = SignerFound(
        found.key, anchor, anchor.name, None, Reason.IDENTIFIER_KNOWN, told
    )
    return Reader(say(_ID, signer.reason, facts=told), found.key, signer)


def method_of(client: ClientId, kid: str | None, *, signer: Signer) -> str:
    """Return the verification method that a verifier names for its key.

    `kid` says which method of a document it is; a name that holds its key has one.

    Raises:
        UsageError: the method is another identifier's, or not named, or the signer has
            another key than the name.
    """
    did = read_did(client.value, at="/client_id")
    url = kid or own_method(did)
    fragment = None if url is None else did.fragment(url)
    if url is None or fragment is None:
        raise UsageError("kid names a verification method of the identifier")
    if did.method is not DidMethod.WEB:
        try:
            key = key_in_name(did, fragment, at="client_id")
        except (MalformedError, UnsupportedError) as error:
            raise UsageError(f"no wallet takes this identifier: {error}") from error
        if key != signer.public_key:
            raise UsageError("the signer's key is not that of the identifier")
    return url


def _key(
    did: Did, fragment: str, *, anchor: TrustAnchor | None, context: Context
) -> _Key:
    try:
        if did.method is DidMethod.WEB:
            return _of_document(did, fragment, anchor=anchor, context=context)
        key = key_in_name(did, fragment, at="/client_id")
    except (MalformedError, UnsupportedError) as fault:
        facts = {"what": fault.what}
        return _Key(None, say(_ID, Reason.KEY_UNUSABLE, facts=facts))
    return _found(key, did=did, fragment=fragment)


def _of_document(
    did: Did, fragment: str, *, anchor: TrustAnchor | None, context: Context
) -> _Key:
    """Look the key up in the document at hand.

    Raises:
        UnsupportedError: the key is of a kind that is not verified here.
    """
    piece = context.trust.evidence.document_of(did.text)
    if piece is None or not _is_current(piece, context):
        if anchor is None and not context.policy.unauthenticated:
            # A stranger is refused whatever the document says.
            return _Key(None)
        return _Key(None, _needed(did, anchor))
    try:
        key = key_in_document(content_of(piece.document), did=did, fragment=fragment)
    except MalformedError as fault:
        facts = {"found": show(did.text), "what": fault.what}
        return _Key(None, say(_ID, Reason.DID_DOCUMENT_REFUSED, facts=facts))
    return _found(key, did=did, fragment=fragment)


def _found(key: PublicKey | None, *, did: Did, fragment: str) -> _Key:
    if key is not None:
        return _Key(key)
    facts = {"found": show(f"{did.text}#{fragment}")}
    return _Key(None, say(_ID, Reason.KEY_NOT_IN_IDENTIFIER, facts=facts))


def _is_current(piece: DidDocumentAtHand, context: Context) -> bool:
    """Whether the document is no older than what is said about certificates may be."""
    taken, policy = piece.origin.taken, context.policy
    if taken is None:
        return True
    return (
        taken - policy.clock_skew
        <= context.at
        <= taken + policy.revocation_age + policy.clock_skew
    )


def _needed(did: Did, anchor: TrustAnchor | None) -> Check:
    needs: tuple[DidDocumentNeeded, ...] = ()
    if anchor is not None and did.address is not None:
        origins = tuple(sorted(anchor.fetch_origins))
        needs = (DidDocumentNeeded(did.text, did.address, origins),)
    facts = {"found": show(did.text)}
    return check(
        _ID, Reason.DID_DOCUMENT_NEEDED, subject="request", needs=needs, facts=facts
    )
