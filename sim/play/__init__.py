"""Games that people play: a session as a value, what each seat sees of it, and what might have been."""
