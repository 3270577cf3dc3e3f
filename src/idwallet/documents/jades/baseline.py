"""Which header parameters JAdES baseline signatures must, may and must not have.

(ETSI TS 119 182-1 V1.2.1, clause 6.3, table 1.) The one table that signing and judging
follow, and the other one of what stands unsigned in ``etsiU``.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Final, NamedTuple

from idwallet.codec.json import JsonValue
from idwallet.codec.numeric_date import numeric_date
from idwallet.documents.jades.elements import Element, token_count
from idwallet.documents.model import Level
from idwallet.envelope.jws import JwsHeader


class Presence(Enum):
    """Whether a header parameter is signed."""

    DEMANDED = "demanded"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class Rule(NamedTuple):
    """What the baseline says of one signed header parameter, and where.

    `detached` and `counter` say it where it differs for a document that travels apart,
    and for a signature on a signature.
    """

    presence: Presence
    clause: str
    detached: Presence | None = None
    counter: Presence | None = None


_D, _A, _F = Presence.DEMANDED, Presence.ALLOWED, Presence.FORBIDDEN
_TS: Final = "TS 119 182-1"

SIGNED: Final = {
    "alg": Rule(_D, f"{_TS} §5.1.2"),
    "cty": Rule(_A, f"{_TS} §5.1.3", counter=_F),
    "kid": Rule(_A, f"{_TS} §5.1.4"),
    "x5u": Rule(_A, f"{_TS} §5.1.5"),  # never followed
    "x5t": Rule(_F, f"{_TS} §5.1.6"),
    "x5t#S256": Rule(_A, f"{_TS} §5.1.7"),  # `CERTIFICATE` and `TIME` say more
    "x5c": Rule(_A, f"{_TS} §5.1.8"),
    "crit": Rule(_A, f"{_TS} §5.1.9"),
    "b64": Rule(_A, f"{_TS} §5.1.10"),
    "iat": Rule(_A, f"{_TS} §5.1.11"),
    "sigT": Rule(_A, f"{_TS} §5.2.1"),
    "x5t#o": Rule(_A, f"{_TS} §5.2.2.2"),
    "sigX5ts": Rule(_A, f"{_TS} §5.2.2.3"),
    "srCms": Rule(_A, f"{_TS} §5.2.3"),
    "sigPl": Rule(_A, f"{_TS} §5.2.4"),
    "srAts": Rule(_A, f"{_TS} §5.2.5"),
    "adoTst": Rule(_A, f"{_TS} §5.2.6"),
    "sigPId": Rule(_A, f"{_TS} §5.2.7"),
    "sigD": Rule(_F, f"{_TS} §5.2.8.1", detached=_A, counter=_F),
    "etsiU": Rule(_F, f"{_TS} §5.3.1"),
    "typ": Rule(_A, "RFC 7515 §4.1.9"),
    "jwk": Rule(_A, "RFC 7515 §4.1.3"),  # never used: the certificate has the key
    "jku": Rule(_A, "RFC 7515 §4.1.2"),  # never followed
}
"""Each signed header parameter. What is not here is ignored, as RFC 7515 4 wants it,
unless `crit` names it: then it is refused."""

UNDERSTOOD: Final = frozenset(
    {"b64", "sigT", "x5t#o", "sigX5ts", "srCms", "sigPl", "srAts", "sigD"}
)
"""What `crit` may name. Neither ``sigPId`` nor ``adoTst``: no signature policy is
applied here, and no timestamp on the payload alone is judged."""

CERTIFICATE: Final = ("x5t#S256", "x5t#o", "sigX5ts")
"""Which certificate signed: one of them, or ``x5c`` alone (5.1.7)."""

TIME: Final = ("iat", "sigT")
"""When it was signed, as the signer says: one of them (5.1.11)."""

LAST_SIG_T: Final = datetime(2025, 7, 15, tzinfo=UTC)
"""From when on new signatures have ``iat`` and no ``sigT`` (5.1.11)."""


class Unsigned(NamedTuple):
    """What the baseline says of one element of ``etsiU``: how often, and where.

    `most` is None where any number may be; `at_long_term` is False for what no
    signature of B-LT or B-LTA has.
    """

    clause: str
    most: int | None = None
    at_long_term: bool = True


UNSIGNED: Final = {
    "sigTst": Unsigned(f"{_TS} §5.3.4"),
    "xVals": Unsigned(f"{_TS} §5.3.5.2", most=1),
    "rVals": Unsigned(f"{_TS} §5.3.5.3", most=1),
    "axVals": Unsigned(f"{_TS} §5.3.5.4", most=1),
    "arVals": Unsigned(f"{_TS} §5.3.5.5", most=1),
    "anyValData": Unsigned(f"{_TS} §5.3.5.6"),
    "tstVD": Unsigned(f"{_TS} §5.3.6.1"),
    "arcTst": Unsigned(f"{_TS} §5.3.6.2"),
    "cSig": Unsigned(f"{_TS} §5.3.2"),
    "sigPSt": Unsigned(f"{_TS} §5.3.3", most=1),
    "xRefs": Unsigned(f"{_TS} §A.1.1", most=1, at_long_term=False),
    "rRefs": Unsigned(f"{_TS} §A.1.2", most=1, at_long_term=False),
    "axRefs": Unsigned(f"{_TS} §A.1.3", most=1, at_long_term=False),
    "arRefs": Unsigned(f"{_TS} §A.1.4", most=1, at_long_term=False),
    "sigRTst": Unsigned(f"{_TS} §A.1.5.1", at_long_term=False),
    "rfsTst": Unsigned(f"{_TS} §A.1.5.2", at_long_term=False),
}
"""Each element of ``etsiU``; any other says nothing here, and is no fault."""

_VALUES: Final = frozenset({"xVals", "rVals", "axVals", "arVals", "anyValData"})


def fault(header: JwsHeader, *, is_detached: bool, is_counter: bool) -> str | None:
    """Return how the signed header differs from the baseline, or None."""
    found = header.parameters
    for name, rule in SIGNED.items():
        wanted = rule.presence
        if is_detached and rule.detached is not None:
            wanted = rule.detached
        if is_counter and rule.counter is not None:
            wanted = rule.counter
        if (name in found) is (wanted is not _D) and wanted is not _A:
            word = "no" if wanted is _D else "what must not be:"
            return f"{word} {name} ({rule.clause})"
    if "sigD" in found and "sigD" not in header.critical:
        return f"sigD that crit does not name ({_TS} §5.1.9)"
    named = sum(name in found for name in CERTIFICATE)
    if named > 1 or (not named and not header.x5c):
        word = "more than one" if named else "no"
        return f"{word} reference to the certificate ({_TS} §5.1.7)"
    return _time_fault(header)


def _time_fault(header: JwsHeader) -> str | None:
    found = [name for name in TIME if name in header.parameters]
    if len(found) != 1:
        word = "two times" if found else "no time"
        return f"{word} of signing ({_TS} §5.1.11)"
    moment = signing_time(header)
    if moment is None:
        return f"a time of signing that is none ({_TS} §5.1.11, §5.2.1)"
    if found == ["sigT"] and moment >= LAST_SIG_T:
        return f"sigT, which no new signature has ({_TS} §5.1.11)"
    return None


_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def signing_time(header: JwsHeader) -> datetime | None:
    """Return when the signer says to have signed, None where nothing is said.

    It is ``iat`` (RFC 7519 4.1.6) or the older ``sigT`` (RFC 3339, in UTC, to the
    second); where both are, neither counts.
    """
    found = header.parameters
    if "iat" in found and "sigT" in found:
        return None
    if "iat" in found:
        return numeric_date(found["iat"])
    return _of_text(found.get("sigT"))


def _of_text(value: JsonValue) -> datetime | None:
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # the thirtieth of February
        return None


def unsigned_fault(elements: Sequence[Element]) -> str | None:
    """Return how what stands unsigned differs from the baseline, or None."""
    is_long = level(elements) in {Level.B_LT, Level.B_LTA}
    for name, rule in UNSIGNED.items():
        times = sum(each.name == name for each in elements)
        if rule.most is not None and times > rule.most:
            return f"{name} more than once ({rule.clause})"
        if times and is_long and not rule.at_long_term:
            return f"{name} in a signature of long term ({rule.clause})"
    for each in elements:
        if each.name == "sigTst" and token_count(each) != 1:
            return f"sigTst without exactly one timestamp ({_TS} §6.3 (c))"
    return None


def may_be_long_term(elements: Sequence[Element]) -> bool:
    """Say whether nothing stands there that no signature of B-LT or B-LTA has."""
    names = {each.name for each in elements}
    return all(rule.at_long_term for name, rule in UNSIGNED.items() if name in names)


def level(elements: Sequence[Element]) -> Level:
    """Return the level that a signature claims, by what stands unsigned in it."""
    names = {each.name for each in elements}
    if "sigTst" not in names:
        return Level.B_B
    if "arcTst" in names:
        return Level.B_LTA
    return Level.B_LT if names & _VALUES else Level.B_T
