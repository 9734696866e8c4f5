"""`python -m inspect_app …`"""

from inspect_app.commands import cli

if __name__ == "__main__":
    cli()
