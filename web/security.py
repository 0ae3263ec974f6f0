"""What every answer tells the browser to refuse."""

from flask import Flask, Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Posts link everywhere; where the desk runs and which mention is open is nobody's business.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A shared machine must not show customers' posts from its cache after sign-out.
    "Cache-Control": "no-store",
}


def init_security(app: Flask, public_url: str) -> None:
    """Headers on every answer, and cookies that only this site's own pages send."""
    https = public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="mentiondesk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
    )

    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.after_request(add_headers)
