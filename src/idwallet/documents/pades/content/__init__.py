"""What is drawn on a page, piece by piece, in the order of painting (ISO 32000-2 8, 9).

Not a renderer: of each piece it says where it is, of what kind and how visible. Places
are measured generously: whoever asks whether something is covered wants no less.
"""
