"""The issuer's word on who may see a credential: its embedded disclosure policy.

Regulation (EU) 2024/2979, Annex III, knows three: none, authorised relying parties
only, and a specific root of trust. ETSI TS 119 472-3 V1.1.1 (clause 4.2.5.2) says what
a policy holds and gives no names of members; those read here are the ones that an
implementer's profile of it uses. The text of the standard itself was not at hand.

A policy comes with the metadata of the issuer when a credential is issued, and is kept
with the credential (EU ARF, EDP_09 and EDP_10). What it says is advice: the person may
show the credential all the same (EDP_07).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.json import read_object
from idwallet.credentials.cursor import Cursor
from idwallet.errors import UnsupportedError

_CLAUSE: Final = "ETSI TS 119 472-3 V1.1.1 §4.2.5.2"
_NUMBER: Final = re.compile(r"[0-9]{1,64}")


class DisclosureRule(StrEnum):
    """What kind of policy it is (Regulation (EU) 2024/2979, Annex III)."""

    NONE = "none"
    """Nothing is restricted."""
    PARTIES = "parties"
    """Only to parties that are listed."""
    ROOTS = "roots"
    """Only to parties whose certificates come from an authority that is listed."""


# The standard's annex gives no words; these are met in public profiles of it.
_RULES: Final = {
    "no_policy": DisclosureRule.NONE,
    "authorised_rp_only": DisclosureRule.PARTIES,
    "authorized_rp_only": DisclosureRule.PARTIES,
    "authorised_relying_parties_only": DisclosureRule.PARTIES,
    "specific_root_of_trust": DisclosureRule.ROOTS,
}


@dataclass(frozen=True, slots=True)
class AllowedParty:
    """One party that may see the credential; every field that is there must fit.

    `identifier` is the EU-wide one that a registration names, `service` the intended
    use beside it (EU ARF, EDP_02); `subject` the subject of the access certificate as
    RFC 4514 writes it, `entitlement` one that the registration has (TS 119 475).
    """

    identifier: str | None = None
    service: str | None = None
    subject: str | None = None
    entitlement: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorityCertificate:
    """An authority's certificate: its subject, as RFC 4514 writes it, and its number.

    To whom it issues, that subject is the *issuer's distinguished name*
    (ISS-MDATA-EBD-4.2.5.2-09).
    """

    name: str
    serial: int


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """One policy. `uri` identifies it; `link` leads to the issuer's explanation.

    Both come from outside: pass them through `idwallet.codec.text.show`. `document` is
    the policy as it was read, as JSON text.
    """

    uri: str
    rule: DisclosureRule
    parties: tuple[AllowedParty, ...] = ()
    roots: tuple[AuthorityCertificate, ...] = ()
    link: str | None = None
    document: str = field(default="", repr=False, compare=False)

    def allows(self, party: "PartyFacts") -> bool:
        """Return whether the issuer lets that party see the credential.

        What is not known of a party does not fit: nobody is let in for want of
        evidence.
        """
        if self.rule is DisclosureRule.NONE:
            return True
        if self.rule is DisclosureRule.PARTIES:
            return any(_fits(each, party) for each in self.parties)
        known = {(_plain(e.name), e.serial) for e in party.authorities}
        return any((_plain(e.name), e.serial) in known for e in self.roots)


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What is proven of who asks; see `AllowedParty` for the fields.

    `authorities` are the certificates above the party's own, its trust anchor's too.
    """

    identifier: str | None = None
    service: str | None = None
    subject: str | None = None
    entitlements: tuple[str, ...] = ()
    authorities: tuple[AuthorityCertificate, ...] = ()


NOBODY: Final = PartyFacts()
"""A party of which nothing is proven."""


def _fits(allowed: AllowedParty, party: PartyFacts) -> bool:
    pairs: Iterable[tuple[str | None, str | None]] = (
        (allowed.identifier, party.identifier),
        (allowed.service, party.service),
        (_name(allowed.subject), _name(party.subject)),
    )
    if any(wanted is not None and wanted != found for wanted, found in pairs):
        return False
    return allowed.entitlement is None or allowed.entitlement in party.entitlements


def _name(text: str | None) -> str | None:
    return None if text is None else _plain(text)


def _plain(name: str) -> str:
    """Return a distinguished name so that two spellings of one compare equal.

    Case and spaces around commas and signs of equality do not matter (RFC 4514 §2,
    RFC 4517 §4.2.11); a comma that is escaped stays one. The order of its parts does.
    """
    parts = re.split(r"(?<!\\),", name)
    return ",".join(
        "=".join(" ".join(half.split()) for half in part.split("=", 1))
        for part in parts
    ).casefold()


def read_disclosure_policy(data: bytes, *, at: str) -> DisclosurePolicy:
    """Read a policy, a JSON document; `at` names it.

    Members that are not known are ignored: a policy may have extensions
    (ISS-MDATA-EBD-4.2.5.2-11). One that restricts and lists nobody is malformed.

    Raises:
        MalformedError: a member is missing or of a wrong kind.
        LimitError: it is longer, or lists more, than `limits` says.
        UnsupportedError: it is of a kind that is not known: what it asks cannot be
            kept.
    """
    bound = limits.DISCLOSURE_POLICY_BYTES
    value = read_object(data, at=at, clause=_CLAUSE, max_bytes=bound)
    here = Cursor(value, at, _CLAUSE)
    rule = _RULES.get(here.member("policy_type").text())
    if rule is None:
        raise UnsupportedError(
            "a disclosure policy of this kind", at=at, clause=_CLAUSE
        )
    link = here.optional("policy_info_url")
    parties: tuple[Cursor, ...] = ()
    roots: tuple[Cursor, ...] = ()
    most = limits.DISCLOSURE_PARTIES
    if rule is DisclosureRule.PARTIES:
        parties = here.member("authorized_parties").elements(limit=most)
    elif rule is DisclosureRule.ROOTS:
        roots = here.member("trusted_roots").elements(limit=most)
    return DisclosurePolicy(
        uri=_text(here.member("policy_uri")),
        rule=rule,
        parties=tuple(map(_party, parties)),
        roots=tuple(map(_root, roots)),
        link=None if link is None else _text(link),
        document=data.decode("utf-8"),
    )


def _party(here: Cursor) -> AllowedParty:
    found = AllowedParty(
        identifier=_maybe(here, "identifier"),
        service=_maybe(here, "service_identifier"),
        subject=_maybe(here, "subject_dn"),
        entitlement=_maybe(here, "entitlement_uri"),
    )
    if found == AllowedParty(service=found.service):
        raise here.fault("a party that nothing identifies")
    return found


def _root(here: Cursor) -> AuthorityCertificate:
    number = _text(here.member("serial_number"))
    if _NUMBER.fullmatch(number) is None:
        raise here.member("serial_number").fault("not a decimal number")
    return AuthorityCertificate(_text(here.member("issuer_dn")), int(number))


def _maybe(here: Cursor, name: str) -> str | None:
    found = here.optional(name)
    return None if found is None else _text(found)


def _text(here: Cursor) -> str:
    text = here.text()
    if len(text) > limits.URI_CHARACTERS:
        raise here.excess("a text is too long")
    return text
