"""Lexicon of clothes: general fashion vocabulary, as plain data.

Kind of item, as the findings name it -> its forms, separated by commas, in the singular and with spaces: `words` folds
plurals, hyphens and case. A kind's own name is a form too. Words of several countries and trades stand side by side.
"""

from __future__ import annotations

from typing import Final

TOPS: Final[dict[str, str]] = {
    "t-shirts": (
        "t shirt, tshirt, tee, tee shirt, teeshirt, jersey, round neck, ringer, raglan, jersey top, crew neck "
        "t shirt, crewneck t shirt"
    ),
    "polo shirts": "polo, polo shirt, polo t shirt, polo tshirt, polo tee, polo neck t shirt, pique shirt, rugby shirt",
    "shirts": (
        "shirt, button down, button up, oxford shirt, dress shirt, flannel, shacket, overshirt, work shirt, "
        "hawaiian shirt, camp collar shirt, denim shirt, shirting, bush shirt, sport shirt, sports shirt"
    ),
    "tops": (
        "top, crop top, camisole top, peplum, bandeau, tube top, halter, halter top, halter neck, "
        "spaghetti, blouse top, corset top, bustier, bralette top, swing top, cold shoulder top, bodysuit, "
        "body suit, jersey shirt, shell top, sleeveless top"
    ),
    "tank tops": "tank, tank top, singlet, muscle tee, muscle vest, sleeveless tee, racerback",
    "blouses": "blouse, choli, saree blouse, pussy bow",
    "tunics": "tunic, kaftan top",
    "sweatshirts": "sweatshirt, sweat shirt, sweat top, crewneck sweatshirt, fleece top",
    "hoodies": "hoodie, hoody, hooded sweatshirt, hooded top, zip hoodie",
    "sweaters": (
        "sweater, pullover, jumper, knitwear, knit top, cardigan sweater, turtleneck, turtle neck, roll neck, "
        "polo neck, sweater vest, knit, aran, guernsey, crew neck sweater, crewneck"
    ),
    "cardigans": "cardigan, twinset, duster cardigan",
    "shrugs": "shrug, bolero",
}

OUTERWEAR: Final[dict[str, str]] = {
    "jackets": (
        "jacket, bomber, windcheater, wind cheater, windbreaker, wind breaker, anorak, denim jacket, trucker, "
        "biker, biker jacket, puffer, puffer jacket, down jacket, softshell, soft shell, harrington, varsity "
        "jacket, track jacket, track top, tracktop, gilet jacket, fleece, fleece jacket, blouson, "
        "jean jacket, letterman, kimono jacket"
    ),
    "rain jackets": "raincoat, rain coat, rain jacket, cagoule, mac, mackintosh, poncho, waterproof jacket",
    "coats": (
        "coat, overcoat, over coat, top coat, topcoat, trench, trench coat, peacoat, pea coat, parka, duffle "
        "coat, duffel coat, pea jacket, cape, cloak, long coat, winter coat, fur coat, teddy coat"
    ),
    "blazers": "blazer, sport coat, sports coat, suit jacket, dinner jacket, tuxedo jacket, sport jacket",
    "waistcoats": (
        "waistcoat, waist coat, gilet, body warmer, bodywarmer, suit vest, puffer vest, down vest, fleece "
        "vest, padded vest"
    ),
    "suits": (
        "suit, tuxedo, two piece suit, three piece suit, pant suit, pantsuit, co ord, co ord set, coord, "
        "coord set, safari suit"
    ),
    "nehru jackets": "nehru jacket, bandhgala, modi jacket, jodhpuri",
}

BOTTOMS: Final[dict[str, str]] = {
    "jeans": (
        "jean, denim jean, denim trouser, denim pant, bootcut, skinny jean, mom jean, boyfriend jean, straight leg jean"
    ),
    "jeggings": "jegging, treggings",
    "trousers": (
        "trouser, pant, chino, slack, cargo, cargo pant, dress pant, corduroy pant, khaki, culotte, palazzo "
        "pant, cigarette pant, formal trouser, linen trouser, wide leg pant, pleated trouser, carrot fit "
        "trouser, bottom, dungaree trouser"
    ),
    "track pants": (
        "track pant, trackpant, jogger, jogger pant, jogging pant, jogging bottom, sweatpant, sweat pant, "
        "training pant, track bottom, trackies, tracky, yoga pant, gym pant, sports pant, running pant, "
        "tracksuit bottom, tracksuit pant, jogging trouser, training trouser"
    ),
    "tracksuits": "tracksuit, track suit, jogging suit, shell suit, sweat suit, sweatsuit",
    "leggings": (
        "legging, legging pant, ankle legging, running tight, yoga legging, footless tight, compression "
        "tight, training tight"
    ),
    "shorts": (
        "short, bermuda, bermuda short, board short, boardshort, hot pant, cycling short, bike short, chino "
        "short, cargo short, denim short, running short, gym short, skort, sweat short"
    ),
    "capris": (
        "capri, capri pant, three fourth, 3/4th, 3/4 pant, three quarter pant, pedal pusher, cropped pant, "
        "cropped trouser, 3 4th, 3 4 pant, 3 4 length pant"
    ),
    "skirts": (
        "skirt, mini skirt, maxi skirt, midi skirt, miniskirt, pencil skirt, kilt, sarong skirt, tutu, "
        "lehenga skirt, skater skirt, wrap skirt"
    ),
    "overalls": "overall, dungaree, bib overall, coverall, boiler suit, boilersuit",
}

