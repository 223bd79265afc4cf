"""Words that hold sentences together, by language: a text of twenty words has five of them.

Written down from grammar, in the order in which they come to mind; no corpus was counted.
"""

from collections.abc import Mapping
from functools import cache

NAMES: Mapping[str, str] = {
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "hr": "Croatian, Bosnian or Serbian",
    "hu": "Hungarian",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sk": "Slovak",
    "sl": "Slovene",
    "sq": "Albanian",
    "sv": "Swedish",
    "tr": "Turkish",
}

_WORDS: Mapping[str, str] = {
    "ca": "el la els les un una de del dels i o amb per què que no és són està han ha hem"
    " però més molt aquest aquesta això com quan on tot tots jo nosaltres seu seva dels als"
    " als també perquè només sense sobre aquí ara fer ser pot cap",
    "cs": "a v ve na je se že to s z do o i k ale by jsem jsou jsme byl byla bylo být jako"
    " který která které podle pro po za od jen už tak když nebo není nejsou si ten ta tento tato"
    " toto co jak proto také až více může mohou musí bude mezi při před můj jeho její jejich pokud",
    "cy": "y yr yn mae ac a i o ar am gan bod ei eu ni nid oedd hyn hon hwn sydd wedi fel"
    " dim chi fi mi ond neu pan ble beth rhaid gyda dros heb bydd rwy fod mor iawn hefyd",
    "da": "og i at det er en et til på de den der for ikke med af som har jeg vi du han hun"
    " man kan vil skal var om men eller fra hvad hvor hvis når så også bare være blive bliver"
    " denne dette disse deres vores mere meget nogen noget ingen efter ved kun nu op ud hvorfor",
    "de": "der die das und ist nicht ein eine einen einem einer zu den dem des von mit sich auf"
    " für im ich er sie es wir ihr auch als an nach wie so bei aber oder wenn nur noch werden"
    " wird wurde sind war hat haben habe kann muss soll dass daß mehr durch über um aus man"
    " dieser diese dieses doch schon sein ihre mein kein keine was warum hier immer bitte",
    "en": "the of and to in is it that for was on are as with his they at be this from have or"
    " by not but what all were we when your can said there use an each which she do how their if"
    " will up other about out many then them these so some her would make like him into has"
    " more no could my than been who its now did get may you i he me a our us just only don"
    " t s ll re ve isn doesn why where because should over after good people think know any"
    " even here too very much those while am go let oh hey yes well never always",
    "es": "el la los las un una unos de del y o que en a con por para no es son está están fue"
    " era ser hay ha han he se su sus mi tu me te lo le les nos pero más muy como cuando donde"
    " qué quién este esta estos esto ese eso todo todos también porque si sí sin sobre ya yo"
    " ella ellos usted nosotros hace puede tiene tienen algo nada solo sólo entre desde hasta al",
    "et": "ja on ei ma sa ta me te nad see seda selle mis kes kui et ka aga või oma oli ole olla"
    " pole saab peab võib mitte väga nii siis siin seal kõik üks kas kuidas miks ning vaid"
    " juba veel ainult pärast enne ilma kohta eest neid meie teie nende",
    "fi": "ja on ei että se hän ne he me te minä sinä oli ovat olen olet ole olla kun jos"
    " niin kuin mutta tai myös vain jo vielä hyvin tämä tämän nämä joka jotka mikä mitä mutta"
    " sen sitä siitä siinä kaikki koska voi pitää saa sekä eivät en et emme nyt täällä missä"
    " miksi kanssa jälkeen ennen enää aina ilman",
    "fr": "le la les un une des de du et est que qui dans en pour pas ne ce cette ces il elle"
    " on nous vous ils je tu au aux avec sur par plus se son sa ses mon ma mes leur leurs mais"
    " ou où sont être avoir a ont fait comme tout tous même si y lui très bien sans peut"
    " quand donc aussi c d l j qu n s rien était votre notre deux entre après faut"
    " voilà trop encore",
    "ga": "an na agus is ar i ag le do go ní nach tá bhí sé sí siad mé tú sibh seo sin den"
    " ach nó faoi ó chun mar níl atá raibh bheith bhfuil gach mo ár leis léi aige aici acu"
    " air uirthi agam agat againn gur cad cén conas nuair freisin eile",
    "hr": "i je u na se da ne su za od s sa o to što koji koja koje kao ali ili ako kad kada"
    " samo još već bi bio bila bilo biti nije nisu nema ima sam smo ste ga mu ih im mi vi oni"
    " ona ovo ovaj ova taj ta po iz do kako gdje zašto jer sve svi može treba tko ko nego"
    " više između prije poslije",
    "hu": "a az és hogy nem is egy ez van volt de csak meg már még ha vagy mint azt ezt ami"
    " aki amely el ki be fel le mert kell lehet nincs minden én te ő mi ti ők sem nagyon"
    " lesz lenne itt ott miért hogyan után előtt nélkül között szerint által úgy így akkor"
    " most pedig",
    "it": "il lo la i gli le un uno una di del della dei delle degli e è che non in con per"
    " da dal dalla su nel nella al alla ma o se si mi ti ci vi ho hai ha abbiamo hanno sono"
    " sei siamo era essere più anche come quando dove chi cosa perché questo questa questi"
    " quello quella tutto tutti molto solo sempre già ancora poi senza fa può deve io tu lui lei"
    " noi loro suo sua mio",
    "lt": "ir yra kad ne su iš į ar tai bet kaip už apie jis ji jie aš tu mes jūs jo jos jų"
    " buvo būti bus gali turi tik dar jau labai ši šis šie kas kur kai jei nes po prie nuo"
    " iki per dėl arba taip pat nėra visi viskas kodėl dabar čia",
    "lv": "un ir ka ar no uz par es tu viņš viņa mēs jūs viņi tas tā šis šī kas kur kad ja bet"
    " vai kā nav bija būt būs var tikai vēl jau ļoti pēc pie lai arī nevar savu visi"
    " viss tagad šeit kāpēc jo līdz bez starp",
    "nl": "de het een en van is in op te dat die niet voor met zijn er aan ook als maar om"
    " bij dan nog naar door over uit ik je jij hij zij wij we ze u hun mijn geen wel"
    " heeft heb hebben was waren wordt worden kan moet zal zou deze dit wat wie waar hoe waarom"
    " meer veel alleen al tot toch omdat zo hier daar niets iets",
    "no": "og i det er en et til på de den som for ikke med av har jeg vi du han hun man kan vil"
    " skal var om men eller fra hva hvor hvis når så også bare være blir bli denne dette disse"
    " deres vår mer mye noen noe ingen etter ved nå opp ut hvorfor hvordan ble kunne ikkje eg",
    "pl": "i w z na nie się do to że jest o jak ale a po co tak za od przez tylko już czy być"
    " był była było są ma mam mają może można dla tego tej ten ta te który która które przed"
    " ze jego jej ich mnie mi ty ja my oni bo by albo lub gdy kiedy gdzie dlaczego także"
    " jeszcze bardzo wszystko więcej bez nad pod oraz",
    "pt": "o a os as um uma de do da dos das e ou que em no na nos nas com por para não é são"
    " está estão foi era ser há se seu sua seus meu minha me te lhe mas mais muito como quando"
    " onde quem este esta isso isto esse essa tudo todos também porque sem sobre já eu você"
    " ele ela eles nós tem têm pode fazer até só ao à pelo pela",
    "ro": "și în de la cu pe nu că este sunt un o care din pentru mai a al ale să se ce au"
    " am ai ar fi fost dar sau dacă când unde cum cine acest această aceste acesta tot toți"
    " foarte doar numai fără despre după prin între lui ei lor meu mea eu tu el ea noi voi"
    " trebuie poate nici asta si sa ca in",
    "sk": "a v vo na je sa že to s so z zo do o i k ku ale by som sú sme bol bola bolo byť ako"
    " ktorý ktorá ktoré podľa pre po za od len už tak keď alebo nie si ten tá tento táto toto"
    " čo prečo tiež až viac môže môžu musí bude medzi pri pred môj jeho jej ich ak aj",
    "sl": "in je v na se da ne so za z s o to ki ali če ko kot pa tudi samo še že bi bil bila"
    " bilo biti ni niso sem smo ste jih mu mi vi oni ta te iz do kako kje zakaj ker vse vsi"
    " lahko mora več med pred po pri kaj kdo tega",
    "sq": "dhe në të e i një për me nga që është janë nuk ka kam si por se ai ajo ata kjo"
    " ky do të u më ose kur ku çfarë pse shumë vetëm edhe pa mund duhet ishte kanë jo unë"
    " ne ju tyre tij saj",
    "sv": "och i att det är en ett till på de den som för inte med av har jag vi du han hon man"
    " kan vill ska var om men eller från vad hur när så också bara vara blir bli denna detta"
    " dessa deras vår mer mycket någon något ingen efter vid nu upp ut varför där här alla skulle"
    " måste finns sig sin",
    "tr": "ve bir bu da de için ile çok ne var yok değil mi ama gibi daha en ben sen o biz siz"
    " onlar olan olarak olur oldu sonra kadar her şey bunu bana sana ona neden niye"
    " ya ki veya hem diye şimdi bile sadece ancak tüm kendi göre",
}


@cache
def words_of(language: str) -> frozenset[str]:
    return frozenset(_WORDS[language].split())


# letters that hardly another language writes; a word with one of them is worth a word above
_LETTERS: Mapping[str, str] = {
    "ß": "de",
    "ñ": "es",
    "ãõ": "pt",
    "øæ": "da no",
    "å": "sv da no",
    "łżśźńćąę": "pl",
    "řěů": "cs",
    "ľĺŕ": "sk",
    "őű": "hu",
    "șțăţ": "ro",
    "ğıİş": "tr",
    "ėųįū": "lt",
    "ļķņģāēī": "lv",
    "đ": "hr",
    "ŵŷ": "cy",
}


def _by(listed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in listed.items():
        for word in dict.fromkeys(words.split()):
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


BY_WORD: Mapping[str, tuple[str, ...]] = _by(_WORDS)
BY_LETTER: Mapping[str, tuple[str, ...]] = {
    letter: tuple(languages.split())
    for letters, languages in _LETTERS.items()
    for letter in letters
}
