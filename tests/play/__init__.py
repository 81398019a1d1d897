"""Games that people play."""
