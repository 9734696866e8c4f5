"""The PostgreSQL that tests start for themselves ends with the run, also when that is killed."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import make_url

from tests.serve.installation import ROOT, wait_until

RUN = """
import time
from tests.databases import database_url
print(database_url("one"), flush=True)
print(database_url("two"), flush=True)
time.sleep(600)
"""


def test_a_killed_run_leaves_no_server_and_no_folder_behind() -> None:
    env = {
        name: value for name, value in os.environ.items() if name not in ("PYTEST_XDIST_WORKER", "TEST_DATABASE_URL")
    }
    env |= {"TEST_DATABASE": "postgresql"}
    with subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        first, second = make_url(run.stdout.readline().strip()), make_url(run.stdout.readline().strip())
        assert (first.database, second.database) == ("inspect_one", "inspect_two")
        assert first.query["host"] == second.query["host"]
        home = Path(str(first.query["host"]))
        assert home.exists()
        run.kill()
    wait_until(lambda: not home.exists(), "The end of the server")
