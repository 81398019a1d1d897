"""``make fuzz``: what nobody would write, by the hundred thousand; only errors of our family may come of it."""
