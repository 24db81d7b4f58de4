"""The memory: the only place where SQL is spoken."""
