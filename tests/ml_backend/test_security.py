"""Who may ask, how much, and what a task may make the backend fetch."""

import base64
import contextlib
import gzip
import json
import shutil
import socket
import ssl
import subprocess
import threading

import pytest
from label_studio_requests import Client, basic, png, task, uri

from captionlint.core.errors import ImageError
from captionlint.ml_backend.http import app as wsgi
from captionlint.ml_backend.http.app import Application
from captionlint.ml_backend.images import safe_http
from captionlint.ml_backend.images.safe_http import Guard
from captionlint.ml_backend.images.task_images import Pictures
from captionlint.ml_backend.settings import Settings

ROUTES = [
    ("GET", "/"), ("GET", "/health"), ("GET", "/versions"), ("POST", "/setup"), ("POST", "/predict"),
    ("POST", "/webhook"), ("POST", "/train"), ("GET", "/metrics"), ("GET", "/is_training"), ("POST", "/anything"),
    ("GET", "/health/"), ("DELETE", "/health"),
]  # fmt: skip


@pytest.fixture
def guarded(start):
    backend = start(user="ana", password="s3cret")
    beneath = lambda environ, respond: (respond("200 OK", []), [b'{"reached": true}'])[1]  # noqa: E731
    return Application(lambda: backend.handlers, backend.settings, beneath=beneath)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "shown",
    [{}, {"HTTP_AUTHORIZATION": basic("ana", "wrong")}, {"HTTP_AUTHORIZATION": "Basic %%%"},
     {"HTTP_AUTHORIZATION": "Bearer s3cret"}, {"HTTP_AUTHORIZATION": basic("", "")}],
)  # fmt: skip
def test_no_route_answers_without_the_credentials(guarded, method, path, shown):
    status, answer = Client(guarded, **shown).ask(method, path, b"{}")
    assert status == 401
    assert "reached" not in answer


def test_with_the_credentials_every_route_answers(guarded):
    client = Client(guarded, HTTP_AUTHORIZATION=basic("ana", "s3cret"))
    assert client.get("/health")[0] == client.get("/versions")[0] == client.post("/setup", {})[0] == 200
    assert client.post("/webhook", {"action": "ANNOTATIONS_DELETED", "annotations": []})[0] == 201
    assert client.get("/metrics") == (200, {"reached": True})
    assert Client(guarded).get("/livez") == (200, {"status": "UP"})


@pytest.mark.parametrize("how", ["utf-8", "latin-1"])
def test_a_password_may_have_letters_beyond_ascii(backend, how):
    """Label Studio's own requests write it in Latin-1, the webhook's header has it in UTF-8."""
    shown = "Basic " + base64.b64encode("ana:gr\u00fcn".encode(how)).decode()
    app = Application(lambda: backend.handlers, Settings(user="ana", password="gr\u00fcn"))
    assert Client(app, HTTP_AUTHORIZATION=shown).get("/health")[0] == 200
    assert Client(app, HTTP_AUTHORIZATION=basic("ana", "gr?n")).get("/health")[0] == 401


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, monkeypatch):
    monkeypatch.setattr(wsgi, "LARGEST", 100)
    for path in ("/predict", "/setup", "/webhook"):
        assert client.ask("POST", path, b"x" * 101)[0] == 413
        assert client.ask("POST", path, b"", CONTENT_LENGTH="99999999999")[0] == 413
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert client.ask("POST", "/predict", b"x" * 101, **chunked)[0] == 413
    assert client.ask("POST", "/webhook", json.dumps({"action": "X"}).encode(), **chunked)[0] == 201


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"5", b"null", b"\xff", b"[" * 100_000, b'{"tasks": 5}'])
def test_a_body_that_makes_no_sense_is_the_callers_mistake(client, data):
    assert client.ask("POST", "/predict", data)[0] == 400
    assert client.ask("POST", "/webhook", data)[0] == 400
    assert client.ask("POST", "/predict", data, CONTENT_LENGTH="many")[0] == 400


def test_wrong_methods_and_unknown_routes_are_named(client):
    assert client.get("/predict")[0] == 405
    assert client.post("/health", {})[0] == 405
    assert client.get("/../../etc/passwd")[0] == 404


@pytest.fixture
def pictures(tmp_path):
    return lambda **more: Pictures(tmp_path / "kept", **more)


