"""How sure a share is that was counted on few."""

from math import sqrt

Z = 1.959964  # 95 %


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, 0 to 1; everything is possible if nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    weight = 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / weight
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / weight
    # what was counted lies inside, whatever rounding says
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
