"""Lists by place: a large table read in order by somebody who looks into a small part of it.

Beside its table a read model keeps one with a row for each place that a case has: the grids on the way down to its own, and the
parties that have to do with it. Each carries the sort keys. So a page of a small grid is read off an index as fast as one of the
whole tree, however many cases there are.
"""

BEYOND = 2**62
"""Greater than every sort key."""


def party_place(party: str) -> str:
    """Give the place of what has to do with a party. No grid is named like that."""
    return f"={party}"
