"""check_formats.py MUSTER SOURCE HOSTILE - every machine format of the reports, read by readers that are not ours:
Python's csv, the published JSON Schemas of SARIF and CTRF, rdflib, cmark-gfm, xmllint, librsvg. First the golden
runs, whose numbers must be those of results.json; then a run whose every text is an attack. A reader that is not
installed is named and left out."""
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser

MUSTER, SOURCE, HOSTILE = sys.argv[1:4]
GOLDEN = os.path.join(SOURCE, "reports/golden")
NPM = os.path.join(SOURCE, "fixtures/npm/node_modules")
SCHEMA = {
    "results.sarif": "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
    "ctrf.json": "ctrf/dist/ctrf-schema-0.0.json",
}
BADGE = {
    "type": "object",
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "color": {"enum": ["brightgreen", "green", "yellowgreen", "yellow", "orange", "red", "lightgrey"]},
        "isError": {"type": "boolean"},
    },
    "required": ["schemaVersion", "label", "message", "color"],
    "additionalProperties": False,
}
MARKER = "PWNED"
EXCUSED = ("quarantined", "unclaimed")
GREEN = ("pass", "remarks")
skipped = set()


def need(truth, what):
    if not truth:
        sys.exit(what)


def text_of(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return file.read()


def excused(result):
    return result["verdict"] not in GREEN + ("not-run",) and result.get("expectation") in EXCUSED


# --- CSV ---------------------------------------------------------------------------------------------------


def rows_of(folder, name):
    text = text_of(folder, name)
    need(text.endswith("\r\n"), f"{name}: the last line has no CR LF")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    need(len(rows) > 1 and len({len(row) for row in rows}) == 1, f"{name}: lines of unlike length")
    for delimiter in ",;\t":  # a spreadsheet of another country
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                need(not re.match("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]", cell), f"{folder}/{name}: the cell {cell[:40]!r} is a formula")
    for line in text.split("\n"):  # and one that knows no quotes
        for cell in re.split("[;\t]", line):
            need(not re.match("[=+@]", cell), f"{folder}/{name}: without quotes {cell[:40]!r} is a formula")
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def check_csv(folder, results):
    card, matrix = rows_of(folder, "scorecard.csv"), rows_of(folder, "matrix.csv")
    if results is None:
        return
    whole = results["state"] == "complete"
    need(len(card) == len(results["results"]) + (not whole), f"{folder}: lines of the scorecard")
    for row, result in zip(card, results["results"]):
        need((row["case"], row["verdict"], row["reason"]) == (result["name"], result["verdict"], result.get("reason", "")), f"{folder}: {row}")
    need(whole or (card[-1]["case"], card[-1]["verdict"]) == ("the run is complete", "error"), f"{folder}: who sees that this is not all?")
    cells = [row for row in matrix if row["kind"] == "all"]
    need(sum(int(row["total"]) for row in cells) == len(results["results"]), f"{folder}: the matrix counts otherwise")
    need(sum(int(row["passed"]) for row in cells) == sum(r["verdict"] in GREEN for r in results["results"]), f"{folder}: passed")
    need(whole or matrix[-1]["verdict"] == "error", f"{folder}: a matrix of part of a run")
    for row in card + matrix:
        need(row["state"] == results["state"], f"{folder}: state")
        for mark in results["marking"]:
            need(mark["marking"] in row["marking"], f"{folder}: no marking")


# --- JSON ------------------------------------------------------------------------------------------------------


def valid(value, schema, where):
    import jsonschema

    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    for error in kind(schema).iter_errors(value):
        sys.exit(f"{where}: {error.message[:200]} at {list(error.absolute_path)}")


def by_schema(folder, name):
    value = json.loads(text_of(folder, name))
    path = os.path.join(NPM, SCHEMA[name])
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            valid(value, json.load(file), f"{folder}/{name}")
    else:
        skipped.add(f"the schema of {name}: 'npm ci --ignore-scripts' in fixtures/npm brings it")
    return value


def check_sarif(folder, results):
    (run,) = by_schema(folder, "results.sarif")["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    need(len(rules) == len(set(rules)), f"{folder}: two rules of one id")
    for result in run["results"]:
        need(result["ruleId"] in rules, f"{folder}: {result['ruleId']} is no rule")
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        need(re.fullmatch(r"[a-z0-9./-]+", uri) and ".." not in uri, f"{folder}: {uri}")
    prints = {result["partialFingerprints"]["musterCase/v1"] for result in run["results"]}
    need(len(prints) == len(run["results"]), f"{folder}: two results share a fingerprint")
    if results is None:
        return
    level = {"fail": ("fail", "error"), "remarks": ("fail", "warning"), "inconclusive": ("open", "none"), "error": ("open", "none")}
    level.update({"pass": ("pass", "none"), "not-run": ("notApplicable", "none")})
    bad = [r for r in results["results"] if r["verdict"] not in ("pass", "not-run") or "opinions" in r]
    need([level[r["verdict"]] for r in bad] == [(r["kind"], r["level"]) for r in run["results"]], f"{folder}: SARIF's results")
    need([excused(r) for r in bad] == [bool(r["suppressions"]) for r in run["results"]], f"{folder}: suppressions")
    (invocation,) = run["invocations"]
    broke = any(r["verdict"] == "error" and not excused(r) for r in bad)
    need(invocation["executionSuccessful"] == (results["state"] == "complete" and not broke), f"{folder}: executionSuccessful")
    notes = [note["descriptor"]["id"] for note in invocation["toolExecutionNotifications"]]
    need((results["state"] in notes) == (results["state"] != "complete"), f"{folder}: the state is lost")
    for verdict in ("inconclusive", "error"):
        need((verdict in notes) == any(r["verdict"] == verdict for r in bad), f"{folder}: {verdict} is lost")
    need(all(mark["marking"] in run["properties"]["marking"] for mark in results["marking"]), f"{folder}: no marking")


def check_ctrf(folder, results):
    value = by_schema(folder, "ctrf.json")["results"]
    said = Counter(test["status"] for test in value["tests"])
    for status in ("passed", "failed", "skipped", "pending", "other"):
        need(value["summary"][status] == said[status], f"{folder}: {status} is {said[status]}, the summary says {value['summary'][status]}")
    need(value["summary"]["tests"] == len(value["tests"]), f"{folder}: the summary counts otherwise")
    if results is None:
        return
    status = {"pass": "passed", "remarks": "passed", "fail": "failed", "inconclusive": "other", "error": "other", "not-run": "skipped"}
    for result, test in zip(results["results"], value["tests"]):
        need(test["name"] == result["name"] and test["rawStatus"] == result["verdict"], f"{folder}: {test['name']}")
        need(test["status"] == ("skipped" if excused(result) else status[result["verdict"]]), f"{folder}: {test['name']}")
    need(len(value["tests"]) == len(results["results"]) + (results["state"] != "complete"), f"{folder}: tests")
    need(results["state"] == "complete" or value["tests"][-1]["status"] == "other", f"{folder}: part of a run")
    if results["started"] == "2026-11-23T10:15:00Z":
        need(value["summary"]["start"] == 1795428900000, f"{folder}: start {value['summary']['start']}")


def check_earl(folder, results):
    text = text_of(folder, "earl.jsonld")
    json.loads(text)
    try:
        import rdflib
    except ImportError:
        skipped.add("EARL: python3-rdflib is not installed")
        return
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    query = """PREFIX earl: <http://www.w3.org/ns/earl#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?title ?outcome ?verdict WHERE { ?a a earl:Assertion; earl:assertedBy ?who; earl:subject ?what; earl:mode earl:automatic;
        earl:test ?test; earl:result ?result. ?who a earl:Software. ?what a earl:TestSubject. ?test a earl:TestCase; dct:title ?title.
        ?result a earl:TestResult; earl:outcome ?outcome; <urn:muster:result:1#verdict> ?verdict }"""
    found = [(str(title), str(outcome).rsplit("#", 1)[1], str(verdict)) for title, outcome, verdict in graph.query(query)]
    need(found, f"{folder}: rdflib finds no assertion")
    need(all(outcome in ("passed", "failed", "cantTell", "inapplicable", "untested") for _, outcome, _ in found), f"{folder}: outcomes")
    if results is None:
        return
    outcome = {"pass": "passed", "remarks": "passed", "fail": "failed", "inconclusive": "cantTell", "error": "cantTell"}
    want = Counter((r["name"], outcome.get(r["verdict"], "not"), r["verdict"]) for r in results["results"])
    if results["state"] != "complete":
        want[("the run is complete", "cantTell", "error")] += 1
    got = Counter((title, "not" if o in ("inapplicable", "untested") else o, v) for title, o, v in found)
    need(got == want, f"{folder}: {got - want} {want - got}")


def check_badge(folder, results):
    badge = json.loads(text_of(folder, "badge.json"))
    valid(badge, BADGE, f"{folder}/badge.json")
    path = os.path.join(folder, "badge.svg")
    subprocess.run(["xmllint", "--noout", "--nonet", path], check=True)
    seen = {element.tag.split("}")[1] for element in ET.parse(path).iter()}
    need(seen == {"svg", "title", "desc", "rect", "g", "text"}, f"{folder}: badge.svg has {seen}")
    if shutil.which("rsvg-convert"):
        png = subprocess.run(["rsvg-convert", path], check=True, capture_output=True).stdout
        need(png.startswith(b"\x89PNG") and len(png) > 500, f"{folder}: no picture")
    else:
        skipped.add("badge.svg as a picture: librsvg2-bin is not installed")
    if results is not None:
        bad = any(r["verdict"] not in GREEN + ("not-run",) and not excused(r) for r in results["results"])
        ran = any(r["verdict"] != "not-run" for r in results["results"])
        need(("green" in badge["color"]) == (not bad and ran and results["state"] == "complete"), f"{folder}: {badge}")


# --- Markdown and annotations ----------------------------------------------------------------------------------


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.outside, self.inside = set(), [], "", ""

    def handle_starttag(self, tag, attributes):
        need(not [a for a in attributes if a[0] != "align"], f"<{tag} {attributes}>")
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if "code" in self.open:
            self.inside += data
        else:
            self.outside += data


def check_markdown(folder, results):
    if not shutil.which("cmark-gfm"):
        skipped.add("Markdown: cmark-gfm is not installed")
        return
    extensions = [word for name in ("table", "autolink", "strikethrough", "tasklist", "footnotes") for word in ("-e", name)]
    html = subprocess.run(["cmark-gfm", "--unsafe", *extensions, os.path.join(folder, "summary.md")], check=True, capture_output=True, text=True).stdout
    page = Page()
    page.feed(html)
    allowed = {"h1", "h2", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "blockquote"}
    need(page.tags <= allowed, f"{folder}: summary.md makes {page.tags - allowed}")
    need(MARKER not in page.outside, f"{folder}: foreign text outside of code")
    if results is None:
        need(MARKER in page.inside, f"{folder}: what was said is not shown")
        return
    for result in results["results"]:
        need((result["name"] in page.inside) or result["verdict"] in GREEN + ("not-run",), f"{folder}: {result['name']} is not named")
    need(results["state"] == "complete" or f"The run is {results['state']}" in page.outside, f"{folder}: part of a run")
    need(all(mark["marking"] in page.inside for mark in results["marking"]), f"{folder}: no marking")


def commands(text, where):
    """As the runner reads a log: trimmed lines that begin with ::, then the older form anywhere in a line."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) title=([^:,]*)::(.*)", line)
        need(match, f"{where}: {line[:80]!r} is no annotation of ours")
        found.append((match[1], match[2], match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")))
    return found


def check_annotations(folder, results):
    said = commands(text_of(folder, "annotations.txt"), folder)
    if results is None:
        need(any(MARKER in message for _, _, message in said), f"{folder}: what was said is not shown")
        return
    level = Counter(how for how, _, _ in said)
    bad = {r["issue"] for r in results["results"] if r["verdict"] in ("fail", "error") and not excused(r)}
    need(level["error"] == len(bad) + (results["state"] != "complete"), f"{folder}: {level['error']} errors of {len(bad)} causes")


def stream_of(events):
    """The lines of a run stream, chained as the journal chains them."""
    lines, head = [], ""
    for event in events:
        body = json.dumps(event, separators=(",", ":"))[:-1]
        head = hashlib.sha256(f"{head}\n{body}".encode()).hexdigest()
        lines.append(f'{body},"h":"{head}"}}\n')
    return lines


def derived():
    """Runs that no golden one is: every verdict with every word of the expectation file, nothing but what is
    excused, nothing at all, a stream that was cut, one that was changed."""
    with open(os.path.join(GOLDEN, "first/run.jsonl"), encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    for event in events:
        del event["h"]
    (begin,) = [event for event in events if event["event"] == "open"]
    (case,) = [event for event in events if event["event"] == "case" and event["id"] == "relay-keeps-label"]
    (model,) = [event for event in events if event["event"] == "verdict" and event["case"] == "relay-keeps-label[label=secret]"]
    reason = {"pass": "", "remarks": "rule:L74-05", "fail": "rule:SIO-09", "inconclusive": "control-failed", "error": "adapter:crash"}

    def run(pairs, others=(), after=()):
        body, counts = [], Counter(dict.fromkeys(("not-run", *reason), 0))
        for number, (verdict, expectation) in enumerate(pairs):
            name = f"relay-keeps-label[n={number}]"
            body.append({"event": "start", "case": name, "attempt": 1, "at_ms": number, "folder": ""})
            body.append({**model, "case": name, "verdict": verdict, "reason": reason[verdict], "expectation": expectation, "ms": 1,
                         "evidence": {"folder": "", "files": []}})
            counts[verdict] += 1
        for number, why in enumerate(others):
            body.append({"event": "not-run", "case": f"relay-keeps-label[out={number}]", "reason": why})
            counts["not-run"] += 1
        close = {"event": "close", "reason": "complete", "ms": 9, "exit": 1, "counts": dict(counts)}
        return stream_of([{**begin, "planned": sum(counts.values())}, case, *body, close, *after])

    words = ("as-expected", "new-failure", "quarantined", "unclaimed")
    every = run([(verdict, word) for word in words for verdict in reason], ["cap:missing(relay:label.keep)", "filtered"])
    yield "every", every, "complete"
    yield "excused", run([("pass", "as-expected"), ("fail", "quarantined"), ("error", "unclaimed")]), "complete"
    yield "remarks", run([("pass", "as-expected"), ("remarks", "as-expected")]), "complete"
    yield "passes", run([("pass", "as-expected")]), "complete"
    yield "doubt", run([("pass", "as-expected"), ("inconclusive", "as-expected")]), "complete"
    yield "nothing", run([], ["filtered"]), "complete"
    said = {"event": "note", "by": "An Other", "at": "2026-11-24T08:00:00Z"}
    notes = [{**said, "case": "relay-keeps-label[n=1]", "kind": "override", "verdict": "pass", "why": "lab error"},
             {**said, "case": "relay-keeps-label[n=0]", "kind": "dispute", "why": "=seen | otherwise"},
             {**said, "case": "relay-keeps-label[out=0]", "kind": "dispute", "why": "claimed"}]
    yield "opinions", run([("pass", "as-expected"), ("fail", "as-expected")], ["filtered"], notes), "complete"
    yield "cut", every[:-1], "incomplete"
    yield "changed", every[:9] + [every[9].replace('"ms":1', '"ms":2')] + every[10:], "corrupt"


def check_opinions(folder, results):
    """What people said after the run stands in every format, and changes no count."""
    said = [o["why"] for r in results["results"] for o in r.get("opinions", [])]
    need(bool(said) == folder.endswith("/opinions"), f"{folder}: {said}")
    for name in ("scorecard.csv", "results.sarif", "ctrf.json", "earl.jsonld", "summary.md", "annotations.txt"):
        text = text_of(folder, name)
        need(all(why in text for why in said), f"{folder}: {name} does not say {said}")
    if said:
        need("1 overridden, 2 disputed" in text_of(folder, "badge.svg") and results["counts"]["fail"] == 1, f"{folder}: badge")
        need([row["opinions"] for row in rows_of(folder, "matrix.csv") if row["kind"] == "all"] == ["3"], f"{folder}: matrix.csv")


def check_derived():
    with tempfile.TemporaryDirectory() as folder:
        for name, lines, state in derived():
            run = os.path.join(folder, name)
            os.mkdir(run)
            with open(os.path.join(run, "run.jsonl"), "w", encoding="ascii") as file:
                file.writelines(lines)
            made = subprocess.run([MUSTER, "report", run], capture_output=True, text=True)
            need(made.returncode == (0 if state != "corrupt" else 3), f"{name}: {made.returncode} {made.stderr}")
            results = json.loads(text_of(run, "results.json"))
            need(results["state"] == state, f"{name}: the run is {results['state']}: {results['chain']}")
            for check in CHECKS:
                check(run, results)
            check_opinions(run, results)


def check_program():
    """What a workflow of GitHub is shown, and nobody else."""
    with tempfile.TemporaryDirectory() as folder:
        run = shutil.copytree(os.path.join(GOLDEN, "first"), os.path.join(folder, "run"))
        step = os.path.join(folder, "step.md")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}

        def report(*words, **more):
            return subprocess.run([MUSTER, "report", run, *words], env={**clean, **more}, capture_output=True, text=True)

        plain = report()
        need(plain.returncode == 0 and "::" not in plain.stdout and not os.path.exists(step), plain.stderr)
        for _ in range(2):
            shown = report("--format", "tap", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=step)
            need(shown.returncode == 0 and shown.stdout == plain.stdout + text_of(run, "annotations.txt"), shown.stdout + shown.stderr)
        need(text_of(folder, "step.md") == 2 * text_of(run, "summary.md"), "the step summary is added to")
        lost = report(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=os.path.join(folder, "no/such/folder"))
        need(lost.returncode == 0 and "cannot open the step summary" in lost.stderr, lost.stderr)
        words = os.path.join(folder, "words.xml")
        own = text_of(SOURCE, "reports/event-words.xml")
        for change, says in WORDS:
            with open(words, "w", encoding="utf-8") as file:
                file.write(own.replace(*change))
            made = report("--format", "scorecard", "--words", words)
            if says.startswith("="):
                card = rows_of(run, "scorecard.csv")
                need(made.returncode == 0 and says[1:] in {row["result"] for row in card}, f"{says}: {made.stderr}")
            else:
                need(made.returncode == 2 and re.search(rf"words\.xml:\d+:\d+: .*{says}", made.stderr), f"{says}: {made.stderr}")


END = "</words>"
WORDS = [  # a change of the map that is shipped; the word that stands on the card then, or what is said of it
    (("", ""), "=Interoperability Issue"),
    (("Interoperability Issue", "Gescheitert & \u00fcbel".replace("&", "&amp;")), "=Gescheitert & \u00fcbel"),
    ((END, '<reason verdict="fail" like="rule:SIO-*" word="Label broken"/>' + END), "=Label broken"),
    ((END, '<reason verdict="fail" like="rule:*" word="Success"/>' + END), "is the word of a pass"),
    (('inconclusive" word="Not Tested"', 'inconclusive" word="Success"'), "is the word of a pass"),
    (('error" word="Not Tested"', 'error" word="Limited Success"'), "is the word of a pass"),
    (('verdict="error"', 'verdict="fail"'), "duplicate"),
    (('verdict="error"', 'verdict="eror"'), "eror"),
    (('<result verdict="error" word="Not Tested"/>', ""), "result"),
    (('word="Success"', 'word=""'), "word"),
    ((END, ""), "."),
    (("<words", "<!DOCTYPE x><words"), "document type"),
]

CHECKS = [check_csv, check_sarif, check_ctrf, check_earl, check_badge, check_markdown, check_annotations]
for name in ("first", "interrupted", "hostile", "tries"):
    golden = os.path.join(GOLDEN, name)
    for check in CHECKS:
        check(golden, json.loads(text_of(golden, "results.json")))
ways = ("0", "1")  # plain, and with formulas
for way in ways:
    for check in CHECKS:
        check(os.path.join(HOSTILE, way), None)
check_derived()
check_program()
for what in sorted(skipped):
    print(f"skipped: {what}")
print(f"{len(CHECKS)} checks of 4 golden runs, 9 derived and {len(ways)} hostile ones")
