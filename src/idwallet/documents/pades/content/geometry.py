"""Rectangles and transformations (ISO 32000-2 8.3)."""

Box = tuple[float, float, float, float]
"""Left, low, right, high."""

Matrix = tuple[float, float, float, float, float, float]


def multiply(one: Matrix, other: Matrix) -> Matrix:
    """Return what it is to transform by one and then by the other."""
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def around(matrix: Matrix, box: Box) -> Box:
    """Return the rectangle around a rectangle that was transformed."""
    a, b, c, d, e, f = matrix
    left, low, right, high = box
    corners = ((left, low), (left, high), (right, low), (right, high))
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    return min(across), min(up), max(across), max(up)


def meet(one: Box, other: Box) -> bool:
    """Say whether two rectangles share more than an edge."""
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def holds(outer: Box, inner: Box, *, slack: float = 1.0) -> bool:
    """Say whether a rectangle is within another, but for a little."""
    return (
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def within(one: Box, other: Box) -> Box:
    """Return what two rectangles share; empty where they share nothing."""
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
