"""Credential offers: written, and read without trust (OpenID4VCI 1.0 section 4.1).

An offer is signed by nobody. What it says is a proposal: whom to ask, and for what.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from idwallet import limits
from idwallet.codec.form import write_form
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.cursor import Cursor
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.protocols.http import read_texts, require_https
from idwallet.protocols.oauth.token import AUTHORIZATION_CODE, PRE_AUTHORIZED

SCHEME: Final = "openid-credential-offer"
"""Of a wallet that cannot be discovered (section 12.1.1)."""

_CLAUSE: Final = "OpenID4VCI 1.0 §4.1"
_PARAMETERS: Final = f"{_CLAUSE}.1"
_REFERENCE: Final = f"{_CLAUSE}.3"
_SCHEME_NAME: Final = re.compile(r"[a-z][a-z0-9+.-]*")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class InputMode(StrEnum):
    """What a transaction code is made of."""

    NUMERIC = "numeric"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionCode:
    """What a person must type that came to them by another way.

    `length` is in characters. `description` is the issuer's own text: pass it through
    `idwallet.codec.text.show`.
    """

    input_mode: InputMode = InputMode.NUMERIC
    length: int | None = None
    description: str | None = None

    def to_json(self) -> JsonObject:
        """Return the ``tx_code`` object."""
        found: JsonObject = {}
        if self.input_mode is not InputMode.NUMERIC:
            found["input_mode"] = self.input_mode.value
        if self.length is not None:
            found["length"] = self.length
        if self.description is not None:
            found["description"] = self.description
        return found


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeGrant:
    """The person signs in at the issuer; `issuer_state` comes back to it."""

    issuer_state: str | None = None
    authorization_server: str | None = None

    def __repr__(self) -> str:
        """Show the kind only."""
        return "CodeGrant()"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PreAuthorizedGrant:
    """The issuer knows the person already: whoever has `code` gets the credential.

    With a `transaction_code` only who also has that one does.
    """

    code: str
    transaction_code: TransactionCode | None = None
    authorization_server: str | None = None

    def __repr__(self) -> str:
        """Show no code: it is worth a credential."""
        return "PreAuthorizedGrant()"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CredentialOffer:
    """What an issuer offers; `configurations` are names in its metadata."""

    issuer: str
    configurations: tuple[str, ...]
    code: CodeGrant | None = None
    pre_authorized: PreAuthorizedGrant | None = None

    def __repr__(self) -> str:
        """Show who offers."""
        return f"CredentialOffer({self.issuer!r})"

    def to_json(self) -> JsonObject:
        """Return the offer object."""
        grants: JsonObject = {}
        if self.code is not None:
            grants[AUTHORIZATION_CODE] = _present(
                issuer_state=self.code.issuer_state,
                authorization_server=self.code.authorization_server,
            )
        if self.pre_authorized is not None:
            grants[PRE_AUTHORIZED] = _pre_authorized(self.pre_authorized)
        found: JsonObject = {
            "credential_issuer": self.issuer,
            "credential_configuration_ids": list[JsonValue](self.configurations),
        }
        if grants:
            found["grants"] = grants
        return found

    def to_uri(self, scheme: str = SCHEME) -> str:
        """Return the offer as a link that a wallet opens, or a QR code holds.

        Raises:
            UsageError: `scheme` is not a lower-case URI scheme.
        """
        return _link(scheme, {"credential_offer": write_json(self.to_json()).decode()})


def offer_reference(url: str, *, scheme: str = SCHEME) -> str:
    """Return a link to an offer that the wallet gets from `url` (section 4.1.3).

    It is short enough for a QR code. `url` has to be of that one offer alone.

    Raises:
        UsageError: `scheme` is not a lower-case URI scheme.
        MalformedError: `url` is no ``https`` address.
    """
    require_https(url, at="credential_offer_uri", clause=_REFERENCE)
    return _link(scheme, {"credential_offer_uri": url})


def read_offer(raw: str | bytes) -> "CredentialOffer | OfferReference":
    """Read an offer, or where it is to be had, from a link or a JSON document.

    Raises:
        MalformedError: it is neither, names both, or breaks the rules of an offer.
        LimitError: longer than `limits.OFFER_BYTES`.
    """
    text = _text(raw)
    if text.startswith("{"):
        return read_offer_object(text)
    if _URI.match(text) is None or "#" in text:
        raise MalformedError("no offer", at="offer", clause=_CLAUSE)
    _, question, query = text.partition("?")
    found = read_texts(query, at="offer") if question else {}
    value, reference = found.get("credential_offer"), found.get("credential_offer_uri")
    if (value is None) is (reference is None):
        raise MalformedError(
            "neither an offer nor a reference, or both", at="offer", clause=_CLAUSE
        )
    if reference is not None:
        require_https(reference, at="credential_offer_uri", clause=_REFERENCE)
        return OfferReference(reference)
    return read_offer_object(value or "")


@dataclass(frozen=True, slots=True, repr=False)
class OfferReference:
    """Where an offer is to be had (section 4.1.3); an ``https`` address."""

    url: str

    def __repr__(self) -> str:
        """Show nothing: who has the address may have the credential."""
        return "OfferReference()"


def read_offer_object(data: str | bytes) -> CredentialOffer:
    """Read the JSON object of an offer.

    Parameters that are not known are ignored, as section 4.1.1 asks.

    Raises:
        MalformedError: it breaks the rules of an offer.
        LimitError: longer than `limits.OFFER_BYTES`, or too many credentials.
    """
    value = read_object(
        data, at="offer", clause=_PARAMETERS, max_bytes=limits.OFFER_BYTES
    )
    root = Cursor(value, "", _PARAMETERS)
    issuer = root.member("credential_issuer")
    require_issuer(issuer.text(), at=issuer.at)
    names = root.member("credential_configuration_ids")
    configurations = names.texts(limit=limits.CREDENTIAL_CONFIGURATIONS)
    if len(set(configurations)) != len(configurations):
        raise names.fault("a credential is named twice")
    grants = root.optional("grants") or Cursor({}, "/grants", _PARAMETERS)
    code = grants.optional(AUTHORIZATION_CODE)
    pre_authorized = grants.optional(PRE_AUTHORIZED)
    return CredentialOffer(
        issuer=issuer.text(),
        configurations=configurations,
        code=None if code is None else _read_code(code),
        pre_authorized=None
        if pre_authorized is None
        else _read_pre_authorized(pre_authorized),
    )


def require_issuer(text: str, *, at: str) -> None:
    """Return only if the text identifies an issuer (section 12.2.1).

    Raises:
        MalformedError: it is no ``https`` address without query and fragment.
    """
    address = require_https(text, at=at, clause="OpenID4VCI 1.0 §12.2.1")
    if "?" in address.target:
        raise MalformedError(
            "an identifier with a query", at=at, clause="OpenID4VCI 1.0 §12.2.1"
        )


def _read_code(found: Cursor) -> CodeGrant:
    return CodeGrant(
        issuer_state=_bounded(found.optional("issuer_state")),
        authorization_server=_server(found),
    )


def _read_pre_authorized(found: Cursor) -> PreAuthorizedGrant:
    code = _bounded(found.member("pre-authorized_code"))
    wanted = found.optional("tx_code")
    return PreAuthorizedGrant(
        code=code or "",
        transaction_code=None if wanted is None else _read_transaction_code(wanted),
        authorization_server=_server(found),
    )


def _read_transaction_code(found: Cursor) -> TransactionCode:
    mode = found.optional("input_mode")
    description = found.optional("description")
    if description is not None and (
        len(description.text()) > limits.TRANSACTION_CODE_DESCRIPTION
    ):
        raise description.excess("description too long")
    return TransactionCode(
        input_mode=InputMode.NUMERIC if mode is None else _mode(mode),
        length=_length(found.optional("length")),
        description=None if description is None else description.text(),
    )


def _mode(found: Cursor) -> InputMode:
    try:
        return InputMode(found.text())
    except ValueError:
        raise found.fault("neither numeric nor text") from None


def _length(found: Cursor | None) -> int | None:
    if found is None:
        return None
    value = found.value
    if type(value) is not int or not (0 < value <= limits.TRANSACTION_CODE_CHARACTERS):
        raise found.fault("not a number of characters")
    return value


def _server(found: Cursor) -> str | None:
    server = found.optional("authorization_server")
    if server is None:
        return None
    require_https(server.text(), at=server.at, clause=_PARAMETERS)
    return server.text()


def _bounded(found: Cursor | None) -> str | None:
    if found is None:
        return None
    if len(found.text()) > limits.TOKEN_CHARACTERS:
        raise found.excess("too long")
    return found.text()


def _text(raw: str | bytes) -> str:
    if len(raw) > limits.OFFER_BYTES:
        raise LimitError("offer too long", at="offer", clause="idwallet limits")
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        text.encode()
    except UnicodeError:
        raise MalformedError("not UTF-8", at="offer", clause="RFC 3629 §3") from None
    return text.strip()


def _link(scheme: str, parameters: Mapping[str, str]) -> str:
    if _SCHEME_NAME.fullmatch(scheme) is None:
        raise UsageError("scheme must be a lower-case URI scheme without a colon")
    return f"{scheme}://?{write_form(parameters)}"


def _pre_authorized(grant: PreAuthorizedGrant) -> JsonObject:
    found = _present(
        authorization_server=grant.authorization_server,
    )
    found["pre-authorized_code"] = grant.code
    if grant.transaction_code is not None:
        found["tx_code"] = grant.transaction_code.to_json()
    return found


def _present(**values: str | None) -> JsonObject:
    return {name: value for name, value in values.items() if value is not None}
