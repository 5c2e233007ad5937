"""What mail programs show: Gmail, Outlook for Windows (Word's engine), Outlook.com, Apple Mail, Yahoo.

As caniemail.com tells of them. A feature is in the first table when all of them show it; in the second with what the
reader sees where one doesn't.
"""

from __future__ import annotations

SHOWN_EVERYWHERE = frozenset(
    [
        *("<html>", "<head>", "<meta>", "<title>", "<style>", "<body>", "<table>", "<tbody>", "<tr>", "<td>"),
        *("<h1>", "<h2>", "<p>", "<a>", "<span>", "<div>", "<img>"),
        *("[align]", "[valign]", "[bgcolor]", "[width]", "[height]", "[border]", "[cellpadding]", "[cellspacing]"),
        *("[class]", "[style]", "[href]", "[src]", "[alt]", "[dir]", "[lang]", "[role]"),
        *("[charset]", "[name]", "[content]"),
        *("background-color", "border", "border-color", "border-top", "color", "font-family", "font-size"),
        *("font-weight", "line-height", "margin", "padding"),
    ]
)
FALLBACKS = {
    "border-radius": "Outlook for Windows: square corners.",
    "color-scheme": "Only Apple Mail knows it: others show the light colours, or make dark ones of their own.",
    "@media prefers-color-scheme": "Gmail and Yahoo: the light colours, or dark ones that they make of them.",
    "@media max-width": "Gmail for accounts of others: the wide padding, which fits 360 px too.",
    "max-width": "Outlook for Windows: as wide as the window.",
    "word-break": "Outlook for Windows breaks long words by itself.",
    "display": "Yahoo may show the preheader, which `max-height` and `overflow` hide there.",
    "max-height": "Outlook for Windows: `display` hides the preheader there.",
    "overflow": "Outlook for Windows: `display` hides the preheader there.",
}
