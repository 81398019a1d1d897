"""How fast: everything that plays the same game, side by side, as ratios within one run. ``make bench`` runs it all.

- ``w1.py``, ``inf.py``, ``growth.py``, ``response.py`` - the four parts: what is compared, and the tables they give
- ``contender.py``, ``race.py`` - a contender is a process that plays on request; a race asks all in turn
- ``players/`` - what runs in those processes: this program, and games written by hand for one scenario alone
- ``environments.py`` - an environment of its own for each library of other people; what cannot be installed is skipped
- ``goals.py``, ``page.py``, ``machine.py`` - what was hoped for, how it is shown, and on what machine
- ``robustness.py`` - not speed, but as long to measure: how robust the shipped claims are (``make robust``)

Nothing here asserts a speed. That the contenders play the same game is checked: by the tests, and on every race.
"""
