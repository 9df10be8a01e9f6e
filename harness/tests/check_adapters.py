"""check_adapters.py MUSTER WHAT - what a newcomer touches, as a newcomer does it. WHAT is a language: its template is
written, built, checked with the hostile frames, and asked by a run; 'spoilt': the Python template with one thing
wrong at a time, each found by the check that is about it; 'twin': our own library as an adapter, checked; 'record':
a run, and the same again without the system;
'hostile': whole runs over the template turned malicious, which is booked to the adapter;
'unclaimed': what the template does not claim is tried, and turns no report red. Prints what went wrong and ends with status 1; with status 77 where
the language is not on this machine."""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

MUSTER, WHAT = os.path.abspath(sys.argv[1]), sys.argv[2]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WANTED = {"c": ["cc"], "python": ["python3"], "sh": ["jq", "xmllint"], "node": ["node"], "java": ["javac", "java"]}
RUN = ["--profile", "validator-4774", "--test-time", "2026-11-28T12:00:00Z", "--select", "id:refuses-truncated id:reads-label", "--short"]
ENVIRONMENT = dict(os.environ, MUSTER_DATA=ROOT)
failed = []


def muster(*words, cwd):
    return subprocess.run([MUSTER, *words], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=240)


def expect(good, what):
    if not good:
        failed.append(what)
        print("not so: " + what)


def check(folder, *words):
    done = muster("adapter", "check", "--format", "json", "--seed", "1", *words, cwd=folder)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"adapter check {words}: {done.stdout}{done.stderr}")
    return done.returncode, told, [c["id"] for c in told["checks"] if c["state"] in ("breaks", "not-reached")]


def new(folder, language):
    out = os.path.join(folder, "mine")
    done = muster("adapter", "new", "--lang", language, "--out", out, cwd=folder)
    expect(done.returncode == 0, f"'adapter new --lang {language}' works: {done.stderr}")
    return out


def verdicts(out):
    with open(os.path.join(out, "run.jsonl"), encoding="ascii") as f:
        events = [json.loads(line) for line in f]
    return {e["case"]: (e["verdict"], e.get("reason", "")) for e in events if e["event"] == "verdict"}, events[0]


