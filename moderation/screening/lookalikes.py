"""Letters that look like Latin ones, as the Unicode security data (confusables) has them.

Only what somebody uses in the middle of a Latin word to get past a list; the words of other
alphabets are left alone, see `normal`.
"""

# lower case; each pair of strings runs in step
_PAIRS = (
    # Cyrillic
    ("авгеікмнопрстухьѕјһԁԛԝѵєꙅ", "abreikmhonpctyxbsjhdqwves"),
    # Greek
    ("αβγεηικμνορςστυχω", "abyenikuvopcotuxw"),
    # Armenian
    ("օսհոցզ", "ouhngq"),
    # Latin letters of phonetics and other languages, which NFKD leaves as they are
    ("ıɑɡøđłħŧƒʀɴʟɪʏʜɢʙᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱ", "iagodlhtfrnliyhgbacdejkmoptuvwzfs"),
)

TO_LATIN: dict[str, str] = {
    strange: plain
    for strangers, plains in _PAIRS
    for strange, plain in zip(strangers, plains, strict=True)
}
# the same letters drawn in squares and circles, which NFKD leaves as they are too
TO_LATIN |= {
    chr(start + place): chr(ord("a") + place) for start in (0x1F150, 0x1F170) for place in range(26)
}
