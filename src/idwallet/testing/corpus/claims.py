"""Forged type, validity and status claims."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from idwallet.codec.json import JsonValue
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.disclosures import signs
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import ABSENT, Draft

_TYPE: Final = CheckId.CREDENTIAL_TYPE
_VALIDITY: Final = CheckId.CREDENTIAL_VALIDITY
_STATUS: Final = CheckId.CREDENTIAL_STATUS
_MALFORMED: Final = Reason.MALFORMED


def _moment(name: str, away: timedelta) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        moment = int((made.scene.at + away).timestamp())
        made.payload = {**made.payload, name: moment}

    return forge


def _listed(**members: JsonValue) -> Callable[[Draft], None]:
    entry: dict[str, JsonValue] = {"idx": 7, "uri": "https://status.example/1"}
    return signs(status={"status_list": {**entry, **members}})


_DAY: Final = timedelta(days=1)

CLAIM_FORGERIES: Final = (
    Forgery("no type", _TYPE, Reason.TYPE_ABSENT, signs(vct=ABSENT)),
    Forgery("further types that are no array", _TYPE, _MALFORMED, signs(aka_vcts="x")),
    Forgery("no further type", _TYPE, _MALFORMED, signs(aka_vcts=[])),
    Forgery(
        "a further type twice",
        _TYPE,
        _MALFORMED,
        signs(aka_vcts=["urn:x", "urn:x"]),
        signs(aka_vcts=["urn:x"]),
    ),
    Forgery(
        "its own type as a further one",
        _TYPE,
        _MALFORMED,
        signs(aka_vcts=["urn:eudi:pid:1"]),
        signs(aka_vcts=["urn:x"]),
    ),
    Forgery("an empty type", _TYPE, Reason.TYPE_ABSENT, signs(vct="")),
    Forgery("a type that is no string", _TYPE, Reason.TYPE_ABSENT, signs(vct=1)),
    Forgery("expired", _VALIDITY, Reason.EXPIRED, _moment("exp", -_DAY)),
    Forgery(
        "not yet valid",
        _VALIDITY,
        Reason.NOT_YET_VALID,
        _moment("nbf", _DAY),
        _moment("nbf", -_DAY),
    ),
    Forgery(
        "issued tomorrow", _VALIDITY, Reason.ISSUED_IN_THE_FUTURE, _moment("iat", _DAY)
    ),
    Forgery("without an end", _VALIDITY, Reason.NO_EXPIRY, signs(exp=ABSENT)),
    Forgery(
        "for another audience", _VALIDITY, Reason.MISMATCH, signs(aud="x509_hash:AAAA")
    ),
    Forgery(
        "for other audiences",
        _VALIDITY,
        Reason.MISMATCH,
        signs(aud=["x509_hash:AAAA", 1]),
    ),
    Forgery(
        "for an audience that is a number", _VALIDITY, Reason.MISMATCH, signs(aud=1)
    ),
    Forgery(
        "for an audience that is null", _VALIDITY, Reason.MISMATCH, signs(aud=None)
    ),
    Forgery("an end that is a string", _VALIDITY, _MALFORMED, signs(exp="2099-01-01")),
    Forgery("an end that is true", _VALIDITY, _MALFORMED, signs(exp=True)),
    Forgery("an end that is null", _VALIDITY, _MALFORMED, signs(exp=None)),
    Forgery("an end after the year 9999", _VALIDITY, _MALFORMED, signs(exp=10**15)),
    Forgery("an end before 1970", _VALIDITY, _MALFORMED, signs(exp=-1)),
    Forgery("a beginning that is an array", _VALIDITY, _MALFORMED, signs(nbf=[])),
    Forgery(
        "a status list that nobody has", _STATUS, Reason.STATUS_LIST_NEEDED, _listed()
    ),
    Forgery("a status that is no object", _STATUS, _MALFORMED, signs(status="valid")),
    Forgery(
        "a status entry that is no object",
        _STATUS,
        _MALFORMED,
        signs(status={"status_list": 1}),
    ),
    Forgery("a status index below zero", _STATUS, _MALFORMED, _listed(idx=-1)),
    Forgery("a status index that is true", _STATUS, _MALFORMED, _listed(idx=True)),
    Forgery("a status without an address", _STATUS, _MALFORMED, _listed(uri="")),
    Forgery(
        "an unknown status mechanism",
        _STATUS,
        Reason.UNSUPPORTED,
        signs(status={"magic": {}}),
    ),
)
