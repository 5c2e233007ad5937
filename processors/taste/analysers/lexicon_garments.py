"""Which words name which kind of item? General fashion vocabulary, as plain data.

Forms are written in the singular and with spaces; `words` folds plurals, hyphens and case. A kind's own name is a form
of it too. Words of several trades and countries stand side by side (trainers and sneakers, kurta and tunic).
"""

from __future__ import annotations

from typing import Final

TOPS: Final[dict[str, str]] = {
    "t-shirts": "t shirt, tshirt, tee, tee shirt, teeshirt, jersey, round neck, crew neck tee, ringer, raglan, jersey top",
    "polo shirts": "polo, polo shirt, polo t shirt, polo tshirt, polo tee, polo neck t shirt, pique shirt, rugby shirt",
    "shirts": "shirt, button down, button up, oxford shirt, dress shirt, flannel, shacket, overshirt, work shirt, hawaiian shirt, camp collar shirt, denim shirt, shirting, bush shirt, sport shirt, sports shirt",
    "tops": "top, tank, crop top, camisole top, peplum, bandeau, tube top, halter, halter top, halter neck, spaghetti, blouse top, corset top, bustier, bralette top, swing top, cold shoulder top, bodysuit, body suit, jersey shirt, shell top, sleeveless top",
    "tank tops": "tank top, singlet, muscle tee, muscle vest, sleeveless tee, racerback",
    "blouses": "blouse, choli, saree blouse, pussy bow",
    "tunics": "tunic, kaftan top",
    "sweatshirts": "sweatshirt, sweat shirt, sweat top, crewneck sweatshirt, fleece top",
    "hoodies": "hoodie, hoody, hooded sweatshirt, hooded top, zip hoodie",
    "sweaters": "sweater, pullover, jumper, knitwear, knit top, cardigan sweater, turtleneck, turtle neck, roll neck, polo neck, sweater vest, knit, aran, guernsey, crewneck, crew neck sweater",
    "cardigans": "cardigan, shrug, bolero, twinset, duster cardigan",
}
OUTERWEAR: Final[dict[str, str]] = {
    "jackets": "jacket, bomber, windcheater, wind cheater, windbreaker, wind breaker, anorak, denim jacket, trucker, biker, biker jacket, puffer, puffer jacket, down jacket, softshell, soft shell, harrington, varsity jacket, track jacket, track top, tracktop, windrunner, gilet jacket, fleece, fleece jacket, blouson, jean jacket, letterman, kimono jacket",
    "rain jackets": "raincoat, rain coat, rain jacket, cagoule, mac, mackintosh, poncho, waterproof jacket",
    "coats": "coat, overcoat, over coat, top coat, topcoat, trench, trench coat, peacoat, pea coat, parka, duffle coat, duffel coat, pea jacket, cape, cloak, long coat, winter coat, fur coat, teddy coat",
    "blazers": "blazer, sport coat, sports coat, suit jacket, dinner jacket, tuxedo jacket, sport jacket",
    "waistcoats": "waistcoat, waist coat, gilet, body warmer, bodywarmer, suit vest, puffer vest, down vest, fleece vest, padded vest",
    "suits": "suit, tuxedo, two piece suit, three piece suit, pant suit, pantsuit, co ord, co ord set, coord, coord set, safari suit",
    "nehru jackets": "nehru jacket, bandhgala, modi jacket, jodhpuri",
}
BOTTOMS: Final[dict[str, str]] = {
    "jeans": "jean, denim jean, denim trouser, denim pant, bootcut, skinny jean, mom jean, boyfriend jean, straight leg jean",
    "jeggings": "jegging, treggings",
    "trousers": "trouser, pant, chino, slack, cargo, cargo pant, dress pant, corduroy pant, khaki, culotte, palazzo pant, cigarette pant, formal trouser, linen trouser, wide leg pant, pleated trouser, carrot fit trouser, bottom, dungaree trouser",
    "track pants": "track pant, trackpant, jogger, jogger pant, jogging pant, jogging bottom, sweatpant, sweat pant, training pant, track bottom, trackies, tracky, yoga pant, gym pant, sports pant, running pant, tracksuit bottom, tracksuit pant, jogging trouser, training trouser",
    "tracksuits": "tracksuit, track suit, jogging suit, shell suit, sweat suit, sweatsuit",
    "leggings": "legging, legging pant, ankle legging, running tight, yoga legging, footless tight, compression tight, training tight",
    "shorts": "short, bermuda, bermuda short, board short, boardshort, hot pant, cycling short, bike short, chino short, cargo short, denim short, running short, gym short, skort, sweat short",
    "capris": "capri, capri pant, three fourth, 3/4th, 3/4 pant, three quarter pant, pedal pusher, cropped pant, cropped trouser, 3 4th, 3 4 pant, 3 4 length pant",
    "skirts": "skirt, mini skirt, maxi skirt, midi skirt, miniskirt, pencil skirt, kilt, sarong skirt, tutu, lehenga skirt, skater skirt, wrap skirt",
    "overalls": "overall, dungaree, bib overall, coverall, boiler suit, boilersuit",
}
ONE_PIECE: Final[dict[str, str]] = {
    "dresses": "dress, gown, maxi, frock, sundress, sun dress, pinafore, shift, shirt dress, t shirt dress, tee dress, tank dress, sweater dress, jumper dress, blazer dress, tunic dress, slip dress, bodycon, midi dress, mini dress, maxi dress, ball gown, evening gown, wrap dress, skater dress, jersey dress, polo dress, denim dress, hoodie dress, sweatshirt dress, blouse dress, coat dress, kaftan dress, jumper skirt",
    "jumpsuits": "jumpsuit, jump suit, catsuit, unitard, all in one",
    "rompers": "romper, playsuit, play suit, onesie, sleepsuit, sleep suit, babygrow, dungaree romper, bodysuit romper, baby suit",
}
ETHNIC: Final[dict[str, str]] = {
    "kurtas": "kurta, kurta pajama, pathani, kurta pyjama, anarkali, anarkali kurta, panjabi",
    "kurtis": "kurti, kurthi, kurtee",
    "kurta sets": "kurta set, kurti set, salwar kurta dupatta, salwar suit, churidar suit, churidar kurta, salwar kameez, salwar kurta, kurta and dupatta, punjabi suit, patiala suit, anarkali suit, dress material, churidar kurta dupatta, kameez set, palazzo set",
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
    "bras": "bra, brassiere, bralette, sports bra, sport bra, push up bra, t shirt bra, bralet, plunge bra, nursing bra, strapless bra",
    "briefs": "brief, panty, pantie, knicker, underpant, thong, g string, hipster brief, bikini brief, boyshort, boy short, undie, bikini panty, hip brief, tanga",
    "trunks": "trunk, boxer brief, boxer trunk",
    "boxers": "boxer, boxer short",
    "vests": "vest, innerwear vest, inner vest, undershirt, under shirt, gym vest, thermal vest",
    "camisoles": "camisole, cami, slip, petticoat, inner slip, chemise, underskirt",
    "shapewear": "shapewear, shaper, girdle, body shaper, corset, spanx, waist cincher, waist trainer, basque, suspender belt, garter",
    "thermals": "thermal, thermal top, thermal set, thermal bottom, long john, base layer, thermal underwear",
    "lingerie sets": "lingerie, lingerie set, bra set, bra and panty set, innerwear set, bra and brief set, innerwear, underwear, intimates, undergarment",
    "socks": "sock, ankle sock, crew sock, no show sock, footie, knee high, ankle length sock, footsie",
    "stockings": "stocking, hosiery, hold up, fishnet, knee high stocking, thigh high",
    "tights": "tight, pantyhose, panty hose",
}
NIGHTWEAR: Final[dict[str, str]] = {
    "nightdresses": "nightdress, night dress, nightie, nighty, nightgown, night gown, sleep shirt, nightshirt, night shirt, sleepshirt",
    "night suits": "night suit, nightsuit, pyjama set, pajama set, sleepwear, nightwear, loungewear, lounge set, sleep set, lounge wear, sleep wear, night wear, pyjama suit, pj",
    "pyjamas": "pyjama, pajama, lounge pant, sleep pant, sleep bottom, lounge bottom, pajama pant, pyjama bottom",
    "lounge shorts": "lounge short, sleep short",
    "baby dolls": "baby doll, babydoll, negligee",
    "robes": "robe, bathrobe, bath robe, dressing gown, housecoat, house coat",
}
SWIMWEAR: Final[dict[str, str]] = {
    "swimwear": "swimsuit, swim suit, bikini, swimming costume, bathing suit, tankini, monokini, swim short, swim trunk, swimming trunk, rash guard, rashguard, rash vest, swim brief, swim dress, swim bottom, swim top, bikini top, bikini bottom, swimming suit, burkini, wetsuit, one piece swimsuit, swim jammer, rash top, swim",
}
FOOTWEAR: Final[dict[str, str]] = {
    "shoes": "shoe, footwear, lace up, mary jane, monk strap",
    "casual shoes": "casual shoe, canvas, canvas shoe, plimsoll, espadrille, boat shoe, deck shoe, high top, hi top, low top, vulcanised shoe, loafer shoe, moccasin shoe, skate shoe, lifestyle shoe, pump shoe, slip on, slipon, slip on shoe",
    "sneakers": "sneaker, trainer, kick, sneaker shoe, dad shoe",
    "sports shoes": "sports shoe, sport shoe, running shoe, runner, training shoe, tennis shoe, basketball shoe, football boot, soccer cleat, cleat, football shoe, gym shoe, walking shoe, athletic shoe, cricket shoe, hiking shoe, trekking shoe, trail shoe, indoor shoe, spike shoe, badminton shoe, golf shoe, cycling shoe, jogging shoe, cricket spike, running spike, turf shoe, studs, court shoe sport, trail runner, running trainer, workout shoe, squash shoe, outdoor shoe, futsal shoe, soccer shoe, hockey shoe, volleyball shoe, fitness shoe, cross trainer",
    "formal shoes": "formal shoe, oxford, oxford shoe, derby, derby shoe, brogue, brogue shoe, dress shoe, semi formal shoe, monk shoe, wingtip, office shoe, patent shoe, business shoe",
    "loafers": "loafer, moccasin, driver, driving shoe, penny loafer, mocassin",
    "heels": "heel, stiletto, pump, court shoe, high heel, kitten heel, block heel, slingback, platform, platform heel, heeled sandal, heel sandal, platform sandal, heeled shoe, high heel shoe, wedge heel, platform shoe, heeled pump, heel shoe, heeled slip on, heeled mule, peep toe",
    "wedges": "wedge, wedge sandal, wedge shoe",
    "flats": "flat, ballerina, ballet flat, ballet pump, ballerina shoe, pump flat, ballet shoe, flat shoe, flat sandal, bellies, belly shoe, jutti, mojari, mojri, kolhapuri, juttis, punjabi jutti, ballet, belly flat",
    "sandals": "sandal, gladiator, floater, huarache, fisherman sandal, strappy sandal, chappal sandal, birkenstock",
    "sports sandals": "sports sandal, sport sandal, hiking sandal, trekking sandal, sports floater, outdoor sandal",
    "flip flops": "flip flop, flipflop, flip-flop, slipper, slider, slide, thong sandal, chappal, hawai chappal, flop, pool slide, beach slipper, toe post, hawaii slipper",
    "boots": "boot, bootie, ankle boot, chelsea boot, chukka, chukka boot, desert boot, combat boot, riding boot, rain boot, wellington, welly, knee boot, snow boot, ugg, hiking boot, cowboy boot, gumboot, wellies, over the knee boot, work boot",
    "clogs": "clog, croc, sabot",
    "mules": "mule, slide mule",
    "house slippers": "house slipper, bedroom slipper, carpet slipper",
    "shoe accessories": "shoe lace, shoelace, insole, shoe polish, shoe care, shoe brush, shoe horn, shoe tree, shoe cream, shoe cleaner",
}
BAGS: Final[dict[str, str]] = {
    "handbags": "handbag, hand bag, purse, satchel, hobo, hobo bag, shoulder bag, top handle bag, bucket bag, baguette bag, frame bag, hand purse, bowling bag, saddle bag, box bag, shopper bag, women bag, ladies bag",
    "bags": "bag, carry all, holdall bag, pouch bag, drawstring bag",
    "tote bags": "tote, tote bag, shopper, shopping bag, beach bag, jute bag",
    "backpacks": "backpack, back pack, rucksack, knapsack, school bag, daypack, schoolbag, bag pack, bagpack, day pack, college bag, hydration pack, ruck sack",
    "laptop bags": "laptop bag, briefcase, laptop case, laptop sleeve, laptop backpack bag, office bag, brief case, portfolio bag, document bag, laptop messenger, computer bag",
    "messenger bags": "messenger bag, messenger, courier bag",
    "sling bags": "sling bag, crossbody, cross body, crossbody bag, cross body bag, sling, side bag",
    "clutches": "clutch, clutch bag, evening bag, minaudiere, potli, potli bag, wristlet, clutch purse, envelope bag",
    "wallets": "wallet, card holder, cardholder, card case, money clip, coin purse, bill fold, billfold, passport holder, passport cover, travel wallet, coin pouch, credit card holder, passport wallet",
    "duffel bags": "duffel bag, duffle bag, gym bag, holdall, weekender, duffel, duffle, sports bag, travel bag, weekend bag, barrel bag, kit bag, kitbag, gym holdall, cabin bag, overnight bag",
    "trolley bags": "trolley bag, trolley, suitcase, suit case, luggage, carry on, spinner, strolley, cabin trolley, hard case luggage, cabin luggage, check in luggage, roller bag, wheeled bag, travel case, trunk case",
    "waist pouches": "waist pouch, waist bag, fanny pack, bum bag, belt bag, bumbag, waist pack, hip bag, money belt, running belt",
    "pouches": "pouch, mobile pouch, cosmetic bag, toiletry bag, make up bag, makeup bag, wash bag, pencil case, dopp kit, shoe bag, phone pouch, mobile case, phone case, vanity case, vanity pouch, toiletry kit, washbag, tablet sleeve, ipad sleeve, cosmetic pouch, makeup pouch, utility pouch, pencil pouch",
}
JEWELLERY: Final[dict[str, str]] = {
    "earrings": "earring, ear ring, stud earring, hoop, hoop earring, jhumka, jhumki, ear cuff, stud, drop earring, chandbali, ear stud, dangler, danglers, bali, tops earring, chandelier earring",
    "necklaces": "necklace, choker, neckpiece, neck piece, mangalsutra, haar, necklace and chain, collar necklace, pendant necklace, neckwear, lariat, statement necklace",
    "chains": "chain, neck chain",
    "pendants": "pendant, locket, charm, medallion, pendant with chain",
    "bracelets": "bracelet, wristband bracelet, charm bracelet, cuff, friendship band, rakhi, kada, cuff bracelet, tennis bracelet, hand chain",
    "bangles": "bangle, kangan, chooda, bangle set",
    "rings": "ring, finger ring, engagement ring, signet, wedding ring, cocktail ring, solitaire, toe ring, signet ring",
    "anklets": "anklet, payal",
    "brooches": "brooch, lapel pin, pin badge, badge, tie pin, saree pin",
    "nose pins": "nose pin, nose ring, nose stud, nath",
    "jewellery sets": "jewellery set, jewelry set, necklace set, pendant set, jewellery, jewelry, necklace and earring, pendant and earring, earring and pendant, maang tikka, tikka, bridal set, earring and necklace",
    "cufflinks": "cufflink, cuff link, tie bar, tie clip",
}
ACCESSORIES: Final[dict[str, str]] = {
    "watches": "watch, wristwatch, wrist watch, chronograph, smartwatch, smart watch, timepiece, analog watch, digital watch, pocket watch, analogue watch, fitness tracker, fitness band, activity tracker, smart band, dial watch",
    "sunglasses": "sunglass, sun glass, shade, aviator, wayfarer, eyewear, goggle, sunnies, clubmaster",
    "spectacles": "spectacle, eyeglass, glass, eye glass, reading glass, spectacle frame, optical frame, glasses frame",
    "belts": "belt, waist belt, leather belt, braces belt, waistband belt, obi",
    "suspenders": "suspender, brace",
    "ties": "tie, necktie, neck tie, cravat, tie set, ascot",
    "bow ties": "bow tie, bowtie",
    "pocket squares": "pocket square, handkerchief, hanky, hankie, pocket handkerchief",
    "caps": "cap, baseball cap, snapback, trucker cap, visor, flat cap, dad cap, newsboy, trucker hat, golf cap, skull cap, swimming cap, swim cap, flat peak",
    "hats": "hat, fedora, panama, bucket hat, sun hat, beret, cowboy hat, trilby, stetson, bowler hat, cloche, straw hat, sunhat, floppy hat",
    "beanies": "beanie, woolly hat, bobble hat, knit hat, knit cap, woollen cap, monkey cap, balaclava, beanie cap, beanie hat, winter hat",
    "scarves": "scarf, bandana, snood, neckerchief, neck warmer, kerchief, foulard, headwrap, neck gaiter, buff, infinity scarf",
    "mufflers": "muffler",
    "shawls": "shawl, pashmina, wrap shawl",
    "stoles": "stole, wrap",
    "gloves": "glove, mitten, mitt, hand glove, gauntlet, arm warmer, batting glove, goalkeeper glove, keeper glove, driving glove, gym glove, wicket keeping glove",
    "hair accessories": "hair accessory, hair clip, headband, head band, hairband, hair band, scrunchie, hair tie, barrette, hair pin, tiara, hairpin, alice band, bobby pin, hair claw, claw clip, hair bow, rubber band, hair stick, bandeau headband, sweatband, fascinator",
    "wristbands": "wristband, wrist band, sweat band, wrist support",
    "umbrellas": "umbrella, parasol, brolly",
    "key chains": "key chain, keychain, key ring, keyring, key holder, key fob, key case",
    "water bottles": "water bottle, sipper, bottle, flask, sport bottle, shaker, tumbler, water sipper, shaker bottle, hip flask, thermos, hydration bottle, drinking bottle",
    "watch straps": "watch strap, watch band, replacement strap, strap",
    "watch boxes": "watch box, jewellery box, jewelry box, tie case, watch case",
    "gift sets": "gift set, accessory gift set, combo set, gift box, gift pack, accessory set, accessory combo",
    "towels": "towel, bath towel, hand towel, beach towel, gym towel, face towel",
    "face masks": "face mask, cloth mask, face covering",
    "sarongs": "sarong, pareo, cover up, beach wrap, coverup, beach cover up",
}
BEAUTY: Final[dict[str, str]] = {
    "perfumes": "perfume, fragrance, cologne, eau de toilette, eau de parfum, edt, edp, parfum, attar, perfume and body mist, scent, after shave, aftershave, perfume set, perfume gift set, eau de cologne, fragrance gift set",
    "body mists": "body mist, body spray, body splash",
    "deodorants": "deodorant, deo, antiperspirant, anti perspirant, roll on, deodorant spray, deo spray",
    "lipsticks": "lipstick, lip stick, lip colour, lip color, lip crayon, lip stain, lip rouge, liquid lipstick",
    "lip gloss": "lip gloss, lipgloss, gloss, lip lacquer, lip shine, lip plumper",
    "lip balms": "lip balm, lip care, lip butter, chapstick, lip salve, lip scrub, lip conditioner",
    "lip liners": "lip liner, lip pencil, lipliner",
    "nail polish": "nail polish, nail paint, nail enamel, nail lacquer, nail colour, nail color, nail varnish, top coat nail, nail art, nail hardener",
    "nail care": "nail polish remover, nail paint remover, nail clipper, nail file, manicure set, nail kit",
    "eyeliners": "eyeliner, eye liner, kohl, kajal, kajal and eyeliner, eye pencil, eyebrow pencil, kohl pencil, brow pencil",
    "mascara": "mascara",
    "eyeshadow": "eyeshadow, eye shadow, eye palette, eye colour, eyeshadow palette, eye shadow palette, eye color",
    "foundation": "foundation, bb cream, cc cream, foundation and primer, primer, makeup base, face primer",
    "concealers": "concealer, colour corrector",
    "compacts": "compact, compact powder, face powder, pressed powder, loose powder, setting powder",
    "blushers": "blush, blusher, highlighter, bronzer, highlighter and blush, illuminator, contour, cheek tint, cheek colour",
    "make-up": "make up, makeup, cosmetic, makeup kit, make up kit, makeup palette, makeup remover, make up remover",
    "make-up brushes": "makeup brush, make up brush, brush set, beauty blender, makeup sponge",
    "face care": "face wash, cleanser, moisturiser, moisturizer, face cream, serum, toner, face pack, scrub, sunscreen, face wash and cleanser, face moisturiser, night cream, day cream, face mask pack, sheet mask, facial kit, eye cream, sun block, sunblock, sun lotion, face gel, face scrub, fairness cream, sunscreen lotion, face oil, under eye cream, face serum, facial cleanser, face lotion, anti ageing cream, cold cream",
    "body care": "body lotion, body wash, shower gel, hand cream, body butter, soap, bath gel, body oil, bath salt, talc, talcum powder, foot cream, body scrub, body cream, hand lotion, body milk, bath oil, hand wash, bubble bath",
    "hair care": "shampoo, conditioner, hair oil, hair gel, hair colour, hair color, hair spray, hair serum, hair wax, hair cream, hair mask, hair dye, pomade, hair straightener, hair dryer, hair brush, comb",
    "shaving": "shaving cream, shaving foam, shaving gel, razor, beard oil, trimmer, shaving brush, shaver, shave gel, beard balm, shaving kit",
}
SPORTS: Final[dict[str, str]] = {
    "footballs": "football, soccer ball",
    "basketballs": "basketball",
    "volleyballs": "volleyball",
    "rugby balls": "rugby ball",
    "cricket balls": "cricket ball",
    "tennis balls": "tennis ball, squash ball, table tennis ball",
    "balls": "ball, exercise ball, medicine ball, gym ball, handball, netball",
    "rackets": "racket, racquet, badminton racket, tennis racket, badminton racquet, tennis racquet, squash racquet, table tennis bat, tt bat, squash racket",
    "bats": "cricket bat, baseball bat, bat",
    "yoga mats": "yoga mat, exercise mat, gym mat",
    "skipping ropes": "skipping rope, jump rope",
    "dumbbells": "dumbbell, kettlebell, weight plate, hand weight, barbell",
    "helmets": "helmet, bike helmet, cycling helmet",
    "swimming goggles": "swimming goggle, swim goggle, ski goggle",
    "sports guards": "shin guard, knee guard, elbow guard, knee pad, elbow pad, shin pad, thigh pad, batting pad, knee support, ankle support, elbow support, arm guard, mouth guard, abdominal guard, back support",
    "sleeping bags": "sleeping bag",
    "tents": "tent, camping tent",
}

