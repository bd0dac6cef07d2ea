"""Requests made by schemathesis from an OpenAPI description, valid ones and others."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup

from tests.reliability.fuzzing.answers import Answers

PATIENCE = 60.0
READ_BYTES = 1 << 20
"""Bytes of an answer that are read."""


def fuzz(
    document: Mapping[str, Any],
    url: str,
    *,
    start: int,
    each: int,
    headers: Mapping[str, str] | None = None,
    checks: Sequence[Any] = (),
) -> Answers:
    """Send `each` valid and `each` invalid requests to every operation, if it has as many.

    `checks` are those of schemathesis that each answer has to pass; it is read whole for them.
    """
    answers = Answers()
    with requests.Session() as session:
        session.headers.update(headers or {})
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for made in schemathesis.openapi.from_dict(dict(document)).get_all_operations():
            operation = made.ok()
            for mode in GenerationMode:
                strategy = operation.as_strategy(generation_mode=mode)

                @seed(start)
                @settings(
                    max_examples=each,
                    database=None,
                    deadline=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                    verbosity=Verbosity.quiet,
                )
                @given(strategy)
                def send(case: Case) -> None:
                    _send(case, session, url, answers, checks)

                # An operation without parameters has no invalid requests.
                with warnings.catch_warnings(), contextlib.suppress(Unsatisfiable):
                    warnings.simplefilter("ignore")
                    send()
    return answers


def _send(
    case: Case, session: requests.Session, url: str, answers: Answers, checks: Sequence[Any]
) -> None:
    asked = case.as_transport_kwargs(base_url=url)
    try:
        with session.request(
            **asked, stream=not checks, timeout=PATIENCE, allow_redirects=False
        ) as answer:
            if checks:
                text = answer.content[:READ_BYTES].decode("utf-8", "replace")
            else:
                text = answer.raw.read(READ_BYTES, decode_content=True).decode("utf-8", "replace")
    except (requests.exceptions.InvalidHeader, UnicodeError):
        return  # this client cannot send it
    except requests.RequestException as error:
        answers.faults.append(f"no answer to {case.method} {case.formatted_path}: {error!r}")
        return
    request = f"{case.method} {case.formatted_path} {case.body!r}"
    answers.take(answer.status_code, text, request)
    if checks:
        try:
            case.validate_response(answer, checks=list(checks))
        except FailureGroup as found:
            said = "; ".join(f"{one.title}: {one.message}" for one in found.exceptions)
            answers.faults.append(f"{answer.status_code} to {request[:300]}: {said[:600]}")
