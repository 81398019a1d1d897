"""What a scenario means: luck by address, worlds of many runs, strategies, and the steps of a turn."""
