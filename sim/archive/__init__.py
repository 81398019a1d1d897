"""Results on disk: ``save`` writes a folder whole or not at all, ``listing`` and ``load`` read what is there.

A folder holds what was asked (``manifest.json``, ``scenario.yaml``), every run (``blocks/``, ``payoffs.csv``) and the
answer (``summary.json``); nothing outside it is needed to ask the same again.
"""
