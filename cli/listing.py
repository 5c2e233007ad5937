"""Listing: a table that fits the terminal.

Nothing is broken into pieces that a reader would have to put together again. When the columns don't fit beside each
other, some go beneath their row, each with its name; the long text of a row (`why`) is wrapped in its column while
there is room for a column that is worth reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions

_GAP = 2
_INDENT = 4
_LEAST_TEXT = 30
"""Columns that a wrapped text needs at least to be read beside the rest."""


@dataclass(slots=True)
class Listing:
    """Rows under named columns. `right` are aligned right.

    Where it is narrow, `text`, which may be wrapped in its column, goes beneath its row, then those in `beneath`, in
    this order.
    """

    columns: Sequence[str]
    right: frozenset[str] = frozenset()
    text: str | None = None
    beneath: Sequence[str] = ()
    title: str | None = None
    _rows: list[dict[str, Text]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError(f"Two columns have one name: {', '.join(self.columns)}")

    def add_row(self, *cells: str | Text) -> None:
        """Add a row: a cell for each column. A cell may have several lines."""
        texts = (cell if isinstance(cell, Text) else Text(cell) for cell in cells)
        self._rows.append(dict(zip(self.columns, texts, strict=True)))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines. See rich's console protocol."""
        beside, widths = self._layout(options.max_width)
        below = [name for name in self.columns if name not in beside]
        if self.title:
            yield Text(f"\n{self.title}", style="bold")
        yield self._line({name: Text(name, style="bold") for name in beside}, widths)
        yield Text("─" * (sum(widths.values()) + _GAP * (len(beside) - 1)))
        for row in self._rows:
            lines = {name: row[name].wrap(console, widths[name]) for name in beside}
            for number in range(max(map(len, lines.values()))):
                yield self._line({name: of[number] for name, of in lines.items() if number < len(of)}, widths)
            yield from self._beneath(row, below, console, options.max_width)
        yield Text()

    def _beneath(self, row: dict[str, Text], below: list[str], console: Console, width: int) -> Iterator[Text]:
        named = {name: Text.assemble((f"{name}: ", "dim"), row[name]) for name in below if row[name].plain}
        text = named.pop(self.text or "", Text())
        for part in (Text("  ").join(named.values()), text):
            for line in part.wrap(console, width - _INDENT) if part else ():
                yield Text(" " * _INDENT).append_text(line)

    def _layout(self, width: int) -> tuple[list[str], dict[str, int]]:
        """Return the columns that stand beside each other, and how wide each is."""
        widths = {name: max([len(name), *(_width(row[name]) for row in self._rows)]) for name in self.columns}
        beside = list(self.columns)
        if self.text is not None:
            natural = widths[self.text]
            least = min(natural, max(_LEAST_TEXT, len(self.text)))
            widths[self.text] = max(least, min(natural, natural + width - _total(widths, beside)))
        for name in (self.text, *self.beneath):
            if name is not None and _total(widths, beside) > width:
                beside.remove(name)
        while (over := _total(widths, beside) - width) > 0 and (most := max(widths[name] for name in beside)) > 1:
            widest = next(name for name in beside if widths[name] == most)
            widths[widest] = max(1, most - over, sorted(widths[name] for name in beside)[-2] - 1)
        return beside, {name: widths[name] for name in beside}

    def _line(self, cells: dict[str, Text], widths: dict[str, int]) -> Text:
        made = Text()
        for name, width in widths.items():
            cell = cells.get(name, Text())
            blank = " " * (width - cell.cell_len)
            made.append(blank if name in self.right else "").append_text(cell)
            made.append(("" if name in self.right else blank) + " " * _GAP)
        made.rstrip()
        return made


def _width(cell: Text) -> int:
    return max((line.cell_len for line in cell.split("\n")), default=0)


def _total(widths: dict[str, int], columns: Sequence[str]) -> int:
    return sum(widths[name] for name in columns) + _GAP * (len(columns) - 1)
