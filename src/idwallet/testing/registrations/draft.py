"""Registrations whose every part can be bent before they are signed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.json import JsonObject
from idwallet.crypto.signer import Signer
from idwallet.envelope.cose import CoseHeaders, sign_sign1, x5chain_parameter
from idwallet.envelope.cose.labels import TYP, X5CHAIN
from idwallet.envelope.jws import x5c_parameter
from idwallet.testing.draft import loose_json, loose_jws, overlaid
from idwallet.testing.registrations.scene import SHOP, STATUS, RegistrationScene
from idwallet.trust.relying_party import (
    AccessCertificate,
    RegistrationRules,
    UnverifiedRegistration,
    VerifiedRegistration,
    evaluate_registration,
)
from idwallet.trust.relying_party.envelopes import TYP_CWT, TYP_JWT


def registration_claims(moment: datetime) -> JsonObject:
    """Return what an honest registration of the shop says, a day after it was made."""
    at = int(moment.timestamp())
    return {
        "name": "TEST shop",
        "sub": SHOP,
        "country": "XX",
        "registry_uri": "https://registrar.example/api",
        "srv_description": [[{"lang": "en", "value": "TEST sales"}]],
        "entitlements": ["https://uri.etsi.org/19475/Entitlement/Service_Provider"],
        "privacy_policy": "https://shop.example/privacy",
        "info_uri": "https://shop.example",
        "supervisory_authority": {"name": "TEST office", "email": ["a@office.example"]},
        "policy_id": ["0.4.0.19475.3.1"],
        "certificate_policy": "https://registrar.example/policy",
        "iat": at - 86_400,
        "exp": at + 86_400 * 100,
        "status": {"status_list": {"idx": 4, "uri": STATUS}},
        "intended_use_id": "age-restricted-sale",
        "purpose": [{"lang": "en", "value": "TEST sale"}],
        "credentials": [
            {
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claim": [{"path": ["age_equal_or_over", "18"]}],
            }
        ],
    }


@dataclass(slots=True)
class RegistrationDraft:
    """A registration certificate before it is signed; change a field, then judge it.

    `claims` and `header` overlay what is built, and a value of `ABSENT` takes a member
    out. `is_cwt` writes it as a CWT.
    """

    scene: RegistrationScene
    signer: Signer
    chain: tuple[bytes, ...]
    access: AccessCertificate
    rules: RegistrationRules
    claims: JsonObject = field(default_factory=dict)
    header: JsonObject = field(default_factory=dict)
    is_cwt: bool = False
    bend: Callable[[str], str] = str

    def data(self) -> str | bytes:
        """Sign the registration, and bend it if that is the fault."""
        claims = overlaid(registration_claims(self.scene.at), self.claims)
        if self.is_cwt:
            return self._cwt(claims)
        header: JsonObject = {
            "alg": self.signer.algorithm.jose,
            "typ": TYP_JWT,
            "x5c": x5c_parameter(self.chain),
        }
        head = overlaid(header, self.header)
        return self.bend(loose_jws(head, loose_json(claims), signer=self.signer))

    def _cwt(self, claims: JsonObject) -> bytes:
        numbers = {"sub": 2, "exp": 4, "iat": 6}
        coded: dict[CborKey, CborValue] = {
            numbers.get(name, name): value  # type: ignore[misc]  # JSON is CBOR
            for name, value in claims.items()
        }
        typ = self.header.get("typ", TYP_CWT)
        headers = CoseHeaders({TYP: str(typ)}, {X5CHAIN: x5chain_parameter(self.chain)})
        return sign_sign1(write_cbor(coded), signer=self.signer, headers=headers)

    def judgement(self) -> VerifiedRegistration | UnverifiedRegistration:
        """Judge the registration as a wallet does."""
        return evaluate_registration(self.data(), access=self.access, rules=self.rules)


def registration_draft(scene: RegistrationScene) -> RegistrationDraft:
    """Start from an honest registration of the scene's shop."""
    return RegistrationDraft(
        scene=scene,
        signer=scene.registrar.signer,
        chain=scene.registrar.chain,
        access=scene.access(),
        rules=scene.rules,
    )
