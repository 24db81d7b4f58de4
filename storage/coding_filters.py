"""Which answers are wanted, as far as coding says: for whoever reads or codes one after another."""

from __future__ import annotations

from collections.abc import Sequence

from storage.reading import Also

_KEY = ("participant_id", "conversation_id", "question", "revision")


def same(one: str, other: str = "w") -> str:
    """That two tables speak of one revision of one answer."""
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in _KEY)


def not_coded_by(coder: str) -> Also:
    """Answers that this coder has not been through."""
    return Also(f"NOT EXISTS (SELECT 1 FROM coded AS d WHERE {same('d')} AND d.coder = {{}})", (coder,))


def coded_by_nobody() -> Also:
    """Answers that nobody has been through."""
    return Also(f"NOT EXISTS (SELECT 1 FROM coded AS d WHERE {same('d')})")


def to_code_again() -> Also:
    """Of a random tenth of all answers, those that somebody has been through: what two coders are compared on.

    The number of a conversation ends in chance, so that it is the same tenth for whoever codes a second time.
    """
    return Also(f"w.conversation_id % 10 = 0 AND EXISTS (SELECT 1 FROM coded AS d WHERE {same('d')})")


def suggested_for() -> Also:
    """Answers with a machine's suggestion that nobody has decided on."""
    return Also(f"EXISTS (SELECT 1 FROM suggestion AS s WHERE {same('s')} AND s.state = 'unreviewed')")


def under(themes: Sequence[str]) -> Also:
    """Answers that anybody put under any of these themes, or under one that was merged into them."""
    marks = ", ".join(["{}"] * len(themes))
    sql = f"""EXISTS (
        SELECT 1 FROM coding AS g
        LEFT JOIN theme AS t ON t.slug = g.slug AND t.question = g.question AND t.code = g.theme
        WHERE {same("g")} AND g.withdrawn_at IS NULL AND coalesce(t.merged_into, g.theme) IN ({marks})
    )"""
    return Also(sql, tuple(themes))
