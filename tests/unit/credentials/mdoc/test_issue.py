"""Documents are issued as ISO/IEC 18013-5 9.1.2.4 has them, and say no more."""

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborTag, read_cbor, write_cbor
from idwallet.credentials.mdoc.elements import Kind, element_value, kind_of
from idwallet.credentials.mdoc.issue import MdocHash, issuer_items, whole_seconds
from idwallet.credentials.mdoc.mso import DIGEST_IDS, Authorizations
from idwallet.credentials.mdoc.transcript import tagged
from idwallet.envelope.cose import signature_reason
from idwallet.errors import UsageError
from idwallet.report import Reason, StatusListNeeded
from idwallet.trust.identifier_list.structures import IdentifierReference
from tests.unit.credentials.mdoc.making import (
    LICENCE,
    LIFE,
    MDL,
    NAMESPACE,
    device,
    issued,
    issued_bytes,
    issuer,
    licence,
)


def test_every_element_comes_back_in_its_order_and_type() -> None:
    (items,) = issued().namespaces.values()
    assert [each.element for each in items] == list(LICENCE.elements[NAMESPACE])
    found = {each.element: each.value for each in items}
    assert found["birth_date"] == CborTag(1004, "1990-05-17")
    assert found["age_over_18"] is True
    assert found["portrait"] == LICENCE.elements[NAMESPACE]["portrait"]


def test_all_of_it_is_deterministic_cbor() -> None:
    data = issued_bytes()
    assert write_cbor(read_cbor(data, at="")) == data
    made = issued()
    payload = read_cbor(made.auth.payload, at="")
    assert isinstance(payload, CborTag)
    inside = payload.value
    assert isinstance(inside, bytes)
    assert write_cbor(read_cbor(inside, at="")) == inside
    for item in made.namespaces[NAMESPACE]:
        assert write_cbor(read_cbor(item.octets, at="")) == item.octets


@pytest.mark.parametrize("hashed", MdocHash)
def test_digests_are_over_the_items_as_they_are_handed_out(hashed: MdocHash) -> None:
    made = issued(licence(hash=hashed))
    name = hashed.value.replace("-", "").lower()
    assert made.mso.hashed == name
    for item in made.namespaces[NAMESPACE]:
        expected = hashlib.new(name, tagged(item.octets)).digest()
        assert made.mso.digests[NAMESPACE][item.digest_id] == expected


def test_the_issuer_signed_what_is_there() -> None:
    key = issuer().public_key
    assert signature_reason(issued().auth, key=key, allowed=key.algorithms) is (
        Reason.VALID
    )


def test_no_two_items_share_their_randomness_and_each_has_enough() -> None:
    salts = [each.random for _ in range(20) for each in issued().namespaces[NAMESPACE]]
    assert len(set(salts)) == len(salts)
    assert min(map(len, salts)) >= 16


def test_a_digest_identifier_tells_nothing_of_its_element() -> None:
    count = len(LICENCE.elements[NAMESPACE])
    orders = {
        tuple(each.digest_id for each in issued().namespaces[NAMESPACE])
        for _ in range(40)
    }
    assert len(orders) > 30  # of 5,040 that there are
    assert all(set(order) == set(range(count)) for order in orders)
    assert count < DIGEST_IDS


def test_decoys_cannot_be_told_from_digests_of_elements() -> None:
    made = issued(licence(decoys=9))
    count = len(LICENCE.elements[NAMESPACE])
    digests = made.mso.digests[NAMESPACE]
    assert len(digests) == count + 9
    assert {len(each) for each in digests.values()} == {32}
    shown = {each.digest_id for each in made.namespaces[NAMESPACE]}
    places = {
        tuple(
            sorted(
                each.digest_id
                for each in issued(licence(decoys=9)).namespaces[NAMESPACE]
            )
        )
        for _ in range(20)
    }
    assert len(shown) == count
    assert len(places) > 1  # elements do not stand before decoys


def test_broken_randomness_in_the_order_only_shows_in_the_order() -> None:
    items = issuer_items(LICENCE, random=bytes)
    digests = read_cbor(items.digests, at="")
    assert isinstance(digests, dict)
    found = digests[NAMESPACE]
    assert isinstance(found, dict)
    assert set(found) == set(range(len(LICENCE.elements[NAMESPACE])))


def test_moments_travel_in_utc_and_whole_seconds() -> None:
    east = timezone(timedelta(hours=3))
    late = datetime(2026, 11, 24, 15, 0, 0, 999_999, tzinfo=east)
    assert whole_seconds(late) == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert issued().mso.validity.valid_until == LIFE.valid_until


def test_what_the_device_may_sign_is_said() -> None:
    allowed = Authorizations(frozenset({"own"}), {NAMESPACE: frozenset({"height"})})
    found = issued(licence(authorizations=allowed)).mso.authorizations
    assert found.allows("own", "anything")
    assert found.allows(NAMESPACE, "height")
    assert not found.allows(NAMESPACE, "weight")
    assert not issued().mso.authorizations.allows(NAMESPACE, "height")


