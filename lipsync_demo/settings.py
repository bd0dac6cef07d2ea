"""All environment variables of the app, with types and defaults.

A test compares them with the table in `docs/settings.md`.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from lipsync_demo import face_choice, visible_label, words
from lipsync_demo.errors import ExplainedError
from lipsync_demo.languages import LANGUAGES
from lipsync_demo.logs import LogFormat

ModelId = Literal[
    "sync/lipsync-1.9.0-beta",
    "sync/lipsync-2",
    "sync/lipsync-2-pro",
    "sync/lipsync-3",
    "sync/react-1",
]
"""The supported models; `wavespeed/model_catalogue.py` has their parameters."""

MODEL_ID: ModelId = "sync/lipsync-1.9.0-beta"
"""The default model, and the only one that the local engine serves."""

FOUND = "engine"
"""Extra field in the local backend's answers: the engine's findings in the video."""

PROGRESS = "progress"
"""Extra field in the local backend's answers about a running task: the share that is done."""

BackendName = Literal["wavespeed", "local"]
HostingName = Literal["upload", "signed", "bucket"]

RATES: Final[Mapping[str, int]] = {
    "uploads": 60,
    "looks": 240,
    "runs": 30,
    "links": 30,
    "keys": 20,
    "imports": 20,
    "entries": 10,
}
"""What a visitor may do in a minute, by default."""

OPEN_DAY: Final = Decimal(20)
"""US dollars that all visitors of an exposed page may spend in a day, by default."""

VISITOR_PART: Final = 4
"""A visitor's part of that is one of so many."""

_QUOTA = re.compile(r"(\d{1,9})(?:,(\d{1,9}))?")
_MARK = re.compile(r"(\d{1,9})(?:,(\d{1,2})%)?")

_DATABASE = re.compile(r"(sqlite|postgresql)(\+\w+)?://")
"""Beginning of a database's URL: the spend limit needs a database whose lock is known."""

_OBJECT_STORE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?")
"""URL of a bucket, with or without a prefix."""

_BROKER = re.compile(r"(rediss?|amqps?)://")
"""Beginning of a broker's URL."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How much may be kept: bytes, and files; None is without a limit."""

    size: int
    files: int | None = None


