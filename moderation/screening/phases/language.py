"""Language: whether the text is in another language, or another alphabet, than the site's.

Says nothing about a few words, a name, a quotation among words of the site's language, or a
language it does not know.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from moderation.screening.phases.tongues import BY_LETTER, BY_WORD, NAMES, words_of
from moderation.screening.subject import Subject
from moderation.screening.verdict import Finding

LETTERS = 20  # fewer say nothing
WORDS = 4
OWN = 0.3  # share of words of the site's language from which on nothing more is asked
DISTINCT = 2  # different words that hold a sentence together
SHARE = 0.12  # of all words, such words of the other language
SHARED = 0.4  # the weight of a word that is also one of the site's own language
LEAD = 2.5  # times as many as of the site's own language
STRANGE = 0.6  # share of letters of another alphabet

# alphabets of languages that are not written in Latin letters
_ALPHABETS = {
    "ar": "ARABIC",
    "be": "CYRILLIC",
    "bg": "CYRILLIC",
    "el": "GREEK",
    "fa": "ARABIC",
    "he": "HEBREW",
    "hy": "ARMENIAN",
    "ja": "CJK",
    "ka": "GEORGIAN",
    "ko": "HANGUL",
    "mk": "CYRILLIC",
    "ru": "CYRILLIC",
    "sr": "CYRILLIC",
    "uk": "CYRILLIC",
    "zh": "CJK",
}
_ALSO = {"sr": {"CYRILLIC", "LATIN"}, "ja": {"CJK", "HIRAGANA", "KATAKANA"}}
# our own letters, drawn in another way
_DRAWN = {"FULLWIDTH", "MATHEMATICAL", "MODIFIER", "SUPERSCRIPT", "SUBSCRIPT", "LATIN"}
_SHOWN = {"CJK": "Chinese or Japanese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}
_EDGES = '.,;:!?"()[]{}<>*_~-–—…“”„«»‹›‘¿¡/'  # noqa: RUF001  # punctuation


def find(subject: Subject) -> Iterator[Finding]:
    """A signal, score by how sure."""
    text = subject.text
    site = subject.language.lower().partition("-")[0]
    strange = _alphabet(text, site)
    if strange is not None:
        yield strange
    elif site not in _ALPHABETS and site in NAMES:
        yield from _other(text, site)


def _alphabet(text: str, site: str) -> Finding | None:
    """Whether most letters are of another alphabet."""
    expected = _ALSO.get(site) or {_ALPHABETS.get(site, "LATIN")}
    if text.isascii() and "LATIN" in expected:
        return None
    letters = [sign for sign in text if sign.isalpha()]
    seen: dict[str, int] = {}
    for sign in letters[:: max(1, len(letters) // 100)]:
        name = "LATIN" if sign < "\u0250" else unicodedata.name(sign, "").partition(" ")[0]
        name = "LATIN" if name in _DRAWN else name
        seen[name] = seen.get(name, 0) + 1
    strange = {name: count for name, count in seen.items() if name not in expected}
    share = sum(strange.values()) / max(1, sum(seen.values()))
    if share < STRANGE or len(letters) < (LETTERS if "LATIN" in strange else LETTERS // 2):
        return None
    most = max(strange, key=lambda name: strange[name])
    return Finding("language", share, why=[f"Written in {_shown(most)} letters."])


def _shown(alphabet: str) -> str:
    return _SHOWN.get(alphabet, alphabet.capitalize() or "unusual")


def _other(text: str, site: str) -> Iterator[Finding]:
    """Whether the words that hold it together are another language's."""
    words = _words(text)
    if len(words) < WORDS or sum(map(len, words)) < LETTERS:
        return
    if sum(map(words_of(site).__contains__, words)) > OWN * len(words):
        return
    own, others, distinct = _tally(words, site)
    if not others:
        return
    best = max(others, key=lambda language: others[language])
    score = others[best]
    if distinct.get(best, 0) < DISTINCT or score < SHARE * len(words) or score < LEAD * (own + 0.5):
        return
    said = f"Looks like {NAMES[best]}, not {NAMES[site]}."
    yield Finding("language", score / (score + own), why=[said])


def _words(text: str) -> Sequence[str]:
    spoken = text.lower().replace("’", " ").replace("'", " ").split()
    return [stripped for word in spoken if (stripped := word.strip(_EDGES))]


def _tally(words: Sequence[str], site: str) -> tuple[float, dict[str, float], dict[str, int]]:
    """(the site's words, each other language's words, how many different ones of each).

    A word of both says little: it weighs less on both sides, and is none of the different ones.
    """
    own = 0.0
    others: dict[str, float] = {}
    kinds: dict[str, set[str]] = {}
    for word in words:
        languages = BY_WORD.get(word) or (() if word.isascii() else _by_letters(word))
        is_own = site in languages
        if is_own:
            own += 1 if len(languages) == 1 else SHARED
        for language in languages:
            others[language] = others.get(language, 0.0) + (SHARED if is_own else 1)
            if not is_own and len(word) > 1:
                kinds.setdefault(language, set()).add(word)
    others.pop(site, None)
    return own, others, {language: len(seen) for language, seen in kinds.items()}


def _by_letters(word: str) -> tuple[str, ...]:
    for sign in word:
        if sign in BY_LETTER:
            return BY_LETTER[sign]
    return ()
