"""What this installation keeps files in, makes papers with, and how much it takes in."""

from flask import current_app

from inspect_app.config import Settings
from inspect_app.documents.pdf import NO_ENGINE, PdfEngine, PdfFailed, choose_engine
from inspect_app.documents.rules import MEGA, Limits
from inspect_app.documents.store import FileStore, FolderStore
from inspect_app.preferences import preferences


def file_store() -> FileStore:
    """Where the bytes of files are kept."""
    return FolderStore(_settings().files)


def paper_engine() -> PdfEngine:
    """What makes PDF here. Raises PdfFailed where nothing does."""
    engine = choose_engine(_settings().pdf_engine, _settings().data / "papers")
    if engine is None:
        raise PdfFailed(NO_ENGINE)
    return engine


def limits() -> Limits:
    """How much is taken in, as the administrator has set it."""
    chosen = preferences()
    return Limits(
        document_bytes=chosen["document_megabytes"] * MEGA,
        photo_bytes=chosen["photo_megabytes"] * MEGA,
        photo_pixels=chosen["photo_megapixels"] * MEGA,
        unit_bytes=chosen["unit_megabytes"] * MEGA,
    )


def _settings() -> Settings:
    return current_app.config["SETTINGS"]
