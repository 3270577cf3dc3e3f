"""The provider of a wallet: it vouches for its wallets, and for the keys in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.codec.moment import require_aware
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.errors import UsageError
from idwallet.protocols.oauth import client_attestation
from idwallet.protocols.openid4vci import key_attestation
from idwallet.roles.issuer import CertificateChain, read_chain
from idwallet.trust.status_list.values import StatusReference

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClaims:
    """What a provider says of keys; the names are those of OpenID4VCI 1.0 D.2."""

    key_storage: tuple[str, ...] = ()
    user_authentication: tuple[str, ...] = ()
    certification: str | None = None


class WalletProvider:
    """Attests wallets and keys with one key; what it says it must have verified.

    `name` is its ``iss``, an https address that its certificate carries, or for which
    issuers registered it. Thread-safe.
    """

    __slots__ = ("_header", "_name", "_signer")

    def __init__(
        self, *, signer: Signer, certificates: CertificateChain, name: str
    ) -> None:
        """Bind key and certificates together.

        Raises:
            UsageError: the first certificate holds another key.
            MalformedError: a certificate cannot be read.
        """
        chain = read_chain(certificates)
        if chain[0].public_key != signer.public_key:
            raise UsageError("the first certificate holds another key")
        self._signer = signer
        self._name = name
        self._header: JsonObject = {"x5c": x5c_parameter([e.der for e in chain])}

    def attest_wallet(
        self,
        key: PublicKey,
        *,
        client_id: str,
        valid_until: datetime,
        at: datetime,
        wallet: str | None = None,
        status: StatusReference | None = None,
    ) -> str:
        """Attest a wallet whose own key is `key` (OpenID4VCI 1.0 Appendix E).

        `client_id` is the same for every wallet of the kind (section 15.4.4).

        Raises:
            UsageError: it would never be valid, or a moment has no zone.
            SignerError: the key could not sign.
        """
        claims = self._claims(valid_until, at=at, status=status)
        claims |= {"sub": client_id, "cnf": {"jwk": key.to_jwk()}}
        if wallet is not None:
            claims["wallet_name"] = wallet
        return self._signed(claims, client_attestation.TYP)

    def attest_keys(
        self,
        keys: Sequence[PublicKey],
        *,
        nonce: str | None,
        valid_until: datetime,
        at: datetime,
        said: KeyClaims = KeyClaims(),
        status: StatusReference | None = None,
    ) -> str:
        """Attest keys of one key store (OpenID4VCI 1.0 Appendix D).

        `nonce` is what the issuer gave out for the request that it goes with.

        Raises:
            UsageError: no keys, one twice, it would never be valid, or a moment has no
                zone.
            SignerError: the key could not sign.
        """
        if not keys or len({each.thumbprint for each in keys}) != len(keys):
            raise UsageError("at least one key, and none twice")
        claims = self._claims(valid_until, at=at, status=status)
        claims["attested_keys"] = [each.to_jwk() for each in keys]
        for name, levels in (
            ("key_storage", said.key_storage),
            ("user_authentication", said.user_authentication),
        ):
            if levels:
                claims[name] = list[JsonValue](levels)
        for name, value in (("nonce", nonce), ("certification", said.certification)):
            if value is not None:
                claims[name] = value
        return self._signed(claims, key_attestation.TYP)

    def _claims(
        self, until: datetime, *, at: datetime, status: StatusReference | None
    ) -> JsonObject:
        require_aware(until, at)
        if until <= at:
            raise UsageError("the attestation would never be valid")
        found: JsonObject = {
            "iss": self._name,
            "iat": (at - _EPOCH) // timedelta(seconds=1),
            "exp": (until - _EPOCH) // timedelta(seconds=1),
        }
        if status is not None:
            found["status"] = {"status_list": {"uri": status.uri, "idx": status.index}}
        return found

    def _signed(self, claims: JsonObject, typ: str) -> str:
        header: JsonObject = {"typ": typ, **self._header}
        return sign_compact(write_json(claims), header=header, signer=self._signer)
