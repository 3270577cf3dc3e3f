"""What every signer needs before it signs, whatever the format."""

from idwallet.crypto.signer import Signer
from idwallet.documents.model import Level
from idwallet.errors import UsageError
from idwallet.ports import TimestampAuthority
from idwallet.trust.certificate import Certificate


def require_fit(
    level: Level,
    *,
    signer: Signer,
    certificates: tuple[Certificate, ...],
    authority: TimestampAuthority | None,
) -> None:
    """Return only where a key, its chain and the authority of time go with a level.

    Levels above B-T are reached by augmenting.

    Raises:
        UsageError: the first certificate is not of the signer's key, no signature is
            made at that level at once, or a level with a timestamp has no authority to
            ask, or one without has one.
    """
    if certificates[0].public_key != signer.public_key:
        raise UsageError("the first certificate is not of the signer's key")
    if level not in {Level.B_B, Level.B_T}:
        raise UsageError("no signature is made at that level at once")
    if (level is Level.B_T) is not (authority is not None):
        raise UsageError("a level with a timestamp, and no other, needs an authority")
