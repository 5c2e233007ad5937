"""Lexicon of brands: generally known fashion brands, as they write themselves. Plain data.

Many hold a word that means something else ("Red Tape", "Blackberrys", "Classic Polo"): knowing them keeps those words
from being read as a colour or a garment.
"""

from __future__ import annotations

from typing import Final

BRANDS: Final[tuple[str, ...]] = tuple(
    name.strip()
    for name in """
    Nike, Adidas, Puma, Reebok, Asics, New Balance, Under Armour, Fila, Converse, Vans, Skechers, Lotto, Umbro,
    Kappa, Diadora, Mizuno, Saucony, Brooks, Hoka, On Running, Salomon, Merrell, Columbia, The North Face,
    Patagonia, Jack Wolfskin, Wildcraft, Quechua, Decathlon, Domyos, Kipsta, Kalenji, Nabaiji, Geonaute, Artengo,
    Tribord, Newfeel, Wilson, Yonex, Head, Slazenger, Champion, Russell Athletic, Ellesse, Le Coq Sportif, Jordan,
    Air Jordan, Speedo, Arena, Oakley, Quiksilver, Roxy, Billabong, Rip Curl, O'Neill, Volcom, Burton, DC Shoes,
    Element, Dickies, Carhartt, Caterpillar, CAT, Timberland, Woodland, Dr. Martens, Clarks, Birkenstock, Crocs,
    UGG, Hush Puppies, Bata, Lee Cooper, Red Tape, Red Chief, Carlton London, Catwalk, Metro, Mochi, Inc.5,
    Steve Madden, Aldo, Charles & Keith, Nine West, Jimmy Choo, Christian Louboutin, Manolo Blahnik, Geox, Ecco,
    Rockport, Cole Haan, Allen Edmonds, Florsheim, Tod's, Sperry, Toms, Keds, Superga, K-Swiss, Onitsuka Tiger,
    Havaianas, Ipanema, Levi's, Levis, Wrangler, Lee, Pepe Jeans, Diesel, Replay, G-Star RAW, True Religion, Guess,
    Calvin Klein, Tommy Hilfiger, Ralph Lauren, Polo Ralph Lauren, Lacoste, Fred Perry, Ben Sherman, Hugo Boss,
    Boss, Armani, Emporio Armani, Giorgio Armani, Armani Exchange, Versace, Gucci, Prada, Miu Miu, Louis Vuitton,
    Chanel, Dior, Christian Dior, Hermes, Hermès, Burberry, Balenciaga, Givenchy, Saint Laurent, Yves Saint Laurent,
    Valentino, Fendi, Bottega Veneta, Celine, Chloé, Chloe, Stella McCartney, Alexander McQueen, Vivienne Westwood,
    Paul Smith, Ted Baker, Reiss, Moschino, Kenzo, Dolce & Gabbana, Salvatore Ferragamo, Roberto Cavalli,
    Just Cavalli, Marc Jacobs, Michael Kors, Kate Spade, Coach, Tory Burch, Furla, Longchamp, Mulberry, DKNY,
    Donna Karan, Michael Michael Kors, Zara, H&M, Mango, Uniqlo, Gap, Old Navy, Banana Republic, J.Crew,
    Abercrombie & Fitch, Hollister, American Eagle, Aeropostale, Forever 21, Topshop, Topman, River Island, Next,
    Marks & Spencer, Primark, ASOS, Boohoo, PrettyLittleThing, Missguided, New Look, Warehouse, Oasis, Monsoon,
    Accessorize, French Connection, FCUK, Superdry, Jack & Jones, Jack Jones, Vero Moda, Only, Selected Homme,
    Esprit, s.Oliver, Tom Tailor, Bershka, Pull & Bear, Stradivarius, Massimo Dutti, Desigual, COS, Arket, Weekday,
    Monki, & Other Stories, Everlane, Madewell, Anthropologie, Urban Outfitters, Free People, Ann Taylor, Loft,
    Talbots, Eddie Bauer, L.L.Bean, Lands' End, Nautica, Izod, Van Heusen, Arrow, Louis Philippe, Allen Solly,
    Peter England, Park Avenue, Raymond, ColorPlus, Color Plus, Parx, Blackberrys, Indian Terrain, John Players,
    John Miller, Scullers, Turtle, Provogue, Spykar, Killer, Flying Machine, Mufti, Status Quo, Numero Uno,
    Being Human, Basics, Wills Lifestyle, Indigo Nation, Proline, Classic Polo, U.S. Polo Assn., US Polo Assn,
    U.S. Polo Association, United Colors of Benetton, Benetton, Sisley, Elle, Jealous 21, Remanika, Latin Quarters,
    Fabindia, Biba, Aurelia, Global Desi, AND, Manyavar, Soch, Anouk, Roadster, HRX, Mast & Harbour, HERE&NOW,
    DressBerry, Sangria, Vishudh, Libas, Jockey, Hanes, Fruit of the Loom, Victoria's Secret, Triumph, Wonderbra,
    Lovable, Enamor, Amante, Bwitch, Rupa, Dollar, Lux, Amul Macho, Undercolors of Benetton, Playtex, Spanx, Disney,
    Disney Kids, Marvel, Warner Bros, Hello Kitty, Gini & Jony, Lilliput, Carter's, OshKosh, Mothercare, Barbie,
    Ben 10, FIFA, NBA, NFL, Manchester United, Chelsea FC, Real Madrid, Barcelona FC, Fossil, Titan, Fastrack,
    Casio, G-Shock, Timex, Citizen, Seiko, Swatch, Tissot, Omega, Rolex, TAG Heuer, Daniel Wellington, Skagen,
    Sonata, Maxima, Q&Q, Garmin, Fitbit, Ray-Ban, Polaroid, Police, Persol, Vogue Eyewear, Idee, Opium, Image,
    Samsonite, American Tourister, VIP, Skybags, Delsey, Tumi, Eastpak, JanSport, Herschel, Fjällräven, Fjallraven,
    Kanken, Kipling, Hidesign, Baggit, Lavie, Caprese, Da Milano, Holii, Swarovski, Pandora, Tiffany & Co., Cartier,
    Bulgari, Tanishq, Caratlane, Lucera, Estelle, Voylla, Zaveri Pearls, Claire's, Swiss Military, Maybelline,
    L'Oreal, L'Oréal Paris, Lakme, Revlon, MAC, Bobbi Brown, Clinique, Estée Lauder, Estee Lauder, Lancôme, Lancome,
    NARS, NYX, Rimmel, Colorbar, Faces, Nivea, Dove, Neutrogena, Garnier, Olay, The Body Shop, Lotus Herbals,
    Biotique, Kiehl's, Benefit, Bourjois, Essence, Catrice, Urban Decay, Elizabeth Arden, Davidoff, Jaguar, Playboy,
    Axe, Old Spice, Yardley, David Beckham, Nina Ricci, Paco Rabanne, Issey Miyake, Jean Paul Gaultier, Jovan,
    Gillette, Fogg, Wild Stone, Harley-Davidson, Ferrari, Ducati, BMW, Lamborghini, Red Bull, Pierre Cardin,
    Cerruti 1881, Canali, Brioni, Zegna, Ermenegildo Zegna, Hackett, Barbour, Gant, Napapijri, Moncler,
    Canada Goose, Stone Island, CP Company, Supreme, Stüssy, Stussy, Palace, Bape, Obey, HUF, Ed Hardy, Von Dutch,
    Miss Sixty, Energie, Kookai, Morgan, Promod, Jennyfer, White Stuff, Fat Face, Joules, Seasalt, Boden,
    Phase Eight, Karen Millen, Coast, Jigsaw, Whistles, AllSaints, Red Herring, Blue Inc, Burton Menswear, Jacamo,
    Simply Be, White House Black Market, Chico's, Blue Buddha, Brooks Brothers, Charles Tyrwhitt, T.M.Lewin,
    Scotch & Soda, Tiger of Sweden, Acne Studios, Ganni, Rains, Vila, Pieces, Bonobos,
    """.replace("\n", " ").split(",")
    if name.strip()
)

