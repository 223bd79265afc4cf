"""Words that name a group of people. They are no reproach: to the model all of them are one word."""

_ONE = """
muslim islamic jewish jew christian catholic protestant evangelical mormon hindu sikh buddhist atheist orthodox hasidic
gay lesbian bisexual bi homosexual heterosexual straight queer lgbt lgbtq lgbtq+ trans transgender transgendered transsexual nonbinary
non-binary asexual cis male female woman man girl boy black white brown african african-american asian arab arabic middle-eastern
hispanic latino latina latinx mexican indian indigenous native aboriginal inuit metis métis first-nations american-indian
chinese japanese korean vietnamese filipino pakistani bangladeshi afghan iranian iraqi syrian turkish egyptian palestinian israeli
somali nigerian kenyan ethiopian haitian jamaican cuban colombian puerto-rican brazilian russian polish ukrainian romanian irish
italian german french british english scottish spanish portuguese greek dutch swedish european american canadian québécois
roma romani traveller immigrant migrant refugee foreigner asylum-seeker
disabled deaf blind autistic paralyzed wheelchair-bound old elderly older young younger teenage millennial middle-aged
"""
_MANY = """
muslims jews christians catholics protestants evangelicals mormons hindus sikhs buddhists atheists
gays lesbians bisexuals bis homosexuals heterosexuals straights queers trans-people transgenders transsexuals transpeople
males females women men girls boys blacks whites browns africans african-americans asians arabs hispanics latinos latinas
mexicans indians natives aboriginals inuits chinamen koreans vietnamese filipinos pakistanis bangladeshis afghans iranians iraqis
syrians turks egyptians palestinians israelis somalis nigerians kenyans ethiopians haitians jamaicans cubans colombians
puerto-ricans brazilians russians poles ukrainians romanians irishmen italians germans frenchmen brits europeans americans canadians
roma-people travellers immigrants migrants refugees foreigners asylum-seekers
teenagers millennials boomers seniors
"""


def _words(text: str) -> list[str]:
    """One word each: a hyphen parts words, and the part that stands alone means nothing."""
    return sorted({word for word in text.split() if "-" not in word and "+" not in word})


ONE = _words(_ONE)
MANY = _words(_MANY)
