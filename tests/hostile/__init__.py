"""What a careless or hostile hand may put before the program: each case of the list, and a twin of each."""
