"""Mobile documents in a wallet (ISO/IEC 18013-5, OpenID4VP 1.0 B.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.mdoc.evaluate import evaluate_issued, unreadable
from idwallet.credentials.mdoc.present import (
    DeviceElements,
    Showing,
    device_response,
    signed_document,
)
from idwallet.credentials.mdoc.structures import IssuerSigned, read_issuer_signed
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.credentials.mdoc.values import json_of
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.required import STORED_MDOC, Context, HeldBy
from idwallet.credentials.sdjwt.metadata import TypeMetadataSet
from idwallet.crypto.signer import Signer
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import KeyStore
from idwallet.report import CheckId, StatusListNeeded
from idwallet.roles.held.format import Conversation, Judged, Kept, held_key, place_of

_CLAUSE: Final = "OpenID4VCI 1.0 §A.2.4"
_OF_AN_ELEMENT: Final = 2  # namespace and identifier (OpenID4VP 1.0 B.2.4)

NOTHING_SAID: Final[DeviceElements] = MappingProxyType({})

Names = Mapping[str, tuple[str, ...]]
"""Identifiers of elements, by namespace."""


@dataclass(frozen=True, slots=True, repr=False)
class MdocChosen:
    """Elements chosen of one document."""

    document: IssuerSigned
    claims: JsonObject
    elements: Names

    def __repr__(self) -> str:
        """Show how many elements were chosen."""
        return f"MdocChosen(<{sum(map(len, self.elements.values()))} elements>)"

    @property
    def reveals(self) -> tuple[ClaimPath, ...]:
        """Where every claim stands that would be seen: what was chosen, no more."""
        return tuple(
            place
            for namespace, names in self.elements.items()
            for name in names
            for place in _leaves(self._value(namespace, name), namespace, name)
        )

    def _value(self, namespace: str, name: str) -> JsonValue:
        elements = self.claims[namespace]
        return elements[name] if isinstance(elements, dict) else None

    def showing(self, *, said: DeviceElements = NOTHING_SAID) -> Showing:
        """Return what a device signs, with what it says by itself.

        Raises:
            UsageError: the issuer has said the same already.
        """
        for namespace, names in said.items():
            issued = self.claims.get(namespace)
            if isinstance(issued, dict) and not issued.keys().isdisjoint(names):
                raise UsageError("the device says what its issuer has signed")
        return Showing(self.document, self.elements, said)

    def show(
        self,
        signer: Signer,
        conversation: Conversation,
        *,
        at: datetime,  # noqa: ARG002 - a device signs no time (9.1.3)
    ) -> str:
        """Return a DeviceResponse of one document for OpenID4VP (B.2.5, B.2.6.1)."""
        handover = conversation.over or RedirectHandover(
            conversation.client_id,
            conversation.nonce,
            conversation.response_uri,
            conversation.thumbprint,
        )
        made = signed_document(self.showing(), signer=signer, handover=handover)
        return b64.encode(device_response([made]))


def _leaves(value: JsonValue, *at: str | int) -> tuple[ClaimPath, ...]:
    """Return where what is inside of an element stands; itself where it is empty."""
    if isinstance(value, dict) and value:
        inside: Iterable[tuple[str | int, JsonValue]] = value.items()
    elif isinstance(value, list) and value:
        inside = enumerate(value)
    else:
        return (at,)
    return tuple(place for key, each in inside for place in _leaves(each, *at, key))


@dataclass(frozen=True, slots=True, repr=False)
class MdocOpened:
    """A document with every element that the issuer gave.

    `claims` are by namespace and element, as JSON has them (OpenID4VP 1.0 B.2.4).
    """

    document: IssuerSigned
    claims: JsonObject

    def __repr__(self) -> str:
        """Show its type only."""
        return f"MdocOpened({self.document.mso.doc_type!r})"

    @property
    def positioned(self) -> JsonObject:
        """The same: an element is shown whole or not at all."""
        return self.claims

    @property
    def status(self) -> StatusListNeeded | None:
        """Its place in a status list (second edition 12.3.6.2)."""
        return place_of(self.document.mso.status)

    def choose(self, paths: Iterable[ClaimPath]) -> MdocChosen:
        """Choose the elements at `paths`; what is not in the document is left out."""
        wanted = frozenset(path[:_OF_AN_ELEMENT] for path in paths)
        elements: dict[str, tuple[str, ...]] = {}
        for namespace, items in self.document.namespaces.items():
            names = (each.element for each in items)
            chosen = tuple(each for each in names if (namespace, each) in wanted)
            if chosen:
                elements[namespace] = chosen
        return MdocChosen(self.document, self.claims, elements)


class MdocFormat:
    """Mobile documents, as a wallet meets them."""

    __slots__ = ()

    @property
    def required(self) -> tuple[CheckId, ...]:
        """The checks that none is stored without."""
        return STORED_MDOC

    def judge(
        self,
        raw: str,
        *,
        keys: KeyStore,
        types: TypeMetadataSet,  # noqa: ARG002 - its type stands in a standard
        context: Context,
        subject: str,
    ) -> Judged:
        """Judge one just issued (9.3.1); its device key has to be one of `keys`."""
        try:
            issued = _issuer_signed(raw, at=subject)
        except (MalformedError, UnsupportedError) as error:
            return Judged((unreadable(error, subject=subject),))
        thumbprint = issued.mso.device_key.thumbprint
        expected = HeldBy(held_key(thumbprint, keys))
        verdict = evaluate_issued(
            issued, expected=expected, context=context, subject=subject
        )
        if verdict.issuer is None:
            return Judged(verdict.checks, verdict.evidence)
        validity = issued.mso.validity
        kept = Kept(
            opened=_opened(issued),
            types=(issued.mso.doc_type,),
            issuer=verdict.issuer,
            thumbprint=thumbprint,
            valid_from=validity.valid_from,
            valid_until=validity.valid_until,
        )
        return Judged(verdict.checks, verdict.evidence, kept)

    def read(self, raw: str) -> MdocOpened:
        """Read one that was verified before.

        Raises:
            MalformedError, LimitError, UnsupportedError: it is no IssuerSigned.
        """
        return _opened(_issuer_signed(raw, at="credential"))


def _issuer_signed(raw: str, *, at: str) -> IssuerSigned:
    return read_issuer_signed(b64.decode(raw, at=at, clause=_CLAUSE), at=at)


def _opened(issued: IssuerSigned) -> MdocOpened:
    claims: JsonObject = {
        namespace: {each.element: json_of(each.value) for each in items}
        for namespace, items in issued.namespaces.items()
    }
    return MdocOpened(issued, claims)
