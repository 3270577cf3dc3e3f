"""A wallet fetches a request step by step, and can go on in another process."""

import pytest

from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, UsageError
from idwallet.protocols.http import HttpResponse
from idwallet.protocols.openid4vp.abilities import WalletAbilities
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.protocols.openid4vp.inquiry import (
    REQUEST_OBJECT,
    FetchRequest,
    Inquiry,
    RequestFailed,
    RequestReady,
    restore_inquiry,
    start_inquiry,
)
from idwallet.protocols.openid4vp.reference import (
    RequestReference,
    RequestUriMethod,
    read_reference,
)
from idwallet.protocols.openid4vp.refusals import ErrorCode
from idwallet.trust.policies import WALLET
from tests.unit.roles.presentation_service_world import ABILITIES, World

SEAL = SealKey(bytes(32))
WHO = "x509_hash:" + "A" * 43
HERE = "https://shop.example/request/1"


def fetching(link: str, *, encrypted: bool = False) -> FetchRequest:
    step = start_inquiry(link, wallet=ABILITIES, encrypted=encrypted).step
    assert isinstance(step, FetchRequest)
    return step


@pytest.mark.parametrize("method", RequestUriMethod)
def test_a_reference_is_read_as_it_was_written(method: RequestUriMethod) -> None:
    made = RequestReference(WHO, HERE, method)
    assert read_reference(made.to_uri()) == made
    assert read_reference(made.to_uri("https")) == made
    assert read_reference(made.to_json()) == made
    assert read_reference("e30.e30.e30") is None
    assert read_reference(f"openid4vp://?client_id=a&request={HERE}") is None


def test_a_request_by_value_is_ready_at_once() -> None:
    for raw in ("e30.e30.e30", b"e30.e30.e30"):
        step = start_inquiry(raw, wallet=ABILITIES).step
        assert isinstance(step, RequestReady)
        assert step.raw == "e30.e30.e30"
        assert repr(step) == "RequestReady()"


def test_by_get_nothing_is_said_of_the_wallet() -> None:
    sent = fetching(RequestReference(WHO, HERE).to_uri()).request
    assert (sent.method, sent.url, sent.body) == ("GET", HERE, b"")
    assert sent.headers == (("Accept", REQUEST_OBJECT),)


def test_by_post_the_wallet_says_what_it_can_and_a_new_nonce_each_time() -> None:
    link = RequestReference(WHO, HERE, RequestUriMethod.POST).to_uri()
    first, second = fetching(link).request, fetching(link).request
    assert first.method == "POST"
    assert first.header("Accept") == REQUEST_OBJECT
    forms = first.form(), second.form()
    assert set(forms[0]) == {"wallet_metadata", "wallet_nonce"}
    assert forms[0]["wallet_nonce"] != forms[1]["wallet_nonce"]
    # All else is the same for every wallet of its kind (section 15.6).
    assert forms[0]["wallet_metadata"] == forms[1]["wallet_metadata"]


def test_no_signature_is_spoken_of_to_who_cannot_sign() -> None:
    said = WalletAbilities(WALLET.algorithms, frozenset({"redirect_uri"}))
    name = "request_object_signing_alg_values_supported"
    assert name in said.to_metadata(ClientIdPrefix.X509_HASH)
    assert name not in said.to_metadata(ClientIdPrefix.REDIRECT_URI)


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("method", RequestUriMethod)
def test_another_process_goes_on_with_what_was_sealed(
    method: RequestUriMethod, *, encrypted: bool
) -> None:
    world = World(method=method)
    begun = start_inquiry(world.start().link, wallet=ABILITIES, encrypted=encrypted)
    assert isinstance(begun.step, FetchRequest)
    other = restore_inquiry(begun.save(SEAL), key=SEAL)
    assert other.step == begun.step
    after = other.receive(world.carry(begun.step.request))
    assert isinstance(after.step, RequestReady)
    assert repr(after) == "Inquiry(RequestReady)"


def test_what_is_over_is_neither_sealed_nor_given_anything() -> None:
    done = start_inquiry("e30.e30.e30", wallet=ABILITIES)
    with pytest.raises(UsageError):
        done.save(SEAL)
    with pytest.raises(UsageError):
        done.receive(HttpResponse(200))
    for wrong in (b"", b"\x01" + bytes(40)):
        with pytest.raises(MalformedError):
            restore_inquiry(wrong, key=SEAL)
    assert isinstance(done, Inquiry)


@pytest.mark.parametrize("method", RequestUriMethod)
def test_a_name_is_asked_at_its_own_host_and_at_no_other(
    method: RequestUriMethod,
) -> None:
    named = "x509_san_dns:Shop.example"
    for astray in ("https://evil.example/r", "https://shop.example.evil.example/r"):
        link = RequestReference(named, astray, method).to_uri()
        step = start_inquiry(link, wallet=ABILITIES).step
        assert isinstance(step, RequestFailed)
        assert step.code is ErrorCode.INVALID_REQUEST_URI
        assert step.clause == "OpenID4VP 1.0 §15.8.1"
        # Whoever knows better says so, by the whole identifier.
        for known in (frozenset({named}), frozenset({named.lower()})):
            found = start_inquiry(link, wallet=ABILITIES, elsewhere=known).step
            assert isinstance(found, FetchRequest) is (named in known)
    for own in ("https://shop.example/r", "https://SHOP.example:8443/r"):
        assert (
            fetching(RequestReference(named, own, method).to_uri()).request.url == own
        )
    # A hash says nothing of a host.
    other = RequestReference(WHO, "https://evil.example/r", method)
    assert fetching(other.to_uri()).request.url == other.request_uri
