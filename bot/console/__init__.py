"""The officers' side, at `/console`: watch, read, code, export, run a consultation, and answer back."""
