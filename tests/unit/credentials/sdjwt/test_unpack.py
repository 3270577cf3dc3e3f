import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.paths import ABSENT
from idwallet.credentials.sdjwt.structures import NEVER_DISCLOSABLE
from idwallet.credentials.sdjwt.unpack import DisclosureFault, unpack
from idwallet.report import Reason
from idwallet.testing.draft import digest, disclose

NAME = disclose("salt-1", "name", "N")
ITEM = disclose("salt-2", "item")


def fault(payload: JsonObject, *disclosures: str) -> DisclosureFault:
    with pytest.raises(DisclosureFault) as caught:
        unpack(payload, disclosures)
    return caught.value


def test_disclosures_come_to_stand_where_their_digests_do() -> None:
    street = disclose("salt-3", "street", "S")
    address = disclose("salt-4", "address", {"_sd": [digest(street)], "zip": 1})
    payload: JsonObject = {
        "open": {"list": [1, {"...": digest(ITEM)}, 3]},
        "_sd": [digest(address), "nothing", digest(NAME)],
        "_sd_alg": "sha-256",
    }
    before = str(payload)
    unpacked, algorithm = unpack(payload, (ITEM, street, NAME, address))
    assert unpacked.claims == {
        "open": {"list": [1, "item", 3]},
        "address": {"zip": 1, "street": "S"},
        "name": "N",
    }
    assert algorithm == "sha-256"
    assert unpacked.hidden == 1
    places = {each.place: each for each in unpacked.revealed}
    assert set(places) == {
        ("open", "list", 1),
        ("address",),
        ("address", "street"),
        ("name",),
    }
    assert places["address", "street"].position == 1
    assert places["address", "street"].parents == (3,)
    assert places["address",].parents == ()
    assert str(payload) == before
    assert repr(unpacked) == "Unpacked(<4 disclosed, 1 hidden>)"


def test_elements_not_shown_leave_no_gap_in_the_claims_but_keep_their_place() -> None:
    payload: JsonObject = {"list": [{"...": "a"}, {"...": digest(ITEM)}, {"...": "b"}]}
    unpacked, _ = unpack(payload, (ITEM,))
    assert unpacked.claims == {"list": ["item"]}
    assert unpacked.positioned == {"list": [ABSENT, "item", ABSENT]}
    assert [each.place for each in unpacked.revealed] == [("list", 1)]
    assert unpacked.hidden == 2


def test_elements_not_shown_leave_no_gap_however_deep_they_stand() -> None:
    payload: JsonObject = {
        "open": {"list": [{"...": "a"}, 1]},
        "rows": [{"list": [[{"...": "b"}, 2]]}],
    }
    unpacked, _ = unpack(payload, ())
    assert unpacked.claims == {"open": {"list": [1]}, "rows": [{"list": [[2]]}]}


def test_a_hidden_array_inside_a_hidden_element_is_unpacked() -> None:
    inner = disclose("salt-5", [{"...": digest(ITEM)}, "x"])
    unpacked, _ = unpack({"list": [{"...": digest(inner)}]}, (inner, ITEM))
    assert unpacked.claims == {"list": [["item", "x"]]}
    assert [each.place for each in unpacked.revealed] == [("list", 0, 0), ("list", 0)][
        ::-1
    ]


@pytest.mark.parametrize("name", ["sha-256", "sha-384", "sha-512"])
def test_the_payload_names_the_hash(name: str) -> None:
    payload: JsonObject = {"_sd": [digest(NAME, name)], "_sd_alg": name}
    unpacked, algorithm = unpack(payload, (NAME,))
    assert (unpacked.claims, algorithm) == ({"name": "N"}, name)


def test_a_digest_of_another_hash_refers_to_nothing() -> None:
    payload: JsonObject = {"_sd": [digest(NAME, "sha-384")], "_sd_alg": "sha-256"}
    assert fault(payload, NAME).reason is Reason.NOT_REFERENCED


@pytest.mark.parametrize("name", sorted(NEVER_DISCLOSABLE))
def test_what_decides_validity_is_never_disclosed(name: str) -> None:
    text = disclose("salt", name, "x")
    assert unpack({name: "x"}, ())[0].claims == {name: "x"}
    refused = fault({"_sd": [digest(text)]}, text)
    assert refused.reason is Reason.CLAIM_NEVER_DISCLOSABLE
    inner = disclose("salt", "inner", "x")
    inside = fault({name: {"a": {"_sd": [digest(inner)]}}}, inner)
    assert inside.reason is Reason.CLAIM_NEVER_DISCLOSABLE
    element = disclose("salt", "x")
    listed = fault({name: [{"...": digest(element)}]}, element)
    assert listed.reason is Reason.CLAIM_NEVER_DISCLOSABLE
    assert unpack({"other": {name: 1, "_sd": [digest(NAME)]}}, (NAME,))


def deep(levels: int, bottom: JsonValue) -> JsonValue:
    for _ in range(levels):
        bottom = {"in": bottom}
    return bottom


def test_objects_and_arrays_nest_to_a_depth() -> None:
    for bottom in ({}, []):
        assert unpack({"deep": deep(limits.SD_DEPTH - 1, bottom)}, ())
        refused = fault({"deep": deep(limits.SD_DEPTH, bottom)})
        assert refused.reason is Reason.LIMIT_EXCEEDED


def test_disclosures_inside_disclosures_count_twice() -> None:
    def chain(length: int) -> tuple[str, list[str]]:
        text, made = NAME, [NAME]
        for n in range(length):
            text = disclose(f"salt-{n}", "in", {"_sd": [digest(text)]})
            made.append(text)
        return digest(text), made

    half = limits.SD_DEPTH // 2
    top, texts = chain(half)
    assert unpack({"_sd": [top]}, tuple(texts))
    top, texts = chain(half + 1)
    assert fault({"_sd": [top]}, *texts).reason is Reason.LIMIT_EXCEEDED


def test_digests_are_bounded() -> None:
    many: list[JsonValue] = [f"d{n}" for n in range(limits.DIGESTS)]
    assert unpack({"_sd": many}, ())[0].hidden == limits.DIGESTS
    refused = fault({"_sd": [*many, "one more"]})
    assert refused.reason is Reason.LIMIT_EXCEEDED


def test_a_disclosure_that_is_too_long_passes_a_limit() -> None:
    refused = fault({}, "A" * (limits.DISCLOSURE_BYTES + 1))
    assert refused.reason is Reason.LIMIT_EXCEEDED
    assert refused.facts["at"] == "disclosure 1"


def test_a_cycle_of_disclosures_cannot_be_made_and_a_stranger_is_named() -> None:
    spare = disclose("salt-9", "spare", 1)
    refused = fault({"_sd": [digest(NAME)]}, NAME, spare)
    assert refused.reason is Reason.NOT_REFERENCED
    assert refused.facts == {"at": "disclosure 2"}


def test_a_disclosure_hidden_below_one_that_is_not_shown_is_refused() -> None:
    street = disclose("salt-3", "street", "S")
    address = disclose("salt-4", "address", {"_sd": [digest(street)]})
    payload: JsonObject = {"_sd": [digest(address)]}
    assert unpack(payload, (address, street))
    assert unpack(payload, (address,))
    assert fault(payload, street).reason is Reason.NOT_REFERENCED


def test_the_place_of_a_fault_holds_no_name_that_the_payload_chose() -> None:
    refused = fault({"secret name": {"_sd": 1}})
    assert refused.facts["at"] == "payload, level 1"
    assert "secret" not in str(refused.facts)