def template(folder, language):
    out = new(folder, language)
    readme = open(os.path.join(out, "README.md"), encoding="utf-8").read()
    commands = re.search(r"```\n(.*?)```", readme, re.S).group(1).splitlines()
    for command in commands[:-3]:  # what builds it
        built = subprocess.run(command, shell=True, cwd=out, capture_output=True, text=True, timeout=240)
        expect(built.returncode == 0 and built.stderr == "", f"'{command}' builds it: {built.stderr}")
    words = commands[-3].split()[3:]
    # Time enough for a virtual machine on a machine that is busy: what holds does not wait for it.
    status, told, broken = check(out, *([] if language == "sh" else ["--hostile"]), "--deadline", "10000", *words)
    expect(status == 0 and not broken, f"its check holds: {broken}")
    expect(told["made"] == (6 if language == "sh" else 98), f"{told['made']} checks are made")
    for name in os.listdir(out):
        if os.path.splitext(name)[1] in (".c", ".py", ".sh", ".js", ".java"):
            expect(len(open(os.path.join(out, name)).readlines()) < 120, f"{name} has fewer than 120 lines")
    done = muster("run", *RUN, "--sut", "sut.xml", "--out", "run", cwd=out)
    expect(done.returncode in (0, 1), f"a run ends: {done.returncode} {done.stderr[-300:]}")
    found, _ = verdicts(os.path.join(out, "run"))
    passed = sum(1 for verdict, _ in found.values() if verdict == "pass")
    expect(len(found) >= 60 and passed >= len(found) // 3, f"{passed} of {len(found)} cases pass")
    expect(not [c for c, v in found.items() if v[0] == "error"], "no case is an error")
    expect(muster("adapter", "new", "--lang", language, "--out", out, cwd=out).returncode == 2, "nothing is written over")


# What is changed in the Python template, and the checks that must find it.
SPOILT = [
    ('"max_inflight": 32', '"max_inflight": 0', ["A11"]),
    ('"isolation": "op"', '"isolation": "none"', ["A12", "A57", "A58"]),
    ('"version": "0", "build": "none"', '"version": ""', ["A05", "A06"]),
    ('"roles": ["validator"]', '"roles": ["validater"]', ["A07"]),
    ('"caps": {"label.4774": {"v": ["1.0"]}}', '"caps": {}', ["A08"]),
    ('"caps": {', '"caps": {"mark.render": {}, ', ["A09"]),
    ('"caps": {', '"caps": {"label.4775": {}, ', ["A10"]),
    ('"isolation": "op"', '"isolation": "op", "colour": "red"', ["A13"]),
    ("int(time.time() * 1000)", "int(time.time())", ["A19"]),
    ('raise Failed("bad-request", "a probe', 'return ("a probe', ["A20"]),
    ("if odd or any(", "if any(", ["A21"]),
    (' and not name.startswith("x-")', "", ["A22"]),
    ('"created": said[2]', '"created": "2026-01-12T08:00:00Z"', ["A40"]),
    ('{"outcome": "accepted", "label": read', '{"outcome": "accepted", "x": 1, "extra": read', ["A37"]),
    ('("rejected",)', '("accepted",)', ["A38", "A39"]),
    ('raise Failed("precondition", "hello was said before")', "pass", ["A29"]),
    ('raise Failed("precondition", "hello comes first")', "pass", ["A73"]),
    ('if 1 not in ask["sap"]', "if False", ["A75"]),
    (' or (len(blob) >= ask["len"] and not whole)', "", ["A64"]),
    ('reply["id"], op = ask.pop("id")', 'reply["id"], op = ask.pop("id") % (1 << 32)', ["A27"]),
    ('        said.flush()\n', '        said.flush()\nsys.exit(3)\n', ["A69"]),
    ('        said.flush()\n', '        said.flush()\n    said.write(b"{}\\n")\n', ["A68"]),
    ('stdio = "--sap', 'import subprocess; subprocess.Popen(["sleep", "30"])\nstdio = "--sap', ["A70"]),
    ('stdio = "--sap', 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nstdio = "--sap', ["A78"]),
    ('"--sap-stdio" in sys.argv[1:]', "False", ["A79"]),
    ("parse_constant=int", "parse_constant=str", ["H09"]),
    ("object_pairs_hook=once", "object_pairs_hook=dict", ["H08", "H21"]),
    ("        json.dumps(ask, ensure_ascii=False).encode()", "        pass", ["H11"]),
    (" or depth(ask) > MAX_DEPTH", "", ["H18"]),
    ("validate=True", "validate=False", ["H26"]),
    ("        if not line.endswith(b\"\\n\"):", "        if not line: time.sleep(60)\n        if not line.endswith(b\"\\n\"):", ["A76", "A77"]),
]


def spoilt(folder):
    whole = open(os.path.join(new(folder, "python"), "adapter.py"), encoding="utf-8").read()

    def one(row):
        number, (old, by, wanted) = row
        if old not in whole:
            expect(False, f"the template has '{old}'")
            return
        path = os.path.join(folder, f"spoilt-{number}.py")
        with open(path, "w", encoding="utf-8") as f:
            f.write(whole.replace(old, by, 1))
        hostile = ["--hostile"] if wanted[0].startswith("H") else []
        status, _, broken = check(folder, *hostile, "--deadline", "500", sys.executable, path)
        missed = [c for c in wanted if c not in broken]
        expect(len(missed) < len(wanted), f"'{by}' is found by {wanted}, not by {broken}")
        expect(status == (1 if broken else 0) or all(c in ("A06", "A10", "A13", "A19", "A79", "A80") for c in broken), f"'{by}': status {status} with {broken}")

    with concurrent.futures.ThreadPoolExecutor(4) as some:  # they mostly wait
        list(some.map(one, enumerate(SPOILT)))
    noisy = os.path.join(folder, "noisy.py")
    with open(noisy, "w", encoding="utf-8") as f:
        f.write(whole.replace('stdio = "--sap', 'print("Welcome", flush=True)\nstdio = "--sap', 1))
    status, _, broken = check(folder, f"stdio:{sys.executable} {noisy}")
    expect(status == 0 and list(broken) == ["A80"], f"a greeting in front on stdio is borne, and remarked: {broken}")
    status, _, broken = check(folder, "cat")
    expect(status == 1 and "A02" in broken, "what is no adapter is found out")
    expect(muster("adapter", "check", "./there-is-none", cwd=folder).returncode == 3, "what cannot be started is trouble")


# What the template does at its third label, and what that is called: "" is nothing, for the runs that go on.
HOSTILE = [
    ("floods standard error", 'os.write(2, b"f" * 65536 * 160)', ""),
    ("floods standard output", 'os.write(1, b"f" * 65536 * 160)', ""),
    ("leaves a daemon", "if os.fork() == 0:\n            os.setsid()\n            if os.fork() == 0: os.execvp('sleep', ['sleep', '7771'])\n            os._exit(0)", ""),
    ("says what is no JSON", 'os.write(4, b"hello\\n")', "adapter:framing"),
    ("says a line of two megabytes", 'os.write(4, b"[" + b"1" * (2 << 20) + b"]\\n")', "adapter:framing"),
    ("says what is too deep", 'os.write(4, b"[" * 5000 + b"]" * 5000 + b"\\n")', "adapter:framing"),
    ("answers what was not asked", 'os.write(4, b\'{"id":987654,"ok":true,"result":{}}\\n\')', "adapter:protocol"),
    ("ends in the middle of a line", 'os.write(4, b\'{"id":1,"o\'); os._exit(0)', "adapter:crash"),
    ("ends as if all were well", "os._exit(0)", "adapter:crash"),
    ("writes into another folder", 'open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "written"), "w")', "adapter:"),
    ("closes its output and does not hear SIGTERM", "signal.signal(signal.SIGTERM, signal.SIG_IGN); os.close(4); time.sleep(900)", "adapter:crash"),
    ("says nothing more", "time.sleep(900)", "timeout:label.parse"),
]


def left_over(words):
    """Processes with such words in their command line."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                line = f.read()
        except OSError:
            continue
        if any(word.encode() in line for word in words):
            found.append(pid)
    return found


def turned(whole, code):
    return whole.replace("import base64,", "import signal, base64,", 1).replace(
        "def read_label(octets):", f"labels_seen = []\n\ndef read_label(octets):\n    labels_seen.append(1)\n    if len(labels_seen) == 3:\n        {code}\n    return honest(octets)\n\ndef honest(octets):", 1)


def hostile(folder):
    whole = open(os.path.join(new(folder, "python"), "adapter.py"), encoding="utf-8").read()

    def one(row):
        number, (name, code, reason) = row
        home = os.path.join(folder, f"hostile-{number}")
        os.mkdir(home)
        path = os.path.join(home, "adapter.py")
        with open(path, "w", encoding="utf-8") as f:
            f.write(turned(whole, code))
        done = muster("run", *RUN, "--adapter", f"{sys.executable} {path}", "--out", "run", cwd=home)
        with open(os.path.join(home, "run", "run.jsonl"), encoding="ascii") as f:
            events = [json.loads(line) for line in f]
        verdicts = [e for e in events if e["event"] == "verdict"]
        errors = [e for e in verdicts if e["verdict"] == "error"]
        expect(events[-1]["event"] == "close" and len(verdicts) > 50, f"{name}: the run comes to its end")
        expect(all(e["attribution"] == "adapter" for e in errors), f"{name}: only the adapter is blamed")
        expect(bool(errors) == bool(reason) and any(e["reason"].startswith(reason) for e in errors) == bool(reason), f"{name}: '{reason}' is not {({e['reason'] for e in errors})}")
        expect(done.returncode == (3 if reason else 1), f"{name}: status {done.returncode}: {done.stderr[-200:]}")
        expect(sum(e["verdict"] in ("pass", "fail") for e in verdicts) >= 2, f"{name}: what was answered before is judged")
        expect(not left_over([path]), f"{name}: it is gone")

    with concurrent.futures.ThreadPoolExecutor(4) as some:
        list(some.map(one, enumerate(HOSTILE)))
    expect(not left_over(["sleep\0" "7771"]), "its daemon is gone, too")  # the number alone may stand in a path or a port
    expect(not [home for home in os.listdir(folder) if os.path.exists(os.path.join(folder, home, "written"))], "nothing was written elsewhere")


def twin(folder):
    """Our own library as an adapter: the roles that the templates have not."""
    status, told, broken = check(folder, "--hostile", "--deadline", "10000", MUSTER, "twin", "--sap")
    expect(status == 0 and set(broken) <= {"A06"}, f"its check holds: {broken}")
    expect(told["made"] == 108, f"{told['made']} checks are made")


def record(folder):
    out, kept = new(folder, "python"), os.path.join(folder, "mine", "record.jsonl")
    same = ["--nonce", "00112233445566778899aabbccddeeff"]
    done = muster("run", *RUN, *same, "--writable", out, "--adapter",
                  f"{MUSTER} adapter record {kept} -- {out}/adapter.py", "--out", "first", cwd=out)
    expect(done.returncode in (0, 1), f"a run is recorded: {done.stderr[-300:]}")
    os.remove(os.path.join(out, "adapter.py"))  # there is no system any more
    replay = ["--adapter", f"{MUSTER} adapter replay {kept}"]
    done = muster("run", *RUN, *same, *replay, "--out", "second", cwd=out)
    expect(done.returncode in (0, 1), f"and replayed: {done.stderr[-300:]}")
    (first, opened), (second, _) = verdicts(os.path.join(out, "first")), verdicts(os.path.join(out, "second"))
    expect(len(first) >= 60 and first == second, f"{len(first)} and {len(second)} verdicts are the same")
    expect(opened.get("nonce") == same[1], "the stream says that the nonce was given")
    muster("run", *RUN, *replay, "--out", "third", cwd=out)
    third, _ = verdicts(os.path.join(out, "third"))
    expect(third and not [v for v in third.values() if v[0] == "pass"], "with another nonce nothing is found, and nothing passes")
    with open(kept, "a", encoding="ascii") as f:
        f.write("no record\n")
    expect(muster("run", *RUN, *same, *replay, "--out", "fourth", cwd=out).returncode == 3, "a spoilt record is no adapter")


def unclaimed(folder):
    out = new(folder, "python")
    words = ["--profile", "validator-4774", "--select", "id:refuses-unknown-classification id:refuses-second-context", "--short", "--adapter", "./adapter.py"]
    expect(muster("run", *words, "--out", "run", cwd=out).returncode == 2, "without the word there is nothing to run")
    done = muster("run", *words, "--unclaimed", "--out", "run", cwd=out)
    expect(done.returncode == 0, f"what nobody claims turns no run red: {done.stdout[-300:]}")
    found, opened = verdicts(os.path.join(out, "run"))
    fails = [case for case, (verdict, _) in found.items() if verdict not in ("pass", "remarks")]
    expect(len(fails) > 3 and "claims" not in opened["sut"], f"{len(fails)} cases do not pass, and no SUT file claims anything")
    suite = tree.parse(os.path.join(out, "run", "junit.xml")).getroot().find("testsuite")
    skipped = {case.get("name") for case in suite.findall("testcase") if case.find("skipped") is not None}
    expect(suite.get("failures") == suite.get("errors") == "0" and set(fails) <= skipped, "no failures in JUnit, and none of them lost")
    tap = open(os.path.join(out, "run", "results.tap"), encoding="ascii").read()
    expect(len(re.findall("^not ok .* # TODO unclaimed", tap, re.M)) == len(fails), "nor in TAP")
    text = muster("report", "run", "-f", "text", cwd=out).stdout
    expect(re.search(r"^claims   \d+ that need what is not claimed were tried", text, re.M), f"the summary says so: {text}")


def main():
    missing = [tool for tool in WANTED.get(WHAT, []) if shutil.which(tool) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} is not here")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        {"spoilt": spoilt, "twin": twin, "record": record, "unclaimed": unclaimed, "hostile": hostile}.get(WHAT, lambda f: template(f, WHAT))(folder)
    return 1 if failed else 0


sys.exit(main())
