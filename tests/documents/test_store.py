import errno
import hashlib
import io
import os
from datetime import UTC, datetime, timedelta

import pytest

from inspect_app.documents import store as store_module
from inspect_app.documents.store import ContentMissing, FolderStore, StoredContent
from inspect_app.refusals import Refused


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "files", reserve=0)


def files_in(store):
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file() and path.name != ".lock")


def put(store, content, limit=1000):
    return store.put(io.BytesIO(content), limit)


def test_content_is_found_by_its_hash_and_kept_once(store):
    kept = put(store, b"xin chao")
    assert kept == put(store, b"xin chao") == StoredContent(hashlib.sha256(b"xin chao").hexdigest(), 8)
    assert files_in(store) == [kept.sha256]
    assert (store.folder / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256).stat().st_mode & 0o077 == 0
    with store.open(kept.sha256) as file:
        assert file.read() == b"xin chao"
    assert store.exists(kept.sha256)
    assert store.intact(kept.sha256)


@pytest.mark.parametrize(("content", "status"), [(b"", 422), (b"x" * 1001, 413)])
def test_an_empty_or_too_long_stream_leaves_nothing_behind(store, content, status):
    with pytest.raises(Refused) as refused:
        put(store, content)
    assert refused.value.status == status
    assert files_in(store) == []


def test_a_stream_that_breaks_leaves_nothing_behind(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Broken(), 1000)
    assert files_in(store) == []


def test_a_full_disk_is_told_plainly_and_leaves_nothing_behind(store, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module.os, "fsync", full)
    with pytest.raises(Refused) as refused:
        put(store, b"xin chao")
    assert refused.value.status == 507
    assert "hết chỗ" in str(refused.value)
    assert files_in(store) == []


def test_some_of_the_disk_stays_free(tmp_path):
    store = FolderStore(tmp_path / "files", reserve=1 << 60)
    with pytest.raises(Refused) as refused:
        put(store, b"xin chao")
    assert refused.value.status == 507


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "/", "a" * 64])
def test_only_the_hash_of_kept_content_opens_anything(store, name):
    put(store, b"xin chao")
    with pytest.raises(ContentMissing):
        store.open(name)


def test_damaged_content_is_noticed_and_healed_by_the_next_upload(store):
    kept = put(store, b"xin chao")
    path = store.folder / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    path.write_bytes(b"xin chap")
    assert not store.intact(kept.sha256)
    put(store, b"xin chao")
    assert store.intact(kept.sha256)


def test_clearing_up_removes_only_what_no_row_names_and_what_is_old(store):
    now = datetime.now(UTC)
    named, forgotten, fresh = (put(store, content) for content in (b"named", b"forgotten", b"fresh"))
    broken_off = store.incoming / "tmp123"
    broken_off.write_bytes(b"half")
    old = (now - timedelta(days=3)).timestamp()
    for name in (named, forgotten):
        os.utime(store.folder / name.sha256[:2] / name.sha256[2:4] / name.sha256, (old, old))
    os.utime(broken_off, (old, old))
    assert store.delete_unreferenced({named.sha256}, before=now - timedelta(days=1)) == 1
    assert files_in(store) == sorted([named.sha256, fresh.sha256])


def test_content_that_is_put_again_counts_as_fresh(store):
    now = datetime.now(UTC)
    kept = put(store, b"again")
    path = store.folder / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    os.utime(path, (0, 0))
    put(store, b"again")
    assert store.delete_unreferenced(set(), before=now - timedelta(days=1)) == 0
