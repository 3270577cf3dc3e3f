"""The evidence at hand, whatever of it can be read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeVar

from idwallet import limits
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.certificate import Certificate
from idwallet.trust.revocation.crl import Crl
from idwallet.trust.revocation.ocsp import OcspResponse
from idwallet.trust.revocation.structures import Unsettled

_Piece = TypeVar("_Piece")
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """A DER response, and the nonce of the question it must answer.

    None must be said: it means that nobody asked with one, as when a bundle brings it.
    """

    der: bytes
    nonce: bytes | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A piece of evidence that nobody may use, and why.

    `at` says which: ``crls/0``, ``responses/2``, ``certificates/1``.
    """

    at: str
    reason: Unsettled
    what: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """CRLs, OCSP responses and the certificates of who signed them.

    It is worth keeping: what was worked out of a CRL stays with it, so many
    certificates are judged against the same `Evidence`, from any thread.
    """

    crls: tuple[Crl, ...] = ()
    responses: tuple[OcspResponse, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    refused: tuple[Refused, ...] = ()

    @staticmethod
    def read(
        *,
        crls: Iterable[bytes] = (),
        responses: Iterable[OcspAnswer] = (),
        certificates: Iterable[bytes] = (),
    ) -> "Evidence":
        """Read what can be read; what cannot stands in `refused`, and nothing raises.

        More pieces than `limits.CRLS`, `limits.OCSP_RESPONSES` or
        `limits.REVOCATION_CERTIFICATES` make that kind of evidence unusable as a
        whole: whoever floods must not choose what is left out.
        """
        refused: list[Refused] = []
        return Evidence(
            crls=_all("crls", crls, read=_crl, refused=refused),
            responses=_all("responses", responses, read=_response, refused=refused),
            certificates=_all(
                "certificates", certificates, read=_certificate, refused=refused
            ),
            refused=tuple(refused),
        )

    @property
    def is_too_much(self) -> bool:
        """Whether there was more of some kind than is looked at."""
        return any(each.reason is Unsettled.BUDGET_EXCEEDED for each in self.refused)


def _all(
    kind: str,
    pieces: Iterable[_Piece],
    *,
    read: Callable[[_Piece, str], _Read],
    refused: list[Refused],
) -> tuple[_Read, ...]:
    bound = _BOUNDS[kind]
    given = tuple(islice(pieces, bound + 1))
    if len(given) > bound:
        refused.append(Refused(kind, Unsettled.BUDGET_EXCEEDED, "more than its bound"))
        return ()
    found: list[_Read] = []
    for n, piece in enumerate(given):
        at = f"{kind}/{n}"
        try:
            found.append(read(piece, at))
        except MalformedError as error:
            refused.append(Refused(at, Unsettled.MALFORMED, error.what))
        except UnsupportedError as error:
            refused.append(Refused(at, Unsettled.UNSUPPORTED, error.what))
    return tuple(found)


_BOUNDS: Final = MappingProxyType(
    {
        "crls": limits.CRLS,
        "responses": limits.OCSP_RESPONSES,
        "certificates": limits.REVOCATION_CERTIFICATES,
    }
)


def _crl(der: bytes, at: str) -> Crl:
    return Crl.from_der(der, at=at)


def _response(answer: OcspAnswer, at: str) -> OcspResponse:
    return OcspResponse.from_der(answer.der, at=at, asked=answer.nonce)


def _certificate(der: bytes, at: str) -> Certificate:
    return Certificate.from_der(der, at=at)