@dataclass(frozen=True, slots=True)
class DiskMark:
    """Free room on the disk: bytes, and percent of the disk where that is less."""

    size: int
    percent: int | None = None

    def of(self, total: int) -> int:
        """The mark in bytes, on a disk of `total` bytes."""
        return self.size if self.percent is None else min(self.size, total * self.percent // 100)


OPEN_QUOTA: Final = Quota(20 << 30, 50_000)
"""What all visitors of an exposed page may keep, by default."""

OPEN_VISITOR_QUOTA: Final = Quota(2 << 30, 5_000)
"""What each of them may keep, by default."""


class Settings(BaseSettings):
    """Settings from the environment, with the defaults below."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        # The URL of a database may hold a password.
        hide_input_in_errors=True,
    )

    api_key: SecretStr | None = Field(None, validation_alias="WAVESPEED_API_KEY")
    base_url: str = Field("https://api.wavespeed.ai", validation_alias="WAVESPEED_BASE_URL")
    backend: Literal["auto", "wavespeed", "local"] = Field(
        "auto", validation_alias="LIPSYNC_BACKEND"
    )
    model: ModelId = Field(MODEL_ID, validation_alias="LIPSYNC_MODEL")
    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("lipsync-demo"),
        validation_alias="LIPSYNC_DATA_DIR",
    )
    database_url: str | None = Field(None, validation_alias="LIPSYNC_DATABASE_URL")
    queue_url: SecretStr | None = Field(None, validation_alias="LIPSYNC_QUEUE_URL")
    storage_url: str | None = Field(None, validation_alias="LIPSYNC_STORAGE_URL")
    storage_public_url: str | None = Field(None, validation_alias="LIPSYNC_STORAGE_PUBLIC_URL")
    run_copies_mb: int = Field(20_480, ge=0, validation_alias="LIPSYNC_RUN_COPIES_MB")
    lease_seconds: float = Field(45, ge=2, le=3600, validation_alias="LIPSYNC_LEASE_SECONDS")
    hosting: HostingName = Field("upload", validation_alias="LIPSYNC_HOSTING")
    public_url: str | None = Field(None, validation_alias="LIPSYNC_PUBLIC_URL")
    signing_secret: SecretStr | None = Field(None, validation_alias="LIPSYNC_SIGNING_SECRET")
    allow_private_urls: bool = Field(False, validation_alias="LIPSYNC_ALLOW_PRIVATE_URLS")
    max_upload_mb: int = Field(200, ge=1, le=200, validation_alias="LIPSYNC_MAX_UPLOAD_MB")
    spend_limit: Decimal | None = Field(None, ge=0, validation_alias="LIPSYNC_SPEND_LIMIT")
    visitor_spend_limit: Decimal | None = Field(
        None, ge=0, validation_alias="LIPSYNC_VISITOR_SPEND_LIMIT"
    )
    access_codes: SecretStr | None = Field(None, validation_alias="LIPSYNC_ACCESS_CODES")
    api_tokens: SecretStr | None = Field(None, validation_alias="LIPSYNC_API_TOKENS")
    api: Literal["auto", "on", "off"] = Field("auto", validation_alias="LIPSYNC_API")
    hf_users: str = Field("", validation_alias="LIPSYNC_HF_USERS")
    open_to_all: bool = Field(False, validation_alias="LIPSYNC_OPEN")
    rates: str = Field("", validation_alias="LIPSYNC_RATES")
    quota: str = Field("", validation_alias="LIPSYNC_QUOTA")
    visitor_quota: str = Field("", validation_alias="LIPSYNC_VISITOR_QUOTA")
    disk_low: str = Field("1024,5%", validation_alias="LIPSYNC_DISK_LOW")
    disk_high: str = Field("1536,8%", validation_alias="LIPSYNC_DISK_HIGH")
    trusted_proxies: str = Field("", validation_alias="LIPSYNC_TRUSTED_PROXIES")
    languages: str = Field(",".join(LANGUAGES), validation_alias="LIPSYNC_LANGUAGES")
    history: Literal["auto", "own", "shared"] = Field("auto", validation_alias="LIPSYNC_HISTORY")
    hosts: str = Field("", validation_alias="LIPSYNC_HOSTS")
    demo_mode: bool = Field(False, validation_alias="LIPSYNC_DEMO_MODE")
    workers: int = Field(
        default_factory=lambda: max(1, (os.cpu_count() or 2) - 1),
        ge=1,
        validation_alias="LIPSYNC_WORKERS",
    )
    sync_seconds: float = Field(100, gt=0, le=3600, validation_alias="LIPSYNC_SYNC_SECONDS")
    face: str = Field(face_choice.SPEAKING, validation_alias="LIPSYNC_FACE")
    host: str = Field("127.0.0.1", validation_alias="GRADIO_SERVER_NAME")
    port: int = Field(
        7860, ge=0, le=65535, validation_alias=AliasChoices("PORT", "GRADIO_SERVER_PORT")
    )
    backend_token: SecretStr | None = Field(None, validation_alias="LIPSYNC_BACKEND_TOKEN")
    metrics_token: SecretStr | None = Field(None, validation_alias="LIPSYNC_METRICS_TOKEN")
    store_key: SecretStr | None = Field(None, validation_alias="AWS_SECRET_ACCESS_KEY")
    credentials: Literal["local", "all", "off"] = Field("local", validation_alias="LIPSYNC_C2PA")
    ai_label: str = Field(visible_label.OFF, validation_alias="LIPSYNC_AI_LABEL")
    c2pa_certificate: str | None = Field(None, validation_alias="LIPSYNC_C2PA_CERT")
    c2pa_key: SecretStr | None = Field(None, validation_alias="LIPSYNC_C2PA_KEY")
    log_format: LogFormat = Field("text", validation_alias="LIPSYNC_LOG_FORMAT")
    drain_seconds: float = Field(0, ge=0, le=3600, validation_alias="LIPSYNC_DRAIN_SECONDS")
    space_host: str | None = Field(None, validation_alias="SPACE_HOST")
    oauth_client_id: str | None = Field(None, validation_alias="OAUTH_CLIENT_ID")

    @field_validator(
        *("api_key", "signing_secret", "access_codes", "api_tokens", "queue_url"),
        *("backend_token", "metrics_token", "c2pa_certificate", "c2pa_key"),
        mode="before",
    )
    @classmethod
    def _strip(cls, value: object) -> object:
        """Strip pasted spaces; an empty key becomes None."""
        return (value.strip() or None) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _supported(cls, value: str | None) -> str | None:
        if value and not _DATABASE.match(value):
            raise ValueError("it must begin with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("queue_url")
    @classmethod
    def _broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _BROKER.match(value.get_secret_value()):
            raise ValueError("it must begin with redis://, rediss://, amqp:// or amqps://")
        return value

    @field_validator("storage_url")
    @classmethod
    def _bucket(cls, value: str | None) -> str | None:
        if value and not _OBJECT_STORE.fullmatch(value):
            raise ValueError("write s3://bucket or s3://bucket/prefix")
        return value or None

    @field_validator("storage_public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("it must begin with https://")
        return value or None

    @field_validator("languages")
    @classmethod
    def _known(cls, value: str) -> str:
        if unknown := [code for code in value.split(",") if code.strip() not in LANGUAGES]:
            raise ValueError(
                f"there is no language {unknown[0].strip()!r}; there are {', '.join(LANGUAGES)}"
            )
        return value

    @field_validator("rates")
    @classmethod
    def _rates(cls, value: str) -> str:
        _rates(value)
        return value

    @field_validator("quota", "visitor_quota")
    @classmethod
    def _quotas(cls, value: str) -> str:
        _quota(value)
        return value

    @field_validator("disk_low", "disk_high")
    @classmethod
    def _marks(cls, value: str) -> str:
        _mark(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for network in _listed(value):
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(
                    f"{network} is no address or network of a proxy, such as 10.0.0.0/8"
                ) from None
        return value

    @field_validator("face")
    @classmethod
    def _face(cls, value: str) -> str:
        return face_choice.parse(value)

    @field_validator("ai_label")
    @classmethod
    def _label(cls, value: str) -> str:
        return visible_label.parse(value)

    @field_validator("base_url", "public_url", "storage_public_url")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else value

    @property
    def backend_name(self) -> BackendName:
        """The backend in use: unless configured, the API with a key, else the local one."""
        if self.backend != "auto":
            return self.backend
        return "wavespeed" if self.api_key else "local"

    @property
    def secrets(self) -> Iterator[str]:
        """What must not be written out: keys, tokens, passwords in addresses."""
        tokens = self.backend_token, self.metrics_token
        for held in (self.api_key, self.signing_secret, self.store_key, *tokens):
            if held is not None:
                yield held.get_secret_value()
        if self.c2pa_key is not None and self.c2pa_key.get_secret_value().startswith("-----"):
            yield self.c2pa_key.get_secret_value()
        broker = self.queue_url.get_secret_value() if self.queue_url else ""
        for address in (self.database_url or "", broker):
            with contextlib.suppress(ValueError):
                yield unquote(urlsplit(address).password or "")

    @property
    def spoken_languages(self) -> frozenset[str]:
        """The codes of the languages the page is offered in; English always."""
        return frozenset({"en", *(code.strip() for code in self.languages.split(","))})

    @property
    def public_base_url(self) -> str | None:
        """This app's public URL; None without one."""
        if self.public_url:
            return self.public_url
        if self.space_host:
            return "https://" + self.space_host.split(",")[0].strip()
        return None

    @property
    def private(self) -> bool:
        """Whether only this machine reaches the page: it listens nowhere else, unpublished."""
        if self.public_base_url is not None:
            return False
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def shared_history(self) -> bool:
        """Whether lists show what a browser has opened, and not only what it began."""
        return self.private if self.history == "auto" else self.history == "shared"

    @property
    def spends(self) -> bool:
        """Whether visitors' runs are paid with the environment's key."""
        return self.api_key is not None and self.backend_name == "wavespeed" and not self.demo_mode

    @property
    def day_limit(self) -> Decimal | None:
        """US dollars that all runs with the environment's key may cost in a day."""
        if self.spend_limit is None and not self.private:
            return OPEN_DAY
        return self.spend_limit

    @property
    def visitor_limit(self) -> Decimal | None:
        """US dollars of that for one visitor."""
        if self.visitor_spend_limit is not None or self.day_limit is None or self.private:
            return self.visitor_spend_limit
        return self.day_limit / VISITOR_PART

    @cached_property
    def kept_by_all(self) -> Quota | None:
        """What everybody's files may be together; None without a limit."""
        return _quota(self.quota) or (None if self.private else OPEN_QUOTA)

    @cached_property
    def kept_by_visitor(self) -> Quota | None:
        """What one visitor's files may be; None without a limit."""
        return _quota(self.visitor_quota) or (None if self.private else OPEN_VISITOR_QUOTA)

    @cached_property
    def low_mark(self) -> DiskMark:
        """With less room than this on the disk, no new files are taken."""
        return _mark(self.disk_low)

    @cached_property
    def high_mark(self) -> DiskMark:
        """With so much room they are taken again."""
        return _mark(self.disk_high)

    @property
    def signs_in(self) -> bool:
        """Whether visitors sign in with Hugging Face: on a Space that offers it, with a list."""
        return bool(self.space_host and self.oauth_client_id and self.allowed_users)

    @property
    def allowed_users(self) -> frozenset[str]:
        """The users and organisations of Hugging Face that may enter, in lower case."""
        return frozenset(name.lower() for name in _listed(self.hf_users))

    @cached_property
    def minute_rates(self) -> Mapping[str, int]:
        """What a visitor may do in a minute."""
        return {**RATES, **_rates(self.rates)}

    @cached_property
    def runs_dir(self) -> Path:
        return self.data_dir / "runs"

    @property
    def shared_database_url(self) -> str | None:
        """The database of several processes and machines; None if each folder has its own."""
        url = self.database_url
        return url if url and not url.startswith("sqlite") else None

    @property
    def runs_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'runs.sqlite3'}"


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _rates(value: str) -> dict[str, int]:
    """Parse `runs=10,uploads=20`."""
    found = {}
    for part in _listed(value):
        name, _, count = (piece.strip() for piece in part.partition("="))
        if name not in RATES or not count.isdecimal() or not 1 <= int(count) <= 100_000:
            raise ValueError(
                f"{part} is no rate; write runs=10, or another of {', '.join(RATES)}, from 1 on"
            )
        found[name] = int(count)
    return found


