"""Lexicon of other goods: shoes, bags, jewellery, accessories, beauty and sports goods. Plain data.

Kind of item, as the findings name it -> its forms, separated by commas, in the singular and with spaces: `words` folds
plurals, hyphens and case. A kind's own name is a form too. Words of several countries and trades stand side by side.
"""

from __future__ import annotations

from typing import Final

FOOTWEAR: Final[dict[str, str]] = {
    "shoes": "shoe, footwear, lace up, mary jane, monk strap",
    "casual shoes": (
        "casual shoe, canvas, canvas shoe, plimsoll, espadrille, boat shoe, deck shoe, high top, hi top, low "
        "top, vulcanised shoe, loafer shoe, moccasin shoe, skate shoe, lifestyle shoe, pump shoe, slip on, "
        "slipon, slip on shoe"
    ),
    "sneakers": "sneaker, trainer, kick, sneaker shoe, dad shoe",
    "sports shoes": (
        "sports shoe, sport shoe, running shoe, runner, training shoe, tennis shoe, basketball shoe, football "
        "boot, soccer cleat, cleat, football shoe, gym shoe, walking shoe, athletic shoe, cricket shoe, "
        "hiking shoe, trekking shoe, trail shoe, indoor shoe, spike shoe, badminton shoe, golf shoe, cycling "
        "shoe, jogging shoe, cricket spike, running spike, turf shoe, studs, court shoe sport, trail runner, "
        "running trainer, workout shoe, squash shoe, outdoor shoe, futsal shoe, soccer shoe, hockey shoe, "
        "volleyball shoe, fitness shoe, cross trainer"
    ),
    "formal shoes": (
        "formal shoe, oxford, oxford shoe, derby, derby shoe, brogue, brogue shoe, dress shoe, semi formal "
        "shoe, monk shoe, wingtip, office shoe, patent shoe, business shoe"
    ),
    "loafers": "loafer, moccasin, driver, driving shoe, penny loafer, mocassin",
    "heels": (
        "heel, stiletto, pump, court shoe, high heel, kitten heel, block heel, slingback, platform, platform "
        "heel, heeled sandal, heel sandal, platform sandal, heeled shoe, high heel shoe, wedge heel, platform "
        "shoe, heeled pump, heel shoe, heeled slip on, heeled mule, peep toe"
    ),
    "wedges": "wedge, wedge sandal, wedge shoe",
    "flats": (
        "flat, ballerina, ballet flat, ballet pump, ballerina shoe, pump flat, ballet shoe, flat shoe, flat "
        "sandal, bellies, belly shoe, jutti, mojari, mojri, kolhapuri, juttis, punjabi jutti, ballet, belly "
        "flat"
    ),
    "sandals": "sandal, gladiator, floater, huarache, fisherman sandal, strappy sandal, chappal sandal, birkenstock",
    "sports sandals": "sports sandal, sport sandal, hiking sandal, trekking sandal, sports floater, outdoor sandal",
    "flip flops": (
        "flip flop, flipflop, flip-flop, slipper, slider, slide, thong sandal, chappal, hawai chappal, flop, "
        "pool slide, beach slipper, toe post, hawaii slipper"
    ),
    "boots": (
        "boot, ankle boot, chelsea boot, chukka, chukka boot, desert boot, combat boot, riding boot, rain "
        "boot, wellington, welly, knee boot, snow boot, ugg, hiking boot, cowboy boot, gumboot, wellies, over "
        "the knee boot, work boot"
    ),
    "booties": "bootie, ankle bootie, baby bootie",
    "clogs": "clog, croc, sabot",
    "mules": "mule, slide mule",
    "house slippers": "house slipper, bedroom slipper, carpet slipper",
    "shoe accessories": (
        "shoe lace, shoelace, insole, shoe polish, shoe care, shoe brush, shoe horn, shoe tree, shoe cream, "
        "shoe cleaner"
    ),
}

