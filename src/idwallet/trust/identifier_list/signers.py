"""Who may sign an identifier list: docs/adr/0020-identifier-lists.md."""

from types import MappingProxyType
from typing import Final

from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.report import Facts, Reason
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.identifier_list.structures import IdentifierReference
from idwallet.trust.path import ValidatedPath
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.status_list.signers import Authority, chained, is_registered, pins
from idwallet.trust.status_list.signers import signer_path as lister_path
from idwallet.trust.status_list.structures import AuthenticList, ListContext
from idwallet.trust.usages import STATUS_SIGNING

_NAMED: Final = "an authority that the credential names"
_FACTS: Final[Facts] = MappingProxyType({"name": _NAMED, "what": "no CA certificate"})


def find_key(
    x5c: tuple[bytes, ...], *, reference: IdentifierReference, context: ListContext
) -> PublicKey | SignerRefused:
    """Find the key that a list must be signed with, if it could be believed at all.

    Whether it is believed about one credential is another question: see `authority`.
    """
    if reference.certificate is not None:
        named = _under_named(x5c, reference.certificate, context=context)
        if isinstance(named, SignerFound):
            return named.key
    found = chained(x5c, name=None, context=context)
    if isinstance(found, SignerFound):
        return found.key
    pinned = {pin.key for pin in pins(reference.uri, context)}
    return found.key if found.key is not None and found.key in pinned else found


def authority(
    found: AuthenticList,
    *,
    reference: IdentifierReference,
    issuer: SignerFound,
    context: ListContext,
) -> Authority | SignerRefused | None:
    """Say by what right a list is believed about a credential, at a moment.

    None: its signer is somebody, and not entitled. The chain is judged anew, since the
    list may have been read long before.
    """
    if found.key in {pin.key for pin in pins(found.uri, context)}:
        return Authority.PINNED
    if found.key == issuer.key:
        # Table B.9 is another profile than the document signer's: who stole that key
        # must not take back what was said about what it signed before.
        return None
    if reference.certificate is not None:
        # 12.3.6.2: the reader shall use that certificate as trust point.
        named = _under_named(found.x5c, reference.certificate, context=context)
        return named if isinstance(named, SignerRefused) else Authority.DELEGATED
    signer = chained(found.x5c, name=None, context=context)
    if isinstance(signer, SignerRefused):
        return signer
    if is_registered(signer.anchor, found=found, context=context):
        return Authority.PINNED
    return Authority.DELEGATED if _for_lists(signer, issuer) else None


def signer_path(
    found: AuthenticList, *, reference: IdentifierReference, context: ListContext
) -> ValidatedPath | None:
    """Return the chain of who signed a list; None for a key that is believed without.

    It ends where `authority` looks for it: below the authority that the credential
    names, if it names one.
    """
    if found.key in {pin.key for pin in pins(found.uri, context)}:
        return None
    if reference.certificate is None:
        return lister_path(found, context)
    named = _under_named(found.x5c, reference.certificate, context=context)
    return named.path if isinstance(named, SignerFound) else None


def _for_lists(signer: SignerFound, issuer: SignerFound) -> bool:
    """Whether the authority of the issuer certified somebody who is no issuer.

    12.3.6.2 asks for the same authority. An extended key usage is optional in Table
    B.9 and says it where it stands; a document signer always has one, its own.
    """
    if signer.path is None or issuer.path is None or signer.anchor != issuer.anchor:
        return False
    usage = signer.path.leaf.extended_key_usage
    return usage is None or STATUS_SIGNING in usage


def _under_named(
    x5c: tuple[bytes, ...], certificate: bytes, *, context: ListContext
) -> SignerFound | SignerRefused:
    try:
        anchor = TrustAnchor.from_certificate(
            certificate, name=_NAMED, purposes=[Purpose.SIGN_STATUS_LISTS]
        )
    except (LimitError, MalformedError, UnsupportedError, UsageError):
        return SignerRefused(Reason.CERTIFICATE_PROFILE, _FACTS)
    return resolve_signer(
        x5c,
        kid=None,
        name=None,
        store=TrustStore([anchor]),
        purpose=Purpose.SIGN_STATUS_LISTS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )
