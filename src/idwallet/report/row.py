"""What stands in a row of the table of checks."""

from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.report.checks import Outcome


class Row(NamedTuple):
    """What a reason means for a check.

    `facts` names the facts that every check with this reason carries; the words in
    `idwallet.explain` may rely on them. `FACTS` says what each of them is.
    """

    outcome: Outcome
    clause: str
    facts: tuple[str, ...] = ()


FACTS: Final = MappingProxyType(
    {
        "at": "where: a JSON pointer, a byte offset, the name of a part (text)",
        "by": "who vouches for it, or who compared; a name or a pseudonym (text)",
        "changes": "kinds of change after signing, as codes (texts)",
        "compared": "when the portrait was compared (moment)",
        "credentials": "identifiers of credential queries (texts)",
        "entries": "how many entries a status list or a ledger has (number)",
        "found": "what stood there; from outside, so it is shown with care (text)",
        "name": "an issuer, a relying party, a certificate's subject or a file (text)",
        "paths": "claim paths, never the claims' values (texts)",
        "seen": "the highest number of a bundle, or of entries, that is known (number)",
        "sequence": "the number of a bundle (number)",
        "signed": "when the signer says that it signed (moment)",
        "since": "from when it is valid (moment)",
        "until": "until when it is valid (moment)",
        "waits_for": "the check that must pass first (text)",
        "what": "the fault in the library's own words, always English (text)",
        "window": "how old it may be (seconds)",
    }
)
"""What each fact is. A fact is never a claim's value."""