BAGS: Final[dict[str, str]] = {
    "handbags": (
        "handbag, hand bag, purse, satchel, hobo, hobo bag, shoulder bag, top handle bag, bucket bag, "
        "baguette bag, frame bag, hand purse, bowling bag, saddle bag, box bag, shopper bag, women bag, "
        "ladies bag"
    ),
    "bags": "bag, carry all, holdall bag, pouch bag, drawstring bag",
    "tote bags": "tote, tote bag, shopper, shopping bag, beach bag, jute bag",
    "backpacks": (
        "backpack, back pack, knapsack, school bag, daypack, schoolbag, bag pack, bagpack, day pack, college "
        "bag, hydration pack"
    ),
    "rucksacks": "rucksack, ruck sack, trekking bag, hiking bag",
    "laptop bags": (
        "laptop bag, briefcase, laptop case, laptop sleeve, laptop backpack bag, office bag, brief case, "
        "portfolio bag, document bag, laptop messenger, computer bag"
    ),
    "messenger bags": "messenger bag, messenger, courier bag",
    "sling bags": "sling bag, crossbody, cross body, crossbody bag, cross body bag, sling, side bag",
    "clutches": "clutch, clutch bag, evening bag, minaudiere, potli, potli bag, wristlet, clutch purse, envelope bag",
    "wallets": (
        "wallet, card holder, cardholder, card case, money clip, coin purse, bill fold, billfold, passport "
        "holder, passport cover, travel wallet, coin pouch, credit card holder, passport wallet"
    ),
    "duffel bags": (
        "duffel bag, duffle bag, gym bag, holdall, weekender, duffel, duffle, sports bag, travel bag, weekend "
        "bag, barrel bag, kit bag, kitbag, gym holdall, cabin bag, overnight bag"
    ),
    "trolley bags": (
        "trolley bag, trolley, suitcase, suit case, luggage, carry on, spinner, strolley, cabin trolley, hard "
        "case luggage, cabin luggage, check in luggage, roller bag, wheeled bag, travel case, trunk case"
    ),
    "waist pouches": (
        "waist pouch, waist bag, fanny pack, bum bag, belt bag, bumbag, waist pack, hip bag, money belt, running belt"
    ),
    "pouches": (
        "pouch, mobile pouch, cosmetic bag, toiletry bag, make up bag, makeup bag, wash bag, pencil case, "
        "dopp kit, shoe bag, phone pouch, mobile case, phone case, vanity case, vanity pouch, toiletry kit, "
        "washbag, tablet sleeve, ipad sleeve, cosmetic pouch, makeup pouch, utility pouch, pencil pouch"
    ),
}

JEWELLERY: Final[dict[str, str]] = {
    "earrings": (
        "earring, ear ring, stud earring, hoop, hoop earring, jhumka, jhumki, ear cuff, stud, drop earring, "
        "chandbali, ear stud, dangler, danglers, bali, tops earring, chandelier earring"
    ),
    "necklaces": (
        "necklace, choker, neckpiece, neck piece, mangalsutra, haar, collar necklace, "
        "pendant necklace, neckwear, lariat, statement necklace"
    ),
    "chains": "chain, neck chain",
    "pendants": "pendant, locket, charm, medallion, pendant with chain",
    "bracelets": (
        "bracelet, wristband bracelet, charm bracelet, cuff, friendship band, rakhi, kada, cuff bracelet, "
        "tennis bracelet, hand chain"
    ),
    "bangles": "bangle, kangan, chooda, bangle set",
    "rings": (
        "ring, finger ring, engagement ring, signet, wedding ring, cocktail ring, solitaire, toe ring, signet ring"
    ),
    "anklets": "anklet, payal",
    "brooches": "brooch, lapel pin, pin badge, badge, tie pin, saree pin",
    "nose pins": "nose pin, nose ring, nose stud, nath",
    "jewellery sets": (
        "jewellery set, jewelry set, necklace set, pendant set, jewellery, jewelry, necklace and earring, "
        "pendant and earring, earring and pendant, maang tikka, tikka, bridal set, earring and necklace"
    ),
    "cufflinks": "cufflink, cuff link, tie bar, tie clip",
}

