from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, write_json
from idwallet.codec.pem import write_pem
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.testing.pki import MOMENT, Fault, TestPki
from idwallet.trust.anchors import (
    PinnedKey,
    Purpose,
    TrustAnchor,
    TrustStore,
    Validity,
    allows_type,
)

PKI = TestPki(seed=b"anchors")
ISSUE, READ = Purpose.ISSUE_CREDENTIALS, Purpose.READ_CREDENTIALS
NAME = "https://issuer.example"
STUDENT = "urn:example:student-card"
KEY = SoftwareSigner.generate(Algorithm.ES256).public_key
OTHER_KEY = SoftwareSigner.generate(Algorithm.EDDSA).public_key


def jwks(*kids: str) -> JsonObject:
    return {"keys": [{**KEY.to_jwk(), "kid": kid} for kid in kids]}


def pinned(*kids: str, name: str = NAME) -> TrustAnchor:
    return TrustAnchor.from_jwks(
        jwks(*kids), name="pinned", purposes=[ISSUE], issuer_names=[name]
    )


def test_an_anchor_is_made_from_pem_text_pem_bytes_or_der() -> None:
    der = PKI.root.der
    for given in (PKI.root_pem, PKI.root_pem.encode(), der):
        anchor = TrustAnchor.from_certificate(
            given,
            name="root",
            purposes=[ISSUE],
            issuer_names=[NAME],
            jurisdiction="XX",
        )
        assert anchor.certificate == PKI.root
        assert anchor.purposes == {ISSUE}
        assert anchor.issuer_names == {NAME}
        assert anchor.jurisdiction == "XX"


@pytest.mark.parametrize(
    "pem",
    [PKI.root_pem * 2, write_pem("PUBLIC KEY", KEY.spki)],
    ids=["two certificates", "a public key"],
)
def test_an_anchor_is_made_from_exactly_one_certificate(pem: str) -> None:
    with pytest.raises(MalformedError):
        TrustAnchor.from_certificate(pem, name="root", purposes=[ISSUE])


def test_an_anchor_bound_to_types_allows_these_alone_to_the_letter() -> None:
    bound = TrustAnchor.from_certificate(
        PKI.root_pem, name="school", purposes=[ISSUE], credential_types=[STUDENT]
    )
    assert bound.credential_types == {STUDENT}
    assert allows_type(bound, STUDENT)
    for other in ("urn:eudi:pid:1", "", STUDENT.upper(), f"{STUDENT}:1", STUDENT[:-1]):
        assert not allows_type(bound, other)
    keys = TrustAnchor.from_jwks(
        jwks("1"),
        name="school",
        purposes=[ISSUE],
        issuer_names=[NAME],
        credential_types=[STUDENT, "urn:x"],
    )
    assert allows_type(keys, "urn:x")
    assert not allows_type(keys, "urn:y")


def test_an_anchor_that_names_no_types_restricts_none() -> None:
    for anchor in (PKI.anchor(), pinned("1")):
        assert anchor.credential_types == frozenset()
        assert allows_type(anchor, "urn:eudi:pid:1")


def test_types_without_the_purpose_of_issuing_are_refused() -> None:
    with pytest.raises(UsageError, match="issues none"):
        TrustAnchor.from_certificate(
            PKI.root_pem, name="shops", purposes=[READ], credential_types=[STUDENT]
        )


def test_an_anchor_without_a_purpose_is_refused() -> None:
    with pytest.raises(UsageError):
        PKI.anchor(purposes=[])


@pytest.mark.parametrize("fault", [None, Fault.CA_MUST_NOT_SIGN])
def test_an_anchor_whose_certificate_is_no_ca_s_is_refused(fault: Fault | None) -> None:
    chain = PKI.issuer(fault=fault).chain
    der = chain[0] if fault is None else chain[1]
    with pytest.raises(UsageError):
        TrustAnchor.from_certificate(der, name="leaf", purposes=[ISSUE])


