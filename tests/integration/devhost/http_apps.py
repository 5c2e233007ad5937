"""Apps with an HTTP function, for tests: one that routes by itself (ASGI), and one that returns all sorts of things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.integration.devhost.host_process import AppFolder

SITE = """
import base64, os, signal

async def site(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = (await receive())["body"]
    about, _, rest = scope["path"].lstrip("/").partition("/")
    status, headers, parts = 200, [(b"content-type", b"text/plain")], [b"ok"]
    if about == "status":
        status = int(rest)
    elif about == "empty":
        status, parts = 204, [b""]
    elif about == "raises":
        raise ValueError("as asked")
    elif about == "silent":
        return
    elif about == "latin-1":
        headers.append((b"x-name", "caf\\u00e9".encode("latin-1")))
    elif about == "accent":
        headers.append((b"x-name", "caf\\u00e9".encode()))
    elif about == "twice":
        headers += [(b"x-many", b"1"), (b"x-many", b"2"), (b"X-Case", b"upper"), (b"x-case", b"lower")]
    elif about == "cookies":
        headers += [(b"set-cookie", b"one=1; Path=/; HttpOnly; SameSite=Lax"), (b"set-cookie", b"two=2; Max-Age=60")]
    elif about == "bad-cookie":
        headers.append((b"set-cookie", b"one=1; Expires=tomorrow"))
    elif about == "wrong-length":
        headers.append((b"content-length", b"9"))
    elif about == "length":
        headers.append((b"content-length", b"2"))
    elif about == "binary":
        headers, parts = [(b"content-type", b"application/octet-stream")], [bytes(range(256))]
    elif about == "big":
        parts = [b"x" * 8_000_000]
    elif about == "streams":
        for number in range(3):
            await send({"type": "http.response.start", "status": 200, "headers": headers}) if not number else None
            note(at="sent", number=number)
            await send({"type": "http.response.body", "body": b"%d" % number, "more_body": number < 2})
            if not number:
                await gate("stream")
        return
    elif about == "waits":
        note(at="began", rest=rest)
        await gate(rest)
        note(at="ended", rest=rest)
    elif about == "exits":
        sys.exit(3)
    elif about == "blocks":
        time.sleep(600)
    elif about == "echo":
        headers = [(b"content-type", b"application/json")]
        seen = {
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "server": scope["server"],
            "body": base64.b64encode(body).decode(),
        }
        parts = [json.dumps(seen).encode()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part})
    if about == "raises-late":
        raise ValueError("after the answer")
    if about == "works-on":
        note(at="answered")
        await gate("works-on")

app = func.AsgiFunctionApp(site, http_auth_level=func.AuthLevel.ANONYMOUS, function_name="Api")
"""

PLAIN = """
@app.route(route="{*rest}", auth_level=func.AuthLevel.ANONYMOUS, methods=["GET", "POST"])
def Plain(req: func.HttpRequest):
    rest = req.route_params.get("rest")
    if rest == "none":
        return None
    if rest == "dict":
        return {"a": 1}
    if rest == "text":
        return "just text"
    if rest == "no-status":
        return func.HttpResponse("x", status_code=1000)
    seen = {"rest": rest, "url": req.url, "params": dict(req.params), "body": req.get_body().decode()}
    return func.HttpResponse(json.dumps(seen), mimetype="application/json")
"""


def site(folder: Path, **options: Any) -> AppFolder:
    """Return an app that gets every path, as Nightshift's does."""
    return AppFolder(folder, SITE, routePrefix="", **options)
