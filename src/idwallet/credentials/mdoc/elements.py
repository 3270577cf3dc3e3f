"""Data elements of known namespaces, each with the CBOR type that its text demands.

A namespace that is not here may be issued all the same: nothing is said of it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, Union, cast

from idwallet.codec.cbor import CborTag, CborValue
from idwallet.credentials.mdoc.members import FULL_DATE, TDATE
from idwallet.errors import UsageError

ElementValue = Union[CborValue, date, datetime]  # noqa: UP007 - one part is a text
"""What an issuer gives: a `date` becomes a full-date, an aware `datetime` a tdate."""


class Kind(Enum):
    """The type of an element's value."""

    TEXT = "tstr"
    BYTES = "bstr"
    UINT = "uint"
    BOOLEAN = "bool"
    FULL_DATE = "full-date"
    MOMENT = "tdate"
    DAY = "tdate or full-date"
    LIST = "array"
    MAP = "map"
    DAY_OR_MAP = "full-date or map"


class Namespace(NamedTuple):
    """The elements of one namespace, and the clause that lists them.

    `aged` says that elements ``age_over_NN`` are among them; `families` are beginnings
    of elements that are byte strings.
    """

    clause: str
    elements: Mapping[str, Kind]
    aged: bool = False
    families: tuple[str, ...] = ()


_PLAIN: Final = frozenset({str, bytes, bool, int})
_AGE: Final = re.compile(r"age_over_\d\d", re.ASCII)
_BIOMETRIC: Final = "biometric_template_"
_YEARS: Final = ("age_in_years", "age_birth_year")


