"""A mobile document beside the card for QR codes: for who asks in a session."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from idwallet.roles import Mdoc, StatusReference

DOCUMENT: Final = "eu.europa.ec.eudi.pid.1"


def document_of(claims: Mapping[str, str | bool], *, status: StatusReference) -> Mdoc:
    """Return the same claims as the content of a mobile document."""
    said = {name: str(value) for name, value in claims.items()}
    elements: dict[str, Any] = {
        "family_name": said["family_name"],
        "given_name": said["given_name"],
        "birth_date": date.fromisoformat(said["birth_date"]),
        "nationality": [said["nationality"]],
        "document_number": said["document_number"],
        "place_of_birth": {"locality": said["birth_place"]},
        "resident_country": said["resident_country"],
        "resident_address": said["resident_address"],
        "issuing_country": said["issuing_country"],
        "issuing_authority": said["issuing_authority"],
        "issuance_date": date.fromisoformat(said["issuance_date"]),
    }
    return Mdoc(DOCUMENT, {DOCUMENT: elements}, status=status)
