"""What is deployed: settings, commands, ports, paths and names in it exist and agree."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
import yaml
from pydantic import AliasChoices

from lipsync_demo.cli import app
from lipsync_demo.metrics.table import METRICS
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.operating import READY
from tests.servers.program import program
from tests.servers.s3 import s3_server

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
KUBERNETES = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
NGINX = (DEPLOY / "nginx/nginx.conf").read_text(encoding="utf-8")
OF_OTHERS = {
    *("PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"),
    *("AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"),
}
"""Variables of the system, of Python and of the store's library."""
IMAGE = "lipsync-demo:latest"


def known_variables() -> set[str]:
    """What `settings.py` reads."""
    found: set[str] = set()
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        found |= set(map(str, alias.choices)) if isinstance(alias, AliasChoices) else {str(alias)}
    return found | OF_OTHERS


def check_command(command: list[str]) -> None:
    """That a command is one of the app's, with options that it has."""
    if command[-1].endswith("app.py"):
        return
    assert command[:3] in (["python", "-m", "lipsync_demo"], [command[0], "-m", "lipsync_demo"])
    group: Any = typer.main.get_command(app)
    name, *arguments = command[3:]
    made = group.commands[name].make_context(name, list(arguments), resilient_parsing=True)
    given = {a.split("=")[0] for a in arguments if a.startswith("--")}
    options = {option for param in made.command.params for option in param.opts}
    assert given <= options


def ours() -> dict[str, dict[str, Any]]:
    return {n: s for n, s in COMPOSE["services"].items() if s["image"] == IMAGE}


def pods() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for one in KUBERNETES:
        if one["kind"] == "Deployment":
            spec = one["spec"]["template"]["spec"]
            yield one["metadata"]["name"], spec, spec["containers"][0]


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def test_every_setting_exists() -> None:
    known = known_variables()
    for service in ours().values():
        assert service["environment"].keys() <= known
    written = [value for word, value in instructions() if word == "ENV"]
    assert {part.split("=")[0] for value in written for part in shlex.split(value)} <= known
    for unit in UNITS:
        values = re.findall(r"^Environment=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
        assert {part.split("=")[0] for value in values for part in value.split()} <= known
    for _, _, container in pods():
        assert {one["name"] for one in container.get("env", ())} <= known
    for one in KUBERNETES:
        if one["kind"] == "ConfigMap":
            assert one["data"].keys() <= known
            assert all(isinstance(value, str) for value in one["data"].values())
    named = re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text("utf-8"), re.MULTILINE)
    asked = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert set(named) == asked
    assert asked - {"POSTGRES_PASSWORD"} <= known


def test_settings_are_ones_that_the_app_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in known_variables() - {"PATH", "HOME"}:
        monkeypatch.delenv(name, raising=False)
    services = [one["environment"] for one in ours().values()]
    [shared] = [one["data"] for one in KUBERNETES if one["kind"] == "ConfigMap"]
    plain = [
        {one["name"]: one["value"] for one in container.get("env", ()) if "value" in one} | shared
        for _, _, container in pods()
    ]
    for given in (*services, *plain):
        with monkeypatch.context() as environment:
            for name, value in given.items():
                default = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
                environment.setenv(name, re.sub(r"\$\{[^}]*\}", "filled-in", default))
            Settings()


def test_every_command_and_its_options_exist() -> None:
    commands = [service["command"] for service in ours().values() if "command" in service]
    commands += [container["command"] for _, _, container in pods() if "command" in container]
    commands += [json.loads(value) for word, value in instructions() if word == "CMD"]
    for unit in UNITS:
        commands += [
            line.split() for line in re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.M)
        ]
    assert len(commands) >= 8
    for command in commands:
        if command[1] != "-c":
            check_command(command)


def test_secrets_are_named_and_not_written() -> None:
    for service in COMPOSE["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|_KEY$", name):
                assert re.fullmatch(r"\$\{\w+:\?[^}]*\}", value), name
    for one in KUBERNETES:
        assert one["kind"] != "Secret"
    for _, _, container in pods():
        assert {"secretRef": {"name": "lipsync-secrets"}} in container["envFrom"]
        for variable in container.get("env", ()):
            secret = re.search("PASSWORD|SECRET|TOKEN|_KEY$", variable["name"])
            assert not secret or "secretKeyRef" in variable["valueFrom"]


def test_ports_agree() -> None:
    exposed = {port for word, value in instructions() if word == "EXPOSE" for port in value.split()}
    upstream = dict(re.findall(r"server ([\w-]+):(\d+) ", NGINX))
    assert upstream == {"app-1": "7860", "app-2": "7860", "backend-1": "8000", "backend-2": "8000"}
    for name, port in upstream.items():
        service = COMPOSE["services"][name]
        assert service["environment"]["PORT"] == port
        assert "command" not in service or service["command"][-1] == port
        assert port in exposed
    listens = set(re.findall(r"listen (\d+);", NGINX))
    [published] = COMPOSE["services"]["nginx"]["ports"]
    assert published.startswith("127.0.0.1:")
    assert published.rsplit(":", 1)[1] in listens
    place = COMPOSE["services"]["app-1"]["environment"]["WAVESPEED_BASE_URL"]
    assert place == "http://backend:8000"
    assert "backend" in COMPOSE["services"]["nginx"]["networks"]["default"]["aliases"]
    address = COMPOSE["services"]["nginx"]["networks"]["default"]["ipv4_address"]
    assert COMPOSE["services"]["app-1"]["environment"]["LIPSYNC_TRUSTED_PROXIES"] == address


def test_nginx_lets_through_what_the_app_takes() -> None:
    found = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert found is not None
    most = next(m.le for m in Settings.model_fields["max_upload_mb"].metadata if hasattr(m, "le"))
    assert int(found[1]) >= most + 10


