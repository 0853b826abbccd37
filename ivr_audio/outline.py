"""The picture of a sound: how loud it is along its time. Pure."""

import numpy as np

from ivr_audio.telephone import Samples


def outline(samples: Samples, columns: int) -> tuple[float, ...]:
    """The highest peak, 0 to 1, of each of so many equal pieces of the sound."""
    if not len(samples):
        return (0.0,) * columns
    edges = np.linspace(0, len(samples), columns + 1).astype(int)[:-1]
    starts = np.minimum(edges, len(samples) - 1)
    peaks = np.maximum.reduceat(np.abs(samples), starts)
    return tuple(round(float(peak), 3) for peak in peaks)
