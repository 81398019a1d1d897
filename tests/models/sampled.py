"""Rows that are means over runs: what was read of each run becomes a mean, a standard error and a range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.models.published import Row


def sampled(model: str, case: str, quantity: str, values: npt.ArrayLike) -> Row:
    """Return the row of a mean of what was read of every run; the span is the range of these values."""
    read = np.asarray(values, dtype=np.float64)
    error = float(read.std(ddof=1)) / float(np.sqrt(len(read)))
    return Row(model, case, quantity, float(read.mean()), error, float(np.ptp(read)), len(read))
