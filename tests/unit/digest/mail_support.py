"""What mail programs show: Gmail, Outlook for Windows (Word's engine), Outlook.com, Apple Mail, Yahoo.

Source: the data of caniemail.com (github.com/hteumeuleu/caniemail, folder `_features`), read in November 2026. Its
tests of a feature are of 2019 to 2024, so newer versions may do better. `CHECKED` was looked up there: all five show it
as the page uses it. `UNCHECKED` was not: it is what HTML 4 and CSS 1 had, in mails since there are HTML mails.
`FALLBACKS` says what the reader sees where one doesn't show a feature; what wasn't looked up says so.
"""

from __future__ import annotations

CHECKED = {
    "background-color": "css-background-color: all.",
    "border": "css-border: all; Outlook for Windows up to 8 px, and not surely on <p> and <div>: only cells have one.",
    "border-color": "css-border.",
    "border-top": "css-border.",
    "font-size": "css-font-size: all, in pixels.",
    "font-weight": "css-font-weight: all, as bold.",
    "padding": "css-padding: all on cells; Outlook for Windows nowhere else, so only cells need one.",
    "[align]": "html-align: all.",
    "<body>": "html-body: Gmail, Outlook.com and Yahoo make a <div> of it; a table has background, lang and dir.",
    "[lang]": "html-lang: all; Yahoo not on cells.",
    "[dir]": "html-dir: all; Gmail's mobile page turns the whole mail for any right-to-left text.",
}
UNCHECKED = frozenset(
    [
        *("<html>", "<head>", "<meta>", "<title>", "<table>", "<tbody>", "<tr>", "<td>"),
        *("<h1>", "<h2>", "<p>", "<a>", "<span>", "<div>", "<img>"),
        *("[valign]", "[bgcolor]", "[width]", "[height]", "[border]", "[cellpadding]", "[cellspacing]"),
        *("[class]", "[style]", "[href]", "[src]", "[alt]", "[charset]", "[name]", "[content]"),
        *("color", "font-family"),
    ]
)
FALLBACKS = {
    "<style>": "html-style: Gmail's apps leave it out for accounts of others: light colours, wide padding.",
    "[role]": "html-role: Yahoo drops it, so its readers' screen readers may speak of tables.",
    "border-radius": "css-border-radius: Outlook for Windows, square corners.",
    "color-scheme": "css-color-scheme: Gmail, Outlook and Yahoo, light colours, or dark ones of their own.",
    "@media prefers-color-scheme": "css-at-media-prefers-color-scheme: Gmail, Yahoo and Outlook for Windows, the same.",
    "@media max-width": "css-at-media: Gmail's mobile page, Outlook for Windows, the wide padding, which fits 360 px.",
    "margin": "css-margin: Outlook for Windows has none on <body>: a narrow edge; no other is on a <span> or `auto`.",
    "line-height": "css-line-height: Outlook for Windows strays from it, unless `mso-line-height-rule` says exactly.",
    "mso-line-height-rule": "Only Outlook for Windows needs it, and only it knows it (named in css-line-height).",
    "max-width": "css-max-width: Outlook for Windows before 2019, as wide as the window.",
    "word-break": "css-word-break: Yahoo, long words may make the mail wider than the screen.",
    "display": "css-display-none: Outlook for Windows and Yahoo on Android, the preheader one pixel high, pale.",
    "mso-hide": "Hides the preheader in Outlook for Windows; not looked up.",
    "max-height": "css-max-height: Outlook for Windows; the preheader is one pixel high there.",
    "overflow": "css-overflow: Outlook for Windows and Yahoo on Android; the preheader is one pixel high there.",
}
