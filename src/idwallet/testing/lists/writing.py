"""Lists of trust written down in each of their forms, with whatever they shall say."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from idwallet.codec.cbor import CborKey, CborTag, CborValue
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.testing.lists.scene import ListedEntry, ListFacts, PointedList
from idwallet.trust.certificate import Certificate

_T: Final = "http://uri.etsi.org/02231/v2#"
_XML: Final = 'xml:lang="en"'


def moment(value: datetime) -> str:
    """Write a moment as all three forms do."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


def _names(name: str, *values: str) -> str:
    inner = "".join(f"<Name {_XML}>{value}</Name>" for value in values)
    return f"<{name}>{inner}</{name}>"


def _identity(certificates: Iterable[bytes]) -> str:
    inner = "".join(
        f"<DigitalId><X509Certificate>{b64encode(der).decode()}"
        "</X509Certificate></DigitalId>"
        for der in certificates
    )
    return f"<ServiceDigitalIdentity>{inner}</ServiceDigitalIdentity>"


def write_etsi(facts: ListFacts) -> str:
    """Write a trusted list (ETSI TS 119 612), not signed yet."""
    update = facts.next_update
    until = "" if update is None else f"<dateTime>{moment(update)}</dateTime>"
    pointers = "".join(map(_pointer, facts.pointers))
    services = "".join(map(_provider, facts.entries))
    return (
        f'<TrustServiceStatusList xmlns="{_T}" Id="list" '
        'TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation>'
        "<TSLVersionIdentifier>6</TSLVersionIdentifier>"
        f"<TSLSequenceNumber>{facts.sequence}</TSLSequenceNumber>"
        f"<TSLType>{facts.type}</TSLType>"
        f"{_names('SchemeOperatorName', facts.operator)}"
        f"<SchemeTerritory>{facts.territory}</SchemeTerritory>"
        f"<PointersToOtherTSL>{pointers}</PointersToOtherTSL>"
        f"<ListIssueDateTime>{moment(facts.issued)}</ListIssueDateTime>"
        f"<NextUpdate>{until}</NextUpdate></SchemeInformation>"
        f"<TrustServiceProviderList>{services}</TrustServiceProviderList>"
        "</TrustServiceStatusList>"
    )


def _pointer(pointed: PointedList) -> str:
    return (
        "<OtherTSLPointer><ServiceDigitalIdentities>"
        f"{_identity(pointed.certificates)}</ServiceDigitalIdentities>"
        f"<TSLLocation>{pointed.location}</TSLLocation><AdditionalInformation>"
        f"<OtherInformation><TSLType>{pointed.type}</TSLType></OtherInformation>"
        "<OtherInformation><SchemeTerritory>"
        f"{pointed.territory}</SchemeTerritory></OtherInformation>"
        "</AdditionalInformation></OtherTSLPointer>"
    )


def _provider(entry: ListedEntry) -> str:
    history = "".join(
        f"<ServiceHistoryInstance>{_service(entry, each)}</ServiceHistoryInstance>"
        for each in entry.history
    )
    now = (entry.type, entry.status, entry.since)
    return (
        "<TrustServiceProvider><TSPInformation>"
        f"{_names('TSPName', entry.operator)}</TSPInformation><TSPServices>"
        f"<TSPService><ServiceInformation>{_service(entry, now)}"
        f"</ServiceInformation><ServiceHistory>{history}</ServiceHistory>"
        "</TSPService></TSPServices></TrustServiceProvider>"
    )


def _service(
    entry: ListedEntry, period: tuple[str, str | None, datetime | None]
) -> str:
    kind, status, since = period
    time = "" if since is None else moment(since)
    return (
        f"<ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier>"
        f"{_names('ServiceName', entry.name)}{_identity(entry.certificates)}"
        f"<ServiceStatus>{status}</ServiceStatus>"
        f"<StatusStartingTime>{time}</StatusStartingTime>"
    )


def _said(value: str) -> JsonValue:
    return [{"lang": "en", "value": value}]


def _pointed(uri: str) -> JsonValue:
    return [{"lang": "en", "uriValue": uri}]


