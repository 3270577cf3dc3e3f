"""Lists of issuing authorities in CBOR (VICAL, ISO/IEC 18013-5 Annex C)."""

from datetime import datetime
from typing import Final, TypeAlias

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborTag, CborValue, read_cbor
from idwallet.envelope.cose import (
    ChainRule,
    CoseRules,
    TagRule,
    read_sign1,
    signature_reason,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason
from idwallet.trust.lists.fields import (
    bounded_text,
    require_count,
    utc_moment,
    whole_number,
)
from idwallet.trust.lists.structures import (
    Candidate,
    Judged,
    ListContent,
    ListedService,
    ListForm,
    OpenedList,
    StatusPeriod,
)

_S: Final = "ISO/IEC 18013-5 §C.1.7.1"
# The chain stands outside of the signature (Annex C): it must certify the key that
# signed, under an anchor of the reader's.
_RULES: Final = CoseRules(TagRule.TAG_OPTIONAL, ChainRule.EITHER)
_DATE_TIME: Final = 0

TYPE: Final = "vical"
"""What a VICAL is called where a list's type is asked for: it has none of its own."""

IACA: Final = "urn:iso:std:iso:18013:-5:iaca"
"""What the service of each entry is called; a VICAL lists nothing else."""

_Map: TypeAlias = dict[CborKey, CborValue]


def open_vical(data: bytes) -> OpenedList:
    """Take a signed VICAL apart, believing nothing.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it is no COSE_Sign1.
        UnsupportedError: it calls critical what is not known here.
    """
    sign1 = read_sign1(data, at="list", rules=_RULES)

    def judge(candidate: Candidate) -> Judged:
        key, _, allowed = candidate
        reason = signature_reason(sign1, key=key, allowed=allowed)
        return Judged(reason, sign1.payload if reason is Reason.VALID else b"")

    return OpenedList(
        ListForm.VICAL, sign1.x5chain, str(sign1.header.algorithm), judge, read_vical
    )


def read_vical(data: bytes) -> ListContent:
    """Read a VICAL; who signed it is judged elsewhere.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it breaks Annex C.
        UnsupportedError: it has another version.
    """
    found = _map(read_cbor(data, at="list", clause=_S), at="list")
    version = bounded_text(found.get("version"), at="/version", clause=_S)
    if version.partition(".")[0] != "1":
        raise UnsupportedError("a version", at="/version", clause=_S)
    number = found.get("vicalIssueID")
    infos = found.get("certificateInfos")
    if not isinstance(infos, list):
        raise MalformedError("no list", at="/certificateInfos", clause=_S)
    require_count(len(infos), limits.LISTED_SERVICES, at="/certificateInfos", clause=_S)
    issued = _moment(found.get("date"), at="/date")
    return ListContent(
        form=ListForm.VICAL,
        operator=bounded_text(
            found.get("vicalProvider"), at="/vicalProvider", clause=_S
        ),
        territory=None,
        type=TYPE,
        sequence=None
        if number is None
        else whole_number(number, at="/vicalIssueID", clause=_S),
        issued=issued,
        next_update=_moment(found["nextUpdate"], at="/nextUpdate")
        if "nextUpdate" in found
        else None,
        services=tuple(
            _service(_map(each, at=f"/certificateInfos/{n}"), at=f"/{n}")
            for n, each in enumerate(infos)
        ),
    )


def _map(value: CborValue, *, at: str) -> _Map:
    if not isinstance(value, dict):
        raise MalformedError("no map", at=at, clause=_S)
    return value


def _moment(value: CborValue, *, at: str) -> datetime:
    """Return a tdate (ISO/IEC 18013-5 section 7.2.1), always in UTC."""
    if not isinstance(value, CborTag) or value.number != _DATE_TIME:
        raise MalformedError("no tdate", at=at, clause=_S)
    return utc_moment(value.value, at=at, clause=_S)


def _service(info: _Map, *, at: str) -> ListedService:
    place = f"/certificateInfos{at}"
    der = info.get("certificate")
    if not isinstance(der, bytes):
        raise MalformedError("no certificate", at=place, clause=_S)
    types = info.get("docType")
    if not isinstance(types, list) or not types:
        raise MalformedError("no docType", at=f"{place}/docType", clause=_S)
    require_count(len(types), limits.LISTED_TYPES, at=f"{place}/docType", clause=_S)
    names = {bounded_text(each, at=f"{place}/docType", clause=_S) for each in types}
    authority = info.get("issuingAuthority")
    country = info.get("issuingCountry")
    return ListedService(
        operator=""
        if authority is None
        else bounded_text(authority, at=f"{place}/issuingAuthority", clause=_S),
        name="",
        periods=(StatusPeriod(IACA, None, None),),
        certificates=(der,),
        jurisdiction=None
        if country is None
        else bounded_text(country, at=f"{place}/issuingCountry", clause=_S),
        credential_types=frozenset(names),
        key_id=_key_id(info.get("ski"), at=f"{place}/ski"),
    )


def _key_id(value: CborValue, *, at: str) -> bytes:
    if not isinstance(value, bytes) or not value:
        raise MalformedError("no key identifier", at=at, clause=_S)
    return value
