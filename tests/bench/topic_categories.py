"""The categories of three labelled collections, and the Media Topics that an article of each is rightly given first.

Where editors of news would disagree, a category has several; where no topic follows from it, it is in UNMAPPED with the reason.
Written before anything was measured.
"""

from __future__ import annotations

from collections.abc import Mapping

ARTS, CRIME, ECONOMY, HEALTH = "medtop:01000000", "medtop:02000000", "medtop:04000000", "medtop:07000000"
LEISURE, POLITICS, RELIGION = "medtop:10000000", "medtop:11000000", "medtop:12000000"
SCIENCE, SPORT, CONFLICT = "medtop:13000000", "medtop:15000000", "medtop:16000000"
BUSINESS_INFORMATION, SECTOR = "medtop:20000170", "medtop:20000209"
WHOLE_ECONOMY, MARKET = "medtop:20000344", "medtop:20000385"
EMPLOYMENT, LABOUR_MARKET, UNEMPLOYMENT = "medtop:20000509", "medtop:20000523", "medtop:20000533"

BBC: Mapping[str, tuple[str, ...]] = {
    "business": (ECONOMY,),
    "entertainment": (ARTS,),
    "politics": (POLITICS,),
    "sport": (SPORT,),
    "tech": (SCIENCE,),
}

NEWSGROUPS: Mapping[str, tuple[str, ...]] = {
    "alt.atheism": (RELIGION,),
    "comp.graphics": (SCIENCE,),
    "comp.os.ms-windows.misc": (SCIENCE,),
    "comp.sys.ibm.pc.hardware": (SCIENCE,),
    "comp.sys.mac.hardware": (SCIENCE,),
    "comp.windows.x": (SCIENCE,),
    "rec.autos": (LEISURE,),
    "rec.motorcycles": (LEISURE,),
    "rec.sport.baseball": (SPORT,),
    "rec.sport.hockey": (SPORT,),
    "sci.crypt": (SCIENCE,),
    "sci.electronics": (SCIENCE,),
    "sci.med": (HEALTH,),
    "sci.space": (SCIENCE,),
    "soc.religion.christian": (RELIGION,),
    # Of gun control and of the siege of Waco.
    "talk.politics.guns": (CRIME, POLITICS),
    # Of the wars of Israel and its neighbours, of Bosnia and of Armenia.
    "talk.politics.mideast": (CONFLICT, POLITICS),
    "talk.politics.misc": (POLITICS,),
    "talk.religion.misc": (RELIGION,),
}

COMMODITIES = (
    "crude grain sugar coffee ship gold gas nat-gas iron-steel oilseed corn wheat cocoa cotton copper alum rubber livestock "
    "veg-oil soybean carcass orange meal-feed palm-oil rice hog heat fuel pet-chem tin zinc lead silver nickel platinum barley wool tea "
    "potato lumber plywood strategic-metal sorghum rapeseed soy-meal soy-oil sunseed jet propane naphtha f-cattle l-cattle oat groundnut "
    "sun-oil rape-oil coconut-oil coconut tapioca pork-belly copra-cake palmkernel palladium cotton-oil linseed lin-oil rye groundnut-oil "
    "cornglutenfeed fishmeal castor-oil sun-meal red-bean citruspulp rape-meal corn-oil castorseed lin-meal cottonseed"
).split()
CURRENCIES = "dlr yen stg dmk austdlr nzdlr saudriyal can dfl rand lit nkr sfr peseta ringgit rupiah skr dkr cruzado bfr hk".split()

REUTERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(COMMODITIES, (SECTOR, MARKET)),
    **dict.fromkeys(CURRENCIES, (MARKET, WHOLE_ECONOMY)),
    "earn": (BUSINESS_INFORMATION,),
    "acq": (BUSINESS_INFORMATION,),
    "money-fx": (MARKET, WHOLE_ECONOMY),
    "interest": (MARKET, WHOLE_ECONOMY),
    "money-supply": (WHOLE_ECONOMY,),
    "trade": (WHOLE_ECONOMY,),
    "bop": (WHOLE_ECONOMY,),
    "gnp": (WHOLE_ECONOMY,),
    "cpi": (WHOLE_ECONOMY,),
    "wpi": (WHOLE_ECONOMY,),
    "ipi": (WHOLE_ECONOMY,),
    "retail": (WHOLE_ECONOMY,),
    "reserves": (WHOLE_ECONOMY,),
    "housing": (WHOLE_ECONOMY,),
    "income": (WHOLE_ECONOMY,),
    "instal-debt": (WHOLE_ECONOMY,),
    "lei": (WHOLE_ECONOMY,),
    "inventories": (WHOLE_ECONOMY,),
    # Unemployment figures are news of the economy too.
    "jobs": (UNEMPLOYMENT, LABOUR_MARKET, EMPLOYMENT, WHOLE_ECONOMY),
}

UNMAPPED: Mapping[str, str] = {
    "misc.forsale": "classified advertisements are no news of a topic",
    "cpu": "the rate at which industry uses its capacity, in four dispatches",
}