def _named(kind: Kind, names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


_MDL: Final = Namespace(
    "ISO/IEC 18013-5 §7.2.1 table 5",
    MappingProxyType(
        {
            **_named(
                Kind.TEXT,
                "family_name given_name issuing_country issuing_authority"
                " document_number un_distinguishing_sign administrative_number"
                " eye_colour hair_colour birth_place resident_address"
                " issuing_jurisdiction nationality resident_city resident_state"
                " resident_postal_code resident_country"
                " family_name_national_character given_name_national_character",
            ),
            **_named(Kind.FULL_DATE, "birth_date"),
            **_named(Kind.DAY, "issue_date expiry_date"),
            **_named(Kind.MOMENT, "portrait_capture_date"),
            **_named(Kind.BYTES, "portrait signature_usual_mark"),
            **_named(Kind.UINT, "sex height weight age_in_years age_birth_year"),
            **_named(Kind.LIST, "driving_privileges"),
        }
    ),
    aged=True,
    families=(_BIOMETRIC,),
)

_AAMVA: Final = Namespace(
    "AAMVA mDL Implementation Guidelines table 1",
    MappingProxyType(
        {
            **_named(Kind.LIST, "domestic_driving_privileges"),
            **_named(
                Kind.TEXT,
                "name_suffix family_name_truncation given_name_truncation"
                " aka_family_name aka_given_name aka_family_name.v2"
                " aka_given_name.v2 aka_suffix race_ethnicity first_name"
                " middle_names first_name_truncation middle_names_truncation"
                " DHS_compliance resident_county audit_information"
                " DHS_compliance_text",
            ),
            **_named(
                Kind.UINT,
                "organ_donor veteran weight_range EDL_credential EDL_credential.v2 sex"
                " CDL_indicator DHS_temporary_lawful_status aamva_version",
            ),
            **_named(Kind.FULL_DATE, "hazmat_endorsement_expiration_date"),
        }
    ),
)

_PID: Final = Namespace(
    "PID Rulebook (ARF Annex 3.01) §3.1",
    MappingProxyType(
        {
            **_named(
                Kind.TEXT,
                "family_name given_name resident_address resident_country"
                " resident_state resident_city resident_postal_code resident_street"
                " resident_house_number personal_administrative_number"
                " family_name_birth given_name_birth email_address"
                " mobile_phone_number issuing_authority issuing_country"
                " document_number issuing_jurisdiction trust_anchor"
                " attestation_legal_category",
            ),
            **_named(Kind.FULL_DATE, "birth_date"),
            **_named(Kind.MAP, "place_of_birth"),
            **_named(Kind.LIST, "nationality"),
            **_named(Kind.BYTES, "portrait"),
            **_named(Kind.UINT, "sex age_in_years age_birth_year"),
            **_named(Kind.DAY, "expiry_date issuance_date"),
        }
    ),
    aged=True,
)

_AGE_VERIFICATION: Final = Namespace(
    "EU Age Verification Profile annex A",
    MappingProxyType(_named(Kind.DAY, "issuance_date expiry_date")),
    aged=True,
)

_PHOTO_COMMON: Final = Namespace(
    "ISO/IEC TS 23220-2 table 1",
    MappingProxyType(
        {
            **_named(
                Kind.TEXT,
                "family_name_unicode given_name_unicode family_name_latin1"
                " given_name_latin1 issuing_authority_unicode issuing_country"
                " document_number birthplace resident_address_unicode"
                " resident_city_unicode resident_postal_code resident_country"
                " nationality name_at_birth issuing_subdivision resident_city_latin1"
                " resident_address_latin1 issuing_authority_latin1",
            ),
            **_named(Kind.DAY_OR_MAP, "birth_date birthdate"),
            **_named(Kind.DAY, "issue_date expiry_date"),
            **_named(Kind.MOMENT, "portrait_capture_date"),
            **_named(Kind.BYTES, "portrait"),
            **_named(Kind.UINT, "sex age_in_years age_birth_year"),
        }
    ),
    aged=True,
)

_PHOTO_ID: Final = Namespace(
    "ISO/IEC TS 23220-4 annex C",
    MappingProxyType(
        _named(
            Kind.TEXT,
            "person_id birth_country birth_state birth_city administrative_number"
            " resident_street resident_house_number resident_state"
            " travel_document_number",
        )
    ),
)

NAMESPACES: Final[Mapping[str, Namespace]] = MappingProxyType(
    {
        "org.iso.18013.5.1": _MDL,
        "org.iso.18013.5.1.aamva": _AAMVA,
        "eu.europa.ec.eudi.pid.1": _PID,
        "eu.europa.ec.av.1": _AGE_VERIFICATION,
        "org.iso.23220.1": _PHOTO_COMMON,
        "org.iso.23220.photoid.1": _PHOTO_ID,
    }
)
"""The namespaces whose elements are known."""


def kind_of(namespace: str, element: str) -> Kind | None:
    """Return the type of an element, None where nothing is known of it."""
    known = NAMESPACES.get(namespace)
    if known is None:
        return None
    if known.aged and _AGE.fullmatch(element):
        return Kind.BOOLEAN
    if element.startswith(known.families):
        return Kind.BYTES
    return known.elements.get(element)


def element_value(namespace: str, element: str, *, value: ElementValue) -> CborValue:
    """Return a value as it is issued.

    Raises:
        UsageError: it is of another type than the namespace demands; the message names
            element and clause. Or a moment has no zone, or parts of a second.
    """
    written = (
        cast("CborValue", value) if type(value) in _PLAIN else written_value(value)
    )
    fits = _fit_of(namespace, element)
    if fits is not None and not fits(written):
        kind, clause = kind_of(namespace, element), NAMESPACES[namespace].clause
        raise UsageError(
            f"{element} is a {'' if kind is None else kind.value} ({clause})"
        )
    return written


# An issuer asks of the same elements for every document.
@lru_cache(maxsize=1024)
def _fit_of(namespace: str, element: str) -> Callable[[CborValue], bool] | None:
    kind = kind_of(namespace, element)
    return None if kind is None else _FITS[kind]


@lru_cache(maxsize=1024)
def plain_types_of(namespace: str, element: str) -> frozenset[type]:
    """Return of which types a value needs no second look, whatever it says.

    Of text, octets, flags, days, and numbers that are not negative; of all others
    `element_value` has more to ask.
    """
    kind = kind_of(namespace, element)
    return _ALL_PLAIN if kind is None else _PLAIN_TYPES.get(kind, frozenset())


_ALL_PLAIN: Final[frozenset[type]] = frozenset({str, bytes, bool, date, int})
_PLAIN_TYPES: Final[Mapping[Kind, frozenset[type]]] = {
    Kind.TEXT: frozenset({str}),
    Kind.BYTES: frozenset({bytes}),
    Kind.BOOLEAN: frozenset({bool}),
    Kind.UINT: frozenset({int}),
    Kind.FULL_DATE: frozenset({date}),
    Kind.DAY: frozenset({date}),
    Kind.DAY_OR_MAP: frozenset({date}),
}


def written_value(value: ElementValue) -> CborValue:
    """Return days and moments as CBOR has them, all else as it is.

    Raises:
        UsageError: a moment has no zone, or parts of a second (9.1.2.4).
    """
    if isinstance(value, datetime):
        if value.utcoffset() is None or value.microsecond:
            raise UsageError("a moment has a zone and whole seconds")
        return tdate(value)
    if isinstance(value, date):
        return CborTag(FULL_DATE, value.isoformat())
    if isinstance(value, list):
        return [written_value(each) for each in value]
    if isinstance(value, dict):
        return {name: written_value(each) for name, each in value.items()}
    return value


def tdate(moment: datetime) -> CborTag:
    """Return a moment as `tdate`: UTC, whole seconds, ``Z``; parts are cut off."""
    return CborTag(TDATE, tdate_text(moment))


def tdate_text(moment: datetime) -> str:
    """Return what stands under the tag of a `tdate`; see there."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat("T", "seconds").removesuffix("+00:00") + "Z"


def _is_tagged(value: CborValue, *, number: int, pattern: re.Pattern[str]) -> bool:
    if type(value) is not CborTag or value.number != number:
        return False
    text = value.value
    return isinstance(text, str) and pattern.fullmatch(text) is not None


_DAY_TEXT: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT_TEXT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def _is_day(value: CborValue) -> bool:
    return _is_tagged(value, number=FULL_DATE, pattern=_DAY_TEXT)


def _is_moment(value: CborValue) -> bool:
    return _is_tagged(value, number=TDATE, pattern=_MOMENT_TEXT)


_FITS: Final[Mapping[Kind, Callable[[CborValue], bool]]] = {
    Kind.TEXT: lambda value: type(value) is str,
    Kind.BYTES: lambda value: type(value) is bytes,
    Kind.UINT: lambda value: type(value) is int and value >= 0,
    Kind.BOOLEAN: lambda value: type(value) is bool,
    Kind.FULL_DATE: _is_day,
    Kind.MOMENT: _is_moment,
    Kind.DAY: lambda value: _is_day(value) or _is_moment(value),
    Kind.LIST: lambda value: type(value) is list,
    Kind.MAP: lambda value: type(value) is dict,
    Kind.DAY_OR_MAP: lambda value: _is_day(value) or type(value) is dict,
}
