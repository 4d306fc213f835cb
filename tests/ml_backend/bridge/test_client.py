"""The client against a small real server: which header goes where, and what a refusal says."""

from __future__ import annotations

import json
import threading

import pytest
from small_server import PERSONAL, Server

from captionlint.core.errors import LabelStudioError, UsageError
from captionlint.ml_backend.label_studio.client import LabelStudio


def test_sends_a_legacy_token_as_it_is(server: Server) -> None:
    assert LabelStudio(server.url + "/", " abc123 ").get("/api/projects", page=2) == {"fine": True}
    assert server.came == [("GET", "/api/projects?page=2", "Token abc123", b"")]


def test_changes_a_personal_token_for_one_that_lasts_several_requests(server: Server) -> None:
    label_studio = LabelStudio(server.url, PERSONAL)
    label_studio.get("/a")
    label_studio.post("/b", {"x": 1})
    assert server.paths() == ["/api/token/refresh/", "/a", "/b"]
    (_, _, none, bought), (_, _, first, _), (_, _, second, _) = server.came
    assert none is None
    assert json.loads(bought) == {"refresh": PERSONAL}
    assert str(first).startswith("Bearer ")
    assert first == second
    assert PERSONAL not in str(first)


def test_buys_a_new_token_before_the_old_one_ends(server: Server) -> None:
    server.lifetime = 20.0
    label_studio = LabelStudio(server.url, PERSONAL)
    label_studio.get("/a")
    label_studio.get("/b")
    assert server.paths() == ["/api/token/refresh/", "/a"] * 1 + ["/api/token/refresh/", "/b"]
    assert server.came[1][2] != server.came[3][2]


@pytest.mark.parametrize(("ahead", "lifetime", "exchanges"), [(3600.0, 20.0, 2), (-3600.0, 300.0, 1)])
def test_a_clock_that_is_not_the_servers_does_not_matter(server: Server, ahead, lifetime, exchanges) -> None:
    server.clock, server.lifetime = ahead, lifetime
    label_studio = LabelStudio(server.url, PERSONAL)
    label_studio.get("/a")
    label_studio.get("/b")
    assert server.paths().count("/api/token/refresh/") == exchanges


def test_threads_share_one_exchange(server: Server) -> None:
    label_studio = LabelStudio(server.url, PERSONAL)
    threads = [threading.Thread(target=label_studio.get, args=(f"/{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert server.paths().count("/api/token/refresh/") == 1
    assert len(server.came) == 9


def test_follows_no_redirect_with_the_token(server: Server) -> None:
    server.answers["/a"] = (307, {"Location": "http://elsewhere.example/a"}, b"")
    with pytest.raises(LabelStudioError, match=r"sends on to http://elsewhere\.example/a"):
        LabelStudio(server.url, "abc").get("/a")
    server.answers["/api/token/refresh/"] = (307, {"Location": "http://elsewhere.example/"}, b"")
    with pytest.raises(LabelStudioError, match=r"sends on to http://elsewhere\.example/"):
        LabelStudio(server.url, PERSONAL).get("/a")


@pytest.mark.parametrize(
    ("status", "said", "wanted"),
    [
        (401, {"detail": "Token is invalid"}, "does not accept this personal access token"),
        (404, b"<html>No page</html>", r"takes no tokens \(it answers with 404\): give Label Studio's own address"),
        (200, b"<html>Hello</html>", "gives nothing for the token: is this Label Studio"),
    ],
)
def test_says_why_a_personal_token_buys_nothing(server: Server, status: int, said: object, wanted: str) -> None:
    server.answers["/api/token/refresh/"] = (status, {}, said)
    with pytest.raises(LabelStudioError, match=wanted):
        LabelStudio(server.url, PERSONAL).get("/a")


def test_netrc_puts_no_other_password_in(server: Server, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password wrong\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    LabelStudio(server.url, PERSONAL).get("/a")
    assert [header and header.split()[0] for _, _, header, _ in server.came] == [None, "Bearer"]


@pytest.mark.parametrize(
    ("status", "said", "wanted"),
    [
        (401, {"detail": "Invalid token."}, "does not accept the token: copy it again"),
        (401, {"detail": "… legacy token authentication has been disabled …"}, "has legacy tokens switched off"),
        (403, {"detail": "URL resolves to a reserved network address (block: 127.0.0.0/8)"}, "of its own network"),
        (400, {"validation_errors": {"title": ["Ensure this."]}}, r"refuses GET /a \(400\): .*Ensure this\."),
        (400, {"validation_errors": {"non_field_errors": ["No.", "Never."]}}, r"\(400\): No\. Never\.$"),
        (502, b"<html>Bad gateway</html>", r"refuses GET /a \(502\): it does not say why"),
        (200, b"<html>Hello</html>", "something else than JSON: is this Label Studio"),
    ],
)
def test_says_what_a_refusal_means(server: Server, status: int, said: object, wanted: str) -> None:
    server.answers["/a"] = (status, {}, said)
    with pytest.raises(LabelStudioError, match=wanted):
        LabelStudio(server.url, "abc").get("/a")


@pytest.mark.parametrize("key", ["abc", PERSONAL])
def test_says_that_nobody_listens_or_not_by_https(server: Server, key: str) -> None:
    url = server.url
    with pytest.raises(LabelStudioError, match="speaks no https: is it http:// there"):
        LabelStudio(url.replace("http", "https"), key).get("/a")
    server.server_close()
    with pytest.raises(LabelStudioError, match="cannot be reached: is Label Studio running"):
        LabelStudio(url, key).get("/a")


@pytest.mark.parametrize(
    ("url", "key", "wanted"), [("localhost:8080", "abc", "is no address"), ("http://x", " ", "token")]
)
def test_refuses_what_cannot_work(url: str, key: str, wanted: str) -> None:
    with pytest.raises(UsageError, match=wanted):
        LabelStudio(url, key)


def test_an_empty_answer_is_none(server: Server) -> None:
    server.answers["/a"] = (204, {}, b"")
    assert LabelStudio(server.url, "abc").post("/a") is None


@pytest.mark.parametrize("token", ["a\nb", "ключ", "two words"])
def test_a_token_that_no_header_can_carry_is_refused_first(server, token):
    with pytest.raises(UsageError, match="copy it again"):
        LabelStudio(server.url, token)
    assert server.came == []
