"""A folder of paper fonts for all tests of a run, both engines, and a server that counts who falls into it."""

import importlib.util
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inspect_app.documents.fonts import SYSTEM_FOLDERS, paper_fonts
from inspect_app.documents.pdf import PlutoPrint, Wkhtmltopdf

ENGINES = ("plutoprint", "wkhtmltopdf")


@pytest.fixture(scope="session")
def fonts_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="session", params=["system", "wheel"])
def every_font(request, fonts_folder):
    """The face that this machine uses, and the one that machines without the system's package use."""
    return paper_fonts(fonts_folder, system=SYSTEM_FOLDERS if request.param == "system" else ())


@pytest.fixture(scope="session")
def fonts(fonts_folder):
    return paper_fonts(fonts_folder)


@pytest.fixture(params=ENGINES)
def engine(request, fonts):
    """Both engines, one after the other; `scripts/setup --dev` installs what can be had of them."""
    return _installed(request.param, fonts)


@pytest.fixture(params=ENGINES)
def engine_in_every_font(request, every_font):
    return _installed(request.param, every_font)


def _installed(name, fonts):
    if name == "plutoprint" and importlib.util.find_spec("plutoprint"):
        return PlutoPrint(fonts)
    if name == "wkhtmltopdf" and (path := shutil.which("wkhtmltopdf")):
        return Wkhtmltopdf(path, fonts)
    pytest.skip(f"there is no {name} on this machine")


@pytest.fixture
def trap():
    """A server on loopback; `hits` lists what was asked of it."""
    hits = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(302 if "redirect" in self.path else 200)
            if "redirect" in self.path:
                self.send_header("Location", "/landed")
            self.end_headers()
            self.wfile.write(b"BAY")

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.hits = hits
    server.address = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def program(tmp_path):
    """Makes a program of a shell script."""

    def made(script):
        path = Path(tmp_path, "program")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return made
