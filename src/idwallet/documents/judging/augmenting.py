"""What raises a signed document from one baseline level to the next, in any format."""

from typing import Protocol

from idwallet.documents.judging.settled import Settled
from idwallet.documents.model import Document
from idwallet.ports import TimestampAuthority


class Augments(Protocol):
    """What a format has for that. Each returns the document with something added.

    Nothing that is there is changed: what signatures and timestamps cover stays as it
    came. Nothing is judged either: whoever calls has verified the document, and does so
    again with what comes back.
    """

    def stamped(self, signed: bytes, *, authority: TimestampAuthority) -> bytes:
        """Put a timestamp on every signature that has none (B-T).

        Raises:
            PortError: the authority cannot be reached, or refused.
            MalformedError, UnsupportedError: it is no such document, or the authority
                answered something else.
        """
        ...

    def completed(self, signed: bytes, *, settled: Settled) -> bytes:
        """Add the material that settled a verdict, as far as it is not there (B-LT).

        Raises:
            UsageError: it would be more than a bound.
            MalformedError, UnsupportedError: it is no such document, or one that
                nothing may be added to.
        """
        ...

    def archived(
        self,
        signed: bytes,
        *,
        authority: TimestampAuthority,
        document: Document | None,
    ) -> bytes:
        """Put an archive timestamp on all that is there, signatures apart (B-LTA).

        `document` is what was signed where it came apart.

        Raises:
            PortError: the authority cannot be reached, or refused.
            UsageError: the document is needed and is not given.
            MalformedError, UnsupportedError: it is no such document, or the authority
                answered something else.
        """
        ...
