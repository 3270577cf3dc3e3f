"""Requests and responses of the credential endpoints come back, or are refused."""

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import LimitError, MalformedError, ProtocolError
from idwallet.protocols.http import HttpResponse, json_response
from idwallet.protocols.openid4vci.credential import (
    CredentialRequest,
    Deferred,
    Issued,
    NotificationEvent,
    ProofKind,
    read_credential_request,
    read_credential_response,
    read_deferred_request,
    read_nonce_response,
    read_notification,
)

REQUEST = CredentialRequest(
    configuration="id",
    proofs=("proof-1", "proof-2"),
    encryption={"jwk": {"kty": "EC"}, "enc": "A256GCM"},
)


def test_a_request_comes_as_it_was_made() -> None:
    assert read_credential_request(REQUEST.to_json()) == REQUEST
    attested = CredentialRequest(
        identifier="set-1", proofs=("a",), proof_kind=ProofKind.ATTESTATION
    )
    assert read_credential_request(attested.to_json()) == attested
    unbound = CredentialRequest(configuration="ticket")
    assert read_credential_request(unbound.to_json()) == unbound


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"credential_configuration_id": "a", "credential_identifier": "b"},
        {"credential_configuration_id": ""},
        {"credential_configuration_id": "a", "proof": {"proof_type": "jwt"}},
        {"credential_configuration_id": "a", "proofs": {}},
        {"credential_configuration_id": "a", "proofs": {"jwt": []}},
        {"credential_configuration_id": "a", "proofs": {"jwt": [1]}},
        {"credential_configuration_id": "a", "proofs": {"jwt": "x"}},
        {"credential_configuration_id": "a", "proofs": {"di_vp": [{}]}},
        {"credential_configuration_id": "a", "proofs": {"attestation": ["a", "b"]}},
        {
            "credential_configuration_id": "a",
            "proofs": {"jwt": ["a"], "attestation": ["b"]},
        },
        {"credential_configuration_id": "a", "credential_response_encryption": 1},
    ],
)
def test_a_broken_request_is_refused(document: JsonObject) -> None:
    with pytest.raises(MalformedError):
        read_credential_request(document)


def test_more_proofs_than_anybody_issues_for_are_refused() -> None:
    many = list[JsonValue](["a"] * (limits.CREDENTIAL_PROOFS + 1))
    with pytest.raises(LimitError):
        read_credential_request(
            {"credential_configuration_id": "a", "proofs": {"jwt": many}}
        )


def test_credentials_come_at_once_or_later() -> None:
    issued = Issued(credentials=("one", "two"), notification="n-1")
    deferred = Deferred(transaction="t-1", interval=60)
    assert read_credential_response(issued.to_json(), status=200) == issued
    assert read_credential_response(deferred.to_json(), status=202) == deferred
    assert (issued.response().status, deferred.response().status) == (200, 202)


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({}, 200),
        ({"credentials": [{"credential": "a"}], "transaction_id": "t"}, 200),
        ({"credentials": [{"credential": "a"}]}, 202),
        ({"transaction_id": "t", "interval": 1}, 200),
        ({"transaction_id": "t"}, 202),
        ({"transaction_id": "t", "interval": 0}, 202),
        ({"transaction_id": "t", "interval": True}, 202),
        ({"transaction_id": "t", "interval": "1"}, 202),
        ({"transaction_id": "t", "interval": limits.DEFERRED_SECONDS + 1}, 202),
        ({"transaction_id": "t", "interval": 1, "notification_id": "n"}, 202),
        ({"credentials": []}, 200),
        ({"credentials": ["a"]}, 200),
        ({"credentials": [{}]}, 200),
        ({"credentials": [{"credential": {}}]}, 200),
        ({"credentials": [{"credential": "a"}], "notification_id": 1}, 200),
    ],
)
def test_a_broken_response_is_refused(document: JsonObject, status: int) -> None:
    with pytest.raises(MalformedError):
        read_credential_response(document, status=status)


def test_a_challenge_is_taken_out_of_its_answer() -> None:
    assert read_nonce_response(json_response({"c_nonce": "abc"})) == "abc"
    for broken in ({}, {"c_nonce": 1}, {"c_nonce": ""}):
        with pytest.raises(MalformedError):
            read_nonce_response(json_response(dict[str, JsonValue](broken)))
    with pytest.raises(ProtocolError):
        read_nonce_response(json_response({"error": "server_error"}, status=500))
    with pytest.raises(MalformedError):
        read_nonce_response(HttpResponse(404))


def test_a_deferred_request_names_its_transaction() -> None:
    assert read_deferred_request({"transaction_id": "t"}) == ("t", None)
    for broken in ({}, {"transaction_id": ""}, {"transaction_id": 1}):
        with pytest.raises(MalformedError):
            read_deferred_request(dict[str, JsonValue](broken))


def test_a_notification_names_what_became_of_what() -> None:
    fine: JsonObject = {"notification_id": "n", "event": "credential_deleted"}
    assert read_notification(fine) == ("n", NotificationEvent.DELETED)
    for change in ({"event": "lost"}, {"event": 1}, {"notification_id": ""}):
        with pytest.raises(MalformedError):
            read_notification(fine | dict[str, JsonValue](change))


def test_no_credential_and_no_proof_is_shown() -> None:
    shown = repr(REQUEST) + repr(Issued(credentials=("secret",)))
    assert "proof-1" not in shown
    assert "secret" not in shown
