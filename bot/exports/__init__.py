"""Exports beyond plain tables: for statistics programs, as documents, as a report, and for other tools."""