def _certificates(ders: Iterable[bytes]) -> JsonObject:
    return {"X509Certificates": [{"val": b64encode(der).decode()} for der in ders]}


def write_lote(facts: ListFacts) -> JsonObject:
    """Write a list of trusted entities (ETSI TS 119 602)."""
    scheme: JsonObject = {
        "LoTEVersionIdentifier": 1,
        "LoTESequenceNumber": facts.sequence,
        "LoTEType": facts.type,
        "SchemeOperatorName": _said(facts.operator),
        "SchemeTerritory": facts.territory,
        "ListIssueDateTime": moment(facts.issued),
    }
    if facts.next_update is not None:
        scheme["NextUpdate"] = moment(facts.next_update)
    if facts.pointers:
        scheme["PointersToOtherLoTE"] = [_json_pointer(p) for p in facts.pointers]
    entities: list[JsonValue] = [_entity(each) for each in facts.entries]
    return {
        "LoTE": {
            "ListAndSchemeInformation": scheme,
            "TrustedEntitiesList": entities,
        }
    }


def _json_pointer(pointed: PointedList) -> JsonObject:
    return {
        "LoTELocation": pointed.location,
        "ServiceDigitalIdentities": [_certificates(pointed.certificates)],
        "LoTEQualifiers": [
            {
                "LoTEType": pointed.type,
                "SchemeOperatorName": _said("TEST"),
                "SchemeTerritory": pointed.territory,
                "MimeType": "application/jose",
            }
        ],
    }


def _entity(entry: ListedEntry) -> JsonObject:
    now = (entry.type, entry.status, entry.since)
    service: JsonObject = {"ServiceInformation": _json_service(entry, now)}
    if entry.history:
        service["ServiceHistory"] = [_json_service(entry, e) for e in entry.history]
    return {
        "TrustedEntityInformation": {
            "TEName": _said(entry.operator),
            "TEAddress": {
                "TEPostalAddress": [
                    {"lang": "en", "StreetAddress": "TEST 1", "Country": "XX"}
                ],
                "TEElectronicAddress": _pointed("mailto:test@provider.example"),
            },
            "TEInformationURI": _pointed("https://provider.example"),
        },
        "TrustedEntityServices": [service],
    }


def _json_service(
    entry: ListedEntry, period: tuple[str, str | None, datetime | None]
) -> JsonObject:
    kind, status, since = period
    found: JsonObject = {
        "ServiceName": _said(entry.name),
        "ServiceTypeIdentifier": kind,
        "ServiceDigitalIdentity": _certificates(entry.certificates),
    }
    if status is not None:
        found["ServiceStatus"] = status
    if since is not None:
        found["StatusStartingTime"] = moment(since)
    return found


def write_vical(facts: ListFacts) -> dict[CborKey, CborValue]:
    """Write a VICAL (ISO/IEC 18013-5 Annex C)."""
    found: dict[CborKey, CborValue] = {
        "version": "1.0",
        "vicalProvider": facts.operator,
        "date": CborTag(0, moment(facts.issued)),
        "certificateInfos": list(_infos(facts.entries)),
    }
    if facts.sequence is not None:
        found["vicalIssueID"] = facts.sequence
    if facts.next_update is not None:
        found["nextUpdate"] = CborTag(0, moment(facts.next_update))
    return found


def _infos(entries: Iterable[ListedEntry]) -> Iterator[CborValue]:
    for entry in entries:
        for der in entry.certificates:
            info: dict[CborKey, CborValue] = {
                "certificate": der,
                "serialNumber": 1,
                "ski": _key_id(der),
                "docType": list(entry.types),
                "issuingAuthority": entry.operator,
            }
            if entry.country is not None:
                info["issuingCountry"] = entry.country
            yield info


def _key_id(der: bytes) -> bytes:
    """Return the key identifier of a certificate, a stand-in where it has none."""
    try:
        found = Certificate.from_der(der, at="test list").subject_key_id
    except (MalformedError, UnsupportedError):
        return b"none"
    return found or b"none"
