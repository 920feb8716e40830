"""What postal addresses are made of, as tables: kinds of street, states and their postal codes, towns, countries.

Everything is in lower case, abbreviations are without their dot.
"""

from __future__ import annotations

import re

#: Kinds of street that stand behind a number and a capitalised word in an address and hardly anywhere else.
STREETS = frozenset(
    """street st str road rd avenue ave av lane ln crescent cres cr terrace tce terr parade pde boulevard blvd bvd
    highway hwy freeway fwy expressway turnpike esplanade esp circuit cct grove gr gardens gdns mews parkway pkwy
    broadway promenade quay laneway""".split()
)
#: Those that are common words besides.
STREETS_OR_WORDS = frozenset(
    """drive drv dr court ct place pl close cl way walk row square sq rise hill view loop circle cir track trail trl
    path pass green park chase link mall gate wharf plaza vale dale glade glen retreat outlook reserve strand approach
    cove landing meadow meadows mount heights ridge bend crossing alley yard""".split()
)
#: And those that take a postal code to be believed.
RARE_STREETS = frozenset(
    """access alleyway amble anchorage arcade artery bank basin beach bluff bluffs boulevarde brae branch break bridge
    brook brooks brow bypass byway camp canyon cape causeway centers circus cliff cliffs common commons concourse copse
    corner corners corso course courts creek crest crossroad crossroads crossway curve cutting deviation distributor
    divide domain downs drove edge elbow end entrance estate estates extension fairway fall falls ferry field fields
    flat flats ford fords foreshore forest forge fork forks formation freeway frontage gap garden gates gateway glens
    greens ground harbor harbour haven heath highroad hills hollow inlet interchange intersection island islands isle
    junction key keys knoll knolls lake lakes lea line lock locks lodge lower manor mead mills mission motorway
    mountain mountains neck nook orchard orchards oval overpass parklands parks passage pike pine pines plain plains
    plateau pocket point points port ports prairie quad quadrant quays radial ramble ramp ranch range rapids reach rest
    ridges ridgeway ring river roadway rue run shoal shoals shore shores skyway slope spring springs spur squares
    station steps stravenue stream strip subway summit terminal throughway top tor trailer tunnel turn underpass union
    unions upper valley valleys viaduct viaducts views village villages ville vista walks walkway wall ways well
    wells wood woods wynd yards cross centre center stairs lees meander riviera tarn block roads manors
    club via""".split()
)
#: What a house that has no number is called.
HOUSES = frozenset(
    """cottage cottages house lodge farm farmhouse barn hall manor grange rectory vicarage mill villa bungalow croft
    mansions tower towers building chambers homestead priory abbey stables centre center""".split()
)
DIRECTIONS = frozenset("n s e w ne nw se sw north south east west northeast northwest southeast southwest".split())
#: Small words inside the names of streets and towns.
SMALL = frozenset("of upon on the in le la de del by under and next".split())
#: Number and kind of street, with nothing but these between, are a measure or a count.
NO_NAMES = frozenset(
    """second seconds minute minutes min mins hour hours day days week weeks month months year years mile miles km
    kilometre kilometer metre meter foot feet inch car lane way point step steps page bedroom bed bath storey story
    player key tb gb mb kb hard disk flash usb ssd percent pin bit byte dollar hop hops node python java javascript
    typescript rust php perl ruby http https api sql html json xml version release chapter section part phase item
    level row column and or the to of in on by for per more other new""".split()
)
#: Behind these a number counts something.
COUNTERS = frozenset(
    """version ver v chapter section sec figure fig table step line lines page pages part release phase item rule
    article issue return returns yield volume vol stage round game week day episode season grade class bus tram
    exit channel model type python java windows port error code task ticket pr commit build revision appendix
    example exercise question lesson note top last first next plus minus january february march april may june july
    august september october november december jan feb mar apr jun jul aug sep sept oct nov dec""".split()
)
#: What is no part of a place's name, so that an address ends before it.
NO_PLACES = frozenset(
    """or is was are were be been but then than who whom which that this these those has have had will would can
    could i you he she it we they my your his her its our their me him them us with from to for at as if when where
    while because so not no yes please thanks thank regards cheers dear hi hello tel telephone phone ph mobile mob cell
    fax email e-mail mail web website http https attn attention dob born date ref reference re subject abn acn tfn
    monday tuesday wednesday thursday friday saturday sunday january february april june july august september october
    november december mr mrs ms miss dr prof postcode zip zipcode code address account medicare nhs ssn""".split()
)
#: What may stand before a place at the beginning of a sentence or a label, besides.
NO_STARTS = NO_PLACES | frozenset(
    """in near visit send ship deliver post postal live lives lived living leave around between both also and city town
    suburb state location located office home based only all any note see via customer client patient order
    invoice moved serving contact visiting""".split()
)

