"""The catalogue's files are complete, in both languages, and say what the law says."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

import pytest

from idwallet.credentials.catalogue import (
    CatalogueClaim,
    ClaimKind,
    CredentialType,
    Sensitivity,
    TellsAge,
    catalogue,
    listed_type,
)
from idwallet.credentials.mdoc.elements import (
    NAMESPACES,
    Kind,
    element_value,
    kind_of,
)
from idwallet.credentials.mdoc.from_json import elements_of
from idwallet.credentials.paths import look_up
from idwallet.credentials.query import MDOC, SD_JWT_VC

NAMES: Final = (
    "national-id",
    "age-proof",
    "driving-licence",
    "photo-id",
    "student-card",
    "diploma",
    "health-insurance",
    "vehicle-registration",
    "power-of-attorney",
    "bank-account",
    "residence",
    "ticket",
)


def _claims() -> Iterator[tuple[CredentialType, CatalogueClaim]]:
    for each in catalogue().values():
        for claim in each.claims.values():
            yield each, claim


def test_every_file_of_the_folder_is_in_the_catalogue() -> None:
    folder = files("idwallet.credentials.catalogue")
    found = {each.name for each in folder.iterdir() if each.name.endswith(".json")}
    assert found == {f"{name}.json" for name in NAMES}
    assert tuple(catalogue()) == NAMES
    assert [each.name for each in catalogue().values()] == list(NAMES)


def test_the_catalogue_is_read_once_and_cannot_be_changed() -> None:
    assert catalogue() is catalogue()
    assert catalogue()["age-proof"] is catalogue()["age-proof"]
    assert catalogue().get("../age-proof") is None
    assert "passport" not in catalogue()
    assert len(catalogue()) == len(NAMES)
    with pytest.raises(TypeError):
        catalogue()["x"] = catalogue()["age-proof"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        catalogue()["age-proof"].claims.pop("x")  # type: ignore[attr-defined]


def test_every_name_is_there_in_both_languages() -> None:
    shown = [each.display for each in catalogue().values()]
    shown += [claim.display for _, claim in _claims()]
    for each in shown:
        assert each.en.isascii()
        assert each.en[0].isupper()
        assert any("а" <= letter.lower() <= "я" for letter in each.ru)
        assert not any("a" <= letter.lower() <= "z" for letter in each.ru)


def test_no_two_claims_of_a_type_are_shown_by_one_name() -> None:
    for each in catalogue().values():
        claims = each.claims.values()
        assert len({claim.display.en for claim in claims}) == len(claims)
        assert len({claim.display.ru for claim in claims}) == len(claims)


def test_a_claim_that_two_types_share_is_shown_by_the_same_name() -> None:
    shown: dict[str, object] = {}
    for _, claim in _claims():
        assert shown.setdefault(claim.name, claim.display) == claim.display


def test_a_claim_name_is_plain() -> None:
    for _, claim in _claims():
        assert claim.name.replace("_", "").isalnum()
        assert claim.name.isascii()
        assert claim.name == claim.name.lower()


# PID Rulebook, section 4.1.1, and the age claims of its edition for ARF 2.5.
PID_CLAIMS: Final = (
    "family_name given_name birthdate place_of_birth nationalities address "
    "address.formatted address.country address.region address.locality "
    "address.postal_code address.street_address address.house_number "
    "birth_family_name birth_given_name email phone_number picture "
    "date_of_expiry date_of_issuance personal_administrative_number sex "
    "issuing_authority issuing_country document_number issuing_jurisdiction "
    "trust_anchor attestation_legal_category age_in_years age_birth_year "
    "age_equal_or_over.18 "
    "place_of_birth.country place_of_birth.region place_of_birth.locality"
)


def test_the_national_identity_card_has_every_claim_of_the_pid_rulebook() -> None:
    listed = catalogue()["national-id"]
    assert listed.types == {
        "dc+sd-jwt": "urn:eudi:pid:1",
        "mso_mdoc": "eu.europa.ec.eudi.pid.1",
    }
    paths = {
        ".".join(map(str, each.paths["dc+sd-jwt"])) for each in listed.claims.values()
    }
    ages = {each for each in paths if each.startswith("age_equal_or_over.")}
    assert paths - ages | {"age_equal_or_over.18"} == set(PID_CLAIMS.split())


def test_a_claim_that_states_an_age_tells_no_more() -> None:
    for each, claim in _claims():
        if claim.states_age is not None:
            assert claim.name == f"age_over_{claim.states_age}"
            assert claim.kind is ClaimKind.BOOLEAN
            assert claim.sensitivity is Sensitivity.MINIMAL
            assert claim.tells_age is None
            for form in each.formats:
                at = claim.paths[form][-1]
                age = str(claim.states_age)
                assert at == (age if form == SD_JWT_VC else f"age_over_{age}")


# Where the element's name alone is not enough: PID Rulebook 3.1.5, ISO/IEC 18013-5
# 7.2.1, ISO/IEC TS 23220-2.
FITTING: Final = {
    ClaimKind.STRING: {Kind.TEXT},
    ClaimKind.COUNTRY: {Kind.TEXT},
    ClaimKind.EMAIL: {Kind.TEXT},
    ClaimKind.PHONE: {Kind.TEXT},
    ClaimKind.URL: {Kind.TEXT},
    ClaimKind.DATE: {Kind.FULL_DATE, Kind.DAY, Kind.MOMENT, Kind.DAY_OR_MAP},
    ClaimKind.BOOLEAN: {Kind.BOOLEAN},
    ClaimKind.INTEGER: {Kind.UINT},
    ClaimKind.IMAGE: {Kind.BYTES},
    ClaimKind.OBJECT: {Kind.MAP},
    ClaimKind.LIST: {Kind.LIST},
}


def test_every_element_of_a_mobile_document_is_one_that_its_namespace_lists() -> None:
    looked = 0
    for _, claim in _claims():
        path = claim.paths.get(MDOC)
        if path is None:
            continue
        namespace, element = path
        assert isinstance(namespace, str)
        assert isinstance(element, str)
        if namespace in NAMESPACES:
            looked += 1
            assert kind_of(namespace, element) in FITTING[claim.kind], path
    assert looked > 100


@pytest.mark.parametrize(
    ("name", "namespace", "left_out"),
    [
        ("national-id", "eu.europa.ec.eudi.pid.1", set[str]()),
        ("age-proof", "eu.europa.ec.av.1", set[str]()),
        ("driving-licence", "org.iso.18013.5.1", set[str]()),
        # The other spelling of a date of birth, and Latin letters of what has others.
        (
            "photo-id",
            "org.iso.23220.1",
            {
                "birthdate",
                "issuing_authority_latin1",
                "resident_address_latin1",
                "resident_city_latin1",
            },
        ),
        ("photo-id", "org.iso.23220.photoid.1", set[str]()),
    ],
)
def test_every_element_of_a_known_namespace_has_a_neutral_name(
    name: str, namespace: str, left_out: set[str]
) -> None:
    paths = (each.paths.get(MDOC) for each in catalogue()[name].claims.values())
    found = {path[1] for path in paths if path is not None and path[0] == namespace}
    known = set(NAMESPACES[namespace].elements)
    ages = {each for each in found if str(each).startswith("age_over_")}
    assert found - ages == known - left_out
    assert bool(ages) is NAMESPACES[namespace].aged


@pytest.mark.parametrize("name", NAMES)
def test_every_encoding_has_an_example_that_can_be_issued(name: str) -> None:
    listed = catalogue()[name]
    for form in listed.formats:
        example = listed.example(form)
        assert len(example) > 2
        if form == MDOC:
            identifier = listed.types[form]
            elements = elements_of(example, identifier, at="example")
            for namespace, held in elements.items():
                for element, value in held.items():
                    element_value(namespace, element, value=value)
        for claim in listed.claims.values():
            path = claim.paths.get(form)
            if claim.example is None or path is None:
                continue
            place = (claim.name,) if form == MDOC else path
            found = look_up(example, place)
            assert found == json.loads(claim.example)
            assert isinstance(found, VALUES[claim.kind]), claim.name


VALUES: Final = {
    ClaimKind.INTEGER: int,
    ClaimKind.BOOLEAN: bool,
    ClaimKind.OBJECT: dict,
    ClaimKind.LIST: list,
    **dict.fromkeys(
        (
            ClaimKind.STRING,
            ClaimKind.DATE,
            ClaimKind.IMAGE,
            ClaimKind.COUNTRY,
            ClaimKind.EMAIL,
            ClaimKind.PHONE,
            ClaimKind.URL,
        ),
        str,
    ),
}


def test_a_type_is_found_by_its_own_name_and_by_what_it_extends() -> None:
    listed = catalogue()["national-id"]
    assert listed_type(SD_JWT_VC, ["urn:eudi:pid:1"]) is listed
    assert listed_type(SD_JWT_VC, ["urn:eudi:pid:xx:1", "urn:eudi:pid:1"]) is listed
    assert listed_type(MDOC, ["eu.europa.ec.eudi.pid.1"]) is listed
    # The name of one format is none in another.
    assert listed_type(MDOC, ["urn:eudi:pid:1"]) is None
    assert listed_type(SD_JWT_VC, []) is None


def test_no_two_types_have_one_identifier() -> None:
    named = [
        (form, name)
        for each in catalogue().values()
        for form, name in each.types.items()
    ]
    assert len(set(named)) == len(named)


def test_whose_identifier_is_the_librarys_own_says_so() -> None:
    own = {each.name for each in catalogue().values() if each.is_own}
    assert own == {"age-proof", "student-card", "ticket"}
    for name in own:
        assert "idwallet" in catalogue()[name].source


def test_a_proof_of_age_tells_nothing_else_about_the_person() -> None:
    listed = catalogue()["age-proof"]
    tells = {each.sensitivity for each in listed.claims.values()}
    assert tells == {Sensitivity.MINIMAL}
    # The ages of the EU Age Verification Profile are all there.
    profile = {13, 15, 16, 18, 21, 23, 25, 27, 28, 40, 60, 65, 67}
    assert profile <= set(listed.ages())
    assert list(listed.ages()) == sorted(listed.ages())


def test_a_face_is_a_special_claim_and_a_number_for_life_identifies() -> None:
    for _, claim in _claims():
        if claim.kind is ClaimKind.IMAGE:
            assert claim.sensitivity is Sensitivity.SPECIAL
        numbered = claim.name.endswith("_number") or claim.kind is ClaimKind.EMAIL
        if numbered and claim.name != "resident_house_number":
            assert claim.sensitivity is Sensitivity.IDENTIFYING


def test_every_sensitivity_is_in_use() -> None:
    assert {claim.sensitivity for _, claim in _claims()} == set(Sensitivity)
    assert {claim.kind for _, claim in _claims()} == set(ClaimKind)
    assert {claim.tells_age for _, claim in _claims()} == {None, *TellsAge}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_no_escape_where_a_letter_would_do(name: str) -> None:
    text = (
        files("idwallet.credentials.catalogue")
        .joinpath(f"{name}.json")
        .read_text(encoding="utf-8")
    )
    assert "\\u" not in text
    assert json.loads(text)["name"] == name