@pytest.mark.parametrize(
    "image",
    ["/etc/passwd", "etc/passwd", "../review.db", "file:///etc/passwd", "C:\\secret.png", "\\\\host\\share\\a.png",
     "ftp://example.org/a.png", "gopher://127.0.0.1/", "//169.254.169.254/a.png", "", " ", "http://", "http:///a",
     "http://[::1", "http://a:99999/", "data:text/html,<b>", "data:image/png;base64,%%%", "data:image/png,",
     "data:", "javascript:alert(1)", "\x00", "http://exa mple/", "/data/../etc/passwd", "/api/users"],
)  # fmt: skip
def test_what_is_no_picture_of_label_studio_or_the_web_is_not_read(pictures, image):
    with pytest.raises(ImageError):
        pictures(url="http://127.0.0.1:9", api_key="TOKEN").find(image)


PRIVATE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
    "[::1]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "224.0.0.1", "255.255.255.255", "[fec0::1]", "localhost", "2130706433", "0x7f000001", "127.1", "[::]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_not_fetched_however_they_are_written(pictures, host):
    with pytest.raises(ImageError, match=r"private network|no address|no http"):
        pictures().find(f"http://{host}:1/a.png")


def test_public_addresses_are_permitted():
    import ipaddress

    for address in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"):
        assert Guard().permits(("http", "example.org", 80), ipaddress.ip_address(address))


