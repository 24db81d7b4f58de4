"""The little words around an answer: what can be left out, what turns it round, and how yes and no are said.

All folded (see `flows.folding`), and for all languages together: a Pole in Hereford writes "2 please" too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from flows.folding import fold


def _words(listed: str) -> frozenset[str]:
    return frozenset(fold(listed).split())


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in listed.split(","))


LEADING: Final = _words(
    "i id ill im ive my me we pick picked choose chose choice think want like would say go going for with to it its "
    "is the a an am answer favourite favorite um er erm uh well so ok okay oh please probably definitely maybe "
    "mostly just y yr fy dwi dw rwy rwyn dwin rydw eisiau hoffwn meddwl dewisaf mae poproszę proszę wybieram chcę "
    "myślę że moja wolę biorę mój moje jestem chyba raczej tylko اختار أختار أريد"
)
"""What may stand before an answer without changing it."""

TRAILING: Final = _words(
    "please pls plz plis thanks thank you thx ta x xx xxx lol haha one ones option i think definitely obviously "
    "probably tbh innit diolch plis os gwelwch gweli din yn dda proszę dziękuję dzięki poproszę opcja opcję chyba "
    "raczej شكرا"
)

MARKERS: Final = _words(
    "ans the number numbers no nr num numer option options opt choice choices answer letter item rhif dewis opsiwn "
    "ateb opcja opcję odpowiedź punkt numerek yr y رقم الرقم الخيار خيار"
)
"""What may stand before an option's number."""

LAST: Final = _words("last olaf ostatni ostatnia ostatnie ostatnią الأخير الأخيرة")

BECAUSE: Final = _words(
    "because becos becuase cause cos coz cuz bc since achos oherwydd oblegid bo ponieważ bo لأن لأنه لأنها لأنني لأنهم "
    "بسبب"
)

AND: Final = _words("and n an then plus also with a ac hefyd wedyn i oraz a też potem و ثم")
"""What may stand between two answers."""

AND_IN_ENGLISH: Final = frozenset({"and", "n", "then", "plus"})

OR: Final = _words("or neu lub albo czy أو")

NEGATIONS: Final = _words(
    "no not nto nott never none nothing nobody neither nor without except dont dnt doesnt didnt isnt arent wasnt "
    "werent wont cant cannot couldnt shouldnt wouldnt hasnt havent aint hate nah nope na nac nid ddim dim heb byth "
    "peidio nie bez ani nigdy żaden żadna żadne لا ليس ليست غير بدون لن لم "
    "żadnej żadnego niczego oprócz prócz"
)

TURNING: Final = (
    NEGATIONS
    | OR
    | _words("but than fewer instead rather unless less versus vs if apart ond niż zamiast ale لكن mniej")
)
"""What makes a longer text say something else about an option than that it is chosen."""

EMPTY: Final = (
    LEADING
    | TRAILING
    | AND
    | OR
    | NEGATIONS
    | _words(
        "in on at of by from up out as be been are was do does did have has had this that these those there here now "
        "any all every lot lots other others thing things very really too much many sure he she they them his her "
        "their our your what who when where why how can could will should yes"
    )
)
"""Words too common to pick an option by."""

VAGUE: Final = EMPTY | _words("more most less some many same good bad fine")
"""Words that pick an option when they are all that was said, but not in the middle of a sentence."""

ABOUT_AGE: Final = _words(
    "i im am age aged year years yr yrs old yo y o he hes she shes is my just turned only dw dwi to n in rwyn oed "
    "mlwydd blwydd flwydd rwy mam ma lat lata latek latka rok roku wiek ukończone عمري سنة سنوات"
)
"""What stands around an age."""
SAYS_AGE: Final = ABOUT_AGE - _words("is my just only to n in o y ma")
"""What makes a number an age."""

