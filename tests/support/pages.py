"""Which paths have pages, by the program's own table of routes: whoever looks
at pages is told of one that he has forgotten."""

import os
import re

ROUTES = os.path.join(os.path.dirname(__file__), "../../httpapi/routes.c")
# What answers there is no page.
OTHERS = {"file_get", "health_get", "metrics_get", "page_security",
          "console_way"}


def routed(console):
    """As the table has them, of the console or of all others: "/l/{}"."""
    with open(ROUTES) as file:
        rows = re.findall(r'\b(?:GET|PAGE|PAGE_FOR)\(\s*"\w+",\s*"(/[^"]*)",'
                          r'\s*(\w+)', file.read())
    return [path for path, handler in rows if handler not in OTHERS
            and not path.startswith("/v1/")
            and path.startswith("/console") == console]


def forgotten(targets, console):
    """Those of which `targets` has none."""
    paths = [target.split("?")[0] for target in targets]
    return [path for path in routed(console) if not any(
        one.startswith(path[:-2]) and one != path[:-2]
        if path.endswith("{}") else one == path for one in paths)]
