"""The commands, asked as a person or a script asks them."""
