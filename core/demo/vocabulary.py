"""The words that a scene can be described with, and the kind of each.

Every noun is one token of CLIP's tokenizer in both numbers and begins with a consonant, so that swapping a
noun or a colour changes exactly one word of a caption.
"""

from __future__ import annotations

from typing import Final

NOUNS: Final[dict[str, tuple[str, str]]] = {
    # singular: (plural, emoji)
    "cat": ("cats", "🐱"), "dog": ("dogs", "🐶"), "mouse": ("mice", "🐭"), "rabbit": ("rabbits", "🐰"),
    "fox": ("foxes", "🦊"), "bear": ("bears", "🐻"), "panda": ("pandas", "🐼"), "tiger": ("tigers", "🐯"),
    "lion": ("lions", "🦁"), "cow": ("cows", "🐮"), "pig": ("pigs", "🐷"), "frog": ("frogs", "🐸"),
    "monkey": ("monkeys", "🐵"), "rooster": ("roosters", "🐓"), "penguin": ("penguins", "🐧"),
    "duck": ("ducks", "🦆"), "wolf": ("wolves", "🐺"), "bee": ("bees", "🐝"), "butterfly": ("butterflies", "🦋"),
    "snail": ("snails", "🐌"), "beetle": ("beetles", "🐞"), "spider": ("spiders", "🕷"),
    "turtle": ("turtles", "🐢"), "snake": ("snakes", "🐍"), "crab": ("crabs", "🦀"),
    "dolphin": ("dolphins", "🐬"), "shark": ("sharks", "🦈"), "whale": ("whales", "🐳"),
    "camel": ("camels", "🐫"), "swan": ("swans", "🦢"), "dinosaur": ("dinosaurs", "🦕"), "dragon": ("dragons", "🐉"),
    "bat": ("bats", "🦇"), "tree": ("trees", "🌳"), "palm": ("palms", "🌴"), "rose": ("roses", "🌹"),
    "tulip": ("tulips", "🌷"), "sunflower": ("sunflowers", "🌻"), "mushroom": ("mushrooms", "🍄"),
    "leaf": ("leaves", "🍁"), "banana": ("bananas", "🍌"), "pear": ("pears", "🍐"), "lemon": ("lemons", "🍋"),
    "grape": ("grapes", "🍇"), "strawberry": ("strawberries", "🍓"), "cherry": ("cherries", "🍒"),
    "peach": ("peaches", "🍑"), "kiwi": ("kiwis", "🥝"), "tomato": ("tomatoes", "🍅"), "carrot": ("carrots", "🥕"),
    "potato": ("potatoes", "🥔"), "burger": ("burgers", "🍔"), "pizza": ("pizzas", "🍕"), "taco": ("tacos", "🌮"),
    "cookie": ("cookies", "🍪"), "donut": ("donuts", "🍩"), "cake": ("cakes", "🎂"), "cupcake": ("cupcakes", "🧁"),
    "pie": ("pies", "🥧"), "candy": ("candies", "🍬"), "beer": ("beers", "🍺"), "wine": ("wines", "🍷"),
    "trophy": ("trophies", "🏆"), "guitar": ("guitars", "🎸"), "drum": ("drums", "🥁"), "car": ("cars", "🚗"),
    "bus": ("buses", "🚌"), "truck": ("trucks", "🚚"), "tractor": ("tractors", "🚜"), "bicycle": ("bicycles", "🚲"),
    "train": ("trains", "🚂"), "rocket": ("rockets", "🚀"), "helicopter": ("helicopters", "🚁"),
    "boat": ("boats", "⛵"), "tent": ("tents", "⛺"), "house": ("houses", "🏠"), "castle": ("castles", "🏰"),
    "clock": ("clocks", "⏰"), "phone": ("phones", "📱"), "laptop": ("laptops", "💻"), "camera": ("cameras", "📷"),
    "radio": ("radios", "📻"), "candle": ("candles", "🕯"), "book": ("books", "📕"), "pencil": ("pencils", "✏"),
    "key": ("keys", "🔑"), "lock": ("locks", "🔒"), "hammer": ("hammers", "🔨"), "bomb": ("bombs", "💣"),
    "crown": ("crowns", "👑"), "ring": ("rings", "💍"), "hat": ("hats", "🎩"), "shirt": ("shirts", "👕"),
    "dress": ("dresses", "👗"), "boot": ("boots", "👢"), "sock": ("socks", "🧦"), "glove": ("gloves", "🧤"),
    "backpack": ("backpacks", "🎒"), "chair": ("chairs", "🪑"), "door": ("doors", "🚪"), "toilet": ("toilets", "🚽"),
    "bell": ("bells", "🔔"), "balloon": ("balloons", "🎈"), "gift": ("gifts", "🎁"), "robot": ("robots", "🤖"),
    "ghost": ("ghosts", "👻"), "skull": ("skulls", "💀"), "moon": ("moons", "🌙"), "star": ("stars", "⭐"),
    "cloud": ("clouds", "☁"), "heart": ("hearts", "❤"), "diamond": ("diamonds", "💎"), "magnet": ("magnets", "🧲"),
    "pumpkin": ("pumpkins", "🎃"), "flag": ("flags", "🚩"),
}
COLOURS: Final[dict[str, tuple[int, int, int]]] = {
    "red": (200, 40, 40), "green": (50, 150, 60), "blue": (50, 80, 200), "yellow": (240, 220, 70),
    "orange": (240, 140, 40), "purple": (130, 60, 170), "pink": (245, 160, 190), "brown": (120, 75, 40),
    "black": (25, 25, 28), "white": (245, 245, 245), "gray": (135, 135, 135),
}
SIZES: Final[dict[str, tuple[int, int]]] = {"tiny": (18, 22), "medium": (34, 40), "huge": (56, 64)}
COUNTS: Final[dict[str, int]] = {"two": 2, "three": 3, "four": 4}
RELATIONS: Final[dict[str, str]] = {"left": "left of", "right": "right of", "above": "above", "below": "below"}
INVERSE: Final[dict[str, str]] = {"left": "right", "right": "left", "above": "below", "below": "above"}
"""``INVERSE[r]`` says of (b, a) what r says of (a, b)."""
FORMS: Final[dict[str, tuple[str, ...]]] = {
    "size": (
        "a {size} {noun} on a plain {colour} background",
        "there is a {size} {noun} on {colour} ground",
        "a plain {colour} picture with a {size} {noun}",
        "the {size} {noun} sits on {colour} paper",
    ),
    "two": (
        "a {noun} and a {other} on a plain {colour} background",
        "there is a {noun} with a {other} on {colour} ground",
        "a plain {colour} picture with a {noun} and a {other}",
        "the {noun} and the {other} on {colour} paper",
    ),
    "count": (
        "{count} {nouns} on a plain {colour} background",
        "there are {count} {nouns} on {colour} ground",
        "a plain {colour} picture with {count} {nouns}",
        "the {count} {nouns} on {colour} paper",
    ),
    "relation": (
        "a {noun} {relation} a {other} on a plain {colour} background",
        "there is a {noun} {relation} a {other} on {colour} ground",
        "a plain {colour} picture with a {noun} {relation} a {other}",
        "the {noun} is {relation} the {other} on {colour} paper",
    ),
}
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "size": ("noun", "colour", "size"),
    "two": ("noun", "colour"),
    "count": ("noun", "colour", "count"),
    "relation": ("noun", "colour", "relation"),
}
"""The kinds of word that a scene of each type can have swapped."""


def known_words() -> frozenset[str]:
    """Every word that occurs in a caption of a scene; of other words the bundled model knows nothing."""
    words = {w for forms in FORMS.values() for form in forms for w in form.split() if "{" not in w}
    words |= set(NOUNS) | {plural for plural, _ in NOUNS.values()} | set(COLOURS) | set(SIZES)
    return frozenset(words | set(COUNTS) | set(RELATIONS) | {"of"})