def test_a_name_with_one_private_address_among_public_ones_is_not_asked(pictures, monkeypatch):
    found = [(2, 1, 6, "", (a, 80)) for a in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(ImageError, match="private network"):
        pictures().find("http://two-faced.example/a.png")


def test_the_connection_goes_to_the_address_that_was_checked(pictures, web, monkeypatch):
    """DNS rebinding: the name leads to an allowed address once, and anywhere else from then on."""
    server = web()
    server.pages["/a.png"] = (200, {}, png())
    real, asked = socket.getaddrinfo, []

    def once(host, *rest, **more):
        if host != "rebound.example":
            return real(host, *rest, **more)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    port = server.url.rsplit(":", 1)[1]
    found = pictures(allowed=("127.0.0.1",)).find(f"http://rebound.example:{port}/a.png")
    assert found.path.read_bytes() == png()
    assert asked == ["rebound.example"]
    assert server.asked[0][1]["Host"] == f"rebound.example:{port}"


def test_a_redirect_is_checked_like_the_first_address(pictures, web):
    server, inner = web(), web()
    inner.pages["/secret.png"] = (200, {}, png())
    port = inner.url.rsplit(":", 1)[1]
    server.pages["/a.png"] = (302, {"Location": f"http://127.0.0.2:{port}/secret.png"}, b"")
    server.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    server.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    allowed = pictures(allowed=("127.0.0.1/32",))
    for path, said in (("/a.png", "private network"), ("/file", "no http"), ("/loop", "redirects")):
        with pytest.raises(ImageError, match=said):
            allowed.find(server.url + path)
    assert inner.asked == []


def test_the_token_goes_to_label_studio_and_nowhere_else(pictures, web):
    label_studio, cloud = web(), web()
    cloud.pages["/signed.png"] = (200, {}, png())
    cloud.pages["/direct.png"] = (200, {}, png((1, 2, 3)))
    label_studio.pages["/data/upload/1/x.png"] = (200, {}, png((4, 5, 6)))
    label_studio.pages["/tasks/7/presign/"] = (303, {"Location": cloud.url + "/signed.png"}, b"")
    label_studio.pages["/api/users"] = (200, {}, png((7, 8, 9)))
    found = pictures(url=label_studio.url, api_key="TOKEN", allowed=("127.0.0.1",))
    found.find("/data/upload/1/x.png")
    found.find("s3://bucket/x.png", task_id=7)
    found.find(cloud.url + "/direct.png")
    found.find(label_studio.url + "/api/users")
    found.find(label_studio.url + "/data/upload/1/x.png")
    shown = {path.split("?")[0]: headers.get("Authorization") for path, headers in label_studio.asked}
    assert shown == {"/data/upload/1/x.png": "Token TOKEN", "/tasks/7/presign/": "Token TOKEN", "/api/users": None}
    assert [headers.get("Authorization") for _, headers in cloud.asked] == [None, None]


def test_label_studios_own_address_may_be_private_but_its_neighbours_may_not(pictures, web):
    label_studio, neighbour = web(), web()
    label_studio.pages["/data/upload/1/x.png"] = (200, {}, png())
    found = pictures(url=label_studio.url, api_key="TOKEN")
    assert found.find("/data/upload/1/x.png").path.exists()
    with pytest.raises(ImageError, match="private network"):
        found.find(neighbour.url + "/a.png")
    assert neighbour.asked == []


def test_the_token_is_in_no_message_and_no_log(start, web, caplog):
    caplog.set_level("DEBUG")
    label_studio = web()
    label_studio.pages["/data/upload/1/x.png"] = (401, {}, b"no")
    backend = start(url=label_studio.url, api_key="TOKEN-7", password="s3cret")
    answer = backend.handlers.predict({"tasks": [task(1, "xdog", image="/data/upload/1/x.png")]})
    assert "401" in caplog.text
    assert "TOKEN-7" not in caplog.text + json.dumps(answer) + repr(backend.settings)
    assert "s3cret" not in repr(Settings(password="s3cret"))


def test_a_signature_in_an_address_is_in_no_message(pictures, web):
    server = web()
    server.pages["/a.png"] = (403, {}, b"")
    with pytest.raises(ImageError) as caught:
        pictures(allowed=("127.0.0.1",)).find(f"{server.url}/a.png?X-Signature=SECRET")
    assert "SECRET" not in str(caught.value)


def test_what_is_too_large_too_slow_or_no_picture_is_refused(pictures, web, monkeypatch):
    monkeypatch.setattr(safe_http, "LARGEST", 1000)
    server = web()
    server.pages["/large.png"] = (200, {}, b"x" * 5000)
    server.pages["/page.png"] = (200, {"Content-Type": "image/png"}, b"<html>not a picture</html>")
    server.pages["/short.png"] = (200, {"Content-Length": "900"}, png()[:40])
    allowed = pictures(allowed=("127.0.0.1",))
    for path, said in (("/large.png", "more than"), ("/page.png", "not a picture"), ("/gone.png", "404")):
        with pytest.raises(ImageError, match=said):
            allowed.find(server.url + path)
    monkeypatch.setattr(safe_http, "SECONDS", -1.0)
    with pytest.raises(ImageError):
        allowed.find(server.url + "/short.png")
    assert not allowed.folder.exists()


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_who_sends_a_byte_now_and_then_is_cut_off_in_time(pictures, monkeypatch, begin):
    monkeypatch.setattr(safe_http, "SECONDS", 0.3)
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            line, _ = server.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(begin)
                while not ending.wait(0.05):
                    line.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with pytest.raises(ImageError, match="took more than"):
                pictures(allowed=("127.0.0.1",)).find(f"http://127.0.0.1:{server.getsockname()[1]}/a.png")
        finally:
            ending.set()
            dripping.join(60)


def test_a_packed_answer_is_not_unpacked(pictures, web):
    server = web()
    bomb = gzip.compress(gzip.compress(bytes(20_000_000)))
    server.pages["/a.png"] = (200, {"Content-Encoding": "gzip, gzip"}, bomb)
    with pytest.raises(ImageError, match="not a picture"):
        pictures(allowed=("127.0.0.1",)).find(f"{server.url}/a.png")
    assert server.asked[0][1]["Accept-Encoding"] == "identity"


def test_a_certificate_that_nobody_vouches_for_is_refused(pictures, tmp_path):
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
            "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            line, _ = server.accept()
            with contextlib.suppress(OSError), trusted.wrap_socket(line, server_side=True):
                pass

        greeting = threading.Thread(target=greet)
        greeting.start()
        with pytest.raises(ImageError, match="SSLCertVerificationError"):
            pictures(allowed=("127.0.0.1",)).find(f"https://localhost:{server.getsockname()[1]}/a.png")
        greeting.join(60)


def test_addresses_with_letters_that_no_request_may_have_are_asked_for_as_browsers_do(pictures, web):
    server = web()
    server.pages["/my%20caf%C3%A9%20100%25.png"] = (200, {}, png())
    assert pictures(allowed=("127.0.0.1",)).find(f"{server.url}/my café 100%25.png?a=b c").path.exists()
    assert server.asked[0][0].endswith("?a=b%20c")


def test_a_data_address_that_is_too_large_is_refused(pictures, monkeypatch):
    from captionlint.ml_backend.images import task_images as module

    monkeypatch.setattr(module, "LARGEST", 10)
    with pytest.raises(ImageError, match="MB"):
        pictures().find(uri() + "A" * 400)


def test_local_files_stay_below_their_folder(pictures, tmp_path):
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    (root / "in" / "a.png").write_bytes(png())
    (tmp_path / "outside.png").write_bytes(png())
    (root / "link.png").symlink_to(tmp_path / "outside.png")
    found = pictures(local_root=root)
    assert found.find("/data/local-files/?d=in/a.png").path == root / "in" / "a.png"
    for name in ("../outside.png", "in/../../outside.png", "%2e%2e/outside.png", "/etc/passwd", "link.png", "", "in"):
        with pytest.raises(ImageError):
            found.find(f"/data/local-files/?d={name}")