AMBIGUOUS: Final[frozenset[str]] = frozenset(
    {
        "AND", "Arrow", "Basics", "Boss", "Coach", "Coast", "Dollar", "Element", "Essence", "Faces", "Head",
        "Image", "Jaguar", "Killer", "Loft", "Lux", "Mango", "Metro", "Morgan", "Next", "Oasis", "On Running",
        "Only", "Palace", "Pieces", "Police", "Reiss", "Supreme", "Turtle", "Warehouse", "Weekday", "Whistles",
        "Arena", "Axe", "Dove", "Benefit", "Brooks", "CAT", "Champion", "Citizen", "Columbia", "Jigsaw", "Jordan",
        "Status Quo", "Opium", "Mulberry", "Omega", "Park Avenue", "Catwalk", "Obey", "VIP", "COS", "Monsoon",
        "Polaroid", "Pandora", "Triumph", "Promod", "Vila", "Guess", "Diesel", "Replay", "Gap", "Burton", "Energie",
        "Soch", "Anouk", "Elle", "Ferrari", "Ducati", "BMW", "FIFA", "NBA", "NFL", "Barbie", "Marvel", "Boden",
        "Joules", "Rains", "Sangria", "Roadster", "Sonata", "Maxima", "Lee",
    }
)  # fmt: skip
"""Brands that are words, places, people or licences too: they count only where a title begins."""