ABOUT: Final = _words(
    "about around roughly approximately approx circa ca probably maybe i id say think like just only exactly or so "
    "ish it its is was my the a an of them we have ive got has there are were in total please please thanks thank "
    "you me number answer score points point tua rhyw dwi n meddwl około ok jakieś mam mamy jest są myślę że to "
    "punktów حوالي تقريبا عندي لدي "
    "punkt punkty dokładnie"
)
"""What may stand around a number without changing it."""
UNITS: Final = (
    _words(
        "year years yr yrs old yo y o aged age im am oed mlwydd blwydd flwydd blynedd mlynedd flynedd lat lata latek "
        "latka rok roku سنة سنوات عام أعوام"
    ),
    _words("hours hour hrs hr h awr oriau godzin godziny godzina godzinę godz ساعة ساعات"),
    _words("minutes minute mins min munud munudau funud minut minuty minuta minutę دقيقة دقائق"),
    _words("days day diwrnod dyddiau ddiwrnod dni dzień يوم أيام"),
    _words("times time gwaith tro razy raz مرة مرات"),
    _words("people person pobl bobl osób osoby osoba ludzi أشخاص شخص"),
)
"""Ways to write one unit: all may stand around a number where the question has one of them."""
NO_FEWER: Final = _words("none nil nought zero dim zero żadnego")
"""Nothing, as a number."""

AFFIRMING: Final = _words("do am is are can have will would sure always")
"""Behind a "no", what says yes after all."""

ALL: Final = _phrases(
    "all,all of them,all of these,all of the above,all of it,them all,every one,everyone,everything,"
    "every one of them,the lot,popeth,bopeth,pob un,bob un,pob un ohonyn nhw,pob un o'r rhain,y cyfan,y cwbl,i gyd,"
    "nhw i gyd,wszystko,wszystkie,wszystkie z nich,الكل,كلها,كل شيء,الجميع,جميعها"
)
BOTH: Final = _phrases(
    "both,both of them,both of these,y ddau,y ddwy,y ddau ohonyn nhw,y ddwy ohonyn nhw,oba,obie,obydwa,obydwie,oboje,"
    "كلاهما,كلتاهما"
)

YES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en": _phrases(
            "yes,y,yeah,yea,yeh,yh,ye,yep,yup,yess,yesss,yas,ya,yah,aye,yes please,yes i do,yes i am,yes it is,i do,"
            "i am,of course,definitely,absolutely,certainly,yes definitely,i think so,think so,totally,defo,"
            "very much,yes very much"
        ),
        "cy": _phrases(
            "ie,ia,oes,ydw,yndw,ydy,ydi,yw,ydyn,do,bydd,byddaf,wrth gwrs,yn bendant,yn sicr,gallaf,galla i,hoffwn,"
            "siŵr iawn,cytuno,dwi'n cytuno,dw i'n cytuno"
        ),
        "pl": _phrases(
            "tak,t,jasne,oczywiście,pewnie,tak jest,zgadza się,zdecydowanie tak,no tak,no pewnie,no jasne,jasne że tak,"
            "pewnie że tak,raczej tak,chyba tak,myślę że tak,owszem,tak tak,tak proszę"
        ),
        "ar": _phrases("نعم,أيوه,ايوا,أجل,بالتأكيد,طبعا,بلى"),
    }
)

NO: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en": _phrases(
            "no,n,nah,nope,naw,na,noo,nooo,no way,no thanks,no thank you,not really,not at all,no i dont,no im not,"
            "no it isnt,no its not,i dont,im not,definitely not,absolutely not,of course not,never"
        ),
        "cy": _phrases(
            "na,nage,nac ydw,nag ydw,nac oes,nag oes,naddo,nac ydy,nac ydi,nag ydy,nag ydi,nac yw,nag yw,na fydd,"
            "na fyddaf,na allaf,dim o gwbl,ddim o gwbl,dim diolch,na ddim,nac ydyn,ddim wir,anghytuno"
        ),
        "pl": _phrases(
            "nie,nie bardzo,wcale nie,absolutnie nie,skąd,nigdy,zdecydowanie nie,nie dziękuję,no nie,raczej nie,"
            "chyba nie,myślę że nie,nie nie,skąd że,oczywiście że nie,nie sądzę"
        ),
        "ar": _phrases("لا,كلا,لا شكرا,ليس كذلك"),
    }
)

