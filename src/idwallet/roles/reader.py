"""Ask for mobile documents as a reader does, and judge the answer (ISO/IEC 18013-5).

A reader asks within a conversation that stands already: by QR code or NFC, or through a
browser. Its request and the answer are octets that somebody else carries; what both
are bound to is the conversation's transcript.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.match_request import AGES, age_of
from idwallet.credentials.mdoc.reader import (
    ReaderIdentity,
    SignedOver,
    signed_request,
)
from idwallet.credentials.mdoc.request import (
    ItemsRequest,
    UseCase,
    items_request,
    request_info,
)
from idwallet.credentials.query import (
    CredentialQuery,
    CredentialSet,
    MdocMeta,
    Query,
)
from idwallet.errors import UsageError

if TYPE_CHECKING:
    from idwallet.roles.verifier import Verifier

_OF_AN_ELEMENT: Final = 2
_WITNESS: Final = object()
"""Held by nobody outside: what is made without it did not come from here."""


@dataclass(frozen=True, slots=True, repr=False)
class DeviceQuestion:
    """One request to a device and all that judging its answer needs.

    `message` is the DeviceRequest: carry it to the device. `session` is the
    conversation it is asked in; it does not travel, for it holds the reader's key. Only
    `Verifier.ask_device` makes one, and one answer uses it up.
    """

    message: bytes
    query: Query
    session: Session
    issued: datetime
    expires: datetime
    verifier: "Verifier"
    policy_digest: bytes
    witness: InitVar[object] = field(default=None)

    def __post_init__(self, witness: object) -> None:
        """Refuse what no verifier asked.

        Raises:
            UsageError: somebody else than a `Verifier` called.
        """
        if witness is not _WITNESS:
            raise UsageError("a DeviceQuestion comes from Verifier.ask_device")

    def __repr__(self) -> str:
        """Show until when it can be answered, not the conversation."""
        return f"DeviceQuestion({self.expires})"

    def key(self) -> bytes:
        """Return the SHA-256 digest under which the replay guard knows it."""
        transcript = self.session.handover.transcript()
        digest = hashlib.sha256(b"idwallet device question/1\0")
        for part in (transcript, self.message):
            digest.update(hashlib.sha256(part).digest())
        return digest.digest()


def ask_device(
    verifier: "Verifier",
    query: Query,
    *,
    session: Session,
    at: datetime,
    lifetime: timedelta = limits.REQUEST_LIFETIME,
    over: SignedOver = SignedOver.EACH_DOCUMENT,
) -> DeviceQuestion:
    """Return a signed request for what `query` asks; see `Verifier.ask_device`.

    Raises:
        UsageError: see there.
        SignerError: the key could not sign.
    """
    issued, expires = times_of(at, lifetime)
    query = _of_documents(query.require_askable())
    identity = verifier.identity
    if not identity.certificates:
        raise UsageError("a reader signs with certificates (ISO/IEC 18013-5 9.1.4)")
    message = signed_request(
        [_items(each) for each in query.credentials],
        handover=session.handover,
        by=ReaderIdentity(identity.signer, identity.certificates),
        over=over,
        info=request_info(_uses(query)),
    )
    return DeviceQuestion(
        message,
        query,
        session,
        issued,
        expires,
        verifier,
        verifier.policy.digest(),
        witness=_WITNESS,
    )


def restored_question(
    verifier: "Verifier",
    query: Query,
    *,
    message: bytes,
    session: Session,
    times: tuple[datetime, datetime],
) -> DeviceQuestion:
    """Return a question that a verifier asked before, from what it kept of it."""
    digest = verifier.policy.digest()
    return DeviceQuestion(
        message, query, session, *times, verifier, digest, witness=_WITNESS
    )


def times_of(at: datetime, lifetime: timedelta) -> tuple[datetime, datetime]:
    """Return from when until when a request may be answered, in whole seconds.

    Raises:
        UsageError: `at` has no time zone, or `lifetime` is not positive or longer than
            `limits.REQUEST_LIFETIME_MAXIMUM`.
    """
    require_aware(at)
    if not timedelta(0) < lifetime <= limits.REQUEST_LIFETIME_MAXIMUM:
        raise UsageError("a request lives longer than nothing and at most a day")
    issued = at.replace(microsecond=0)
    return issued, issued + lifetime


def _of_documents(query: Query) -> Query:
    """Return what of a query a device can answer: the options of mobile documents.

    Raises:
        UsageError: it needs a credential of another format.
    """
    ids = {each.id for each in query.credentials if isinstance(each.meta, MdocMeta)}
    if len(ids) == len(query.credentials):
        return query
    sets: list[CredentialSet] = []
    for each in query.sets:
        options = tuple(option for option in each.options if ids.issuperset(option))
        if each.required and not options:
            raise UsageError("a device is asked for mobile documents alone")
        if options:
            sets.append(CredentialSet(options, each.required))
    named = {name for each in sets for option in each.options for name in option}
    kept = tuple(each for each in query.credentials if each.id in named)
    # What is asked for as a whole needs no sets, which not every wallet reads.
    whole = len(sets) == 1 and sets[0].required and len(sets[0].options) == 1
    return Query(kept, () if whole else tuple(sets))


def _items(asked: CredentialQuery) -> ItemsRequest:
    """Return what of a credential query a reader can ask for.

    Raises:
        UsageError: it asks for something that a DeviceRequest has no words for.
    """
    if not isinstance(asked.meta, MdocMeta):
        raise UsageError(f"{asked.id}: no mobile document")
    if asked.claim_sets or asked.multiple:
        raise UsageError(f"{asked.id}: a reader asks for one document and no choices")
    if any(each.type != "aki" for each in asked.trusted_authorities):
        raise UsageError(f"{asked.id}: a reader names issuers by their key identifiers")
    elements: dict[str, dict[str, bool]] = {}
    for each in asked.claims:
        namespace, name = _element(each.path)
        retain = bool(each.intent_to_retain)
        elements.setdefault(namespace, {})[name] = retain
    ages = [
        name
        for names in elements.values()
        for name in names
        if age_of(name) is not None
    ]
    if len(ages) > AGES:
        raise UsageError(
            f"{asked.id}: a reader asks for two ages (ISO/IEC 18013-5 7.2.5)"
        )
    issuers = sorted(asked.key_ids)
    return items_request(asked.meta.doctype_value, elements, issuers=issuers)


def _element(path: Iterable[object]) -> tuple[str, str]:
    names = [each for each in path if isinstance(each, str)]
    if len(names) != _OF_AN_ELEMENT:
        raise UsageError("an element stands in a namespace (OpenID4VP 1.0 B.2.4)")
    return names[0], names[1]


def _uses(query: Query) -> Iterator[UseCase]:
    places = {each.id: n for n, each in enumerate(query.credentials)}
    for each in query.credential_sets:
        sets = tuple(tuple(places[name] for name in option) for option in each.options)
        yield UseCase(sets, each.required)
