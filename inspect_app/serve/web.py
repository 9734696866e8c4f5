"""The pages, served by gunicorn."""

import sys

from flask import Flask
from gunicorn.app import wsgiapp

from inspect_app import create_app
from inspect_app.config import Settings


def main(door: int) -> int:
    """Serves the pages on a socket that already listens, until it is asked to end. Gives the exit code."""
    config, app = "python:inspect_app.serve.gunicorn_config", "inspect_app.serve.web:build_app()"
    sys.argv = ["gunicorn", "--config", config, "--bind", f"fd://{door}", app]
    wsgiapp.run()
    return 0


def build_app() -> Flask:
    """The application with the settings of the environment."""
    return create_app(Settings.from_env())
