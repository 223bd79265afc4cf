"""What the name of a host says: whose it is, and whether it pretends to be another's."""

import unicodedata
from functools import cache
from importlib import resources

from moderation.screening.phases.wording import listed

LONGEST = 253  # characters, as in the domain name system

SHORTENERS = listed(
    "adf.ly bit.do bit.ly bl.ink buff.ly clck.ru cutt.ly dlvr.it goo.gl goo.su is.gd kutt.it"
    " lnkd.in n9.cl ow.ly ouo.io qr.ae rb.gy rebrand.ly s.id shorte.st short.io shorturl.at"
    " soo.gd t.co t.ly tiny.cc tiny.one tinyurl.com trib.al u.to v.gd vk.cc vu.fr x.co"
)
# under these, what stands before is whose it is
_SECOND_LEVEL = listed("ac co com edu gob gouv gov go gv ne net nom or org sch")
_SHARED = listed(
    "blogspot.com github.io gitlab.io herokuapp.com netlify.app pages.dev substack.com"
    " tumblr.com vercel.app web.app weebly.com wixsite.com wordpress.com workers.dev"
)
_IMITATED = listed(
    "amazon apple barclays bbc binance coinbase ebay facebook gmail google guardian hotmail"
    " instagram linkedin microsoft netflix nytimes outlook paypal reuters revolut spotify"
    " telegram tiktok twitter whatsapp wikipedia yahoo youtube"
)
# what is taken for a letter, at a glance
_AT_A_GLANCE = str.maketrans("015", "ols")
_LOOKS_LATIN = frozenset("асеорхуіјѕԁһԛԝӏοαρνικυχτ")  # Cyrillic and Greek


def tidied(host: str) -> str:
    """In small letters, without the port, the final dot and `www.`."""
    name = host.rpartition("@")[2].partition(":")[0].lower().strip(".")
    return name.removeprefix("www.")[:LONGEST]


def domain(host: str) -> str:
    """What somebody had to register for a tidied host: news.example.co.uk → example.co.uk."""
    labels = host.split(".")
    if labels[-1].isdigit():
        return host  # an address in numbers
    taken = 2
    if len(labels) > 2 and (
        (len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL) or ".".join(labels[-2:]) in _SHARED
    ):
        taken = 3
    return ".".join(labels[-taken:])


def is_spam(host: str) -> bool:
    """Whether the tidied host or one above it is on the list."""
    labels = host.split(".")[-4:]
    return any(".".join(labels[first:]) in spam_domains() for first in range(len(labels) - 1))


@cache
def spam_domains() -> frozenset[str]:
    """The list that comes with the package."""
    listed = resources.files(__package__).joinpath("spam_domains.txt").read_text("utf-8")
    return frozenset(line for line in listed.splitlines() if line and not line.startswith("#"))


def imitates(host: str) -> str:
    """Why a tidied host looks like another's, in words; "" if it does not."""
    for label in host.split("."):
        shown = _shown(label)
        if not shown.isascii() and _is_disguised(shown):
            return f"“{shown}” is not written in the letters it seems to be"
        folded = shown.translate(_AT_A_GLANCE).replace("rn", "m").replace("vv", "w")
        if folded != shown and folded in _IMITATED:
            return f"“{shown}” looks like “{folded}”"
    return ""


def _shown(label: str) -> str:
    """As browsers show it: xn--80ak6aa92e in its own letters."""
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _is_disguised(label: str) -> bool:
    """Latin mixed with Cyrillic or Greek, or none but letters that look Latin."""
    alphabets = {_alphabet(sign) for sign in label if sign.isalpha()}
    if alphabets & {"CYRILLIC", "GREEK"}:
        letters = {sign for sign in label if sign.isalpha() and not sign.isascii()}
        return "LATIN" in alphabets or letters <= _LOOKS_LATIN
    return False


def _alphabet(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]
