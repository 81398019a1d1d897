"""Pages opened in a real browser: what a person with eyes, a keyboard, a screen reader or a phone would meet."""
