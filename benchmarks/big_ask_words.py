"""What people write in the Big Ask: short and long, in several languages, and with everything that breaks a table.

Each text is made ready once for each way of travelling, because the load generator shares its processors with what is
measured. Behind it stands the writer's number, so that any answer says by itself whose it is.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_plus

from flows.segments import is_full_segment

MOST_PEOPLE: Final = 1_000_000
"""Their numbers have six digits in what they write, and in their addresses."""
MARK: Final = re.compile(r" p(\d{6})$")
"""Whose words these are, at their end."""

_LANE: Final = (
    "The path to school has no light for the last half mile. In winter my two walk it in the dark both ways, and "
    "there are lorries. We have asked the parish, the school and the county. Each says that it is for one of the other "
    "two. A few lamps would do, or a bus that stops at the top of the lane."
)
_NURSE: Final = (
    "School nurses: we had one for four schools, then one for nine, now one for fourteen. I see a child for ten "
    "minutes where I used to see the family. What shows it? The referrals that come too late, the teeth, the weight, "
    "the sleep. I would put a nurse back into each cluster of schools, with time for the parents, and let her refer "
    "straight to the people who help instead of through a form that comes back three weeks later because a box was "
    "empty. None of this is new. All of it was said in the last plan, and in the one before that."
)
_TEXTS: Final = (
    "Buses.",
    "Waiting lists. My son has waited for a year and nobody tells us anything.",
    "there is nothing to do after school unless somebody can drive you there",
    "=1+1 places where you feel safe",
    "Buses in the evening, please, so that we can get home from the youth club",
    "Mental health, housing, and transport, in that order",
    "więcej autobusów wieczorem, żebyśmy mogli wrócić do domu",
    "We kept a diary of every call. Forty-one of them in nine weeks.",
    "Mwy o lefydd i chwarae, a rhywun i siarad â nhw pan mae pethau’n anodd",
    'They said "we will call you back". They never did.',
    "🚌🚌🚌 one an hour would do",
    "Ask the children at the school gate, they will tell you the same.",
    "-5 degrees in the sports hall in January",
    "More counsellors in schools, and one number to call that somebody answers.",
    "A warm place to go that costs nothing, open on Sundays as well.",
    "1. dentists\n2. dentists\n3. dentists",
    "@ the swimming pool: it has been shut since the summer",
    "House prices mean that our young people leave and hardly any come back.",
    "Nikt nie mówi po polsku w przychodni, a tłumacz jest raz w miesiącu. Dzieci tłumaczą za rodziców.",
    "my sisters chair doesnt fit on the bus and the driver said wait for the next one and the next one was full",
    "You closed the children's centre in our village and nothing has come in its place.",
    "Mae angen mwy o wasanaethau Cymraeg ar y ffin; mae'r plant yn croesi i'r ysgol bob dydd.",
    "<b>no swings</b> & no slide; only a sign that says 'no ball games'",
    "💬 somebody who listens 👂🏽 and doesnt write everything down 📝",
    "Help before it is a crisis, not after.",
    "+44 one number to call that a person answers",
    _LANE,
    "Somewhere to go when it rains\nand the shelter has\ttags, \"words\", and 'glass' in it; sweep it?",
    _NURSE,
    "Тепло, їжа і хтось, хто розмовляє українською",
    "I am 9 and I want a park with a roof on it because it rains all the time and then we just stay in but where to go",
)


@dataclass(frozen=True, slots=True)
class Words:
    """One text, ready for each way of travelling; its writer's number is still to come."""

    text: str
    plain: bytes
    """UTF-8, as a signature is made over it."""
    form: bytes
    """As a form has it."""
    json: bytes
    """As a JSON string has it, without the quotation marks."""

    @classmethod
    def of(cls, text: str) -> Words:
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        return cls(text, text.encode(), quote_plus(text).encode(), written.encode())

    def by(self, number: int) -> str:
        """What this person writes."""
        return f"{self.text} p{number:06d}"


def _may_have_more_to_come(text: str) -> bool:
    """A text as long as whole segments waits for a next part: whoever writes on at once would go on in the same answer.

    Splitting is in the walks; the people here do not wait for replies.
    """
    return is_full_segment(f"{text} p000000")


def _as_a_browser_sends(text: str) -> str:
    """HTML has every line of a form end in CR and LF."""
    return text.replace("\n", "\r\n")


ON_THE_WEB: Final = tuple(Words.of(_as_a_browser_sends(text)) for text in _TEXTS)
ON_TELEGRAM: Final = tuple(Words.of(text) for text in _TEXTS)
BY_TEXT: Final = tuple(Words.of(text) for text in _TEXTS if len(text) <= 300 and not _may_have_more_to_come(text))
