"""The conversation as a function: no I/O, no clock, no chance."""
