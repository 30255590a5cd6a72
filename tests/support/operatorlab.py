"""Programs of the operator that do by a token what they are told to."""

import json

JSON = "application/json"


class Client:
    """One token's holder."""

    def __init__(self, lab, name, role, *more):
        self.lab = lab
        self.token = json.loads(lab.ctl(
            "--json", "token", "add", name, "--role", role, *more))["token"]

    def ask(self, method, target, body=None, kind=JSON, **fields):
        if body is not None:
            fields["Content_Type"] = kind
            body = body if isinstance(body, str) else json.dumps(body)
        return self.lab.ask(method, target, body,
                            Authorization="Bearer " + self.token, **fields)

    def get(self, target):
        return self.ask("GET", target).json()