def test_a_status_stands_where_readers_look_for_it() -> None:
    listed = StatusListNeeded("https://issuer.example/status/1", 7)
    assert issued(licence(status=listed)).mso.status == {
        "status_list": {"idx": 7, "uri": "https://issuer.example/status/1"}
    }
    named = IdentifierReference("https://issuer.example/ids", b"\x01\x02")
    assert issued(licence(status=named)).mso.status == {
        "identifier_list": {"id": b"\x01\x02", "uri": "https://issuer.example/ids"}
    }
    assert issued().mso.status is None


def test_when_the_issuer_means_to_issue_anew_is_said() -> None:
    due = LIFE.signed + timedelta(days=7)
    assert issued(licence(expected_update=due)).mso.validity.expected_update == due


def test_the_document_is_bound_to_the_holders_key() -> None:
    assert issued().mso.device_key == device().public_key
    assert issued().mso.doc_type == MDL


@pytest.mark.parametrize(
    ("namespace", "element", "value", "kind"),
    [
        (NAMESPACE, "portrait", "no octets", "bstr"),
        (NAMESPACE, "birth_date", "1990-05-17", "full-date"),
        (NAMESPACE, "birth_date", datetime(1990, 5, 17, tzinfo=UTC), "full-date"),
        (NAMESPACE, "age_over_18", 1, "bool"),
        (NAMESPACE, "height", True, "uint"),
        (NAMESPACE, "height", -1, "uint"),
        (NAMESPACE, "height", "171", "uint"),
        (NAMESPACE, "driving_privileges", {}, "array"),
        (NAMESPACE, "portrait_capture_date", date(2026, 1, 1), "tdate"),
        (NAMESPACE, "biometric_template_face", "x", "bstr"),
        ("eu.europa.ec.eudi.pid.1", "nationality", "UT", "array"),
        ("eu.europa.ec.av.1", "age_over_18", "yes", "bool"),
        ("org.iso.23220.1", "family_name_unicode", b"x", "tstr"),
    ],
)
def test_a_value_of_another_type_is_refused_by_element_and_clause(
    namespace: str, element: str, value: object, kind: str
) -> None:
    with pytest.raises(UsageError, match=rf"{element} is a {kind} \(.+\)"):
        element_value(namespace, element, value=value)  # type: ignore[arg-type]


def test_nothing_is_said_of_namespaces_and_elements_that_are_not_known() -> None:
    assert kind_of("org.example.club", "portrait") is None
    assert kind_of(NAMESPACE, "an_own_element") is None
    assert kind_of(NAMESPACE, "age_over_7") is None  # NN is two digits (7.2.5)
    assert kind_of(NAMESPACE, "age_over_07") is Kind.BOOLEAN
    assert element_value("org.example.club", "portrait", value="x") == "x"


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 1, 1), datetime(2026, 1, 1, microsecond=1, tzinfo=UTC)],  # noqa: DTZ001 - a naive one is the fault
)
def test_a_moment_without_zone_or_with_parts_of_a_second_is_refused(
    moment: datetime,
) -> None:
    with pytest.raises(UsageError, match="zone"):
        element_value("org.example.club", "since", value=moment)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"doc_type": ""}, "type"),
        ({"elements": {}}, "element"),
        ({"elements": {NAMESPACE: {}}}, "elements"),
        ({"elements": {"": {"a": 1}}}, "name"),
        ({"elements": {NAMESPACE: {"": 1}}}, "names"),
        ({"decoys": -1}, "negative"),
        ({"decoys": limits.MDOC_DIGESTS}, "more elements"),
        (
            {
                "elements": {
                    f"n{n}": {"a": 1} for n in range(limits.MDOC_NAMESPACES + 1)
                }
            },
            "more namespaces",
        ),
        (
            {
                "authorizations": Authorizations(
                    frozenset({"a"}), {"a": frozenset({"b"})}
                )
            },
            "whole namespace",
        ),
    ],
)
def test_what_no_reader_takes_is_not_issued(
    change: dict[str, object], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        issued_bytes(licence(**change))


def test_nothing_of_a_person_is_shown_by_what_holds_it() -> None:
    made = issued()
    for held in (LICENCE, made, made.mso, made.namespaces[NAMESPACE][0]):
        assert "Примерова" not in repr(held)
        assert "Анна" not in repr(held)


def test_text_that_is_none_is_the_callers_mistake() -> None:
    content = licence(elements={NAMESPACE: {"family_name": "\ud800"}})
    with pytest.raises(UsageError, match="surrogate"):
        issued(content)


@pytest.mark.parametrize("value", [True, False, 0, 23, 24, 300, -1, 1.5, None, [1]])
def test_a_value_is_written_in_its_one_form(value: object) -> None:
    content = licence(elements={"org.example.1": {"it": value}})
    (item,) = issued(content).namespaces["org.example.1"]
    assert write_cbor(item.value) == write_cbor(value)  # type: ignore[arg-type]