_AU = """nsw 1000-2599,2619-2899,2921-2999 new south wales
act 200-299,2600-2618,2900-2920 australian capital territory
vic 3000-3999,8000-8999 victoria
qld 4000-4999,9000-9999 queensland
sa 5000-5999 south australia
wa 6000-6999 western australia
tas 7000-7999 tasmania
nt 800-999 northern territory"""
_US = """al 350-369 alabama/ak 995-999 alaska/az 850-865 arizona/ar 716-729 arkansas/ca 900-961 california
co 800-816 colorado/ct 60-69 connecticut/de 197-199 delaware/dc 200-205,569 district of columbia/fl 320-349 florida
ga 300-319,398-399 georgia/hi 967-968 hawaii/id 832-838 idaho/il 600-629 illinois/in 460-479 indiana/ia 500-528 iowa
ks 660-679 kansas/ky 400-427 kentucky/la 700-714 louisiana/me 39-49 maine/md 206-219 maryland
ma 10-27,55 massachusetts/mi 480-499 michigan/mn 550-567 minnesota/ms 386-397 mississippi/mo 630-658 missouri
mt 590-599 montana/ne 680-693 nebraska/nv 889-898 nevada/nh 30-38 new hampshire/nj 70-89 new jersey
nm 870-884 new mexico/ny 5,63,100-149 new york/nc 270-289 north carolina/nd 580-588 north dakota/oh 430-459 ohio
ok 730-749 oklahoma/or 970-979 oregon/pa 150-196 pennsylvania/ri 28-29 rhode island/sc 290-299 south carolina
sd 570-577 south dakota/tn 370-385 tennessee/tx 750-799,885 texas/ut 840-847 utah/vt 50-59 vermont
va 201,220-246 virginia/wa 980-994 washington/wv 247-268 west virginia/wi 530-549 wisconsin/wy 820-831,834 wyoming
pr 6-9 puerto rico/vi 8 virgin islands/gu 969 guam/as 967 american samoa/mh 969 marshall islands
aa 340 armed forces americas/ae 90-98 armed forces europe/ap 962-966 armed forces pacific"""


def _states(rows: str) -> dict[str, tuple[range, ...]]:
    table = {}
    for row in re.split("[/\n]", rows):
        short, codes, name = row.split(" ", 2)
        bounds = (part.partition("-") for part in codes.split(","))
        table[short] = table[name] = tuple(range(int(low), int(high or low) + 1) for low, _, high in bounds)
    return table


#: Australian states and the postcodes that Australia Post gave them.
AU_STATES = _states(_AU)
#: American states and the first three digits of their ZIP codes.
US_STATES = _states(_US)
#: Towns and cities of New Zealand that stand before a postcode with nothing else telling of an address.
NZ_TOWNS = frozenset(
    """ashburton/auckland/blenheim/cambridge/christchurch/dannevirke/dargaville/dunedin/featherston/feilding/foxton
gisborne/gore/greymouth/hamilton/hastings/hawera/hāwera/huntly/invercargill/kaikohe/kaikoura/kaikōura/kaitaia/kapiti
kerikeri/kumeu/levin/lower hutt/marton/masterton/matamata/morrinsville/motueka/mount maunganui/napier/nelson
new plymouth/oamaru/ohakune/ōhakune/opotiki/ōpōtiki/otaki/ōtaki/paeroa/pahiatua/palmerston north/papakura
paraparaumu/picton/porirua/pukekohe/queenstown/rangiora/richmond/rolleston/rotorua/stratford/taihape/takapuna/taupo
taupō/tauranga/te anau/te awamutu/te kuiti/te kūiti/te puke/thames/timaru/tokoroa/upper hutt/waihi/waipukurau/wairoa
waitara/waiuku/wanaka/wānaka/wellington/westport/whakatane/whakatāne/whanganui/wanganui/whangarei/whangārei
whitianga/winton""".replace("\n", "/").split("/")
)
COUNTRY = (
    r"(?:Australia|AUSTRALIA|New Zealand|NEW ZEALAND|Aotearoa|NZ|United Kingdom|UNITED KINGDOM|Great Britain|England"
    r"|ENGLAND|Scotland|SCOTLAND|Wales|WALES|Northern Ireland|NORTHERN IRELAND|U\.?K\.?|USA|U\.S\.A\.|U\.?S\.?"
    r"|United States(?: of America)?|UNITED STATES)(?![0-9A-Za-z])"
)


def belongs(state: str, code: str) -> bool:
    """Whether the postal code, four digits in Australia and five in the USA, is one of this state's."""
    table, number = (AU_STATES, int(code)) if len(code) == 4 else (US_STATES, int(code[:3]))
    return any(number in codes for codes in table.get(state, ()))


def is_street(kind: str) -> bool:
    """Whether a street may be of this kind."""
    return kind in STREETS or kind in STREETS_OR_WORDS or kind in RARE_STREETS