ACCESSORIES: Final[dict[str, str]] = {
    "watches": (
        "watch, wristwatch, wrist watch, chronograph, smartwatch, smart watch, timepiece, analog watch, "
        "digital watch, pocket watch, analogue watch, fitness tracker, fitness band, activity tracker, smart "
        "band, dial watch"
    ),
    "sunglasses": "sunglass, sun glass, shade, aviator, wayfarer, eyewear, goggle, sunnies, clubmaster",
    "spectacles": "spectacle, eyeglass, glass, eye glass, reading glass, spectacle frame, optical frame, glasses frame",
    "belts": "belt, waist belt, leather belt, braces belt, waistband belt, obi",
    "suspenders": "suspender, brace",
    "ties": "tie, necktie, neck tie, cravat, tie set, ascot",
    "bow ties": "bow tie, bowtie",
    "pocket squares": "pocket square, handkerchief, hanky, hankie, pocket handkerchief",
    "caps": (
        "cap, baseball cap, snapback, trucker cap, visor, flat cap, dad cap, newsboy, trucker hat, golf cap, "
        "skull cap, swimming cap, swim cap, flat peak"
    ),
    "hats": (
        "hat, fedora, panama, bucket hat, sun hat, beret, cowboy hat, trilby, stetson, bowler hat, cloche, "
        "straw hat, sunhat, floppy hat"
    ),
    "beanies": (
        "beanie, woolly hat, bobble hat, knit hat, knit cap, woollen cap, monkey cap, balaclava, beanie cap, "
        "beanie hat, winter hat"
    ),
    "scarves": (
        "scarf, bandana, snood, neckerchief, neck warmer, kerchief, foulard, headwrap, neck gaiter, buff, "
        "infinity scarf"
    ),
    "mufflers": "muffler",
    "shawls": "shawl, pashmina, wrap shawl",
    "stoles": "stole, wrap",
    "gloves": (
        "glove, mitten, mitt, hand glove, gauntlet, arm warmer, batting glove, goalkeeper glove, keeper "
        "glove, driving glove, gym glove, wicket keeping glove"
    ),
    "hair accessories": (
        "hair accessory, hair clip, scrunchie, hair tie, barrette, hair pin, tiara, hairpin, bobby pin, hair "
        "claw, claw clip, hair bow, rubber band, hair stick, sweatband, fascinator"
    ),
    "headbands": "headband, head band, hairband, hair band, alice band",
    "wristbands": "wristband, wrist band, sweat band, wrist support",
    "umbrellas": "umbrella, parasol, brolly",
    "key chains": "key chain, keychain, key ring, keyring, key holder, key fob, key case",
    "water bottles": (
        "water bottle, sipper, bottle, flask, sport bottle, shaker, tumbler, water sipper, shaker bottle, hip "
        "flask, thermos, hydration bottle, drinking bottle"
    ),
    "watch straps": "watch strap, watch band, replacement strap, strap",
    "watch boxes": "watch box, jewellery box, jewelry box, tie case, watch case",
    "gift sets": "gift set, combo set, gift box, gift pack, accessory set",
    "towels": "towel, bath towel, hand towel, beach towel, gym towel, face towel",
    "face masks": "face mask, cloth mask, face covering",
    "sarongs": "sarong, pareo, cover up, beach wrap, coverup, beach cover up",
}

