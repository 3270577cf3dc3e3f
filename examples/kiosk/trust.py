"""What the kiosk believes: one signed file, brought by its operator."""

from datetime import datetime
from pathlib import Path
from typing import Final

from idwallet import FileBundleState, Policy, TrustStore
from idwallet.adapters import BundleFile, update_bundle
from idwallet.trust import Bundle, BundleContext, PublicKey

NAME: Final = "trust.bundle"


class Believed:
    """The bundle in the kiosk's folder, and the memory of which was taken last."""

    def __init__(self, folder: Path, *, operator: PublicKey) -> None:
        """Pin the operator's key."""
        self._path = folder / NAME
        self._state = FileBundleState(folder / f"{NAME}.state")
        self._operator = operator

    @property
    def is_there(self) -> bool:
        """Whether a bundle was ever brought."""
        return self._path.exists()

    def at(self, at: datetime, *, policy: Policy) -> TrustStore:
        """Return what is believed at a moment.

        Raises:
            VerificationError: the bundle is refused, too old, or the clock is wrong.
            PortError: there is none, or it cannot be read.
        """
        return TrustStore.from_bundle(
            BundleFile(self._path),
            operator=self._operator,
            state=self._state,
            at=at,
            policy=policy,
        )

    def take(self, update: Path, *, at: datetime, policy: Policy) -> Bundle:
        """Put a newer bundle in the place of this one.

        Raises:
            VerificationError: it is refused, and the old one stays.
            PortError: a file cannot be read or written; the old one stays.
        """
        context = BundleContext(self._operator, self._state, at, policy)
        with BundleFile(update) as source:
            return update_bundle(self._path, source, context=context)