def test_pods_are_probed_where_the_app_answers_and_end_in_time() -> None:
    [shared] = [one["data"] for one in KUBERNETES if one["kind"] == "ConfigMap"]
    for name, pod, container in pods():
        assert container["image"] == IMAGE
        assert pod["terminationGracePeriodSeconds"] >= float(shared["LIPSYNC_DRAIN_SECONDS"]) + 20
        if name == "lipsync-worker":
            grace = container["command"][container["command"].index("--grace") + 1]
            assert pod["terminationGracePeriodSeconds"] >= float(grace) + 20
            continue
        [port] = container["ports"]
        environment = {one["name"]: one.get("value") for one in container["env"]}
        assert str(port["containerPort"]) == environment["PORT"]
        paths = {
            kind: container[f"{kind}Probe"]["httpGet"]
            for kind in ("startup", "liveness", "readiness")
        }
        assert paths["readiness"] == {"path": READY, "port": port["name"]}
        assert paths["liveness"] == paths["startup"] == {"path": "/healthz", "port": port["name"]}


def test_pods_may_do_little() -> None:
    for _, pod, container in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert {"/data", "/tmp"} == {one["mountPath"] for one in container["volumeMounts"]}
    for service in ours().values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert any(one.startswith("/tmp:") for one in service["tmpfs"])
        assert [one for one in service["volumes"] if one.endswith("/data")]


def test_kubernetes_names_what_exists() -> None:
    deployments = {
        one["metadata"]["name"]: one for one in KUBERNETES if one["kind"] == "Deployment"
    }
    for one in deployments.values():
        wanted = one["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= one["spec"]["template"]["metadata"]["labels"].items()
    labels = [one["spec"]["selector"]["matchLabels"] for one in deployments.values()]
    of_kind: dict[str, list[Any]] = {}
    for one in KUBERNETES:
        of_kind.setdefault(one["kind"], []).append(one)
    for service in of_kind["Service"]:
        assert service["spec"]["selector"] in labels
    budgets = [one["spec"]["selector"]["matchLabels"] for one in of_kind["PodDisruptionBudget"]]
    assert sorted(map(str, budgets)) == sorted(map(str, labels))
    [scaler] = of_kind["HorizontalPodAutoscaler"]
    assert scaler["spec"]["scaleTargetRef"]["name"] in deployments
    # Two would write it in turns.
    assert "replicas" not in deployments[scaler["spec"]["scaleTargetRef"]["name"]]["spec"]
    [metric] = scaler["spec"]["metrics"]
    assert metric["external"]["metric"]["name"] in {known.name for known in METRICS}
    services = {one["metadata"]["name"]: one for one in of_kind["Service"]}
    for _, _, container in pods():
        for variable in container.get("env", ()):
            if variable["name"] == "WAVESPEED_BASE_URL":
                host, port = variable["value"].removeprefix("http://").split(":")
                assert services[host]["spec"]["ports"][0]["port"] == int(port)
    [ingress] = of_kind["Ingress"]
    place = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert place["port"]["name"] == services[place["name"]]["spec"]["ports"][0]["name"]


def test_compose_names_what_exists() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        waits = service.get("depends_on", ())
        for other in waits:
            assert other in services
            if isinstance(waits, dict) and waits[other]["condition"] == "service_healthy":
                # The image has a check of its own.
                check = services[other].get("healthcheck", {"test": IMAGE})
                assert services[other]["image"] == IMAGE or "test" in check
        for volume in service.get("volumes", ()):
            source, _, inside = volume.partition(":")
            known = source.startswith("/") or source in COMPOSE["volumes"]
            assert known or (DEPLOY / source).exists(), (volume, inside)


@pytest.mark.slow
def test_compose_makes_the_bucket_once() -> None:
    command = [sys.executable, *COMPOSE["services"]["bucket"]["command"][1:]]
    with s3_server() as store:
        for _ in range(2):
            subprocess.run(command, env=os.environ | store.environment, check=True)
        made = httpx.head(f"{store.endpoint}/lipsync")
    assert made.status_code == 200
    place = COMPOSE["services"]["worker"]["environment"]["LIPSYNC_STORAGE_URL"]
    assert place.startswith("s3://lipsync/")


def test_the_image_is_made_from_locked_packages_and_runs_as_nobody() -> None:
    steps = instructions()
    installs = [value for word, value in steps if word == "RUN" and "pip install" in value]
    assert [one for one in installs if "--require-hashes" in one and "--only-binary :all:" in one]
    assert len(installs) == 1
    users = [value for word, value in steps if word == "USER"]
    assert users == ["10001:10001"]
    assert any(word == "HEALTHCHECK" and "/healthz" in value for word, value in steps)
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for word, value in steps:
        if word == "COPY" and not value.startswith("--from"):
            for source in shlex.split(value)[:-1]:
                assert any(one == source or one.startswith(f"{source}/") for one in tracked)
                assert f"!{source}" in ignore


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_units_are_ones_that_systemd_takes(unit: Path, tmp_path: Path) -> None:
    """As far as systemd says so without running: programs and folders of theirs are not here."""
    text = unit.read_text(encoding="utf-8")
    here = text.replace("/opt/lipsync-demo/venv/bin/python", sys.executable)
    (tmp_path / unit.name).write_text(here, encoding="utf-8")
    analyze = program("systemd-analyze")
    said = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / unit.name)], capture_output=True, text=True
    )
    assert unit.name not in said.stderr, said.stderr
    exposure = subprocess.run(
        [analyze, "security", "--offline=yes", "--threshold=25", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
    )
    assert exposure.returncode == 0, exposure.stdout[-600:]
