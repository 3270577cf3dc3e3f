"""A request as one wallet is to get it that asked for it by POST (section 5.10)."""

import re
from typing import Final

from idwallet import limits
from idwallet.codec import json
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import Query
from idwallet.crypto.signer import Signer
from idwallet.envelope.jwe import encrypt
from idwallet.envelope.jws import Jws, read_compact, sign_compact
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.ports import Random
from idwallet.protocols.openid4vp.abilities import Heard
from idwallet.protocols.openid4vp.client import read_client_id
from idwallet.protocols.openid4vp.encryption import ALG, CONTENTS

_CLAUSE: Final = "OpenID4VP 1.0 §5.10"
_NONCE: Final = re.compile(r"[\x21-\x7e]+")
_WRITTEN: Final = frozenset({"alg"})


def require_wallet_nonce(text: str) -> str:
    """Return a wallet's nonce, only if it may be repeated.

    Raises:
        MalformedError: it is empty, or holds more than visible ASCII.
        LimitError: longer than `limits.NONCE_CHARACTERS`.
    """
    if len(text) > limits.NONCE_CHARACTERS:
        raise LimitError("too long", at="wallet_nonce", clause=_CLAUSE)
    if _NONCE.fullmatch(text) is None:
        raise MalformedError("not visible ASCII", at="wallet_nonce", clause=_CLAUSE)
    return text


def address_request(
    raw: str,
    *,
    wallet_nonce: str | None,
    heard: Heard,
    signer: Signer,
) -> str:
    """Return a request of our own, signed anew for one wallet.

    It repeats the wallet's nonce. All else stays: its answer is judged as that to the
    request it was made from.

    Raises:
        MalformedError, LimitError: see `require_wallet_nonce`.
        UnsupportedError: what is asked is beyond what the wallet said it can.
        SignerError: the key could not sign.
    """
    jws = read_compact(raw.encode("ascii"), at="request", understood=frozenset())
    claims = json.read_object(jws.payload, at="request", max_bytes=limits.REQUEST_BYTES)
    _require_able(jws, claims, heard=heard)
    if wallet_nonce is not None:
        claims["wallet_nonce"] = require_wallet_nonce(wallet_nonce)
    _narrow(claims, heard)
    header: JsonObject = {
        name: value
        for name, value in jws.header.parameters.items()
        if name not in _WRITTEN
    }
    return sign_compact(json.write_json(claims), header=header, signer=signer)


def encrypt_request(token: str, *, heard: Heard, random: Random) -> str:
    """Return a signed request, encrypted where the wallet gave a key (RFC 9101 §4)."""
    if heard.recipient is None:
        return token
    kid = heard.recipient.kid
    named: JsonObject = {"cty": "oauth-authz-req+jwt"}
    if kid is not None:
        named["kid"] = kid
    return encrypt(token.encode(), to=heard.recipient.key, random=random, header=named)


def _require_able(jws: Jws, claims: JsonObject, *, heard: Heard) -> None:
    """Return only if the wallet said nothing that keeps it from answering."""
    client = read_client_id(str(claims.get("client_id", "")), at="/client_id")
    alg = jws.header.algorithm
    names = {"Ed25519", "EdDSA"} if alg == "EdDSA" else {alg}
    if heard.prefixes is not None and client.prefix.value not in heard.prefixes:
        raise _beyond("client_id_prefixes_supported")
    if heard.signing is not None and heard.signing.isdisjoint(names):
        raise _beyond("request_object_signing_alg_values_supported")
    if heard.formats is not None and heard.formats.isdisjoint(_asked(claims)):
        raise _beyond("vp_formats_supported")
    encrypted = str(claims.get("response_mode", "")).endswith(".jwt")
    if encrypted and heard.algorithms is not None and ALG not in heard.algorithms:
        raise _beyond("authorization_encryption_alg_values_supported")


def _asked(claims: JsonObject) -> frozenset[str]:
    query = claims.get("dcql_query")
    found = Query.from_dcql(query if isinstance(query, dict) else {})
    return frozenset(str(each.format) for each in found.credentials)


def _narrow(claims: JsonObject, heard: Heard) -> None:
    """Name of the content encryptions those that the wallet has."""
    metadata = claims.get("client_metadata")
    if heard.contents is None or not isinstance(metadata, dict):
        return
    listed = metadata.get(CONTENTS)
    if not isinstance(listed, list):
        return
    kept: list[JsonValue] = [each for each in listed if each in heard.contents]
    if not kept:
        raise _beyond("authorization_encryption_enc_values_supported")
    metadata[CONTENTS] = kept


def _beyond(name: str) -> UnsupportedError:
    return UnsupportedError(
        "the wallet cannot answer this", at=f"wallet_metadata/{name}", clause=_CLAUSE
    )
