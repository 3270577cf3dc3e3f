"""What changed between two revisions of a PDF file, and whether that was allowed.

A list of what may change, and nothing else: whatever is reached from the catalog or the
trailer and is not the same, and is not on the list, is a change. Objects are compared
as either revision shows them, so that it does not matter by which cross-reference
section, in which stream or under which number they were replaced.
"""
