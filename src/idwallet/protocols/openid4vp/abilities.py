"""What a wallet says of itself to a verifier that asks (OpenID4VP 1.0 §5.10, §10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import MDOC
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.envelope.jwe import Recipient, read_recipient
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.encryption import ALG, BOTH

FORMATS: Final = "vp_formats_supported"
PREFIXES: Final = "client_id_prefixes_supported"
SIGNING: Final = "request_object_signing_alg_values_supported"
ALGS: Final = "authorization_encryption_alg_values_supported"
CONTENTS: Final = "authorization_encryption_enc_values_supported"

_CLAUSE: Final = "OpenID4VP 1.0 §10.1"
_AT: Final = "wallet_metadata"


@dataclass(frozen=True, slots=True)
class WalletAbilities:
    """What a wallet can: the same for each of its installations.

    Whoever tells more of itself than others can be known again by it (section 15.6).
    `algorithms` are of credentials, key bindings and requests, `prefixes` are of client
    identifiers.
    """

    algorithms: frozenset[Algorithm]
    prefixes: frozenset[str]

    def to_metadata(self, prefix: ClientIdPrefix) -> JsonObject:
        """Return ``wallet_metadata`` for a verifier of that prefix.

        Where the prefix permits no signature, none is spoken of (section 5.10).
        """
        known = [each for each in Algorithm if each in self.algorithms]
        names: list[JsonValue] = [_jose(e) for e in known if e not in COSE_ONLY]
        numbers: list[JsonValue] = [each.cose for each in known]
        metadata: JsonObject = {
            FORMATS: {
                "dc+sd-jwt": {"sd-jwt_alg_values": names, "kb-jwt_alg_values": names},
                MDOC: {
                    "issuerauth_alg_values": numbers,
                    "deviceauth_alg_values": numbers,
                },
            },
            PREFIXES: list[JsonValue](sorted(self.prefixes)),
            ALGS: [ALG],
            CONTENTS: [each.value for each in BOTH],
        }
        if prefix is not ClientIdPrefix.REDIRECT_URI:
            metadata[SIGNING] = names
        return metadata


def _jose(algorithm: Algorithm) -> str:
    return "Ed25519" if algorithm is Algorithm.EDDSA else algorithm.jose


class Heard(NamedTuple):
    """What a wallet said it can, as far as a verifier heeds it; None: it did not say.

    `recipient` is whom the request is to be encrypted to.
    """

    formats: frozenset[str] | None = None
    prefixes: frozenset[str] | None = None
    signing: frozenset[str] | None = None
    algorithms: frozenset[str] | None = None
    contents: frozenset[str] | None = None
    recipient: Recipient | None = None


def read_wallet_metadata(text: str) -> Heard:
    """Read ``wallet_metadata``; what is not known is ignored.

    Raises:
        MalformedError: it is no JSON object, or a member breaks its form.
        LimitError: a list is longer than `limits.METADATA_VALUES`.
        UnsupportedError: it wants the request encrypted to none of the keys spoken.
    """
    found = json.read_object(
        text, at=_AT, clause=_CLAUSE, max_bytes=limits.REQUEST_BYTES
    )
    formats = found.get(FORMATS)
    if formats is not None and not isinstance(formats, dict):
        raise MalformedError("no object", at=f"{_AT}/{FORMATS}", clause=_CLAUSE)
    return Heard(
        formats=None if formats is None else frozenset(formats),
        prefixes=_names(found, PREFIXES),
        signing=_names(found, SIGNING),
        algorithms=_names(found, ALGS),
        contents=_names(found, CONTENTS),
        recipient=_recipient(found),
    )


def _names(found: Mapping[str, JsonValue], name: str) -> frozenset[str] | None:
    if name not in found:
        return None
    listed = found[name]
    if not isinstance(listed, list):
        raise MalformedError("no list", at=f"{_AT}/{name}", clause=_CLAUSE)
    if len(listed) > limits.METADATA_VALUES:
        raise LimitError("too many", at=f"{_AT}/{name}", clause=_CLAUSE)
    return frozenset(each for each in listed if isinstance(each, str))


def _recipient(found: Mapping[str, JsonValue]) -> Recipient | None:
    if "jwks" not in found:
        return None
    place, jwks = f"{_AT}/jwks", found["jwks"]
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or len(keys) > limits.METADATA_VALUES:
        raise MalformedError("no keys", at=place, clause="RFC 7517 §5")
    for each in keys:
        try:
            if isinstance(each, dict) and each.get("alg") == ALG:
                return read_recipient(each, at=place)
        except UnsupportedError:
            continue  # on a curve that is not spoken
    raise UnsupportedError("no key to encrypt to", at=place, clause="RFC 7516 §4.1")