def test_a_ca_without_key_usage_may_be_an_anchor() -> None:
    der = replace(PKI.root_plan(), key_usage=None).to_der()
    assert TrustAnchor.from_certificate(der, name="root", purposes=[ISSUE])


def test_an_anchor_has_a_certificate_or_keys_and_not_both() -> None:
    pin = (PinnedKey("1", KEY),)
    names = frozenset({NAME})
    with pytest.raises(UsageError):
        TrustAnchor(name="none", purposes=frozenset({ISSUE}), issuer_names=names)
    with pytest.raises(UsageError):
        TrustAnchor(
            name="both",
            purposes=frozenset({ISSUE}),
            issuer_names=names,
            certificate=PKI.root,
            keys=pin,
        )


def test_pinned_keys_need_a_name_to_be_pinned_under() -> None:
    with pytest.raises(UsageError):
        TrustAnchor.from_jwks(
            jwks("1"), name="pinned", purposes=[ISSUE], issuer_names=[]
        )


def test_a_key_identifier_for_two_keys_is_refused() -> None:
    with pytest.raises(UsageError):
        pinned("1", "1")


def test_a_jwk_set_is_read_as_object_text_or_bytes() -> None:
    raw = write_json(jwks("1", "2"))
    for given in (jwks("1", "2"), raw, raw.decode()):
        anchor = TrustAnchor.from_jwks(
            given, name="pinned", purposes=[ISSUE], issuer_names=[NAME]
        )
        assert anchor.keys == (PinnedKey("1", KEY), PinnedKey("2", KEY))


@pytest.mark.parametrize(
    ("broken", "at"),
    [
        ({}, "/keys"),
        ({"keys": []}, "/keys"),
        ({"keys": {}}, "/keys"),
        ({"keys": ["key"]}, "/keys/0"),
        ({"keys": [KEY.to_jwk()]}, "/keys/0"),
        ({"keys": [{**KEY.to_jwk(), "kid": ""}]}, "/keys/0"),
        ({"keys": [{**KEY.to_jwk(), "kid": 7}]}, "/keys/0"),
        ({"keys": [{**KEY.to_jwk(), "kid": "1", "x": "AA"}]}, "/keys/0/x"),
    ],
)
def test_a_broken_jwk_set_says_where(broken: JsonObject, at: str) -> None:
    with pytest.raises(MalformedError) as caught:
        TrustAnchor.from_jwks(
            broken, name="pinned", purposes=[ISSUE], issuer_names=[NAME]
        )
    assert caught.value.at == at


def test_a_jwk_set_of_too_many_keys_is_refused_unread() -> None:
    many: JsonObject = {"keys": ["key"] * (limits.TRUST_ANCHORS + 1)}
    with pytest.raises(LimitError):
        TrustAnchor.from_jwks(
            many, name="pinned", purposes=[ISSUE], issuer_names=[NAME]
        )


def test_an_anchor_may_be_bounded_in_time() -> None:
    until = MOMENT + timedelta(days=1)
    anchor = PKI.anchor().with_validity(since=MOMENT, until=until)
    assert anchor.validity == Validity(MOMENT, until)


def test_validity_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(UsageError):
        Validity(MOMENT, MOMENT - timedelta(microseconds=1))


@pytest.mark.parametrize(
    "origin",
    [
        "https://status.example",
        "https://status.example:8443",
        "http://crl.example",
        "https://[2001:db8::1]",
    ],
)
def test_an_anchor_may_name_whom_to_ask(origin: str) -> None:
    assert PKI.anchor().fetch_origins == frozenset()
    assert PKI.anchor().with_fetch_origins(origin).fetch_origins == {origin}


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "status.example",
        "https://*.example",
        "https://status.example/",
        "https://status.example/list",
        "https://status.example:443",
        "https://Status.example",
        "https://a@status.example",
        "ftp://status.example",
        "https://status.example\n",
    ],
)
def test_whom_to_ask_is_named_exactly(origin: str) -> None:
    with pytest.raises(UsageError, match="no origin like"):
        PKI.anchor().with_fetch_origins(origin)


