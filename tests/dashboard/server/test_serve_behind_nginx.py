"""The shipped nginx configuration with a real nginx: sub-path, HTTPS, live connections."""

from __future__ import annotations

import http.client
import re
import shutil
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import ROOT
from tests.dashboard.server.served import PASSWORD, free_port, make_folder, serve
from tests.dashboard.server.test_gate import UPGRADE

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def trusting() -> ssl.SSLContext:
    """Return a context that takes the certificate made for this test."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Https:
    """Asks nginx over HTTPS, keeping cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}

    def ask(self, path, form=None, **headers):
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link = http.client.HTTPSConnection("127.0.0.1", self.port, context=trusting(), timeout=60)
        try:
            verb = "GET" if form is None else "POST"
            link.request(verb, path, None if form is None else urlencode(form), headers)
            answer = link.getresponse()
            body = b"" if answer.status == 101 else answer.read()
        finally:
            link.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, body.decode("utf-8", "replace")


@contextmanager
def nginx(folder: Path, backend: int):
    """Run nginx with the shipped configuration; only ports, certificate and log are replaced."""
    port, shipped = free_port(), (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    certificate = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*make, *certificate], check=True, capture_output=True)
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("127.0.0.1:5006", f"127.0.0.1:{backend}"),
        ("/etc/nginx/guatu.crt", str(folder / "cert.pem")),
        ("/etc/nginx/guatu.key", str(folder / "key.pem")),
        ("/var/log/nginx/guatu.log", str(folder / "access.log")),
    ):
        assert shipped.count(old) == 1, old
        shipped = shipped.replace(old, new)
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in PATHS)
    (folder / "site.conf").write_text(shipped, encoding="utf-8")
    whole = f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
    whole += f"http {{ {temporary} include {folder}/site.conf; }}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                Https(port).ask("/guatu/health")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.skipif(NGINX is None, reason="nginx is absent: apt-get install nginx-light")
def test_the_product_works_behind_nginx_on_a_sub_path(tmp_path):
    folder = make_folder(tmp_path / "served")
    options = ("--proxy", "--workers", "2")
    with (
        serve(folder, *options, prefix="/guatu") as running,
        nginx(tmp_path, running.port) as port,
    ):
        browser = Https(port)
        assert browser.ask("/")[0].headers["Location"].endswith("/guatu/")
        refused = browser.ask("/guatu/?place=991181")[0]
        assert refused.status == 302
        assert refused.headers["Location"] == "/guatu/login?next=%2Fguatu%2F%3Fplace%3D991181"
        page = browser.ask(refused.headers["Location"])[1]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        form = {**hidden, "name": "leader", "password": PASSWORD}
        entered = browser.ask("/guatu/login", form)[0]
        assert entered.headers["Location"] == "/guatu/?place=991181"
        cookies = [str(one) for one in entered.headers.get_all("Set-Cookie")]
        session = next(one for one in cookies if one.startswith("guatu_session"))
        assert "Secure" in session
        assert "Path=/guatu" in session
        assert "Strict-Transport-Security" in entered.headers
        answer, page = browser.ask("/guatu/?place=991181")
        assert answer.status == 200
        token = re.search(r'"token":"([\w.=-]+)"', page.replace(" ", ""))[1]
        for origin, status in (
            (f"https://127.0.0.1:{port}", 101),
            ("https://127.0.0.1", 403),
            ("https://www.example.org", 403),
        ):
            # Each of both workers takes some of these, also for a page the other one made.
            for _ in range(3):
                live = {**UPGRADE, "Origin": origin, "Sec-WebSocket-Protocol": f"bokeh, {token}"}
                assert browser.ask("/guatu/ws", **live)[0].status == status
        forged = {"X-Forwarded-Proto": "http", "X-Real-IP": "6.6.6.6"}
        assert browser.ask("/guatu/login", {**form, "_xsrf": "x"}, **forged)[0].status == 403
        script = re.search(r'src="(static/[^"]+\.js[^"]*)"', page)[1]
        assert browser.ask(f"/guatu/{script}")[0].status == 200
        assert browser.ask("/guatu/nothing")[0].status == 404
    log = (tmp_path / "access.log").read_text()
    assert "GET /guatu/" in log
    assert "place=" not in log
