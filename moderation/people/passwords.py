"""Passwords: what we take, how they are kept (Argon2id), whether one is right. Knows no database."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from moderation.errors import Refused

SHORTEST, LONGEST = 10, 200  # characters

# 19 MiB, two passes, one lane: about 20 ms
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)

# long enough for us, and among the first that anybody tries
COMMONPLACE = frozenset(
    """
    0000000000 0123456789 0987654321 1111111111 1111122222 111222333444 1122334455 1212121212
    1231231231 123123123123 1234554321 1234567890 12345678900 12345678901 12345678910 1234567891
    123456789a 123456789abc 123456789q 1234567899 1234qwerasdf 1357924680 1472583690 147258369a
    1a2b3c4d5e 1a2s3d4f5g 1password1 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc 2222222222
    3333333333 4444444444 5555555555 6666666666 7777777777 8888888888 9876543210 9999999999
    aaaaaaaaaa abababababab abc1234567 abcabcabcabc abcd123456 abcd1234567 abcdefghij abcdefghijk
    abcdefghijkl administrator admin12345 admin123456 adminadmin administrator1 arsenal123
    asdf123456 asdfasdfasdf asdfghjkl1 asdfghjkl; asdfghjkl123 basketball butterfly1 changeme123
    chelsea123 chocolate1 computer123 contrasena default123 dragon1234 elizabeth1 facebook123
    football10 football11 football123 footballfan google1234 hello12345 hellohello helloworld
    helloworld1 iloveyou12 iloveyou123 iloveyou1234 iloveyousomuch internet123 letmein123
    letmein1234 letmeinnow liverpool1 liverpool123 loveyou123 manchester manchester1 michael123
    millionaire minecraft1 monkey1234 mypassword mypassword1 newpassword newspaper1 nopassword
    p@ssw0rd12 p@ssw0rd123 p@ssword123 pa55word123 pass123456 pass1234567 passpasspass passw0rd12
    passw0rd123 passwdpasswd password00 password01 password10 password11 password12 password123
    password123! password1234 password12345 password2024 password2025 password2026 password99
    passwordpassword pokemon123 princess10 princess12 princess123 q1w2e3r4t5 q1w2e3r4t5y6
    qazwsx1234 qazwsxedc1 qazwsxedcrfv qwe123qwe123 qweasdzxc1 qwer123456 qwerasdfzxcv
    qwert12345 qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qwertyuiop qwertyuiop1
    qwertyuiop123 qwertyuiop[] secret1234 secretsecret starwars12 starwars123 summer2024
    summer2025 summer2026 sunshine10 sunshine12 sunshine123 superman10 superman12 superman123
    superstar1 test123456 testtest12 testtesttest trustno1trustno1 undertaker unicorn123
    welcome123 welcome1234 welcome12345 whatever12 whatever123 winter2025 winter2026
    xxxxxxxxxx zaq12wsxcde3 zaq1zaq1zaq1 zxcvbnm123 zxcvbnm1234 zxcvbnm,./ zzzzzzzzzz
    """.split()
)


def refusal(password: str, *, email: str) -> str | None:
    """Why we do not take `password`, as a sentence; None if we do."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return f"Use {SHORTEST} characters or more. A few words you can remember are best."
    if len(password) > LONGEST:
        return f"Use {LONGEST} characters or fewer."
    if email and email.casefold() in plain:
        return "Your e-mail address is in this password. Choose another one."
    if plain in COMMONPLACE or not plain.strip():
        return "This is among the first passwords anybody would try. Choose another one."
    return None


def hashed(password: str, *, email: str) -> str:
    """What to keep of a new password. Takes about 20 ms: call it outside a transaction.

    Raises Refused if it is too weak, saying why.
    """
    if sentence := refusal(password, email=email):
        raise Refused(sentence)
    return _hasher.hash(_as_bytes(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one behind `kept`; None takes just as long and is never right."""
    try:
        right = _hasher.verify(kept or _nobodys(), _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether `kept` was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def rehashed(password: str) -> str:
    """A known password again, with today's parameters."""
    return _hasher.hash(_as_bytes(password))


def _as_bytes(password: str) -> bytes:
    """The same letters typed on two machines are the same password."""
    if len(password) > LONGEST:
        password = password[: LONGEST + 1]  # nobody has one so long; do not let it cost us
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody signs in with this")