def _quota(value: str) -> Quota | None:
    """Parse `2048,500`: MiB and files."""
    if not value.strip():
        return None
    found = _QUOTA.fullmatch(value.replace(" ", ""))
    if found is None:
        raise ValueError("write MiB, or MiB and files, such as 2048,500")
    return Quota(int(found[1]) << 20, int(found[2]) if found[2] else None)


def _mark(value: str) -> DiskMark:
    """Parse `1024,5%`: MiB and percent of the disk."""
    found = _MARK.fullmatch(value.replace(" ", ""))
    if found is None:
        raise ValueError("write MiB, or MiB and percent of the disk, such as 1024,5%")
    return DiskMark(int(found[1]) << 20, int(found[2]) if found[2] else None)


class SettingUnusable(ExplainedError):  # noqa: N818 - named as the whole tree is
    """An environment variable has a value that cannot be used."""


def _message(problem: ErrorDetails) -> str:
    """What is wrong with a value; of a validator of ours its own sentence alone."""
    cause = problem.get("ctx", {}).get("error")
    return str(cause or problem["msg"]).removesuffix(".")


def read_settings() -> Settings:
    """Return the settings of the environment.

    Raises:
        SettingUnusable: a value is invalid; each such variable is named, without its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        lines = (
            words.setting_unusable(", ".join(map(str, problem["loc"])), _message(problem))
            for problem in problems
        )
        raise SettingUnusable("\n".join(lines)) from None
