"""Validation material: what a signature is verified with beside the anchors."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Material:
    """Certificates, CRLs and OCSP responses, each DER, as they were received.

    What came inside a signed document, of which nothing is believed for being there; or
    what a signature of level B-LT has to carry to be verified alone.
    """

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    responses: tuple[bytes, ...] = field(default=(), repr=False)


NO_MATERIAL: Final = Material()
"""Nothing."""
