"""W1, the noisy prisoner's dilemma, as every contender is told it: tit for tat against tit for tat.

A move is 1 for complying and 0 for arming. The first move is meant to comply, and it may come out wrong too.
"""

from __future__ import annotations

TURNS = 200
NOISE = 0.05
POINTS = ((1, 5), (0, 3))
"""What my move and the other's bring me."""
MEAN = 2.289671
"""Points a turn over these 200 turns, exact to six places (a Markov chain of four states; Nowak and Sigmund 1993)."""
