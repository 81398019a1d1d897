"""``make torture``: results are killed, starved and damaged, and have to come out whole or be told to be damaged."""
