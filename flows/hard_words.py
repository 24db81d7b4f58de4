"""Words that people should not have to know, each with a plainer one to write instead.

Written by hand for consultations of councils. One list for each language: a language without one has no such rule yet.
A word that is hard for adults is hard for everybody; each younger list adds to those above it. The usual endings come
with a word (`outcome` is `outcomes` too); further forms stand behind a `/`. Words that are plain in another sense
("access", "deliver", "key") are left out: a rule that cries wolf is switched off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from flows.definition import AgeBand

Forms = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
"""First word to every expression that begins with it (all its words in lower case) and what to write instead."""

_FOR_EVERYBODY: Final = """
ad hoc = as needed
adverse childhood experience = hard things that happen in childhood
aforementioned = this, that
ascertain = find out
attainment = results at school
benchmark = something to compare with
best practice = what works well
buy-in = support
care pathway / referral pathway = the steps to getting help
cessation = end
cohort = group
collaborate / collaboration / collaborative / collaboratively = work together
commence / commencement = start
commission / commissioner = buy or plan services
community engagement / public engagement / stakeholder engagement = hearing from people
coproduce / co-produce / coproduction / co-production = plan together
deep dive = closer look
deliverable = what will be done
demographic / demographics = people's ages and backgrounds
deprivation = poverty
direction of travel = what we want to do
disseminate / dissemination = share
early identification = spotting problems early
early intervention = help early on
edge of care = at risk of going into care
empower / empowerment = give people a say, help them to do
endeavour = try
evidence-based = shown to work
expedite = speed up
facilitate / facilitation = help, make easier
fiscal = money
going forward = from now on
governance = how decisions are made
granular = detailed
hereby / herein / hereafter / thereof / therein / hitherto = leave it out
holistic / holistically = looking at the whole person
impactful = that makes a difference
implement / implementation = carry out, start
in accordance with = as it says in
in respect of = about
inter alia = among other things
intervention = help, action
joint commissioning = buying services together
leverage = use
liaise / liaison = talk to, work with
looked-after child / looked-after children / looked after child / looked after children = children in care
methodology = way of doing it
mitigate / mitigation = lessen
multi-agency / multiagency / inter-agency = several services together
multi-disciplinary / multidisciplinary = people with different jobs together
needs assessment = finding out what people need
notwithstanding = despite
outcome = results, what changes
outturn = what was spent
overarching = main
paradigm = way of thinking
partner agency / partner agencies = the services we work with
per annum = a year
performance framework / outcomes framework / strategic framework = the way we check how it is going
person-centred / child-centred = built around each person
prior to = before
procure / procurement = buy
provision = services, help, places
pursuant to = under
quality assurance = checking how good it is
rationale = reason
remit = what it covers
remuneration = pay
respondent = people who answer
robust / robustly = strong
safeguard / safeguarding = keeping children safe
scrutiny / scrutinise = checking
service user = people who use the service
signpost / signposted / signposting = tell people where to go
social capital = people who help each other
socio-economic / socioeconomic = money and background
stakeholder = the people it matters to
statutory = required by law
strategic / strategically = long-term, main
streamline = make simpler
subsidiarity = deciding close to the people concerned
synergy / synergies = working together
targeted support / targeted intervention = help for those who need it most
third sector = charities and community groups
trauma-informed = aware of what hard times do to people
universal services / universal offer = services for everybody
upskill = train
utilise / utilisation = use
vis-a-vis / vis-à-vis = about
whilst = while
with regard to / with regards to / in regard to = about
workstream = piece of work
wraparound = all-round
"""

_UNDER_SIXTEEN: Final = """
accountable / accountability = has to explain what they do
adjacent = next to
advocate / advocacy = somebody who speaks up for you
alleviate = ease
allocate / allocation = share out
amenity / amenities = shops, parks and other useful places
aspiration / aspirational = hopes
beneficial = good, helpful
caseload = the people they help
collate = put together
comply / compliance = follow
consequently = so
constraint = limit
criterion / criteria = what counts
deficit = gap
demonstrate / demonstration = show
detrimental = harmful
diminish = get smaller
disparity / disparities = gap, difference
duration = how long it lasts
eligible / eligibility = who can get it
engagement = taking part
enhance / enhancement = make better
equitable = fair
evaluate / evaluation = look at how it went
expenditure = spending
feasible / feasibility = can be done
formulate = make, write
inequality / inequalities = unfairness
infrastructure = roads, buildings and cables
initiative = project, idea
inpatient / outpatient = in hospital, at a hospital visit
integrated / integration = joined up
legislation = laws
mechanism = way
modify / modification = change
objective = aim
obtain = get
oral health = teeth and gums
optimal / optimise = best, make the best of
participation = taking part
perception = what you think of it
placement = foster home, work place
practitioner = people whose job it is
pre-existing = from before
preventative / preventive = that stops problems before they start
provider = who gives it
referral = being sent on to get help
regarding = about
resilience / resilient = able to cope
respite = a break
retain / retention = keep
stigma / stigmatise = being judged
subsequent / subsequently = later
substantial = big
sufficient = enough
terminate / termination = end
thematic = by subject
undertake / undertaking = do
validate / validation = check
viable / viability = that can work
voluntary sector = charities and community groups
workforce = the people who work here
"""

_UNDER_TWELVE: Final = """
accessible / accessibility = easy to get to or use
additional / additionally = more
affordable / affordability = cheap enough
agenda = list of things to talk about
anonymise / anonymous / anonymously = without your name
approximately = about
assist / assistance = help
automated = done by a computer
cabinet = the group that decides
committee = a group that decides
component = part
comprehensive = full
concern / concerned = worry
consequence = what happens next
considerable = a lot of
consideration = thought
consult / consultation / consultative = ask people what they think
contribute / contribution = add, help
councillor = somebody people voted for
currently = now
deadline = the last day
decline = get worse, say no
determine = decide
disadvantaged = who have less
discrimination / discriminate = being treated unfairly
diverse / diversity = all kinds of people
draft = first try
economic / economy / economical = money
effective / effectively / effectiveness = that works well
employment = jobs
ensure = make sure
equality / equalities = being treated fairly
essential = needed
establish = set up
ethnicity / ethnic = where your family is from
exclude / exclusion = leave out
facility / facilities = places to use
financial / finance = money
frequently / frequency = often
guardian = a grown-up who looks after you
housing = homes
identify / identification = find, name
impact = what it changes
inclusion / inclusive = everybody belongs
individual / individually = person
influence = help decide
issue = problem, thing that matters
legal = by law
leisure = free time
maintain / maintenance = keep, look after
majority = most
maximum / minimum = the most, the least
monitor = check
neurodivergent / neurodiverse / neurodiversity = whose brains work in their own way
numerous = many
obesity = being very overweight
obstacle = what gets in the way
organisation = group
participant = people who take part
participate = take part
particularly = most of all
partnership = people who work together
perspective = how you see it
policy / policies = rules, plan
poverty = having too little money
preference = what you like best
previous / previously = before
principle = rule, what we believe
prioritise / priority / priorities = what comes first
procedure = steps
professional = people whose job it is
promote / promotion = help along
proposal / propose = idea
provide = give
purchase = buy
purpose = reason
questionnaire = questions
recreation / recreational = playing, fun
regulation = rule
relevant / relevance = about this
require / requirement = need
resident = people who live here
resource = things that help
restrict / restriction = limit
satisfaction / satisfied / dissatisfied = happy with it
significant / significantly = big
specific / specifically = this very
statement = what somebody says
statistic = numbers
strategy / strategies = plan
submit / submission = send
sustainable / sustainability = that lasts
volunteer = help without pay
voluntary / voluntarily = you choose
vulnerable / vulnerability = who may need more help
welfare = being looked after
"""

_UNDER_EIGHT: Final = """
appropriate = right
attend / attendance = go to
available / availability = there for you
community / communities = people who live near you
compare / comparison = say which is better
confident / confidence = brave, sure
create / creation = make
decision = what was chosen
describe / description = tell me about
difficult / difficulty = hard
discuss / discussion = talk about
disability / disabilities = needing help to see, hear, move or learn
emotion / emotional = feeling
environment / environmental = the world around us
equal / equally = the same
equipment = things to use
experience = what it was like
feedback = what you think
government = people who run the country
ideal / ideally = best
improve / improvement = make better
independent / independence / independently = by yourself
information = what you need to know
involve / involvement = join in
local = near you
mental health = how you feel inside
neighbourhood = the streets near you
opinion = what you think
opportunity / opportunities = chance
option = choice
permission = saying yes
physical / physically = with your body
prefer = like more
prevent / prevention = stop
protect / protection = keep safe
receive = get
recommend / recommendation = say is good
relationship = friends and family
represent / representative = speak for
respond / response = answer
responsible / responsibility = whose job it is
society = all of us
solution = what would help
suggest / suggestion = idea
support / supportive = help
survey = questions
transport = buses, trains and cars
treatment = what makes you better
various = many
wellbeing / well-being = feeling well
"""

_WORDS: Final[Mapping[str, tuple[tuple[frozenset[AgeBand], str], ...]]] = {
    "en": (
        (frozenset(AgeBand), _FOR_EVERYBODY),
        (frozenset(tuple(AgeBand)[:3]), _UNDER_SIXTEEN),
        (frozenset(tuple(AgeBand)[:2]), _UNDER_TWELVE),
        (frozenset(tuple(AgeBand)[:1]), _UNDER_EIGHT),
    ),
}


def listed(language: str, band: AgeBand) -> Mapping[str, str]:
    """Every expression that is hard for a band, in lower case and without its endings, with what to write instead."""
    return {form: plainer for forms, plainer in _entries(language, band) for form in forms}


@lru_cache(maxsize=64)
def forms(language: str, band: AgeBand) -> Forms:
    """The same with the usual endings, by their first words."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for written, plainer in _entries(language, band):
        for form in {ending for each in written for ending in _with_endings(each)}:
            parts = tuple(form.replace("-", " ").split())
            found.setdefault(parts[0], []).append((parts, plainer))
    # The longest first: "early intervention" is one expression, and not only an intervention.
    return {first: tuple(sorted(each, key=lambda entry: -len(entry[0]))) for first, each in found.items()}


def _entries(language: str, band: AgeBand) -> Iterator[tuple[tuple[str, ...], str]]:
    for bands, text in _WORDS.get(language, ()):
        for line in text.strip().splitlines() if band in bands else ():
            written, _, plainer = line.partition(" = ")
            yield tuple(each.strip() for each in written.split("/")), plainer


def _with_endings(form: str) -> set[str]:
    if form.endswith("e"):
        return {form, f"{form}s", f"{form}d", f"{form[:-1]}ing"}
    if form.endswith("y") and form[-2:-1] not in "aeiou":
        return {form, f"{form[:-1]}ies", f"{form[:-1]}ied", f"{form}ing"}
    if form.endswith(("s", "x", "ch", "sh")):
        return {form, f"{form}es", f"{form}ed", f"{form}ing"}
    return {form, f"{form}s", f"{form}ed", f"{form}ing"}
