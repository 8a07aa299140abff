# SPDX-License-Identifier: Apache-2.0
"""What a process leaves behind that crashes."""

import glob
import os
import re
import resource
import signal
import subprocess
from pathlib import Path

MARK = b"in memory\n"


def core_pattern():
    return Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii").strip()


def core_files(folder, pid):
    """The dumps of a process that ran in this folder: elsewhere only those that have its id in the
    name, as others may be there too."""
    pattern = os.path.join(folder, core_pattern()).replace("%p", str(pid))
    found = glob.glob(re.sub("%.", "*", pattern) + "*")
    return {path for path in found if os.path.dirname(path) == str(folder)
            or re.search(rf"(?<!\d){pid}(?!\d)", os.path.basename(path))}


def crash(vault, command, **environment):
    """What a crash leaves on its streams, and its core dumps."""
    def no_limit():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    start = Path(vault.folder / "keyring.json").stat().st_mtime
    process = subprocess.Popen(
        [vault.probe, command, vault.folder], cwd=vault.folder, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, preexec_fn=no_limit, env=os.environ | environment)
    output, _ = process.communicate()
    assert process.returncode == -signal.SIGSEGV, f"the probe ended with {process.returncode}"
    assert MARK in output, "the probe ended before the passphrase was in memory"
    # A dump that is older than the vault is of an earlier process with this id.
    made = [Path(path) for path in core_files(vault.folder, process.pid)]
    made = [path for path in made if path.stat().st_mtime >= start]
    data = [path.read_bytes() for path in made]
    for path in made:
        path.unlink()
    return output, data
