"""Models whose answers are known in closed form, and what the program makes of them."""
