# SPDX-License-Identifier: Apache-2.0
"""A part of this package as a package of its own: what is named, and all it stands on.

What looks at a few modules need not build the whole package, and can build them from a copy. The
manifest is the project's own, with all that is not needed taken out of it.
"""

import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENVIRONMENT = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
# What an edit leaves unused is a warning, and no error.
ENVIRONMENT.pop("CARD_VAULT_STRICT", None)
MANIFEST = """
var wanted = WANTED
var kept: Set<String> = []
var needed: Set<String> = []
while let name = wanted.popLast() {
    guard kept.insert(name).inserted,
        let target = package.targets.first(where: { $0.name == name })
    else { continue }
    for dependency in target.dependencies {
        switch dependency {
        case .byNameItem(let name, _), .targetItem(let name, _): wanted.append(name)
        case .productItem(_, let package, _, _): needed.insert(package ?? "")
        @unknown default: break
        }
    }
}
package.targets.removeAll { !kept.contains($0.name) }
package.products = []
package.dependencies = needed.sorted().map { .package(path: CHECKOUTS + $0) }
"""


def make(folder, modules, is_copy=False):
    """Makes the package of `modules` with their tests in `folder`: of links, or of copies."""
    checkouts = os.path.join(ROOT, ".build/checkouts/")
    if not os.path.isdir(checkouts):
        subprocess.run(["swift", "package", "resolve"], cwd=ROOT, check=True)
    shutil.rmtree(folder, ignore_errors=True)
    for place in ("Sources", "Tests"):
        os.makedirs(os.path.join(folder, place))
        for name in os.listdir(os.path.join(ROOT, place)):
            path = os.path.join(place, name)
            if is_copy:
                shutil.copytree(os.path.join(ROOT, path), os.path.join(folder, path))
            else:
                os.symlink(os.path.join(ROOT, path), os.path.join(folder, path))
    with open(os.path.join(ROOT, "Package.swift"), encoding="utf-8") as file:
        manifest = file.read()
    wanted = ", ".join(f'"{name}Tests"' for name in modules)
    rest = MANIFEST.replace("WANTED", f"[{wanted}]").replace("CHECKOUTS", f'"{checkouts}"')
    with open(os.path.join(folder, "Package.swift"), "w", encoding="utf-8") as file:
        file.write(manifest + rest)


def swift(folder, verb, *rest):
    """Runs `swift` on the package in `folder`; what it builds is kept beside it."""
    return subprocess.run(
        command(folder, verb, *rest), env=ENVIRONMENT, capture_output=True, text=True)


def start(folder, verb, *rest):
    """Starts `swift` as `swift` does, with its children in a process group of their own."""
    return subprocess.Popen(
        command(folder, verb, *rest), env=ENVIRONMENT, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)


def command(folder, verb, *rest):
    return ["swift", verb, "--package-path", folder, "--scratch-path", f"{folder}-products", *rest]
