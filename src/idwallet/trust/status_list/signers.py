"""Who may sign a status list: the rule of docs/adr/0010-status-list-signers.md."""

from enum import StrEnum
from types import MappingProxyType

from idwallet.codec.text import show
from idwallet.crypto.keys import PublicKey
from idwallet.profiles import ProfileRule
from idwallet.report import Reason
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor
from idwallet.trust.certificate import Certificate
from idwallet.trust.distrust import Standing, standing
from idwallet.trust.path import ValidatedPath
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer
from idwallet.trust.status_list.claims import ListToken
from idwallet.trust.status_list.structures import AuthenticList, ListContext, ListSource
from idwallet.trust.usages import STATUS_SIGNING


class Authority(StrEnum):
    """By what right a signer's list is believed about an issuer's credentials."""

    ISSUER = "issuer"
    """It is the issuer, with the same key or another of its own."""

    DELEGATED = "delegated"
    """The issuer's anchor stands above it, and its certificate is for status lists."""

    PINNED = "pinned"
    """An anchor is registered for this very list."""


def find_key(
    token: ListToken, *, source: ListSource, context: ListContext
) -> PublicKey | SignerRefused:
    """Find the key that a list must be signed with, if it could be believed at all.

    Whether it is believed about one credential is another question: see `authority`.
    """
    outside = _outside(token, context)
    if outside is not None:
        return outside
    if token.x5c:
        return _of_chain(token.x5c, source=source, context=context)
    keys = pins(source.uri, context)
    issuer = source.issuer
    if not keys and issuer is not None:
        if issuer.path is not None:
            # §11.3: the list may only name the issuer's own key, by its identifier.
            return issuer.key
        keys = issuer.anchor.keys
    if not keys and token.claims.issuer is not None:
        found = _registered(token, context)
        return found.key if isinstance(found, SignerFound) else found
    fitting = [pin.key for pin in keys if token.kid in {None, pin.kid}]
    if len(fitting) == 1:
        return fitting[0]
    reason = Reason.KEY_NOT_PINNED if keys else Reason.NO_KEY_MATERIAL
    return SignerRefused(reason, MappingProxyType({"name": show(source.uri)}))


def _outside(token: ListToken, context: ListContext) -> SignerRefused | None:
    """Return why a profile that wants a chain takes no such list (HAIP 1.0 §6.1)."""
    rules = context.policy.profile.rules
    if ProfileRule.KEYS_BY_CERTIFICATE in rules and not token.x5c:
        return SignerRefused(Reason.NO_KEY_MATERIAL, MappingProxyType({"name": ""}))
    if ProfileRule.ANCHOR_NOT_SENT not in rules:
        return None
    for anchor in context.trust.anchors:
        if anchor.certificate is not None and anchor.certificate.der in token.x5c:
            what = "the trust anchor stands in x5c (HAIP 1.0 section 6.1)"
            facts = MappingProxyType({"name": anchor.name, "what": what})
            return SignerRefused(Reason.CERTIFICATE_PROFILE, facts)
    return None


def _of_chain(
    x5c: tuple[bytes, ...], *, source: ListSource, context: ListContext
) -> PublicKey | SignerRefused:
    found = chained(x5c, name=None, context=context)
    if isinstance(found, SignerFound):
        return found.key
    leaf = found.key
    if leaf is not None and leaf in _believed(source, context):
        return leaf
    return found


def _believed(source: ListSource, context: ListContext) -> set[PublicKey]:
    """The keys that need no chain: pinned for the list, or the issuer's own."""
    keys = {pin.key for pin in pins(source.uri, context)}
    return keys | _issuer_keys(source.issuer) if source.issuer else keys


def _issuer_keys(issuer: SignerFound) -> set[PublicKey]:
    return {issuer.key} | {pin.key for pin in issuer.anchor.keys}


