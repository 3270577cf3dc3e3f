"""Validation material: what a signature is verified with beside the anchors.

What came inside a signed document, of which nothing is believed for being there; or
what a signature of level B-LT has to carry to be verified alone.
"""

from idwallet.trust.material import NO_MATERIAL, Material, together

__all__ = ["NO_MATERIAL", "Material", "together"]
