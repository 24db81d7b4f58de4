"""That people have been told what came of it, as a mark on the consultation itself."""

from __future__ import annotations

from collections.abc import Iterable

from bot.console.section import Visit
from flows import running
from flows.consents import Consent
from flows.decisions import Answered, Decision, Status
from storage.errors import ConflictError
from storage.feedback import Publication


async def mark_answered(visit: Visit) -> None:
    """People have been told: that is where the consultation has got to, if it was analysed before."""
    slug, service = visit.asked.slug, visit.service
    found = service.library.standing(slug)
    if running.refusal(visit.asked, found, Answered(), visit.now) is not None:
        return
    decision = Decision(found.number + 1, visit.now, visit.officer.email, Answered())
    try:
        await service.database.running.decide(slug, [(decision, visit.deed("consultation.answered"))])
    except ConflictError:
        # Somebody decided something else at this moment: the page goes on saying that it is not marked.
        return
    await service.scheduler.refresh()


def is_unmarked(visit: Visit, publications: Iterable[Publication]) -> bool:
    """Whether it has closed, people were told, and it does not say so under "Running it"."""
    found = visit.service.library.standing(visit.asked.slug)
    told = any(each.consent is Consent.FEEDBACK for each in publications)
    return told and running.status(visit.asked, found, visit.now) in {Status.CLOSED, Status.ANALYSED}
