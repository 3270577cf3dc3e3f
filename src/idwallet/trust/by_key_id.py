"""Who signed, where a token names the key by nothing but an identifier."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.report import Reason
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.at_hand import certificates_at_hand, chains_from, key_id_of
from idwallet.trust.certificate import Certificate
from idwallet.trust.signer import SignerFound, SignerRefused, holds, resolve_signer


class KeyIds:
    """The anchors of a store that speak for themselves, by what names their keys."""

    __slots__ = ("_own", "_pins")

    def __init__(self, anchors: tuple[TrustAnchor, ...]) -> None:
        """Take down every pinned key, and every signer's own certificate."""
        self._pins: dict[bytes, list[SignerFound]] = {}
        self._own: dict[bytes, list[tuple[TrustAnchor, Certificate]]] = {}
        for anchor in anchors:
            for pin in anchor.keys:
                found = _pinned(anchor, pin)
                for kid in {pin.kid.encode(), key_id_of(pin.key.spki)}:
                    self._pins.setdefault(kid, []).append(found)
            own = anchor.certificate
            if own is not None and anchor.signs_directly:
                kid = key_id_of(own.public_key.spki)
                self._own.setdefault(kid, []).append((anchor, own))

    def pins(self, kid: bytes) -> list[SignerFound]:
        """Return who has a pinned key that answers to it, at whatever moment."""
        return self._pins.get(kid, [])

    def own(self, kid: bytes) -> list[tuple[TrustAnchor, Certificate]]:
        """Return the certificates of signers that answer to it."""
        return self._own.get(kid, [])


_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class _Wanted(NamedTuple):
    """A key that is looked for."""

    kid: bytes
    store: TrustStore
    purpose: Purpose
    at: datetime
    algorithms: frozenset[Algorithm]

    def signer(self, chain: tuple[Certificate, ...]) -> SignerFound | SignerRefused:
        return resolve_signer(
            tuple(each.der for each in chain),
            kid=None,
            name=None,
            store=self.store,
            purpose=self.purpose,
            at=self.at,
            algorithms=self.algorithms,
        )


def resolve_by_key_id(
    kid: bytes,
    *,
    store: TrustStore,
    purpose: Purpose,
    at: datetime,
    algorithms: frozenset[Algorithm],
) -> SignerFound | SignerRefused:
    """Find a key that a token names by nothing but its identifier.

    It is a key pinned under that ``kid``, in whichever name; or one pinned, that of a
    signer's own certificate, or that of a certificate at hand which leads to an anchor
    at the moment, by the first octets of the SHA-256 digest of its
    SubjectPublicKeyInfo. Where two answer to it, neither is believed: whoever signs
    must not be chosen by the order of anchors. Certificates that one CA gave one signer
    for one key are one: of those that stand, the one that has stood longest. What is at
    hand and leads nowhere does not count, so nobody can be kept from being believed by
    it. The signature says whether the key is right.

    Raises:
        UsageError: `at` has no zone.
    """
    wanted = _Wanted(kid, store, purpose, at, algorithms)
    leaves = certificates_at_hand(store).of_key(kid)
    only = None if leaves else _only_pin(wanted)
    return only or _weighed(wanted, leaves)


def _weighed(
    wanted: _Wanted, leaves: Sequence[Certificate]
) -> SignerFound | SignerRefused:
    """Return who signed, of all that answer to the identifier."""
    found = dict(_by_anchors(wanted))
    refused: list[SignerRefused] = []
    for leaf in leaves:
        if leaf.der in found:
            continue
        said = _at_hand(leaf, wanted)
        if isinstance(said, SignerFound):
            found[leaf.der] = said
        else:
            refused.append(said)
    answers = list(found.values()) or refused
    if len(found) > 1:
        answers = _one_for_each(answers)
    if len(answers) == 1:
        return answers[0]
    reason = Reason.KEY_AMBIGUOUS if found else Reason.KEY_NOT_PINNED
    return SignerRefused(reason, MappingProxyType({"name": f"key {wanted.kid.hex()}"}))


