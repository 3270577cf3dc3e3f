"""Numbers for the types and claims of the catalogue: one octet in place of a name.

Numbers are only ever added at the end: what was issued keeps its meaning. A name that
has a number is always written as one, so that there is one way to write a credential.
"""

from types import MappingProxyType
from typing import Final

from idwallet.errors import MalformedError, UnsupportedError

CLAUSE: Final = "idwallet compact 1 §3"

TYPES: Final = (
    "urn:eudi:pid:1",
    "urn:idwallet:age-proof:1",
    "org.iso.18013.5.1.mDL",
    "org.iso.23220.photoid.1",
    "urn:idwallet:student-card:1",
    "urn:eu.europa.ec.eudi:learning:credential:1",
    "urn:eu.europa.ec.eudi:ehic:1",
    "org.iso.7367.1.mVRC",
    "urn:eu.europa.ec.eudi:por:1",
    "urn:eu.europa.ec.eudi:iban:1",
    "eu.europa.ec.eudi.cor.1",
    "urn:idwallet:ticket:1",
    "urn:idwallet:guardian:1",
)
"""Types of credentials by their number."""

CLAIMS: Final = (
    # The first 24 take one octet.
    *("age_over_18", "family_name", "given_name", "birth_date", "sex", "nationality"),
    *("document_number", "issuing_country", "issuing_authority", "issuance_date"),
    *("expiry_date", "birth_place", "resident_address", "portrait", "age_over_12"),
    *("age_over_14", "age_over_16", "age_over_21", "age_over_65", "resident_city"),
    *("resident_country", "personal_administrative_number", "age_in_years"),
    "resident_postal_code",
    *("age_over_13", "age_over_15", "age_over_20", "age_over_23", "age_over_25"),
    *("age_over_27", "age_over_28", "age_over_40", "age_over_60", "age_over_62"),
    *("age_over_67", "age_over_68", "age_birth_year", "birth_country"),
    *("birth_region", "birth_locality", "family_name_birth", "given_name_birth"),
    *("resident", "resident_state", "resident_street", "resident_house_number"),
    *("email_address", "mobile_phone_number", "issuing_jurisdiction"),
    *("trust_anchor", "attestation_legal_category", "driving_privileges"),
    *("un_distinguishing_sign", "administrative_number", "height", "weight"),
    *("eye_colour", "hair_colour", "portrait_capture_date"),
    *("family_name_national_character", "given_name_national_character"),
    *("signature_usual_mark", "name_at_birth", "family_name_latin1"),
    *("given_name_latin1", "person_id", "travel_document_number"),
    *("student_number", "card_number", "institution", "institution_name"),
    *("affiliation", "field_of_study", "level_of_study", "resident_building"),
    *("post_office_box", "post_name", "ticket_number", "event_name", "event_place"),
    *("valid_from_moment", "valid_until_moment", "seat", "ticket_class", "admits"),
    *("is_reduced", "insured_number", "insured_since", "insured_until"),
    *("institution_code", "insurer_name", "insurer_country", "holder_family_name"),
    *("holder_given_name", "holder_birth_date", "patronymic", "guardian_of", "acts"),
)
"""Claims by their number; each is the neutral name that the catalogue has."""

_TYPE_NUMBERS: Final = MappingProxyType({name: n for n, name in enumerate(TYPES)})
_CLAIM_NUMBERS: Final = MappingProxyType({name: n for n, name in enumerate(CLAIMS)})


def short_type(name: str) -> int | str:
    """Return the number of a type, or its name where it has none."""
    return _TYPE_NUMBERS.get(name, name)


def short_claim(name: str) -> int | str:
    """Return the number of a claim, or its name where it has none."""
    return _CLAIM_NUMBERS.get(name, name)


def type_of(value: object, *, at: str) -> str:
    """Return the type that stands there.

    Raises:
        MalformedError: neither a number nor a name, or a name that has a number.
        UnsupportedError: a number that is not known here.
    """
    return _name(value, TYPES, at=at)


def claim_of(value: object, *, at: str) -> str:
    """Return the claim that stands there.

    Raises:
        MalformedError: neither a number nor a name, or a name that has a number.
        UnsupportedError: a number that is not known here.
    """
    return _name(value, CLAIMS, at=at)


def _name(value: object, names: tuple[str, ...], *, at: str) -> str:
    if type(value) is int:
        if 0 <= value < len(names):
            return names[value]
        raise UnsupportedError("a number of later versions", at=at, clause=CLAUSE)
    if type(value) is not str or not value:
        raise MalformedError("no name", at=at, clause=CLAUSE)
    if value in names:
        raise MalformedError("a name that has a number", at=at, clause=CLAUSE)
    return value
