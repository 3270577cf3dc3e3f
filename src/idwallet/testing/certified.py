"""Test certificates for keys whose private halves somebody else holds, as a phone does.

chain = certify_key(pki, phone_key.public_key, name="Анна Образцова")
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from cryptography.hazmat.primitives.serialization import load_der_public_key

from idwallet.crypto.keys import PublicKey
from idwallet.testing.certificates import (
    CertificatePlan,
    PrivateKey,
    key_identifier,
    test_name,
)
from idwallet.testing.pki import TestPki
from idwallet.trust.certificate import KeyUsage

_EARLIER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Held:
    """What of a key pair is known to whoever certifies it."""

    spki: bytes

    def public_key(self) -> object:
        """Return the public half."""
        return load_der_public_key(self.spki)


def certify_key(pki: TestPki, key: PublicKey, *, name: str) -> tuple[bytes, ...]:
    """Return a chain for a key, leaf first, without the root, good to sign documents.

    `name` is the person's; the certificate says TEST before it. Nobody asks whether the
    key is theirs: it is a test.
    """
    certified = pki.reader(name="person.example")
    authority = certified.above[0]
    held = cast("PrivateKey", _Held(key.spki))
    plan = CertificatePlan(
        subject=test_name(name),
        issuer=authority.name,
        key=held,
        signing_key=authority.key,
        serial=int.from_bytes(key_identifier(held)[:8]) | 1,
        not_before=pki.at - _EARLIER,
        not_after=pki.at + pki.life,
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.CONTENT_COMMITMENT}),
        subject_key_id=key_identifier(held),
        authority_key_id=authority.identifier,
    )
    return (plan.to_der(), *certified.chain[1:])
