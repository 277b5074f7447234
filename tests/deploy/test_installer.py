"""The real pip and the real uv, with lists and settings that would build an author's package."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

from deploy.bundle.packages import download_required
from deploy.bundle.target import THIS_PYTHON, Target
from deploy.installer import environment_for

pytestmark = pytest.mark.slow("pip and uv")
PIP = (sys.executable, "-P", "-m", "pip")
BUILDS = {"PIP_NO_BINARY": ":all:", "UV_NO_BINARY": "1", "UV_NO_BUILD": "0", "PIP_USER": "1"}


@pytest.fixture(scope="session")
def uv(tmp_path_factory):
    """Download uv; returns the folder with its program."""
    folder = tmp_path_factory.mktemp("uv")
    done = subprocess.run(
        [*PIP, "install", "-q", "--target", str(folder), "uv>=0.8"], capture_output=True, text=True
    )
    if "No matching distribution" in done.stderr:
        pytest.skip(f"NO PACKAGE INDEX: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return folder / "bin"


@pytest.fixture(params=["pip", "uv"])
def packages(request, tmp_path, monkeypatch):
    """Packages of a stranger: as source, and a wheel that asks for it at an address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(request.getfixturevalue("uv")) if request.param == "uv" else "")
    assert bool(shutil.which("uv")) is (request.param == "uv")
    (tmp_path / "source").mkdir()
    (tmp_path / "source/PKG-INFO").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 2.0\n")
    ran = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    (tmp_path / "source/setup.py").write_text(ran + "import setuptools\nsetuptools.setup()\n")
    with tarfile.open(tmp_path / "evil-2.0.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "source", "evil-2.0")
    address = (tmp_path / "evil-2.0.tar.gz").as_uri()
    wheels = {"evil-1.0": "", "asks-1.0": f"Requires-Dist: evil @ {address}\n"}
    for name, wanted in wheels.items():
        info = f"{name}.dist-info"
        files = {
            f"{name.partition('-')[0]}.py": "",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name[:4]}\nVersion: 1.0\n{wanted}",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
        with zipfile.ZipFile(tmp_path / f"{name}-py3-none-any.whl", "w") as archive:
            for file, text in files.items():
                archive.writestr(file, text)
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(tmp_path)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
        monkeypatch.setenv(f"UV_{name}", value)
    return tmp_path


def download(folder, *lines):
    """Have these lines downloaded; returns the packages with their versions."""
    (folder / "requirements.txt").write_text("\n".join(lines))
    return download_required(folder / "requirements.txt", Target(THIS_PYTHON)).versions


@pytest.mark.parametrize(
    "lines",
    [
        ("--no-binary :all:", "evil"),
        ("evil --no-binary :all:",),
        ("-r more.txt",),
        ("./source",),
        ("evil-2.0.tar.gz",),
        ("evil @ {address}",),
        ("-e source",),
        ("--find-links {address}", "evil>=2"),
    ],
)
def test_no_list_has_a_package_built(packages, lines):
    address = (packages / "evil-2.0.tar.gz").as_uri()
    (packages / "more.txt").write_text("evil\n--no-binary evil\n")
    with pytest.raises(ValueError, match="is no package of a registry"):
        download(packages, *(line.format(address=address) for line in lines))
    assert not (packages / "ran").exists()


def test_what_has_no_wheel_is_not_built(packages):
    with pytest.raises(RuntimeError, match=r"No matching distribution|has no usable wheels"):
        download(packages, "evil>=2")
    assert not (packages / "ran").exists()


@pytest.mark.parametrize("packages", ["uv"], indirect=True)
def test_uv_refuses_a_wheel_that_demands_something_at_an_address(packages):
    with pytest.raises(RuntimeError, match="was included as a URL dependency"):
        download(packages, "asks")
    assert not (packages / "ran").exists()


def test_settings_that_would_build_it_change_nothing(packages, monkeypatch):
    for name, value in BUILDS.items():
        monkeypatch.setenv(name, value)
    (packages / "pip.conf").write_text("[install]\nno-binary = :all:\nonly-binary =\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(packages / "pip.conf"))
    (packages / "uv.toml").write_text('no-binary = true\n[pip]\nno-binary = [":all:"]\n')
    monkeypatch.setenv("UV_CONFIG_FILE", str(packages / "uv.toml"))
    assert download(packages, "evil") == {"evil": "1.0"}
    assert not (packages / "ran").exists()


def test_a_registry_of_ones_own_and_the_way_there_are_kept(tmp_path, monkeypatch):
    settings = "[global]\nindex-url = https://me:word@one.example/simple\nproxy = proxy.example:1\n"
    (tmp_path / "pip.conf").write_text(f"{settings}constraint = x\nextra-index-url =\n  a\n  b\n")
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_PROXY", "nearer.example:2")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://two.example/simple")
    monkeypatch.setenv("UV_NO_BINARY", "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    told = environment_for(PIP)
    assert told["PIP_INDEX_URL"] == "https://me:word@one.example/simple"
    assert told["PIP_EXTRA_INDEX_URL"].split() == ["a", "b"]
    assert (told["PIP_PROXY"], told["HTTPS_PROXY"]) == ("nearer.example:2", "http://proxy.example")
    assert told["UV_DEFAULT_INDEX"] == "https://two.example/simple"
    assert not told.keys() & {"PIP_TARGET", "UV_NO_BINARY", "PIP_CONSTRAINT"}
    listed = subprocess.run([*PIP, "config", "list"], env=told, capture_output=True, text=True)
    assert "no-binary" not in listed.stdout and "constraint" not in listed.stdout
    assert "global." not in listed.stdout
