"""Holds each answer against the description that the server itself gives."""

import json
import re

import jsonschema
import yaml


class Description:
    def __init__(self, text):
        self.document = yaml.safe_load(text)
        self.checked = 0

    def operation(self, method, target):
        """The operation for a request, or None where nothing is promised."""
        path = target.split("?")[0]
        method = "get" if method == "HEAD" else method.lower()
        for pattern, item in self.document["paths"].items():
            names = re.sub(r"\\{[a-z]+\\}", ".+", re.escape(pattern))
            if re.fullmatch(names, path) and method in item:
                return item[method]
        return None

    def resolve(self, value):
        while "$ref" in value:
            names = value["$ref"].lstrip("#/").split("/")
            value = self.document
            for name in names:
                value = value[name]
        return value

    def complaint(self, method, target, reply):
        """What of a reply is not as described; None when all of it is."""
        operation = self.operation(method, target)
        if operation is None:
            return None
        self.checked += 1
        answer = operation["responses"].get(str(reply.status))
        if answer is None:
            return f"status {reply.status} is not described"
        answer = self.resolve(answer)
        kinds = answer.get("content", {})
        kind = (reply.field("Content-Type") or "").split(";")[0]
        if reply.status == 304:
            return "a 304 has a body" if reply.body else None
        if kind not in kinds:
            return f"type {kind} is not described"
        for name, header in answer.get("headers", {}).items():
            value = reply.field(name)
            schema = self.resolve(header)["schema"]
            if value is not None and schema["type"] == "string" and \
                    not re.search(schema.get("pattern", ""), value):
                return f"{name}: {value}"
        if method == "HEAD":
            return None
        return self.complaint_of_body(kind, kinds[kind]["schema"], reply)

    def complaint_of_body(self, kind, schema, reply):
        if kind == "application/x-ndjson":
            bodies = [json.loads(line) for line in reply.text().splitlines()]
        elif kind.endswith("json"):
            bodies = [reply.json()]
        else:
            return None
        validator = jsonschema.Draft202012Validator(
            {**schema, "components": self.document["components"]})
        for body in bodies:
            for error in validator.iter_errors(body):
                best = jsonschema.exceptions.best_match([error])
                return f"{best.json_path}: {best.message}"
        return None
