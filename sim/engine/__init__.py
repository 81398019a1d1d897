"""Who goes when: one run on a calendar of events, many runs in lockstep."""
