"""What simulated people do, how often, and what they type and choose."""

from __future__ import annotations

from tests.simulation.packs import BUS, CLUB, PLAY

WHO = ("8 to 11", "12 to 15", "parent", "1", "2", "3", "PARENT", "nobody")
OPTIONS = {
    "who": ("child-8-11", "child-12-15", "parent-carer"),
    "swings": ("more", "same", "fewer"),
    "wanted": ("slide", "pond", "trees"),
    "/delete": ("yes", "no"),
    "/change": ("who", "swings", "why", "ideas"),
}
TYPED = {
    "who": WHO,
    "swings": ("more swings", "1", "2", "It is fine now", "fewer", "maybe"),
    "visits": ("3", "7 times", "none", "99", "SKIP"),
    "wanted": ("1", "1 and 3", "a pond", "trees, slide", "castles"),
}
WORDS = {
    "BACK": 3.0,
    "SKIP": 3.0,
    "STOP": 4.0,
    "START": 3.0,
    "HELP": 3.0,
    "SHOW": 2.0,
    "CHANGE": 3.0,
    "DELETE": 2.0,
    "YES": 1.5,
    "CODE": 2.5,
    "DONE": 1.0,
    "CYMRAEG": 0.7,
    "ENGLISH": 0.7,
    "PLAY": 1.0,
    "BUSES": 1.5,
    "1": 1.0,
    "7K4M9Q": 0.3,
}
ACTIONS = {
    "answer": 10.0,
    "word": 5.0,
    "begin": 0.7,
    "stale": 0.6,
    "edit": 1.5,
    "picture": 0.4,
    "long": 1.5,
    "twice": 1.0,
    "move": 1.2,
    "away": 0.8,
    "press": 1.0,
}
KEYWORDS = {PLAY: "Play", BUS: "buses", CLUB: "club"}
