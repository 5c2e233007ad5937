"""Which secrets of a text are masked, and is all else left as it is?"""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NightshiftError, Permanent
from shared.jobs.transitions import reason_of
from shared.masking import holds_mask, masked, masked_json, restored

SECRET = "s3cr3t%2Bva/lue-0123456789%3D"
SAS = f"https://acc.blob.core.windows.net/c/a.jpg?sv=2024-11-04&sp=r&sig={SECRET}&se=2026-12-01"


@pytest.mark.parametrize(
    "text",
    [
        SAS,
        f"https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=AKIA%2F1&X-Amz-Signature={SECRET}",
        f"https://b.s3.amazonaws.com/a.jpg?x-amz-security-token={SECRET}",
        f"https://b.s3.amazonaws.com/a.jpg?AWSAccessKeyId=1&Signature={SECRET}",
        f"https://storage.googleapis.com/b/a.jpg?X-Goog-Signature={SECRET}",
        f"https://cdn.example/a.jpg?width=3&token={SECRET}",
        f"https://cdn.example/a.jpg?access_token={SECRET}#top",
        f"https://cdn.example/cb#id_token={SECRET}",
        f"https://cdn.example/a.jpg?w=3&amp;api_key={SECRET}",
        f"https://app.azurewebsites.net/api/x?code={SECRET}",
        f"https://resize.example/?w=3&url={quote(SAS, safe='')}",
        f"https://resize.example/?url={quote(quote(SAS, safe=''), safe='')}",
        f"https://user:{SECRET.replace('/', '')}@shop.example/a.jpg",
        "https://user:p@s3cr3tva@shop.example/a.jpg",
        f"//user:{SECRET.replace('/', '')}@shop.example",
        f"https://resize.example/?url={quote('https://user:s3cr3tva@shop.example/a.jpg', safe='')}",
        f"DefaultEndpointsProtocol=https;AccountName=acc;AccountKey={SECRET};EndpointSuffix=core.windows.net",
        f"BlobEndpoint=https://acc.blob.core.windows.net;SharedAccessSignature=sv=1&sig={SECRET}",
        f"Authorization: Bearer {SECRET.replace('%', '')}",
        "the key sk-proj-s3cr3tva0123456789 isn't valid",
        "https://hooks.slack.com/services/T00/B00/s3cr3tva",
    ],
)
def test_a_secret_is_masked_wherever_it_stands_in_a_text(text: str) -> None:
    for whole in (text, f"content: {text} answers 403.", f"<{text}>", json.dumps({"a": text, "b": [text]})):
        assert "s3cr3t" in whole
        shown = masked(whole)
        assert "s3cr3t" not in shown
        assert "***" in shown
        assert masked(shown) == shown


def test_the_rest_of_an_address_stays() -> None:
    assert masked(SAS) == "https://acc.blob.core.windows.net/c/a.jpg?sv=2024-11-04&sp=r&sig=***&se=2026-12-01"
    assert masked("see https://user:pw@shop.example/a?b=c, then") == "see https://***@shop.example/a?b=c, then"
    assert (
        masked(json.dumps({"u": "https://a.example/?token=x", "n": 1}))
        == '{"u": "https://a.example/?token=***", "n": 1}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Red heels, size 38",
        "https://shop.example/a.jpg?width=300&v=7&significant=1&keyword=red",
        "https://medium.com/@ada/post?page=2",
        "ada@shop.example",
        "code=rate_limited attempt=3 token_count=7",
        "signature dish; key piece",
        "taste|ada|item@2",
        "Basic internationalization",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_a_whole_body_is_masked_however_deep() -> None:
    body = {"id": "j1", "n": 3, "payload": {"image_url": SAS, "tags": ["red", SAS]}, "byUrl": {SAS: None}, "on": True}

    shown = masked_json(body)

    assert "s3cr3t" not in json.dumps(shown)
    assert (shown["id"], shown["n"], shown["on"], shown["payload"]["tags"][0]) == ("j1", 3, True, "red")
    assert body["payload"]["image_url"] == SAS  # type: ignore[index]


@given(st.recursive(st.none() | st.integers() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of)))
def test_masking_a_document_or_its_strings_leaves_a_document(value: object) -> None:
    assert isinstance(json.loads(masked(json.dumps(value))), type(value))
    assert masked_json(masked_json(value)) == masked_json(value)


def test_an_error_holds_no_secret_whatever_raised_it() -> None:
    assert "s3cr3t" not in str(Permanent(f"{SAS} answers 403"))
    assert "s3cr3t" not in str(NightshiftError(f"{SAS} answers 403"))
    assert "s3cr3t" not in reason_of("taste", ValueError(f"{SAS} isn't one")).message


def test_what_was_shown_masked_gets_back_the_secrets_that_nobody_touched() -> None:
    original = {"image_url": SAS, "tags": ["red", SAS], "title": "Hat"}
    shown = masked_json(original)

    assert restored({**shown, "title": "Felt Hat"}, original) == {**original, "title": "Felt Hat"}
    assert restored({**shown, "image_url": "https://shop.example/hat.png"}, original)["image_url"][-7:] == "hat.png"
    assert restored(shown, {}) == shown


@pytest.mark.parametrize(
    ("value", "is_masked"),
    [
        (masked_json({"tags": ["red", SAS]}), True),
        ("https://ada:***@shop.example/", True),
        (SAS, False),
        ("*** Sale ***", False),
        ({"title": "a=***", "n": 3}, False),
    ],
    ids=str,
)
def test_a_mask_is_known_where_a_secret_should_be(value: object, is_masked: bool) -> None:
    assert holds_mask(value) == is_masked
