"""Every way the service says no: its own code, the HTTP status it travels with, and a default sentence.

Source: the vendor's errors page. The reason phrase of the status is also the envelope's `status`.
"""

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    411: "Length Required",
    418: "I'm a teapot",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}

ERRORS: dict[int, tuple[int, str]] = {
    1: (500, "An unknown error occurred."),
    2: (401, "The customer account was not found."),
    3: (401, "The customer account is inactive."),
    4: (503, "The customer account is suspended."),
    5: (418, "The customer account is banned."),
    6: (402, "The customer account is inactive because it has not been paid."),
    7: (401, "The user was not found."),
    8: (401, "The user is not active."),
    9: (401, "The credentials are missing or cannot be read."),
    10: (403, "You do not have permission to do this."),
    11: (400, "The daily maximum of requests has been reached; it is lifted after midnight (GMT)."),
    12: (400, "Requests are coming too fast; access is suspended for a short time."),
    13: (400, "There is no such resource."),
    14: (404, "There is no such member."),
    15: (400, "This action is not available for this resource."),
    16: (400, "This method is not available for this resource."),
    17: (400, "A parameter was not recognised."),
    18: (400, "The request is not valid."),
    19: (500, "A database error occurred."),
    20: (502, "The service is offline for maintenance."),
}


class Refused(Exception):
    """A request the service turns down with api code `code`; `status` overrides the HTTP status that goes with it."""

    def __init__(self, code: int, message: str | None = None, status: int | None = None) -> None:
        usual_status, usual_message = ERRORS[code]
        self.code = code
        self.status = usual_status if status is None else status
        self.message = usual_message if message is None else message
        super().__init__(self.message)
