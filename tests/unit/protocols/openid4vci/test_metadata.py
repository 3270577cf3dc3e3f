"""What an issuer says of itself comes back as it was written, or is refused."""

import pytest

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.openid4vci.display import ClaimDescription, Display
from idwallet.protocols.openid4vci.encryption import (
    RequestEncryption,
    ResponseEncryption,
)
from idwallet.protocols.openid4vci.metadata import (
    CredentialConfiguration,
    IssuerMetadata,
    ProofType,
    configuration_of,
    read_issuer_metadata,
)

ISSUER = "https://issuer.example"
METADATA = IssuerMetadata(
    issuer=ISSUER,
    credential_endpoint="https://issuer.example/credential",
    nonce_endpoint="https://issuer.example/nonce",
    deferred_endpoint="https://issuer.example/deferred",
    notification_endpoint="https://issuer.example/notification",
    authorization_servers=("https://as.example",),
    request_encryption=RequestEncryption(
        keys=({"kty": "EC", "kid": "1", "alg": "ECDH-ES"},),
        contents=("A256GCM",),
        required=False,
    ),
    response_encryption=ResponseEncryption(
        algorithms=("ECDH-ES",), contents=("A128GCM", "A256GCM"), required=True
    ),
    batch_size=10,
    display=(Display(name="Паспортный стол", locale="ru"),),
    configurations={
        "id": CredentialConfiguration(
            format="dc+sd-jwt",
            credential_type="urn:example:id",
            scope="id",
            algorithms=("ES256",),
            binding_methods=("jwk",),
            proofs={
                "jwt": ProofType(
                    algorithms=("ES256",),
                    attested=True,
                    key_storage=("iso_18045_high",),
                    user_authentication=("iso_18045_basic",),
                )
            },
            display=(
                Display(
                    name="Passport",
                    locale="en",
                    description="d",
                    logo="https://issuer.example/logo.png",
                    background="#fff",
                    text="#000",
                ),
            ),
            claims=(
                ClaimDescription(
                    path=("address", None, 1),
                    mandatory=True,
                    display=(Display(name="Address"),),
                ),
            ),
        ),
        "mdl": CredentialConfiguration(
            format="mso_mdoc",
            credential_type="org.iso.18013.5.1.mDL",
            algorithms=(-7, -9),
            binding_methods=("cose_key",),
            proofs={"jwt": ProofType(algorithms=("ES256",))},
        ),
        "other": CredentialConfiguration(format="ldp_vc", credential_type=None),
    },
)


def test_metadata_come_back_as_they_were_written() -> None:
    assert read_issuer_metadata(METADATA.to_json(), identifier=ISSUER) == METADATA


def test_a_format_that_is_not_known_is_kept_without_a_type() -> None:
    found = read_issuer_metadata(METADATA.to_json(), identifier=ISSUER)
    assert configuration_of(found, "other", at="offer").credential_type is None


def test_metadata_of_another_issuer_are_refused() -> None:
    for other in ("https://issuer.example/", "https://ISSUER.example"):
        with pytest.raises(MalformedError, match="another issuer"):
            read_issuer_metadata(METADATA.to_json(), identifier=other)


def test_what_the_issuer_does_not_have_is_not_found() -> None:
    with pytest.raises(MalformedError, match="no such credential"):
        configuration_of(METADATA, "passport", at="offer")


def test_an_issuer_of_nothing_is_not_made() -> None:
    with pytest.raises(UsageError):
        IssuerMetadata(issuer=ISSUER, credential_endpoint=ISSUER, configurations={})


def _set(path: tuple[str, ...], value: JsonValue) -> JsonObject:
    document = METADATA.to_json()
    place = document
    for name in path[:-1]:
        inner = place[name]
        assert isinstance(inner, dict)
        place = inner
    place[path[-1]] = value
    return document


SUPPORTED = "credential_configurations_supported"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credential_endpoint",), "http://issuer.example/credential"),
        (("credential_endpoint",), None),
        (("nonce_endpoint",), "nonce"),
        (("authorization_servers",), []),
        (("authorization_servers",), ["http://as.example"]),
        (("batch_credential_issuance",), {"batch_size": 1}),
        (("batch_credential_issuance",), {}),
        (("batch_credential_issuance",), True),
        (("display",), [{"locale": "en"}, {"locale": "en"}]),
        (("credential_request_encryption", "encryption_required"), "yes"),
        (
            ("credential_request_encryption", "jwks"),
            {"keys": [{"kid": "1"}, {"kid": "1"}]},
        ),
        (("credential_request_encryption", "jwks"), {"keys": [{}]}),
        (("credential_response_encryption", "alg_values_supported"), []),
        ((SUPPORTED,), {}),
        ((SUPPORTED, "id", "format"), 1),
        ((SUPPORTED, "id", "vct"), ""),
        ((SUPPORTED, "mdl", "doctype"), None),
        ((SUPPORTED, "id", "proof_types_supported"), {}),
        ((SUPPORTED, "id", "proof_types_supported", "jwt"), {}),
        ((SUPPORTED, "id", "credential_signing_alg_values_supported"), [True]),
        ((SUPPORTED, "id", "credential_metadata", "display"), [{}]),
        (
            (SUPPORTED, "id", "credential_metadata", "claims"),
            [{"path": ["a"]}, {"path": ["a"]}],
        ),
        ((SUPPORTED, "id", "credential_metadata", "claims"), [{"path": []}]),
        ((SUPPORTED, "id", "credential_metadata", "claims"), [{"path": [-1]}]),
        ((SUPPORTED, "id", "credential_metadata", "claims"), [{"path": ["a", {}]}]),
        ((SUPPORTED, "id", "credential_metadata", "claims"), [{"path": ["a", True]}]),
    ],
)
def test_metadata_that_break_their_form_are_refused(
    path: tuple[str, ...], value: JsonValue
) -> None:
    with pytest.raises(MalformedError) as caught:
        read_issuer_metadata(_set(path, value), identifier=ISSUER)
    assert caught.value.at.startswith("/")


def test_what_says_in_either_way_that_it_is_bound_is_bound() -> None:
    for name in ("proof_types_supported", "cryptographic_binding_methods_supported"):
        document = METADATA.to_json()
        supported = document[SUPPORTED]
        assert isinstance(supported, dict)
        configuration = supported["id"]
        assert isinstance(configuration, dict)
        del configuration[name]
        found = read_issuer_metadata(document, identifier=ISSUER)
        assert found.configurations["id"].is_bound
    assert not METADATA.configurations["other"].is_bound
