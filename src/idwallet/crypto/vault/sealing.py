"""How records and the state of one vault are sealed, with one key."""

from typing import Final, NamedTuple

from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.vault.header import CLAUSE, header_digest
from idwallet.crypto.vault.records import Place, VaultRecord
from idwallet.crypto.vault.state import State, read_state
from idwallet.errors import MalformedError, WrongKey
from idwallet.ports import Random

_RECORD: Final = b"idwallet vault record/1"
_STATE: Final = b"idwallet vault state/1"


class Seals(NamedTuple):
    """A vault's key, and what every record of the vault is bound to."""

    key: SealKey
    identity: bytes
    random: Random

    def seal(self, place: Place, plain: bytes) -> bytes:
        """Seal a record for its place.

        Raises:
            LimitError: it is too long.
        """
        context = self._context(place)
        return seal(plain, key=self.key, context=context, random=self.random)

    def unseal(self, place: Place, sealed: bytes) -> VaultRecord:
        """Open a record.

        Raises:
            MalformedError: it was changed, or is not of this place, vault or key.
        """
        at = f"wallet {place.shelf.value} record"
        context = self._context(place)
        plain = unseal(sealed, key=self.key, context=context, at=at)
        return VaultRecord(*place, plain, sealed)

    def _context(self, place: Place) -> bytes:
        # The place is part of what is sealed: a record does not open in any other.
        return b"%s %s %s" % (_RECORD, self.identity, place.to_bytes())

    def seal_state(self, header: bytes, state: State) -> bytes:
        """Seal the state, bound to the header as it is stored."""
        return seal(
            state.to_bytes(),
            key=self.key,
            context=_state_context(header),
            random=self.random,
        )


def unseal_state(header: bytes, sealed: bytes, *, key: SealKey) -> State:
    """Open the state, which tells whether the key is the vault's.

    Raises:
        WrongKey: it is not, or header or state were changed.
    """
    context = _state_context(header)
    try:
        plain = unseal(sealed, key=key, context=context, at="wallet")
    except MalformedError as error:
        raise WrongKey(
            "this key or passphrase does not open the wallet",
            at="wallet",
            clause=CLAUSE,
        ) from error
    return read_state(plain)


def _state_context(header: bytes) -> bytes:
    return b"%s %s" % (_STATE, header_digest(header))