NOT_SURE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en": _phrases(
            "not sure,im not sure,unsure,i am not sure,dont know,i dont know,dunno,idk,no idea,i have no idea,"
            "not certain,no clue,cant say,hard to say,dont no,i dont no,donno,i dunno"
        ),
        "cy": _phrases(
            "ddim yn siŵr,dim yn siŵr,dwi ddim yn siŵr,dw i ddim yn siŵr,dydw i ddim yn siŵr,ansicr,ddim yn gwybod,"
            "dim yn gwybod,dwi ddim yn gwybod,dw i ddim yn gwybod,dydw i ddim yn gwybod,sai'n gwybod,dim syniad,"
            "dim clem,wn i ddim,dwn i ddim,anodd dweud"
        ),
        "pl": _phrases(
            "nie wiem,nie jestem pewien,nie jestem pewna,nie mam pojęcia,trudno powiedzieć,niewiem,nwm,"
            "nie mam pewności,nie jestem pewny,ciężko powiedzieć,nie mam zdania,sam nie wiem,sama nie wiem"
        ),
        "ar": _phrases("لا أعرف,لا أعلم,لا أدري,مش عارف,لست متأكدا,لست متأكدة,غير متأكد,غير متأكدة"),
    }
)

ECHOES: Final = _words(
    "i we it they there he she do am is are have can will would think so really definitely please thank thanks you "
    "very much course of all at the time its im sometimes yes no sir miss always mate bro guess lol haha tbh "
    "obviously innit honestly totally sure"
)
"""What may follow a yes or a no without saying anything of its own."""

NONE: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en": _phrases("none,none of them,none of these,none of the above,nothing,neither,nothing here,not any"),
        "cy": _phrases("dim un,dim un ohonyn nhw,dim un o'r rhain,dim o'r rhain,dim byd,yr un,yr un ohonyn nhw"),
        "pl": _phrases("żadne,żadna,żaden,nic,żadne z nich,żadne z tych,żadna z nich,żaden z nich,żadna z tych"),
        "ar": _phrases("لا شيء,لا شيء مما ذكر,ولا واحد"),
    }
)

NONE_CODES: Final = frozenset({"none", "none-of-these", "nothing"})
"""Option codes that mean it, whatever the label."""

UNSURE_CODES: Final = frozenset({"not-sure", "unsure", "dont-know", "do-not-know"})
"""Option codes that mean it, whatever the label."""

THUMBS: Final[Mapping[str, str]] = MappingProxyType({"👍": "yes", "✅": "yes", "✔": "yes", "👎": "no", "❌": "no"})

_ONLY_IN_THEIR_OWN: Final = frozenset({"do", "t"})
"""Words that are yes in one language and something else in the others."""
_YES_OR_NO: Final[Mapping[str, frozenset[str]]] = MappingProxyType({"pl": frozenset({"no"})})
"""What could be either: in Polish "no" is a casual yes, and in England everybody knows the English one."""


def denials(words: Sequence[str]) -> int:
    """How often words deny something."""
    return sum(word in NEGATIONS for word in words)


def spoken(phrases: Mapping[str, frozenset[str]], language: str) -> frozenset[str]:
    """A table's phrases in every language, as somebody speaking this one may use them."""
    own = phrases.get(language, frozenset())
    unclear = _YES_OR_NO.get(language, frozenset()) if phrases is YES or phrases is NO else frozenset()
    everywhere = frozenset[str]().union(*phrases.values()) - _ONLY_IN_THEIR_OWN
    return own | everywhere | unclear
