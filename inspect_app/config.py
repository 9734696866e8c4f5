"""Every setting of the product, read once from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("demo", "production")


class BadSetting(SystemExit):
    """A setting that would make the product unsafe or unable to start; says which, in one sentence."""


@dataclass(frozen=True)
class Settings:
    """What an administrator can set. The defaults are valid in production and fit to be public."""

    env: str = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    data: Path = ROOT / ".data"
    secret: str = ""
    origin: str = ""
    proxies: int = 0
    allow_sqlite: bool = False
    database_url: str = ""
    database_owner_url: str = ""
    redis_url: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    pdf_engine: str = "auto"
    demo_now: str = ""
    testing: bool = False

    @property
    def demo(self) -> bool:
        return self.env == "demo"

    @property
    def uses_sqlite(self) -> bool:
        return self.sqlalchemy_url.startswith("sqlite")

    @property
    def dialect(self) -> str:
        return "sqlite" if self.uses_sqlite else "postgresql"

    @property
    def sqlalchemy_url(self) -> str:
        """The database that the application uses; SQLite inside the data folder when none is named."""
        return _with_driver(self.database_url) or f"sqlite:///{self.data / 'inspect.sqlite'}"

    @property
    def owner_url(self) -> str:
        """The database as the owner of the tables sees it: migrations run with it."""
        return _with_driver(self.database_owner_url) or self.sqlalchemy_url

    @property
    def public_origin(self) -> str:
        return self.origin.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        return not self.demo and not self.testing

    @property
    def lasting_secret(self) -> str:
        """The secret that outlives a restart; a demonstration keeps its own in the data folder. Empty without one."""
        kept = self.data / "secret"
        return self.secret or (kept.read_text(encoding="ascii") if self.demo and kept.exists() else "")

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def uploads(self) -> Path:
        return self.data / "uploads"

    @classmethod
    def from_env(cls, environ: dict[str, str] | None = None) -> "Settings":
        """Reads the environment.

        Raises BadSetting for a value that is no number, an unknown environment, or a production start without
        a secret, without an https origin, or on SQLite that nobody asked for.
        """
        env = dict(os.environ if environ is None else environ)
        settings = cls(
            env=env.get("INSPECT_ENV", "production"),
            host=env.get("INSPECT_HOST", "127.0.0.1"),
            port=_number(env, "INSPECT_PORT", 8000),
            data=Path(env.get("INSPECT_DATA") or ROOT / ".data").resolve(),
            secret=env.get("INSPECT_SECRET", ""),
            origin=env.get("INSPECT_ORIGIN", ""),
            proxies=_number(env, "INSPECT_PROXIES", 0),
            allow_sqlite=env.get("INSPECT_ALLOW_SQLITE", "") in {"1", "true", "yes"},
            database_url=env.get("DATABASE_URL", ""),
            database_owner_url=env.get("DATABASE_OWNER_URL", ""),
            redis_url=env.get("REDIS_URL", ""),
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM", ""),
            pdf_engine=env.get("PDF_ENGINE", "auto"),
            demo_now=env.get("INSPECT_DEMO_NOW", ""),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raises BadSetting for the first thing that is wrong."""
        if self.env not in ENVIRONMENTS:
            raise BadSetting(f"INSPECT_ENV must be one of {', '.join(ENVIRONMENTS)}, not {self.env!r}.")
        if not self.demo and self.demo_now:
            raise BadSetting("INSPECT_DEMO_NOW moves the clock and works only with INSPECT_ENV=demo.")
        if self.demo or self.testing:
            return
        if len(self.secret) < 32:
            raise BadSetting("INSPECT_SECRET must hold at least 32 characters in production.")
        if self.uses_sqlite and not self.allow_sqlite:
            raise BadSetting("Production needs DATABASE_URL (PostgreSQL); set INSPECT_ALLOW_SQLITE=1 to run on SQLite.")
        if urlsplit(self.origin).scheme != "https":
            raise BadSetting("INSPECT_ORIGIN must be the https address under which people reach the product.")


def _with_driver(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url[len(scheme) :]
    return url


def _number(env: dict[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, "") or default)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {env[name]!r}.") from None
