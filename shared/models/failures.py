"""Failures of the language model: what does one mean for the job that asked?

The model's 429 holds all jobs until the time that it says, and so does a 503 or 529 that says one; a wrong key, role,
deployment or quota holds them until a person has mended it; a time-out or another 5xx costs an attempt; a request that
is refused for its own content is dead at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Misconfigured, NightshiftError, Permanent, RateLimited, Transient
from shared.models import rate_limits
from shared.web.retry_after import OVERLOADED, retry_after

if TYPE_CHECKING:
    from openai import APIStatusError

_NO_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_NO_MODEL = frozenset({"model_not_found", "DeploymentNotFound"})
_CANNOT = frozenset({"unsupported_parameter", "unsupported_value"})
"""The model takes no pictures, or our questions in none of their forms (forms.py): OPENAI_MODEL names a wrong one; no
message is at fault."""
_FILTERED = frozenset({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})
_MESSAGE_CHARACTERS = 300


def classed(error: Exception, model: str, secret: str = "") -> NightshiftError:
    """Return the class of what a call of `model` raised. `secret` is left out of the text, should the server echo it.

    What is no failure of the model or its identity is raised again as it is.
    """
    from azure.core.exceptions import AzureError, ClientAuthenticationError
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    dependency = f"model:{model}"
    if isinstance(error, APIStatusError):
        return _of_status(error, model, dependency, secret)
    if isinstance(error, APITimeoutError | TimeoutError):
        return Transient(f"The model {model} didn't answer in time", code="model_slow", dependency=dependency)
    if isinstance(error, APIConnectionError):
        why = type(error.__cause__ or error).__name__
        return Transient(f"The model {model} can't be reached ({why})", code="model_unreachable", dependency=dependency)
    if isinstance(error, ClientAuthenticationError):
        return Misconfigured(
            f"The app's identity got no token for Azure OpenAI: {_short(str(error))} On a laptop: az login.",
            code="model_identity",
            dependency=dependency,
        )
    if isinstance(error, AzureError):
        return Transient(
            f"The app's identity can't be asked: {_short(str(error))}", code="model_unreachable", dependency=dependency
        )
    raise error


def invalid(model: str, why: str, *, code: str = "model_answer_invalid") -> Transient:
    """Return the error of an answer that can't be used: another try may give a good one."""
    return Transient(f"The model {model} answered what can't be used: {why}", code=code, dependency=f"model:{model}")


def refused(model: str, why: str, *, code: str) -> Permanent:
    """Return the error of a request that the model won't answer, now or later."""
    return Permanent(f"The model {model} won't answer: {why}", code=code, dependency=f"model:{model}")


def _of_status(error: APIStatusError, model: str, dependency: str, secret: str) -> NightshiftError:
    status, said = error.status_code, {error.code, error.type}
    text = _short(error.message.replace(secret, "***") if secret else error.message)
    if said & _NO_QUOTA:
        return Misconfigured(
            f"The account of the model {model} has no quota left: raise its limit or pay its bill.",
            code="insufficient_quota",
            dependency=dependency,
        )
    if status == 429:
        return RateLimited(
            f"The model {model} is asked too often",
            dependency=dependency,
            retry_after=rate_limits.wait_of(error.response.headers),
        )
    told = retry_after(error.response.headers)
    if status in OVERLOADED and told is not None:
        return RateLimited(f"The model {model} is overloaded ({status})", dependency=dependency, retry_after=told)
    if status == 404 or said & _NO_MODEL:
        return Misconfigured(
            f"There is no model or deployment {model!r} ({status}). Check OPENAI_MODEL, and OPENAI_BASE_URL or "
            "AZURE_OPENAI_ENDPOINT.",
            code="unknown_deployment",
            dependency=dependency,
        )
    if status in (401, 403):
        return Misconfigured(
            f"The model {model} refused us ({status}). Check OPENAI_API_KEY; with Azure OpenAI the app's identity "
            "needs the role 'Cognitive Services OpenAI User'.",
            code="model_denied",
            dependency=dependency,
        )
    if status < 400 or said & _CANNOT:
        return Misconfigured(
            f"The model {model} can't be used ({status}): {text} Check OPENAI_MODEL and OPENAI_BASE_URL.",
            code="model_unsuitable",
            dependency=dependency,
        )
    if status in (408, 409) or status >= 500:
        return Transient(
            f"The model {model} failed ({status}): {text}",
            code="model_failed",
            dependency=dependency,
            retry_after=told,
        )
    if said & _FILTERED:
        return refused(model, "its content filter", code="content_filter")
    return refused(model, f"{status}: {text}", code="model_refused")


def _short(text: str) -> str:
    return " ".join(text.split())[:_MESSAGE_CHARACTERS]