def test_an_anchor_names_a_bounded_number_of_origins() -> None:
    names = [f"https://{n}.example" for n in range(limits.FETCH_ORIGINS + 1)]
    assert PKI.anchor().with_fetch_origins(*names[1:])
    with pytest.raises(UsageError, match="FETCH_ORIGINS"):
        PKI.anchor().with_fetch_origins(*names)


def test_an_anchor_may_name_key_purposes_of_its_own() -> None:
    assert PKI.anchor().with_key_purposes("1.2.3").key_purposes == {"1.2.3"}


def test_a_store_without_anchors_cannot_be_built() -> None:
    with pytest.raises(UsageError):
        TrustStore([])


def test_a_store_of_too_many_anchors_is_refused() -> None:
    with pytest.raises(UsageError):
        TrustStore([PKI.anchor()] * (limits.TRUST_ANCHORS + 1))


def test_a_store_keeps_its_anchors_in_order() -> None:
    anchors = (PKI.anchor(), pinned("1"))
    assert TrustStore(iter(anchors)).anchors == anchors
    assert repr(TrustStore(anchors)) == "TrustStore(<2 anchors>)"


def test_one_certificate_cannot_be_two_anchors_for_one_purpose() -> None:
    with pytest.raises(UsageError):
        TrustStore([PKI.anchor(), PKI.anchor(issuer_names=[NAME])])


def test_one_certificate_may_be_two_anchors_for_two_purposes() -> None:
    issue, read = PKI.anchor(purposes=[ISSUE]), PKI.anchor(purposes=[READ])
    store = TrustStore([issue, read])
    assert store.holding(PKI.root, ISSUE) is issue
    assert store.holding(PKI.root, READ) is read
    assert store.named(PKI.root.subject_der, READ) == ((read, PKI.root),)


def test_one_name_and_key_identifier_cannot_be_pinned_twice() -> None:
    with pytest.raises(UsageError):
        TrustStore([pinned("1"), pinned("1")])


def test_several_anchors_may_pin_keys_under_one_name() -> None:
    one, two = pinned("1"), pinned("2", "3")
    store = TrustStore([one, two])
    found = [(anchor, pin.kid) for anchor, pin in store.pinned(NAME, ISSUE)]
    assert found == [(one, "1"), (two, "2"), (two, "3")]
    assert store.pinned(NAME, READ) == ()
    assert store.pinned("https://other.example", ISSUE) == ()


def test_a_registered_name_pins_nothing_for_a_certificate() -> None:
    store = PKI.store(issuer_names=[NAME])
    assert store.pinned(NAME, ISSUE) == ()


def test_who_is_believed_to_issue_is_believed_about_who_signs_status_lists() -> None:
    anchor = PKI.anchor(purposes=[Purpose.ISSUE_CREDENTIALS])
    reader = PKI.anchor(purposes=[Purpose.READ_CREDENTIALS])
    lists = Purpose.SIGN_STATUS_LISTS
    assert TrustStore([anchor]).holding(PKI.root, lists) is anchor
    assert TrustStore([reader]).holding(PKI.root, lists) is None


def test_one_certificate_cannot_be_two_anchors_for_status_lists() -> None:
    one = PKI.anchor(purposes=[Purpose.ISSUE_CREDENTIALS])
    other = PKI.anchor(purposes=[Purpose.SIGN_STATUS_LISTS])
    with pytest.raises(UsageError):
        TrustStore([one, other])
    both = PKI.anchor(purposes=[Purpose.ISSUE_CREDENTIALS, Purpose.SIGN_STATUS_LISTS])
    assert TrustStore([both]).anchors == (both,)
