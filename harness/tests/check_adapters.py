"""check_adapters.py MUSTER WHAT - what a newcomer touches, as a newcomer does it. WHAT is a language: its template is
written, built, checked with the hostile frames, and asked by a run; 'spoilt': the Python template with one thing
wrong at a time, each found by the check that is about it; 'twin': our own library as an adapter, checked; 'record':
a run, and the same again without the system; 'lives': the same of an adapter that breaks in between;
'hostile': whole runs over the template turned malicious, which is booked to the adapter;
'marking': labels that are higher in the answer than in the question raise the marking of the report;
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


def turned(whole, code, label=3):
    return whole.replace("import base64,", "import signal, base64,", 1).replace(
        "def read_label(octets):", f"labels_seen = []\n\ndef read_label(octets):\n    labels_seen.append(1)\n    if len(labels_seen) == {label}:\n        {code}\n    return honest(octets)\n\ndef honest(octets):", 1)


def hostile(folder):
    whole = open(os.path.join(new(folder, "python"), "adapter.py"), encoding="utf-8").read()

    def one(row):
        number, (name, code, reason) = row
        home = os.path.join(folder, f"hostile-{number}")
        os.mkdir(home)
        path = os.path.join(home, "adapter.py")
        with open(path, "w", encoding="utf-8") as f:
            f.write(turned(whole, code, 12))
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
    spoilt_records(kept, out)
    with open(kept, "a", encoding="ascii") as f:
        f.write("no record\n")
    expect(muster("run", *RUN, *same, *replay, "--out", "fourth", cwd=out).returncode == 3, "a spoilt record is no adapter")


# What is done to the lines of a good record, and the sentence that says so.
SPOILT_RECORDS = [
    (lambda good: good[:3] + [b"no record"] + good[3:], ":4: this is no line of a record"),
    (lambda good: good[:3] + [b'{"life":1,"ms":4,"from":"har'] + good[3:], ":5: life 1 was cut off in line 4, and goes on here"),
    (lambda good: good[:3] + [good[3].replace(b'"life":1', b'"life":7')], ":4: no such life has begun in this record"),
    (lambda good: good[:3] + [good[0].replace(b'"life":1', b'"life":3')], ":4: here begins life 2, and no other"),
    (lambda good: good[:3] + [b'{"life":1,"from":"me","line":"{}"}'], ":4: a line of a record says who said what"),
    (lambda good: good[:3] + [b'{"life":1,"from":"adapter","b64":"?"}'], ":4: a line of a record says who said what"),
    (lambda good: good[:3] + [b'{"life":1,"life":1}'], ":4: this is no line of a record"),
    (lambda good: good[:3] + [b'{"life":1,"x":' + b"[" * 100000 + b"}"], ":4: this is no line of a record"),
    (lambda good: good[:1] + [b"\0" * 4096], ":2: this is no line of a record"),
    (lambda good: good[:2], ":3: the record ends here, and no reply to hello stands in it"),
    (lambda good: [b'{"schema":"muster-adapter-record/9"}'], ":1: this is no record of an adapter: 'schema' is not"),
    (lambda good: [b'{"event":"ended"}'], ":1: this is no record of an adapter: 'schema' is not"),
]


def replayed(path, said, cwd):
    return subprocess.run([MUSTER, "adapter", "replay", path, "--sap-stdio"], cwd=cwd, env=ENVIRONMENT, input=said, capture_output=True, timeout=60)


def spoilt_records(kept, folder):
    """Whatever is wrong with a record, one sentence says it, and where."""
    with open(kept, "rb") as f:
        good = f.read().splitlines()
    path = os.path.join(folder, "spoilt.jsonl")

    def says(what):
        done = replayed(path, b"", folder)
        expect(done.returncode in (2, 3) and done.stderr.count(b"\n") == 1 and f"spoilt.jsonl{what}".encode() in done.stderr, f"'{what}' is said: {done.stderr[-300:]}")

    for change, what in SPOILT_RECORDS:
        with open(path, "wb") as f:
            f.write(b"\n".join(change(good)) + b"\n")
        says(what)
    for octets in (b"", good[0], b"\0" * 100):
        with open(path, "wb") as f:
            f.write(octets)
        says(":1: this is no record of an adapter: it has not one whole line")
    with open(path, "wb") as f:
        f.truncate(3 << 30)
    says(": file of 3221225472 bytes passes the limit")
    with open(path, "wb") as f:  # the machine went down while it was written
        f.write(b"\n".join(good[:5]) + b"\n" + good[5][:40])
    asked = [json.loads(line)["line"] for line in good[1:5] if b'"from":"harness"' in line]
    done = replayed(path, "".join(line + "\n" for line in asked).encode() + b'{"id":9,"op":"bye"}\n', folder)
    expect(done.returncode == 0 and b"spoilt.jsonl:6: the record is cut off here" in done.stderr and b'"id":9' in done.stdout, f"what stands before the cut is played: {done.stderr}")
    with open(path, "w", encoding="ascii") as f:
        f.write("my notes\n")
    done = muster("adapter", "record", "--sap-stdio", path, "cat", cwd=folder)
    expect(done.returncode == 2 and open(path, encoding="ascii").read() == "my notes\n", f"what is no record is not written over: {done.stderr}")


# What ends the template at its fortieth label of each life, and what a run calls it.
LIVES = [
    ("os._exit(3)", "adapter:crash"),
    ('os.write(4, b"no json\\n")', "adapter:framing"),
    ("os.write(4, b'{\"id\":1,\"o'); os._exit(0)", "adapter:crash"),
]


def ends(out):
    """What became of the program, life by life."""
    with open(os.path.join(out, "run.jsonl"), encoding="ascii") as f:
        events = [json.loads(line) for line in f]
    return [(e["state"], e.get("reason"), e.get("lost")) for e in events if e["event"] == "adapter" and e["state"] not in ("ready", "restarted")]


def lives(folder):
    """An adapter that breaks again and again in one run is recorded life by life, and breaks so again."""
    whole = open(os.path.join(new(folder, "python"), "adapter.py"), encoding="utf-8").read()
    same = ["--nonce", "00112233445566778899aabbccddeeff"]

    def one(row):
        number, (code, reason) = row
        home = os.path.join(folder, f"lives-{number}")
        os.mkdir(home)
        path, kept = os.path.join(home, "adapter.py"), os.path.join(home, "record.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            f.write(turned(whole, code, 40).replace('"max_inflight": 32', '"max_inflight": 1'))
        command = f"{MUSTER} adapter record {kept} -- {sys.executable} {path}"
        muster("run", *RUN, *same, "--writable", home, "--adapter", command, "--out", "first", cwd=home)
        os.remove(path)
        muster("run", *RUN, *same, "--adapter", f"{MUSTER} adapter replay {kept}", "--out", "second", cwd=home)
        (first, _), (second, _) = (verdicts(os.path.join(home, out)) for out in ("first", "second"))
        lost = [case for case, v in first.items() if v == ("error", reason)]
        expect(len(lost) >= 2 and len(first) > 60, f"{code}: {len(lost)} of {len(first)} cases are lost")
        expect(first == second, f"{code}: the replay is judged as the adapter was: {[(c, first[c], second.get(c)) for c in first if first[c] != second.get(c)][:3]}")
        told = [ends(os.path.join(home, out)) for out in ("first", "second")]
        expect(told[0] == told[1], f"{code}: it breaks as the adapter did: {told}")
        heads = [e for e in map(json.loads, open(kept, encoding="ascii")) if "schema" in e]
        expect([e["life"] for e in heads] == list(range(1, len(lost) + 2)), f"{code}: each life has its beginning: {len(heads)} of {len(lost) + 1}")
        expect(not left_over([kept]), f"{code}: nobody is left")

    with concurrent.futures.ThreadPoolExecutor(4) as some:
        list(some.map(one, enumerate(LIVES)))
    several(folder, turned(whole, "os._exit(3)", 20), same)


SUT = """<sut xmlns="urn:muster:sut:1" id="several" name="Several" version="1" owner="Exercise Nation A">
  {adapters}<role name="validator" adapter="{ids}"/><claim capability="label.4774"/>
