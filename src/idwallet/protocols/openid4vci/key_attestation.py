"""What is attested of the keys that credentials are bound to (OpenID4VCI 1.0 D)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.credentials.cursor import Cursor
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.protocols.oauth.provider import (
    Kind,
    Statement,
    judge_statement,
    public_jwk,
    read_statement,
)
from idwallet.protocols.openid4vci.metadata import ProofType
from idwallet.trust.policy import StatusRule
from idwallet.trust.signer import SignerFound

TYP: Final = "key-attestation+jwt"
HEADER: Final = "key_attestation"
"""The header parameter of a ``jwt`` proof that holds one (Appendix F.1)."""

_CLAUSE: Final = "OpenID4VCI 1.0 Appendix D.1"
KIND: Final = Kind(TYP, "key attestation", _CLAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAttestation:
    """Keys of one key store, and what its provider says of it; judged.

    `key_storage` and `user_authentication` are resistances to attack by their names in
    Appendix D.2, or others that an ecosystem knows; () where nothing is said.
    """

    keys: tuple[PublicKey, ...]
    names: tuple[str, ...] = field(repr=False)
    key_storage: tuple[str, ...]
    user_authentication: tuple[str, ...]
    certification: str | None
    issued: datetime
    expires: datetime | None
    provider: SignerFound

    def holds(self, key: PublicKey) -> bool:
        """Return whether the key is one of those that are attested."""
        return any(each.thumbprint == key.thumbprint for each in self.keys)

    def named(self, kid: str) -> PublicKey | None:
        """Return the key that a proof calls `kid`; None where none is called so.

        By the ``kid`` in its JWK, or else by its place, as the example in Appendix F.1
        has it.
        """
        if kid and kid in self.names:
            return self.keys[self.names.index(kid)]
        if any(self.names) or not kid.isascii() or not kid.isdecimal():
            return None
        place = int(kid) if len(kid) <= len(str(limits.CREDENTIAL_PROOFS)) else -1
        is_place = str(place) == kid and place < len(self.keys)
        return self.keys[place] if is_place else None


def judge_key_attestation(
    text: str,
    wanted: ProofType,
    *,
    nonce: str | None,
    context: Context,
    expires: bool,
    status: StatusRule = StatusRule.IF_PRESENT,
) -> KeyAttestation:
    """Judge a key attestation against what an issuer demands of keys.

    Whoever attests must be believed for `Purpose.ATTEST_WALLETS`. `nonce` is what the
    issuer gave out for this request, None where it gives none. `expires`: it must say
    until when, as inside of a ``jwt`` proof.

    Raises:
        MalformedError: it is not accepted: see `judge_statement`; or of another nonce,
            without keys, or its keys resist less than the issuer demands.
        LimitError: it attests more than `limits.CREDENTIAL_PROOFS` keys.
        UnsupportedError: a key or an algorithm that is not known here.
    """
    found = read_statement(text, KIND)
    issued, ends = found.moment("iat"), found.moment("exp")
    if issued is None or (ends is None and expires):
        raise KIND.fault("no iat or exp")
    keys, names = _keys(found)
    provider = judge_statement(found, context=context, status=status)
    _require_asked(found, wanted, nonce=nonce)
    storage, authentication = _levels(found, wanted)
    return KeyAttestation(
        keys=keys,
        names=names,
        key_storage=storage,
        user_authentication=authentication,
        certification=found.text("certification"),
        issued=issued,
        expires=ends,
        provider=provider,
    )


def _require_asked(found: Statement, wanted: ProofType, *, nonce: str | None) -> None:
    if found.jws.header.algorithm not in wanted.algorithms:
        raise KIND.fault("an algorithm that the issuer does not name")
    said = found.text("nonce") or ""
    if nonce is not None and not hmac.compare_digest(said.encode(), nonce.encode()):
        raise KIND.fault("another nonce, or none")


def _keys(found: Statement) -> tuple[tuple[PublicKey, ...], tuple[str, ...]]:
    root = Cursor(found.claims, "key attestation", _CLAUSE)
    listed = root.member("attested_keys").elements(limit=limits.CREDENTIAL_PROOFS)
    keys = tuple(
        public_jwk(each.value, kind=KIND, at=f"/attested_keys/{place}")
        for place, each in enumerate(listed)
    )
    if len({each.thumbprint for each in keys}) != len(keys):
        raise KIND.fault("a key stands twice", "/attested_keys")
    return keys, tuple(_kid(each.members()) for each in listed)


def _kid(jwk: JsonObject) -> str:
    kid = jwk.get("kid")
    return kid if isinstance(kid, str) else ""


def _levels(
    found: Statement, wanted: ProofType
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is said of storage and of users, where it is what is accepted.

    The names are compared as they stand: no order is known of those that an ecosystem
    adds, and what an issuer does not name it does not accept.
    """
    root = Cursor(found.claims, "key attestation", _CLAUSE)
    storage = _named(root, "key_storage")
    authentication = _named(root, "user_authentication")
    _require_level("key_storage", storage, accepted=wanted.key_storage)
    accepted = wanted.user_authentication
    _require_level("user_authentication", authentication, accepted=accepted)
    return storage, authentication


def _named(root: Cursor, name: str) -> tuple[str, ...]:
    found = root.optional(name)
    return () if found is None else found.texts(limit=limits.METADATA_VALUES)


def _require_level(name: str, said: Sequence[str], *, accepted: Sequence[str]) -> None:
    if accepted and not set(said) & set(accepted):
        raise KIND.fault(f"the resistance is not accepted: {name}", f"/{name}")
