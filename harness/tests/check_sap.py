"""check_sap.py PROGRAM - the schema of SAP/1 against lines, by a reader that is not ours: the conversation of
harness/docs/adapter-protocol.md, what client and server say to each other in PROGRAM --lines, and lines that it
has to refuse. Ends with status 1 and a sentence."""
import base64
import json
import os
import re
import subprocess
import sys

import jsonschema

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../docs")
SCHEMA = json.load(open(os.path.join(DOCS, "sap-1.schema.json"), encoding="ascii"))
TABLES = json.load(open(os.path.join(DOCS, "sap-1.json"), encoding="ascii"))

REFUSED = [
    '{"id":1}',
    '{"op":"reset"}',
    '{"id":1,"op":"resett"}',
    '{"id":-1,"op":"reset"}',
    '{"id":1,"op":"reset","more":1}',
    '{"id":1,"op":"label.parse"}',
    '{"id":1,"op":"label.parse","label":{"syntax":"x","data":{"b64":"A A"}}}',
    '{"id":1,"op":"label.parse","label":{"syntax":"x","data":{"blob":"sha256:0","len":1}}}',
    '{"id":1,"op":"label.parse","label":{"syntax":"x","data":{"b64":"","len":1}}}',
    '{"id":1,"op":"hello","sap":[1],"harness":{"name":"h"},"run":"","nonce":"","limits":{}}',
    '{"ok":true,"result":{}}',
    '{"id":1,"ok":"yes"}',
    '{"id":1,"ok":false,"error":{}}',
    '{"ev":1}',
    '[]',
]


def validator(name=None):
    schema = dict(SCHEMA)
    if name is not None:
        schema = {"$schema": SCHEMA["$schema"], "$ref": "#/$defs/" + name, "$defs": SCHEMA["$defs"]}
    return jsonschema.Draft202012Validator(schema)


def need(truth, what):
    if not truth:
        sys.exit(what)


def check(name, value, line):
    for error in validator(name).iter_errors(value):
        sys.exit(f"{name}: {error.message}: {line}")


def converse(lines):
    """Each line by what it is: the reply by the operation that it answers."""
    asked, counts = {}, {"request": 0, "reply": 0, "event": 0}
    for line in lines:
        value = json.loads(line)
        check(None, value, line)
        if "op" in value:
            if value["op"].startswith("zq-"):
                continue
            check("request." + value["op"], value, line)
            asked[value["id"]] = value["op"]
            counts["request"] += 1
        elif "ev" in value:
            check("event", value, line)
            counts["event"] += 1
        else:
            check("reply", value, line)
            if value["ok"] and value["id"] in asked:
                check("result." + asked[value["id"]], value["result"], line)
            counts["reply"] += 1
    return counts, set(asked.values())


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    page = open(os.path.join(DOCS, "adapter-protocol.md"), encoding="utf-8").read()
    shown = [line for block in re.findall(r"(?s)```json lines\n(.*?)```", page) for line in block.splitlines()]
    counts, _ = converse(shown)
    need(all(counts.values()), f"the page shows too little: {counts}")
    said = subprocess.run([sys.argv[1], "--lines"], check=True, capture_output=True, timeout=60).stdout
    lines = [json.dumps(next(iter(json.loads(line).values()))) for line in said.splitlines()]
    # The operation that does not exist is no line of the schema, but for that it is a request.
    lines = [line for line in lines if '"op": "zq-' not in line]
    counts, operations = converse(lines)
    need(all(counts.values()), f"the program said too little: {counts}")
    missing = {row["name"] for row in TABLES["operations"]} - operations - {"bye", "cancel", "send", "map", "reset"}
    need(not missing, f"not tried: {sorted(missing)}")
    for line in REFUSED:
        need(list(validator().iter_errors(json.loads(line))), f"the schema lets pass: {line}")
    big = {"b64": base64.b64encode(b"x" * 65540).decode()}
    need(list(validator("bytes").iter_errors(big)), "the schema lets more than 64 KiB pass in one line")


main()
