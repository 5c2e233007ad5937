"""Does Python-Markdown get pages that it reads as GitHub does?"""

from __future__ import annotations

from handbook.dialect import to_python_markdown


def test_a_list_gets_a_blank_line_before_it() -> None:
    assert to_python_markdown("It is for\n- backends\n- operators") == "It is for\n\n- backends\n- operators"


def test_a_long_item_and_the_item_after_it_stay_together() -> None:
    text = "- one that goes\n  on and on\n- two"
    assert to_python_markdown(text) == text


def test_code_within_an_item_is_indented_by_four() -> None:
    assert to_python_markdown("1. So:\n\n   ```python\n   def a():\n\n       b()\n   ```\n2. End") == (
        "1. So:\n\n    ```python\n    def a():\n\n        b()\n    ```\n\n2. End"
    )


def test_a_list_within_a_list_is_indented_by_four() -> None:
    assert to_python_markdown("- one\n  - within\n- two") == "- one\n    - within\n- two"


def test_a_pipe_in_the_code_of_a_table_loses_its_backslash() -> None:
    assert to_python_markdown(r"| `a\|b` | c \| d |") == r"| `a|b` | c \| d |"


def test_code_stays_as_it_is() -> None:
    text = "```\nso\n- no list\n| `a\\|b` |\n```"
    assert to_python_markdown(text) == text


def test_a_paragraph_within_an_item_is_indented_by_four_and_the_next_item_is_one() -> None:
    assert to_python_markdown("1. So:\n\n   and\n   more\n2. End") == "1. So:\n\n    and\n    more\n\n2. End"