def pins(
    uri: str, context: ListContext, *, found: AuthenticList | None = None
) -> tuple[PinnedKey, ...]:
    """Return the keys pinned for a list, for `found` itself where it is there."""
    return tuple(
        pin
        for anchor, pin in context.trust.pinned(uri, Purpose.SIGN_STATUS_LISTS)
        if _holds(anchor, context) and (found is None or _stands(anchor, found))
    )


def _stands(anchor: TrustAnchor, found: AuthenticList) -> bool:
    """Whether a list is the word of the anchor, whose keys may have been lost since.

    Whoever took it before can say that it existed then.
    """
    lost = anchor.distrusted_after
    if lost is None:
        return True
    times = found.times
    how = standing(lost, signed=times.issued, existed=times.taken)
    return how is Standing.BEFORE


def _holds(anchor: TrustAnchor, context: ListContext) -> bool:
    bound = anchor.validity
    return bound is None or bound.since <= context.at <= bound.until


def _registered(token: ListToken, context: ListContext) -> SignerFound | SignerRefused:
    """Take the key pinned under the name of the issuer that the list gives."""
    return resolve_signer(
        (),
        kid=token.kid,
        name=token.claims.issuer,
        store=context.trust,
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )


def chained(
    x5c: tuple[bytes, ...], *, name: str | None, context: ListContext
) -> SignerFound | SignerRefused:
    """Find who signed a list by a chain of certificates."""
    return resolve_signer(
        x5c,
        kid=None,
        name=name,
        store=context.trust,
        purpose=Purpose.SIGN_STATUS_LISTS,
        at=context.at,
        algorithms=context.policy.algorithms,
    )


def authority(
    found: AuthenticList, *, issuer: SignerFound, context: ListContext
) -> Authority | SignerRefused | None:
    """Say by what right a list is believed about what `issuer` issued, at a moment.

    None: its signer is somebody, and not entitled. The chain is judged anew, since the
    list may have been read long before.
    """
    if found.key in {pin.key for pin in pins(found.uri, context, found=found)}:
        return Authority.PINNED
    if found.key in _issuer_keys(issuer):
        return Authority.ISSUER
    if not found.x5c:
        return None
    signer = chained(found.x5c, name=None, context=context)
    if isinstance(signer, SignerRefused):
        return signer
    if not _stands(signer.anchor, found):
        return None
    if is_registered(signer.anchor, found=found, context=context):
        return Authority.PINNED
    return _under_one_anchor(signer.path, issuer)


def signer_path(found: AuthenticList, context: ListContext) -> ValidatedPath | None:
    """Return the chain of who signed a list; None for a key that is believed without.

    Whoever is not believed by the chain has none either: `authority` says so before.
    """
    if not found.x5c or found.key in {pin.key for pin in pins(found.uri, context)}:
        return None
    signer = chained(found.x5c, name=None, context=context)
    return signer.path if isinstance(signer, SignerFound) else None


def _under_one_anchor(
    path: ValidatedPath | None, issuer: SignerFound
) -> Authority | None:
    if path is None or issuer.path is None or path.anchor != issuer.anchor:
        return None
    if STATUS_SIGNING in (path.leaf.extended_key_usage or ()):
        return Authority.DELEGATED
    is_own = len(path.anchor.issuer_names) == 1
    if is_own or _same_subject(path.leaf, issuer.path.leaf):
        return Authority.ISSUER
    return None


def is_registered(
    anchor: TrustAnchor, *, found: AuthenticList, context: ListContext
) -> bool:
    """Whether a CA is an anchor for lists, by the address of this one."""
    if Purpose.SIGN_STATUS_LISTS not in anchor.purposes:
        return False
    if found.uri not in anchor.issuer_names:
        return False
    named = chained(found.x5c, name=found.uri, context=context)
    return isinstance(named, SignerFound)


def _same_subject(one: Certificate, other: Certificate) -> bool:
    """Whether one CA certified both under one name, as when a key is renewed."""
    names = one.subject_der, one.issuer_der
    return bool(one.subject) and names == (other.subject_der, other.issuer_der)
