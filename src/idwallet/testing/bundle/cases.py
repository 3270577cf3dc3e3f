"""Every forged bundle."""

from typing import Final

from idwallet.testing.bundle.forms import FORM_FORGERIES
from idwallet.testing.bundle.keys import KEY_FORGERIES
from idwallet.testing.bundle.parts import PART_FORGERIES

BUNDLE_FORGERIES: Final = (*FORM_FORGERIES, *KEY_FORGERIES, *PART_FORGERIES)
