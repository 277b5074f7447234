"""A class on Kubernetes: what docs/class/kubernetes.yaml sets fits the page and the image."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml
from class_machine import HOST, README
from traitlets.config import Config

ROOT = Path(__file__).parents[2]


@pytest.mark.slow("JupyterHub, which only --all installs")
def test_on_kubernetes_nobody_can_sign_in_before_there_is_a_password_and_nobody_is_admin():
    from jupyterhub.authenticators.shared import SharedPasswordAuthenticator

    values = yaml.safe_load((ROOT / "docs/class/kubernetes.yaml").read_text("utf-8"))
    config = values["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] == "shared-password"

    def sign_in(name, password):
        authenticator = SharedPasswordAuthenticator(config=Config(config))
        form = {"username": name, "password": password}
        return asyncio.run(authenticator.get_authenticated_user(None, form))

    lines = (ROOT / "docs/class/kubernetes.yaml").read_text("utf-8").split()
    for password in ("", "None", "CHANGE-THIS-PASSWORD", *lines):
        assert sign_in("anna", password) is None
    config["SharedPasswordAuthenticator"] = {"user_password": "a-good-password"}
    assert sign_in("anna", "a-good-password")["name"] == "anna"
    assert not sign_in("anna", "a-good-password")["admin"]
    assert sign_in("admin", "a-good-password") is None
    hosts = [HOST, *(f"{name}.{HOST}" for name in config["Authenticator"]["allowed_users"])]
    assert values["proxy"]["https"]["hosts"] == hosts
    assert config["JupyterHub"]["subdomain_host"] == f"https://{HOST}"


def test_the_values_for_kubernetes_fit_the_page_and_the_image():
    text = README.read_text(encoding="utf-8")
    pupil = yaml.safe_load((ROOT / "docs/class/kubernetes.yaml").read_text("utf-8"))["singleuser"]
    config = (ROOT / "docs/class/jupyterhub_config.py").read_text(encoding="utf-8")
    memory = pupil["memory"]
    assert memory == {"guarantee": "350M", "limit": "1G"}
    assert "350 MB" in text and "1 GB at most" in text and "MEMORY = 1_000_000_000" in config
    image = (ROOT / "docs/image/Containerfile").read_text(encoding="utf-8")
    assert f"--tag {pupil['image']['name'].removeprefix('REGISTRY/')} " in image
    user, home = pupil["uid"], Path(pupil["storage"]["homeMountPath"])
    assert re.search(rf"useradd --uid {user} --create-home .*{home.name}$", image, re.M)
    assert f"WORKDIR {home}" in image
    assert pupil["cmd"] in image
