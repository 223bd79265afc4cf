"""The checks in words: what each looks at, what its parts are called, where more about it is."""

from collections.abc import Mapping

from moderation.screening.phases.tongues import NAMES

DOES: Mapping[str, str] = {
    "length": "Notes a text of hardly a word, and one that nobody reads to its end.",
    "links": "Looks where links lead: known spam, shorteners, sites nobody here has linked to.",
    "words": "Looks for the entries of your word lists, in disguise too. Its score is always 1.",
    "repeats": "Finds the same or nearly the same text, from one account or from several.",
    "flood": "Counts what came within ten minutes from the account and from its connection.",
    "personal": "Finds addresses, telephone numbers, bank and identity numbers by their pattern.",
    "first-comment": "Notes that the account has not written here before.",
    "history": "Notes how many of the author’s comments people hid, once they decided about ten.",
    "account-age": "Notes an account that is less than a week old.",
    "noise": "Notes shouting, runs of signs, and letters or characters that were disguised.",
    "language": "Notes a text in another language or alphabet than the site’s.",
    "contempt": "Looks for the terms kept with an article while a court sits. Its score is 1.",
    "risk": "Estimates how likely a text is an attack, hatred, a threat or spam.",
    "rule": "Asks the rules that the newsroom has written. Each has a switch of its own.",
    "remote": "Asks a checker of your own over the network.",
}
# what a phase's own page is called
MORE: Mapping[str, tuple[str, str]] = {
    "words": ("/rules/words", "Word lists"),
    "rule": ("/rules", "Rules"),
    "risk": ("/rules/model", "Risk model"),
    "remote": ("/rules/remote", "Where it is, and what follows when it fails"),
}
_CALLED: Mapping[str, str] = {
    "contempt": "A term of the article",
    "flood": "From the account",
    "flood:network": "From the connection",
    "links:spam": "A known spam site",
    "personal:address": "A street address",
    "personal:birth": "A date of birth",
    "personal:card": "A card number",
    "personal:document": "A document’s number",
    "personal:email": "An e-mail address",
    "personal:iban": "A bank account",
    "personal:id": "An identity number",
    "personal:ip": "A network address",
    "personal:phone": "A telephone number",
    "repeats": "The same text again",
    "risk:attack": "An attack",
    "risk:hate": "Hatred",
    "risk:personal_data": "Personal data, by rule",
    "risk:spam": "Spam",
    "risk:threat": "A threat, by rule",
}
# what the check of languages knows
LANGUAGES: Mapping[str, str] = {
    **NAMES,
    "ar": "Arabic",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "el": "Greek",
    "fa": "Persian",
    "he": "Hebrew",
    "hy": "Armenian",
    "ja": "Japanese",
    "ka": "Georgian",
    "ko": "Korean",
    "mk": "Macedonian",
    "ru": "Russian",
    "sr": "Serbian",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def called(checker: str, clauses: Mapping[str, str]) -> str:
    """A checker in words. clauses: code → title; a word list is called after its clause."""
    part = checker.partition(":")[2]
    return _CALLED.get(checker) or clauses.get(part) or part or checker
