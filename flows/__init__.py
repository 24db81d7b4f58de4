"""The conversation as a function: pure, with no I/O, no clock and no chance."""
