"""Conditions and audiences that cannot meet, beyond those that keep a pack from working (`flows.pack_checks`).

A follow-up may well be for fewer people than may see it: whoever was not asked the first question simply never comes to
the second. But a condition on options that an age band is not offered, and an audience that no role has, are slips.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.definition import AgeBand, Consultation, Kind, Question
from flows.errors import Fault
from flows.pack_checks import can_be, is_for, way_to
from flows.pack_table import Place, listed


def contradictions(consultation: Consultation, places: Mapping[str, Place]) -> Iterator[Fault]:
    """For a consultation whose conditions all name earlier questions. `places` by question code."""
    for question in consultation.questions:
        place = places.get(question.code)
        # What Sayso adds of itself stands in no file.
        if place is not None and any(
            way_to(consultation, question, who) is not None for who in consultation.who_options
        ):
            yield from _nobody(consultation, question, place)
            yield from _not_offered(consultation, question, place)


def _nobody(consultation: Consultation, question: Question, place: Place) -> Iterator[Fault]:
    """Bands and roles that are named but never go together."""
    for band in sorted(question.bands or (), key=tuple(AgeBand).index):
        if not any(who.band is band and is_for(question, who) for who in consultation.who_options):
            problem = f"Nobody of {band.value} is asked {question.code!r}: no role of it has that band"
            yield place.fault("bands", "unreachable", problem, f"Leave {band.value} out, or add a role")
    for role in sorted(question.roles or ()):
        if not any(who.role == role and is_for(question, who) for who in consultation.who_options):
            problem = f"Nobody in the role {role!r} is asked {question.code!r}: the role has none of its bands"
            yield place.fault("roles", "unreachable", problem, f"Leave {role!r} out, or add a band")


def _not_offered(consultation: Consultation, question: Question, place: Place) -> Iterator[Fault]:
    """Options that a condition waits for, and that the other question does not have in the shape of a band."""
    missing: dict[tuple[str, AgeBand | None], list[AgeBand]] = {}
    for band in AgeBand:
        whos = [who for who in consultation.who_options if who.band is band and is_for(question, who)]
        for code, wanted in question.for_band(band).show_if.items():
            other = consultation.question(code)
            shape = other.for_band(band)
            asked = any(way_to(consultation, other, who) is not None for who in whos)
            if asked and shape.kind is not Kind.WHO and not any(can_be(shape, option) for option in wanted):
                missing.setdefault((code, band if band in question.variants else None), []).append(band)
    for (code, variant), bands in missing.items():
        at = place if variant is None else place.below("variants", variant.value)
        named = listed([band.value for band in bands])
        problem = f"{code!r} has none of these options for {named}, so nobody of {named} is asked {question.code!r}"
        mend = f"Leave {named} out of its bands, or give it a show_if of its own under variants"
        yield at.fault("show_if", "show-if", problem, mend)
