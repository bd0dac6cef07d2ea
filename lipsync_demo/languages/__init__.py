"""The languages of the page: messages, their catalogues, the reader's language.

A message is written in English where it is said, `_("Choose a video.")`, and is a `Text`: as a
string it is the English original, which is what records keep; written into a page it is in the
language of the reader, whom `speaking` sets. Catalogues are gettext's, in `catalogues/`.
"""

from lipsync_demo.languages.catalogue import LANGUAGES, accepted, current, speaking
from lipsync_demo.languages.stored import translated
from lipsync_demo.languages.text import Text, _, _n, joined, spoken
from lipsync_demo.languages.words import NAMES

__all__ = [
    "LANGUAGES",
    "NAMES",
    "Text",
    "_",
    "_n",
    "accepted",
    "current",
    "joined",
    "speaking",
    "spoken",
    "translated",
]
