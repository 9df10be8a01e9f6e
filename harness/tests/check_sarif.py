"""check_sarif.py FILE... - what SARIF 2.1.0 demands of a log, as far as ours has it, read by a reader that
is not ours. Ends with status 1 and a sentence when something is missing or of the wrong kind."""
import json
import re
import sys
from urllib.parse import urlsplit


def need(truth, what):
    if not truth:
        sys.exit(what)


def text(message, where):
    need(isinstance(message.get("text"), str) and message["text"], f"{where}: a message without text")


def location(place, where):
    artifact = place["physicalLocation"]["artifactLocation"]["uri"]
    need(re.fullmatch(r"[\x21-\x7e]+", artifact) and not set('<>"{}|\\^`') & set(artifact), f"{where}: uri {artifact!r}")
    need(re.sub(r"%[0-9A-F]{2}", "", artifact).find("%") < 0, f"{where}: a bad percent sign in {artifact!r}")
    need(urlsplit(artifact).scheme in ("", "file"), f"{where}: scheme of {artifact!r}")
    region = place["physicalLocation"].get("region")
    if region is not None:  # 3.30.2: a binary region has both
        need(region["byteOffset"] >= 0 and region["byteLength"] >= 0, f"{where}: region {region}")


def check(path):
    log = json.load(open(path, encoding="ascii"))
    need(log["version"] == "2.1.0" and len(log["runs"]) == 1, "no log of version 2.1.0 with one run")
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    need(driver["name"] and re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"]), "no name and version")
    rules = {rule["id"]: rule for rule in driver["rules"]}
    need(len(rules) == len(driver["rules"]), "two rules of one id")
    for name, rule in rules.items():
        text(rule["shortDescription"], name)
        need(rule["defaultConfiguration"]["level"] in ("error", "warning", "note"), f"{name}: level")
    prints = set()
    for number, result in enumerate(run["results"]):
        where = f"result {number}"
        need(result["ruleId"] in rules, f"{where}: rule {result['ruleId']} is not described")
        need(result["level"] == rules[result["ruleId"]]["defaultConfiguration"]["level"], f"{where}: level")
        text(result["message"], where)
        need(result["locations"], f"{where}: no location")
        for place in result["locations"]:
            location(place, where)
        prints.add(result["partialFingerprints"]["musterFinding/v1"])
    need(len(prints) == len(run["results"]), "two findings share a fingerprint")
    (invocation,) = run["invocations"]
    need(isinstance(invocation["executionSuccessful"], bool) and isinstance(invocation["exitCode"], int), "invocation")
    for note in invocation["toolExecutionNotifications"]:
        text(note["message"], "notification")
        need(note["level"] in ("error", "warning"), "notification: level")
        for place in note["locations"]:
            location(place, "notification")
    print(f"{len(rules)} rules, {len(run['results'])} results, {len(invocation['toolExecutionNotifications'])} notifications, exit {invocation['exitCode']}")


for name in sys.argv[1:]:
    check(name)