</sut>
"""


def several(folder, program, same):
    """Equal instances share one record; so do those that replay it."""
    home = os.path.join(folder, "several")
    os.mkdir(home)
    path, kept = os.path.join(home, "adapter.py"), os.path.join(home, "record.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        f.write(program)
    ids = ["one", "two", "three"]

    def run(command, out):
        adapters = "".join(f'<adapter id="{i}" command="{command}" writable="{home}"/>' for i in ids)
        with open(os.path.join(home, "sut.xml"), "w", encoding="utf-8") as f:
            f.write(SUT.format(adapters=adapters, ids=" ".join(ids)))
        done = muster("run", *RUN, *same, "--sut", "sut.xml", "--out", out, cwd=home)
        expect(done.returncode in (1, 3), f"several instances run, whether a case is lost or not: {done.returncode} {done.stderr[-300:]}")
        return verdicts(os.path.join(home, out))[0]

    first = run(f"{MUSTER} adapter record {kept} -- {sys.executable} {path}", "first")
    entries = [json.loads(line) for line in open(kept, encoding="ascii")]
    begun = [e["life"] for e in entries if "schema" in e]
    expect(len(begun) >= 3 and begun == list(range(1, len(begun) + 1)), f"each life of each instance has a number: {begun}")
    expect({e["life"] for e in entries} == set(begun), "and each line says whose it is")
    second = run(f"{MUSTER} adapter replay {kept}", "second")
    expect(set(first) == set(second), "all of it is replayed")
    wrong = [c for c in first if second[c] != first[c] and second[c] != ("error", "adapter:crash") and first[c] != ("error", "adapter:crash")]
    expect(not wrong, f"no case is judged otherwise, unless it was lost: {wrong[:3]}")
    expect(sum(v[0] == "pass" for v in second.values()) > 10, "and answers come from whichever life has them")
    run(f"{MUSTER} adapter record {kept} -- {sys.executable} {path}", "third")
    places = {e["place"] for e in map(json.loads, open(kept, encoding="ascii")) if "schema" in e}
    expect(len(places) == 1 and places.isdisjoint(e["place"] for e in entries if "schema" in e), "the record of another run is begun anew, also with the same nonce")


def marking(folder):
    """What an adapter answers may go higher than what it was sent: then the report does."""
    out = new(folder, "python")
    path = os.path.join(out, "adapter.py")
    whole = open(path, encoding="utf-8").read()
    low = ["--profile", "validator-4774", "--select", "id:reads-label*restricted*", "--short", "--adapter", "./adapter.py"]
    made_up = whole.replace("def read_label(octets):", """def read_label(octets):
    return dict(honest(octets), classification="TOP SECRET")


