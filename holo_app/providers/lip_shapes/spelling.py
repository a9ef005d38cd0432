"""How letters sound, as far as lips show it: English, German and French, and plain values for other Latin spellings.

A rule is letters and the shapes that they make. `^` is the start of a word, `$` its end; letters after `>` must follow but are
not used up. The longest rule that fits wins. Lips forgive much: a rule that is right nine times in ten looks right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from holo_app.domain.speech import Viseme

_SHAPE: Final = {
    "p": Viseme.PP, "f": Viseme.FF, "T": Viseme.TH, "t": Viseme.DD, "k": Viseme.KK, "C": Viseme.CH, "s": Viseme.SS,
    "n": Viseme.NN, "r": Viseme.RR, "a": Viseme.AA, "e": Viseme.E, "i": Viseme.I, "o": Viseme.O, "u": Viseme.U,
}  # fmt: skip
"""One sign for each shape in the tables below."""

_PLAIN: Final = """
a=a b=p c=k d=t e=e f=f g=k h= i=i j=C k=k l=n m=p n=n o=o p=p q=k r=r s=s t=t u=u v=f w=u x=ks y=i z=s ß=s à=a á=a
â=a ã=a ä=e å=o æ=e ç=s è=e é=e ê=e ë=e ì=i í=i î=i ï=i ñ=ni ò=o ó=o ô=o õ=o ö=e ø=e œ=e ù=u ú=u û=u ü=u ý=i ÿ=i ā=a
ă=a ą=o ć=C č=C ď=t đ=t ę=e ě=e ğ= ı=i ł=u ń=n ň=n ő=e ř=C ś=C ş=C š=C ť=t ů=u ű=u ź=C ż=C ž=C bb=p cc=k dd=t ff=f
gg=k ll=n mm=p nn=n pp=p rr=r ss=s tt=t zz=s ch=C sh=C ph=f qu=ku ck=k th=t
"""
"""Spelling that says what it means, for languages without a table of their own."""

_ENGLISH: Final = """
e$= es$=s ed$=t ted$=tet ded$=tet the$=Te ^the$=Te ^he$=i ^she$=Ci ^we$=ui ^me$=pi ^be$=pi ^of$=of ^one$=uan ^two$=tu
^to$=tu ^do$=tu ^who$=u ^you$=iu ^your$=ior ^are$=ar ^were$=uer ^was$=uos ^have$=af ^give$=kif ^some=sap ^come=kap
^done$=tan ^does$=tas ^said$=set ^eye=ai ^their$=Ter ^there$=Ter ^where$=uer ^water=uotr ^people$=pipn ^only$=ounni
^any=eni ^many=peni a_e=ei e_e=i i_e=ai o_e=ou u_e=iu ai=ei ay=ei au=o aw=o al>k=o all=on alk=ok ar=ar are=er air=er
ea=i ear=ir ead=et eau=o ee=i eer=ir ei=ei eigh=ei er=r ere=er eu=iu ew=iu ey=i ^ey=ai ie=i ied=ait ier=ir igh=ai
ight=ait ild=aint ind=aint ir=r oa=ou oar=or oe=ou oi=oi oy=oi oo=u ook=uk oor=or or=or ore=or ou=au ough=o ought=ot
ould=ut our=aur ous$=es ow=ou ^ow=au own=aun own$=ount old=ount ui=u uy=ai ur=r ure=iur y$=i ^y=i y=i ^by$=pai
^my$=pai ^why$=uai ^try$=trai ^sky$=skai c>e=s c>i=s c>y=s ce$=s ci>a=C cia=Ca ch=C tch=C ck=k cc>e=ks dge=C g>e=C
g>i=C ge$=C ^ge=ke ^gi=ki gg=k gh= ^gh=k gn$=n ^gn=n ng=k nge=nC ^kn=n ^wr=r wr=r wh=u ^who=u mb$=p ^ps=s ph=f sh=C
sch=sk th=T tion=Cen cean$=Cen ^through=Tru sion=Cen ssion=Cen ture=Cr tia=Ca tient=Cent sc>e=s sc>i=s x=ks ^x=s s=s
ss=s sure=Cr qu=ku que$=k j=C u=a ^u=a ^uni=iuni ^use=ius ull=un ush=uC i=i o=o o$=ou on=on ^i$=ai ue$=u our$=r
^our$=aur ^four$=for ^hour$=aur ^beau=piu favour=feifr ^o>v=ou a=a ^a$=e y>e=i le$=n ^h= h= l=n m=p n=n p=p b=p v=f
w=u r=r d=t t=t k=k z=s f=f e=e ^e=e q=k
"""

_GERMAN: Final = """
ei=ai ai=ai ey=ai ay=ai eu=oi äu=oi au=au ie=i ieh=i ee=e aa=a oo=o eh=e ah=a oh=o uh=u ih=i äh=e öh=e üh=u sch=C ch=k
ach=ak och=ok uch=uk ich=iC ech=eC ig$=iC chs=ks tsch=C ^st=Ct ^sp=Cp ^stra=Ctra ck=k dt$=t th=t ph=f pf=pf qu=kf z=ts
tz=ts c=k ^c>e=ts j=i v=f w=f y=u s=s ss=s ß=s x=ks h= ^h= h>a= h>o= h>u= h>e= h>i= er$=a er=er en$=n e$=e ng=k nk=nk
tion=tsion ä=e ö=e ü=u a=a e=e i=i o=o u=u b=p d=t f=f g=k k=k l=n m=p n=n p=p r=k t=t
"""

_FRENCH: Final = """
eau=o eaux=o au=o aux$=o ou=u oi=ua oy=uai ai=e ais$=e ait$=e aient$=e ay=e ei=e eu=e œu=e œ=e oin=uen ain=en ein=en
in=en an=on en=on ien=ien on=on un=en ann=an enn=en inn=in onn=on amm=ap emm=ep omm=op imm=ip ^cent$=so ent$=
^vent$=fon ill=i ille$=i ail$=ai aille=ai eil$=ei eille=ei euil=ei ch=C ph=f th=t qu=k gn=ni gu>e=k gu>i=k g>e=C g>i=C
g>é=C ge>a=C j=C c>e=s c>i=s c>é=s c>è=s ç=s c=k cc=k x$= x=ks s$= t$= d$= p$= z$= ts$= es$= e$= ^les$=ne ^des$=te
^mes$=pe ^ses$=se ^ces$=se ^le$=ne ^de$=te ^je$=Ce ^ne$=ne ^que$=ke ^ce$=se ^se$=se ^me$=pe ^te$=te ^est$=e ^et$=e
ez$=e er$=e ^mer$=per ^fer$=fer ^cher$=Cer ss=s s=s tion=sion h= r=k w=u y=i a=a à=a â=a b=p d=t e=e é=e è=e ê=e ë=e
f=f g=k i=i î=i ï=i k=k l=n m=p n=n o=o ô=o p=p q=k t=t u=u û=u ù=u v=f z=s am>p=o am>b=o em>p=o em>b=o im>p=e im>b=e
om>p=o om>b=o emm=op om$=o an$=o on$=o in$=e un$=e ain$=e ein$=e ien$=ie ment$=po ements$=epo ments$=po
"""

_DIGITS: Final = {
    "en": ("siro", "uan", "tu", "Tri", "for", "faif", "siks", "sefen", "eit", "nain"),
    "de": ("nun", "ains", "tsfai", "trai", "fir", "funf", "seks", "sipen", "akt", "noin"),
    "fr": ("sero", "en", "te", "trua", "katr", "senk", "sis", "set", "uit", "nef"),
}
"""A number that a voice reads out by itself: digit by digit is near enough for lips."""

_TABLES: Final = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH}
_MAGIC_VOWELS: Final = frozenset("aeiou")
_MAGIC_BETWEEN: Final = frozenset("bcdfgklmnprstvz")


@dataclass(frozen=True, slots=True)
class Sound:
    """The shapes that letters `start` to `end` (exclusive) of a word make; none for letters that are not heard."""

    shapes: tuple[Viseme, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    letters: str
    ahead: str
    shapes: tuple[Viseme, ...]


def sounds_of(word: str, language: str) -> tuple[Sound, ...]:
    """How a written word sounds, in order; what is neither a Latin letter nor a digit is left out.

    language: BCP 47; one without rules of its own is read by the plain values of its letters.
    """
    tag = language.split("-", maxsplit=1)[0].lower()
    rules, digits = _rules(tag), _DIGITS.get(tag, _DIGITS["en"])
    # a letter that grows when it is made small (Turkish İ) would shift all after it
    plain = "".join(small if len(small := letter.lower()) == 1 else letter for letter in word)
    sounds: list[Sound] = []
    place = 0
    while place < len(plain):
        if plain[place].isdecimal() and plain[place].isascii():
            sounds.append(Sound(_shapes(digits[int(plain[place])]), place, place + 1))
            place += 1
            continue
        long = _magic(plain, place, rules) if tag == "en" else None
        rule = long or _rule(plain, place, rules)
        if rule is None:
            place += 1
            continue
        used = len(rule.letters.strip("^$"))
        sounds.append(Sound(rule.shapes, place, place + used))
        place += used
    return tuple(sounds)


def _magic(word: str, place: int, rules: Mapping[str, tuple[_Rule, ...]]) -> _Rule | None:
    """The vowel of "late", "time" and "homes", which is long because of the e that is not heard."""
    if word[place] not in _MAGIC_VOWELS or word[place + 1 : place + 2] not in _MAGIC_BETWEEN:
        return None
    if word[place + 2 : place + 3] != "e" or _letter(word, place - 1) in _MAGIC_VOWELS:
        return None
    if not _at_end(word, place + 3) and not (word[place + 3] in "sd" and _at_end(word, place + 4)):
        return None
    if any(len(rule.letters) > 3 and _fits(rule, word, place) for rule in rules.get(word[place], ())):  # noqa: PLR2004
        return None
    return next(
        _Rule(word[place], "", rule.shapes) for rule in rules[word[place]] if rule.letters == f"{word[place]}_e"
    )


def _rule(word: str, place: int, rules: Mapping[str, tuple[_Rule, ...]]) -> _Rule | None:
    return next((rule for rule in rules.get(word[place], ()) if _fits(rule, word, place)), None)


def _fits(rule: _Rule, word: str, place: int) -> bool:
    letters = rule.letters.strip("^$")
    end = place + len(letters)
    return (
        word.startswith(letters, place)
        and word.startswith(rule.ahead, end)
        and (not rule.letters.startswith("^") or not _letter(word, place - 1).isalpha())
        and (not rule.letters.endswith("$") or _at_end(word, end))
    )


def _letter(word: str, place: int) -> str:
    return word[place] if 0 <= place < len(word) else ""


def _at_end(word: str, place: int) -> bool:
    return not _letter(word, place).isalpha()


@cache
def _rules(tag: str) -> Mapping[str, tuple[_Rule, ...]]:
    """The rules by their first letter, the longest first."""
    written: dict[str, _Rule] = {}
    for entry in f"{_PLAIN} {_TABLES.get(tag, '')}".split():
        left, _, shapes = entry.partition("=")
        letters, _, ahead = left.partition(">")
        if letters.strip("^$"):
            written[left] = _Rule(letters, ahead, _shapes(shapes))
    by_letter: dict[str, list[_Rule]] = {}
    for rule in written.values():
        by_letter.setdefault(rule.letters.strip("^$")[0], []).append(rule)
    return {
        letter: tuple(sorted(rules, key=lambda rule: -len(rule.letters) - len(rule.ahead)))
        for letter, rules in by_letter.items()
    }


@cache
def _shapes(signs: str) -> tuple[Viseme, ...]:
    return tuple(_SHAPE[sign] for sign in signs)
