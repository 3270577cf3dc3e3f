"""Our own issuer, holder and verifier, with keys that a peer may borrow."""

from datetime import datetime
from typing import Final

from jwcrypto.jwk import JWK

from idwallet.codec.json import JsonObject
from idwallet.credentials.model import Credential, Format
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import (
    MemoryKeyStore,
    SoftwareSigner,
    SoftwareStoredKey,
)
from idwallet.envelope.jws import x5c_parameter
from idwallet.protocols.openid4vp.response import (
    WalletRefusal,
    read_response,
    write_response_json,
)
from idwallet.roles.presentation import verify_presentation
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.scene import LIFE, PID, Scene
from tests.interop.shapes import Case

_PASSPHRASE: Final = b"test"


class _BorrowedKey(MemoryKeyStore):
    """A key store with one key whose private half the test knows as well."""

    __slots__ = ("_borrowed",)

    def __init__(self, key: JWK) -> None:
        super().__init__()
        private = {n: v for n, v in key.export(as_dict=True).items() if n != "kid"}
        self._borrowed = SoftwareStoredKey(SoftwareSigner.from_jwk(private))

    def signer(self) -> StoredKeySigner:
        return StoredKeySigner(self._borrowed)

    def get(self, thumbprint: str) -> SoftwareStoredKey | None:
        if thumbprint == self.signer().public_key.thumbprint:
            return self._borrowed
        return super().get(thumbprint)


class World:
    """A scene whose issuer and holder keys are known as JWKs too."""

    def __init__(self) -> None:
        self.scene = Scene(seed=b"idwallet TEST interoperation")
        self.holder_key = JWK.generate(kty="EC", crv="P-256")
        borrowed = _BorrowedKey(self.holder_key)
        self.scene.keys = borrowed
        self.scene.holder_signer = borrowed.signer()
        pem = self.scene.issuer_identity.signer.to_encrypted_pem(_PASSPHRASE)
        self.issuer_key = JWK.from_pem(pem.encode(), password=_PASSPHRASE)

    @property
    def at(self) -> datetime:
        """The moment of everything."""
        return self.scene.at

    def fixed(self) -> JsonObject:
        """The claims that a peer needs besides those of the case."""
        return {
            "vct": PID,
            "iat": int(self.at.timestamp()),
            "exp": int((self.at + LIFE).timestamp()),
            "cnf": {"jwk": self.scene.holder_signer.public_key.to_jwk()},
        }

    def header(self) -> JsonObject:
        """The header by which a verifier finds the issuer's key."""
        return {"x5c": x5c_parameter(self.scene.issuer_identity.chain)}

    def issue(self, case: Case) -> str:
        """Issue the case's credential."""
        return self.scene.issue(case.content()).raw

    def request(self, case: Case) -> PresentationRequest:
        """Ask for what the case shows."""
        return self.scene.request(case.query())

    def present(self, token: str, request: PresentationRequest) -> str:
        """Take the credential into a wallet, and answer with it."""
        body = self.scene.answer(request, Credential(Format.SD_JWT_VC, token))
        parts = read_response(body)
        assert not isinstance(parts, WalletRefusal)
        (shown,) = parts.presentations["pid"]
        return shown

    def verify(self, token: str, request: PresentationRequest) -> JsonObject:
        """Judge the answer, and return the claims that it proves."""
        verified = verify_presentation(
            write_response_json({"pid": [token]}, state=request.state),
            request=request,
            trust=self.scene.trust,
            at=self.at,
        )
        (credential,) = verified.credentials
        return dict(credential.claims)