def honest(octets):""", 1)
    marks = {}
    for name, program in ("honest", whole), ("higher", made_up):
        with open(path, "w", encoding="utf-8") as f:
            f.write(program)
        muster("run", *low, "--out", name, cwd=out)
        with open(os.path.join(out, name, "run.jsonl"), encoding="ascii") as f:
            events = [json.loads(line) for line in f]
        said = json.load(open(os.path.join(out, name, "results.json"), encoding="utf-8"))["marking"]
        marks[name] = [m["rank"] for m in said if m["policy"].startswith("NATO")], [e for e in events if e["event"] == "marking"], said
    expect(marks["honest"][0] == [2] and not marks["honest"][1], f"the same labels change nothing: {marks['honest']}")
    expect(marks["higher"][0] == [5], f"a higher label raises the report: {marks['higher'][2]}")
    expect(1 <= len(marks["higher"][1]) <= 4, f"once a step: {len(marks['higher'][1])}")


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
    seen = json.load(open(os.path.join(out, "run", "results.json"), encoding="utf-8"))["capabilities"]
    names = [c["name"] for c in seen if not c["claimed"] and not c["said"] and c["worst"] != "not-run"]
    expect(names and {c["standing"] for c in seen if c["name"] in names} <= {"works, though not claimed", "fails, and is not claimed", "not decided"}, f"results.json says what was tried: {seen}")
    expect(next(c for c in seen if c["name"] == "label.4774")["standing"] in ("not exercised", "shown"), "what is claimed does not suffer from what is not")
    pages = [open(os.path.join(out, "run", page), encoding="utf-8").read() for page in ("report.html", "statement.html")]
    expect(all(f'<a href="#capabilities">{name}</a>' in pages[0] for name in names), f"the page names {names}")
    expect("Tried, though not claimed" in pages[1] and all(name in pages[1] for name in names), f"the statement names {names}")
    text = muster("report", "run", "-f", "text", cwd=out).stdout
    expect(all(re.search(rf"^ +(works, though not claimed|not claimed, and not seen to work): .*{re.escape(name)}", text, re.M) for name in names), f"the text names {names}: {text}")
    expect(re.search(r"^claims   \d+ that need what is not claimed were tried", text, re.M), f"the summary says so: {text}")


def main():
    missing = [tool for tool in WANTED.get(WHAT, []) if shutil.which(tool) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} is not here")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        {"spoilt": spoilt, "twin": twin, "record": record, "lives": lives, "unclaimed": unclaimed, "marking": marking, "hostile": hostile}.get(WHAT, lambda f: template(f, WHAT))(folder)
    return 1 if failed else 0


sys.exit(main())
