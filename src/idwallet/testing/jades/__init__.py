"""JAdES signatures with any one thing wrong, each beside its valid twin.

    from idwallet.testing.jades import JADES_FORGERIES, JadesScene

    scene = DocumentScene()
    for forgery in JADES_FORGERIES:
        valid, forged = forgery.twins(scene)
        assert my_reader(valid.to_bytes(), valid.document)
        assert not my_reader(forged.to_bytes(), forged.document)

A twin differs from its forgery in nothing but the fault. Every key is a test key.
"""

from idwallet.testing.jades.draft import JadesDraft, jades_draft
from idwallet.testing.jades.forgeries import JADES_FORGERIES, JadesForgery

__all__ = ["JADES_FORGERIES", "JadesDraft", "JadesForgery", "jades_draft"]
"""The names that are public."""
