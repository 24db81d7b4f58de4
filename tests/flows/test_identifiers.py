"""What is suggested for removal, on examples of our own; how often that is right, and how much of it is found.

In the examples `{n:…}` is a name, `{t:…}` a telephone number, `{e:…}` an e-mail address, `{p:…}` a postcode and
`{s:…}` a school. Some of them are beyond the rules, and stay here so that the figures say what they are worth.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.identifiers import suggestions
from flows.redaction import Kind, Span

EXAMPLES: Final = """
my teacher is Mrs {n:Jones} and she is nice
Mr {n:Okafor} said we could have a pond
miss {n:begum} never lets us out
I want Dr {n:Patel} to stay at the surgery
ask Ms {n:O'Neill} about it
Mr. {n:Smith} shouts at us
Miss, can we have swings?
my brother {n:Jayden} broke the slide
my little sister {n:Amelia} is scared of the dogs
my friend {n:Tom} lives near the park
my best friend {n:Zofia} moved away
our neighbour {n:Mr Brown} is loud
his mum {n:Karen} works there
my social worker {n:Leanne Hughes} never comes
I live with my nan {n:Doreen} and she can't walk far
my carer {n:Sue} brings me on the bus
my cousin is {n:Mohammed Ali} and he likes football
my name is {n:Freya} and I am 9
My name is {n:ben}
my names {n:callum} and i like footy
I'm {n:Ellie} and I want a library
hi this is {n:Marcus}
there is a boy called {n:Kai} who pushes everyone
a girl called {n:Ruby-Mae} took my place
the man named {n:Steve} sells sweets
love from {n:Daisy} xx
fy enw i yw {n:Gwenllian}
ydw i {n:Rhys} o'r pentref
mae fy ffrind {n:Cerys} yn hoffi nofio
fy mrawd {n:Owain} sy'n chwarae pêl-droed
bachgen o'r enw {n:Ifan} sy'n gas
mae Mrs {n:Davies} yn garedig
mam na imię {n:Kacper}
nazywam się {n:Julia Nowak}
moja siostra {n:Ola} boi się psów
mój brat {n:Michał} lubi rower
moja nauczycielka Pani {n:Kowalska} jest miła
chłopiec imieniem {n:Filip} bije innych
{n:Jayden} is always on the swings
me and {n:Lily} want a skate park
{n:Aisha} and {n:Poppy} are mean to me
ring me on {t:07700 900123}
my number is {t:07700900456} text me
call {t:+44 7700 900789} after school
mums phone {t:(01632) 960123}
tel {t:01632 960 987}
the office is {t:020-7946-0123}
{t:+48 601 234 567} zadzwońcie
{t:0044 7700 900321}
my phone {t:960123}
rhif ffôn {t:07700 900654}
you can text me on {t:07700.900.111}
email me {e:amy.lee@school.example}
{e:k_nowak12@poczta.example} proszę
write to {e:dad+park@mail.example.org}.
e-bost {e:rhys@ysgol.example}
we live at {p:HR4 9AB}
my postcode is {p:le1 6zz}
{p:SW1A 1AA}
near {p:CF101AA} by the shop
I live in {p:M1 1AE}, behind the park
I go to {s:Riverside Primary}
I go to {s:St Mary's Primary School}
we need a crossing by {s:Oakfield Academy}
{s:Hillcrest High School} is too far
The {s:Bishop Tutu Academy} has a good field
my sister goes to {s:Greenway Infants}
{s:St. John's C of E Primary School} has no trees
I hate {s:Kingsway College}
{s:Ysgol Glan Aber} yw fy ysgol
dw i'n mynd i {s:Ysgol Gynradd Penrhyn}
{s:Coleg Menai} sydd orau
chodzę do {s:Szkoła Podstawowa nr 12}
{s:Liceum Mickiewicza} jest super
I went to {s:Beacon nursery} when I was small
i go to oak tree school
we go to riverside
more swings please
There is always a queue
I like the park because it is big
the bins are full
Not enough buses on Sunday
My school needs a bigger hall
The primary school is too far away
our school is cold in winter
High School is scary
I want to go to college one day
Sunday School was fun
My mum is nice
My Mum and Dad work at night
I am English and Welsh
I'm Muslim and I need a place to pray
I am Autistic and the noise hurts
I'm Really happy with it
I am 12
I am in Year 6
I've 3 brothers and 2 sisters
It cost 12,000,000 pounds
In 2018 there were 250,000 people
bus 36 comes at 08:15 and 09:15
open 09:00-17:00 not 10:00-12:00
about 1000 2000 or 3000 people
£1.50 is too much for a bus
Hereford is too far from Ledbury
The River Wye is dirty
Bonfire Night and Christmas are the best
No one called me back
they called it rubbish
It is called the Skate Park
my friends Are silly
My teacher Is strict
Thank you Miss
Sir, this is boring
Dr Who is my favourite
Play area 4B is broken
A4 paper and B12 vitamins
I got 10/10 in spelling
room G12 3rd floor
dw i'n hoffi nofio
Cymraeg yw fy iaith
mae'r parc yn fudr
lubię chodzić do parku
Nie ma autobusów w niedzielę
Jestem z Polski
jestem szczęśliwa
@sayso is good
look at www.council.example
1234
the big red slide at the back of the park
More Places To Play
I LOVE THE PARK
WE NEED MORE BUSES
ملعب أكبر من فضلكم
the Academy is new
my teacher says no
ask my dad
Bigger trees, smaller cars
Please ban cars on Mill Road
"""
_MARKED: Final = re.compile(r"{(\w):([^}]*)}")
_KINDS: Final = {
    "n": Kind.NAME,
    "t": Kind.TELEPHONE,
    "e": Kind.EMAIL,
    "p": Kind.POSTCODE,
    "s": Kind.SCHOOL,
}


def _example(line: str) -> tuple[str, set[Span]]:
    text, spans, at = "", set(), 0
    for found in _MARKED.finditer(line):
        text += line[at : found.start()]
        spans.add(Span(len(text), len(text) + len(found[2]), _KINDS[found[1]]))
        text += found[2]
        at = found.end()
    return text + line[at:], spans


TABLE: Final = [_example(line) for line in EXAMPLES.strip().splitlines()]


def _hits(wanted: set[Span], given: list[Span]) -> int:
    """Suggestions of the right kind that cover what was to be found, give or take a title before it."""
    return sum(any(w.kind == g.kind and g.start < w.end and w.start < g.end for w in wanted) for g in given)


def _found(wanted: set[Span], given: list[Span]) -> int:
    """Of what was to be found, how much no letter of which would be left: with the title that may stand before it."""
    return sum(any(g.kind == w.kind and g.end >= w.end and g.start <= w.start + 3 for g in given) for w in wanted)


def test_most_suggestions_are_right_and_most_of_what_there_is_is_suggested(
    capsys: pytest.CaptureFixture[str],
) -> None:
    right, made, found, there = Counter[Kind](), Counter[Kind](), Counter[Kind](), Counter[Kind]()
    missed = []
    for text, wanted in TABLE:
        given = suggestions(text)
        for kind in Kind:
            ours, theirs = [g for g in given if g.kind is kind], {w for w in wanted if w.kind is kind}
            made[kind] += len(ours)
            there[kind] += len(theirs)
            right[kind] += _hits(theirs, ours)
            found[kind] += _found(theirs, ours)
            if _found(theirs, ours) < len(theirs) or _hits(theirs, ours) < len(ours):
                missed.append((text, [text[g.start : g.end] for g in ours]))
    with capsys.disabled():
        print(f"\nsuggestions on {len(TABLE)} examples of our own:")  # noqa: T201 (the figures)
        for kind in Kind:
            if there[kind]:
                print(f"  {kind.value}: {right[kind]} of {made[kind]} right, {found[kind]} of {there[kind]} found")  # noqa: T201 (the figures)
        precision, recall = right.total() / made.total(), found.total() / there.total()
        print(f"  precision {precision:.2f}, recall {recall:.2f}")  # noqa: T201 (the figures)
        print("  not so:", *missed, sep="\n    ")  # noqa: T201 (the figures)
    assert len(TABLE) >= 120
    assert precision >= 0.9
    assert recall >= 0.85


@given(st.text(max_size=200) | st.text("Mrs Jones 07+@.-HR4 9AB'school", max_size=60))
def test_suggestions_are_parts_of_any_text_without_overlap(text: str) -> None:
    found = suggestions(text)
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("text", ["A" * 4000, "0 " * 2000, "St " * 1300, "a@" * 2000, "Aa " * 1300, "my friend " * 400])
def test_no_long_text_keeps_an_officer_waiting(text: str) -> None:
    # Ten times as long would show at once in the test's own time if a rule looked at a place again and again.
    assert isinstance(suggestions(text), list)