SECTIONS: Final[dict[str, dict[str, str]]] = {
    "tops": TOPS,
    "outerwear": OUTERWEAR,
    "bottoms": BOTTOMS,
    "one-piece": ONE_PIECE,
    "ethnic": ETHNIC,
    "underwear": UNDERWEAR,
    "nightwear": NIGHTWEAR,
    "swimwear": SWIMWEAR,
    "footwear": FOOTWEAR,
    "bags": BAGS,
    "jewellery": JEWELLERY,
    "accessories": ACCESSORIES,
    "beauty": BEAUTY,
    "sports": SPORTS,
}
"""Section -> kind of item, as the findings name it -> its forms, separated by commas."""

BROADER: Final[dict[str, str]] = {
    "polo shirts": "t-shirts",
    "tank tops": "tops",
    "blouses": "tops",
    "tunics": "tops",
    "hoodies": "sweatshirts",
    "cardigans": "sweaters",
    "rain jackets": "jackets",
    "nehru jackets": "jackets",
    "jeggings": "leggings",
    "kurtis": "kurtas",
    "casual shoes": "shoes",
    "sneakers": "shoes",
    "sports shoes": "shoes",
    "formal shoes": "shoes",
    "loafers": "shoes",
    "heels": "shoes",
    "wedges": "heels",
    "flats": "shoes",
    "sports sandals": "sandals",
    "mules": "sandals",
    "house slippers": "flip flops",
    "handbags": "bags",
    "tote bags": "bags",
    "backpacks": "bags",
    "laptop bags": "bags",
    "messenger bags": "bags",
    "sling bags": "bags",
    "duffel bags": "bags",
    "trolley bags": "bags",
    "clutches": "bags",
    "necklaces": "jewellery",
    "body mists": "perfumes",
    "bow ties": "ties",
    "beanies": "caps",
    "pyjamas": "night suits",
}
"""The name that a less particular person would use for a kind."""

NOT_GARMENTS: Final[str] = (
    "short sleeve, short sleeved, long sleeve, long sleeved, half sleeve, full sleeve, shirt collar, flat front,"
    " high top sole, ring detail, chain detail, belt loop, tie waist, tie up, tie front, tie dye, tie neck, tie back,"
    " wrap front, wrap around, cap sleeve, bell sleeve, flat lay, dress code, dress up, pant length, top stitch,"
    " heel height, inch heel, flat heel, watch pocket, knit fabric, cargo pocket, pouch pocket, button down collar,"
    " polo collar, shirt style, jersey fabric, jersey knit, flat knit, glass bead, top quality, best seller,"
    " cup size, band collar, boot cut, boat neck, slim fit, low heel, mid heel, pump action, running late, free size,"
    " ball gown style, suit you, tank girl, fleece lined, fleece lining, fur lined, denim blue, tight fit, short length"
)
"""Phrases that hold a garment's word and mean none."""
