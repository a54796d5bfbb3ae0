"""Refusals of the Bot API, with Telegram's own codes and texts."""

from typing import Any, ClassVar


class ApiError(Exception):
    """An answer with `ok: false`; `description` is given without its prefix."""

    PREFIXES: ClassVar[dict[int, str]] = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        409: "Conflict",
        413: "Request Entity Too Large",
        429: "Too Many Requests",
        500: "Internal Server Error",
        501: "Not Implemented",
    }

    def __init__(self, code: int, text: str = "", **parameters: Any) -> None:
        super().__init__(code, text)
        self.code = code
        prefix = self.PREFIXES.get(code, "Error")
        self.description = f"{prefix}: {text}" if text else prefix
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON that Telegram would answer."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class PhoneError(Exception):
    """Something a person cannot do in the app (no such button, message too long…)."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def bad_request(text: str) -> ApiError:
    """A 400, the refusal of nearly everything."""
    return ApiError(400, text)