BEAUTY: Final[dict[str, str]] = {
    "perfumes": (
        "perfume, fragrance, cologne, eau de toilette, eau de parfum, edt, edp, parfum, attar, "
        "scent, after shave, aftershave, perfume set, perfume gift set, eau de cologne, fragrance "
        "gift set"
    ),
    "body mists": "body mist, body spray, body splash",
    "deodorants": "deodorant, deo, antiperspirant, anti perspirant, roll on, deodorant spray, deo spray",
    "lipsticks": "lipstick, lip stick, lip colour, lip color, lip crayon, lip stain, lip rouge, liquid lipstick",
    "lip gloss": "lipgloss, gloss, lip lacquer, lip shine, lip plumper",
    "lip balms": "lip balm, lip care, lip butter, chapstick, lip salve, lip scrub, lip conditioner",
    "lip liners": "lip liner, lip pencil, lipliner",
    "nail polish": (
        "nail paint, nail enamel, nail lacquer, nail colour, nail color, nail varnish, top coat nail, nail "
        "art, nail hardener"
    ),
    "nail care": "nail polish remover, nail paint remover, nail clipper, nail file, manicure set, nail kit",
    "eyeliners": ("eyeliner, eye liner, kohl, kajal, eye pencil, eyebrow pencil, kohl pencil, brow pencil"),
    "mascara": "",
    "eyeshadow": "eye shadow, eye palette, eye colour, eyeshadow palette, eye shadow palette, eye color",
    "foundation": "bb cream, cc cream, primer, makeup base, face primer",
    "concealers": "concealer, colour corrector",
    "compacts": "compact, compact powder, face powder, pressed powder, loose powder, setting powder",
    "blushers": ("blush, blusher, highlighter, bronzer, illuminator, contour, cheek tint, cheek colour"),
    "make-up": "make up, makeup, cosmetic, makeup kit, make up kit, makeup palette, makeup remover, make up remover",
    "make-up brushes": "makeup brush, make up brush, brush set, beauty blender, makeup sponge",
    "shaving": (
        "shaving cream, shaving foam, shaving gel, razor, beard oil, trimmer, shaving brush, shaver, shave "
        "gel, beard balm, shaving kit"
    ),
    "face wash": "cleanser, facial cleanser, face cleanser, cleansing milk, micellar water",
    "face moisturisers": (
        "moisturiser, moisturizer, face cream, face moisturiser, night cream, day cream, face gel, face oil, "
        "face lotion, anti ageing cream, cold cream, fairness cream, eye cream, under eye cream, bb "
        "moisturiser"
    ),
    "face serums": "serum, face serum",
    "toners": "toner, face toner",
    "face packs": "face pack, face mask pack, sheet mask, peel, clay mask, facial kit",
    "scrubs": "scrub, face scrub, exfoliator",
    "sunscreen": "sun block, sunblock, sun lotion, sunscreen lotion, sun cream, spf lotion",
    "body lotions": (
        "body lotion, body butter, body cream, body milk, hand cream, hand lotion, foot cream, body "
        "moisturiser, body oil, lotion"
    ),
    "body wash": ("shower gel, bath gel, soap, hand wash, bubble bath, bath salt, bath oil, body scrub, bathing bar"),
    "talc": "talcum powder, talcum",
    "shampoo": "conditioner, hair conditioner",
    "hair colour": "hair color, hair dye, henna",
    "hair care": (
        "hair oil, hair gel, hair spray, hair serum, hair wax, hair cream, hair mask, pomade, hair "
        "straightener, hair dryer, hair brush, comb"
    ),
}

SPORTS: Final[dict[str, str]] = {
    "footballs": "football, soccer ball",
    "basketballs": "basketball",
    "volleyballs": "volleyball",
    "rugby balls": "rugby ball",
    "cricket balls": "cricket ball",
    "tennis balls": "tennis ball, squash ball, table tennis ball",
    "balls": "ball, exercise ball, medicine ball, gym ball, handball, netball",
    "rackets": (
        "racket, racquet, badminton racket, tennis racket, badminton racquet, tennis racquet, squash racquet, "
        "table tennis bat, tt bat, squash racket"
    ),
    "bats": "cricket bat, baseball bat, bat",
    "yoga mats": "yoga mat, exercise mat, gym mat",
    "skipping ropes": "skipping rope, jump rope",
    "dumbbells": "dumbbell, kettlebell, weight plate, hand weight, barbell",
    "helmets": "helmet, bike helmet, cycling helmet",
    "swimming goggles": "swimming goggle, swim goggle, ski goggle",
    "sports guards": (
        "shin guard, knee guard, elbow guard, knee pad, elbow pad, shin pad, thigh pad, batting pad, knee "
        "support, ankle support, elbow support, arm guard, mouth guard, abdominal guard, back support"
    ),
    "sleeping bags": "sleeping bag",
    "tents": "tent, camping tent",
}