ONE_PIECE: Final[dict[str, str]] = {
    "dresses": (
        "dress, gown, maxi, frock, sundress, sun dress, pinafore, shift, shirt dress, t shirt dress, tee "
        "dress, tank dress, sweater dress, jumper dress, blazer dress, tunic dress, slip dress, bodycon, midi "
        "dress, mini dress, maxi dress, ball gown, evening gown, wrap dress, skater dress, jersey dress, polo "
        "dress, denim dress, hoodie dress, sweatshirt dress, blouse dress, coat dress, kaftan dress, jumper "
        "skirt"
    ),
    "jumpsuits": "jumpsuit, jump suit, catsuit, unitard, all in one",
    "rompers": (
        "romper, playsuit, play suit, onesie, sleepsuit, sleep suit, babygrow, dungaree romper, bodysuit "
        "romper, baby suit"
    ),
}

ETHNIC: Final[dict[str, str]] = {
    "kurtas": "kurta, kurta pajama, pathani, kurta pyjama, anarkali, anarkali kurta, panjabi",
    "kurtis": "kurti, kurthi, kurtee",
    "kurta sets": (
        "kurta set, kurti set, salwar kurta dupatta, salwar suit, churidar suit, churidar kurta, salwar "
        "kameez, salwar kurta, kurta and dupatta, punjabi suit, patiala suit, anarkali suit, dress material, "
        "churidar kurta dupatta, kameez set, palazzo set"
    ),
    "sarees": "saree, sari, saari",
    "lehenga cholis": "lehenga, lehnga, lehenga choli, ghagra, ghagra choli, chaniya choli",
    "salwars": "salwar, shalwar, patiala, patiala salwar, dhoti pant",
    "churidars": "churidar, chudidar, churidaar",
    "dupattas": "dupatta, chunni, chunri, odhni",
    "sherwanis": "sherwani, achkan",
    "dhotis": "dhoti, lungi, mundu, veshti",
    "palazzos": "palazzo",
    "kaftans": "kaftan, caftan, djellaba, abaya, burqa, thobe, kandura, jalabiya, boubou, dashiki",
    "kimonos": "kimono, yukata, haori, hanbok, cheongsam, qipao, ao dai",
    "hijabs": "hijab, headscarf, niqab, turban, safa, pagri",
}

UNDERWEAR: Final[dict[str, str]] = {
    "bras": (
        "bra, brassiere, bralette, sports bra, sport bra, push up bra, t shirt bra, bralet, plunge bra, "
        "nursing bra, strapless bra"
    ),
    "briefs": (
        "brief, panty, pantie, knicker, underpant, thong, g string, hipster brief, bikini brief, boyshort, "
        "boy short, undie, bikini panty, hip brief, tanga"
    ),
    "trunks": "trunk, boxer trunk",
    "boxer briefs": "boxer brief",
    "boxers": "boxer, boxer short",
    "camisoles": "camisole, cami, slip, petticoat, inner slip, chemise, underskirt",
    "shapewear": (
        "shaper, girdle, body shaper, corset, spanx, waist cincher, waist trainer, basque, suspender belt, garter"
    ),
    "thermals": "thermal, thermal top, thermal set, thermal bottom, long john, base layer, thermal underwear",
    "lingerie sets": (
        "lingerie, lingerie set, bra set, bra and panty set, innerwear set, bra and brief set, innerwear, "
        "underwear, intimates, undergarment"
    ),
    "socks": "sock, ankle sock, crew sock, no show sock, footie, knee high, ankle length sock, footsie",
    "stockings": "stocking, hosiery, hold up, fishnet, knee high stocking, thigh high",
    "tights": "tight, pantyhose, panty hose",
    "undershirts": "vest, undershirt, under shirt, gym vest, thermal vest",
}

NIGHTWEAR: Final[dict[str, str]] = {
    "nightdresses": (
        "nightdress, night dress, nightie, nighty, nightgown, night gown, sleep shirt, nightshirt, night "
        "shirt, sleepshirt"
    ),
    "night suits": (
        "night suit, nightsuit, pyjama set, pajama set, sleepwear, nightwear, loungewear, lounge set, sleep "
        "set, lounge wear, sleep wear, night wear, pyjama suit, pj"
    ),
    "pyjamas": "pyjama, pajama, sleep pant, sleep bottom, pajama pant, pyjama bottom",
    "lounge pants": "lounge pant, lounge bottom",
    "lounge shorts": "lounge short, sleep short",
    "baby dolls": "baby doll, babydoll, negligee",
    "bathrobes": "robe, bathrobe, bath robe, dressing gown, housecoat, house coat",
}

SWIMWEAR: Final[dict[str, str]] = {
    "swimwear": (
        "swimsuit, swim suit, bikini, swimming costume, bathing suit, tankini, monokini, swim short, swim "
        "trunk, swimming trunk, rash guard, rashguard, rash vest, swim brief, swim dress, swim bottom, swim "
        "top, bikini top, bikini bottom, swimming suit, burkini, wetsuit, one piece swimsuit, swim jammer, "
        "rash top, swim"
    ),
}