def _one_for_each(
    answers: Iterable[SignerFound | SignerRefused],
) -> list[SignerFound | SignerRefused]:
    """Return one for each signer: a certificate that was renewed is no second.

    Both stand until the old one ends. What was signed before the new one began is
    judged by the old one, so that counts, in whichever order they came.
    """
    ones: dict[object, SignerFound | SignerRefused] = {}
    for each in sorted(answers, key=_standing):
        ones.setdefault(_whose(each), each)
    return list(ones.values())


def _standing(answer: SignerFound | SignerRefused) -> tuple[datetime, bytes]:
    leaf = _leaf_of(answer)
    return (_NEVER, b"") if leaf is None else (leaf.not_before, leaf.der)


def _whose(answer: SignerFound | SignerRefused) -> object:
    """Return what certificates of one signer have in common; itself without one.

    One CA gave them, who takes back all or none for what happens to the key.
    """
    if isinstance(answer, SignerRefused) or answer.path is None:
        return id(answer)
    leaf, *above = answer.path.certificates
    names = leaf.subject_der, leaf.alternative_names
    # Without a CA between, it is the anchor itself.
    authority = tuple(each.public_key.spki for each in above[:1])
    return leaf.public_key.spki, names, authority, id(answer.anchor)


def _leaf_of(answer: SignerFound | SignerRefused) -> Certificate | None:
    if isinstance(answer, SignerRefused) or answer.path is None:
        return None
    return answer.path.leaf


def _only_pin(wanted: _Wanted) -> SignerFound | None:
    """Return the one pin there is, where no certificate of an anchor stands beside it.

    So it is nearly always, and then there is nothing to be weighed.
    """
    known = _known(wanted.store)
    pins = known.pins(wanted.kid)
    if len(pins) != 1 or known.own(wanted.kid):
        return None
    (pin,) = pins
    anchor = pin.anchor
    stands = wanted.purpose in anchor.purposes and holds(anchor, wanted.at)
    return pin if stands else None


def _by_anchors(
    wanted: _Wanted,
) -> Iterator[tuple[object, SignerFound | SignerRefused]]:
    known = _known(wanted.store)
    for each in known.pins(wanted.kid):
        anchor = each.anchor
        if wanted.purpose in anchor.purposes and holds(anchor, wanted.at):
            # What an anchor is believed about is its own: one key pinned by two is two.
            yield (each.key.spki, id(anchor)), each
    for anchor, own in known.own(wanted.kid):
        if wanted.purpose in anchor.purposes:
            yield own.der, wanted.signer((own,))


def _at_hand(leaf: Certificate, wanted: _Wanted) -> SignerFound | SignerRefused:
    """Return who signed by the first chain that stands, else why none does."""
    told: SignerRefused | None = None
    for chain in chains_from(leaf, store=wanted.store, purpose=wanted.purpose):
        said = wanted.signer(chain)
        if isinstance(said, SignerFound):
            return said
        if told is None or told.reason is Reason.NO_TRUSTED_PATH:
            told = said
    facts = MappingProxyType({"name": leaf.shown})
    return told or SignerRefused(Reason.NO_TRUSTED_PATH, facts, leaf.public_key)


def _known(store: TrustStore) -> KeyIds:
    found = store.memory.key_ids
    if found is None:
        found = store.memory.key_ids = KeyIds(store.anchors)
    return found


def _pinned(anchor: TrustAnchor, pin: PinnedKey) -> SignerFound:
    """Return the signer; its name is the registered one, if there is one alone."""
    names = anchor.issuer_names
    name = show(next(iter(names)) if len(names) == 1 else anchor.name)
    facts = MappingProxyType({"name": name})
    return SignerFound(pin.key, anchor, name, None, Reason.KEY_PINNED, facts)
