"""Mobile documents (ISO/IEC 18013-5): mdoc, issued, held, shown and judged.

Clauses are those of ISO/IEC 18013-5:2021 where nothing else is said.
"""
