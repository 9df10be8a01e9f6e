"""check_hostile.py MUSTER [MODE] - whole runs over hostile_adapter.py, which is the Python template turned malicious in one way a
mode; what 'check_adapters.py MUSTER hostile' has is not here again. Whatever it does: the run comes to its end, nothing is left
behind, what is lost is booked to the adapter and never to the system, and is no more than what was in hand. Prints what is not so."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

MUSTER = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
IN_FLIGHT = 4
RUN = ["run", "--profile", "validator-4774", "--test-time", "2026-11-28T12:00:00Z", "--select", "id:reads-label*restricted* id:reads-label*secret*",
       "--short", "--out", "run"]
# A mode; how the reason begins of what is lost ("": nothing is); how many cases are lost at most (0: all of them, as nothing
# can be asked); the exit status of the run. A case that breaks it alone is lost; where it breaks over several none need be.
EITHER = (1, 3)
MODES = [
    ("ends-at-once", "adapter:", 0, 3),
    ("wrong-echo", "adapter:", 0, 3),
    ("knows-everything", "adapter:", 0, 3),
    ("claims-everything-and-does-nothing", "adapter:", 0, 3),
    ("answers-twice", "adapter:protocol", IN_FLIGHT, EITHER),
    ("says-a-name-twice", "adapter:framing", 1, EITHER),
    ("says-ok-and-nothing", "adapter:protocol", 1, EITHER),
    ("unsupported-after-an-effect", "adapter:adapter-fault", 1, 3),
    ("floods-events", "", 0, 1),
    ("grandchild-keeps-the-pipe", "timeout:label.parse", IN_FLIGHT, 3),
    ("closes-its-input", "adapter:crash", 1, EITHER),
    ("out-of-order", "", 0, 1),
    ("slowly", "", 0, 1),
    ("does-not-leave", "", 0, 1),
]
# Named in a SUT file: an adapter of --adapter is greeted before there is a run.
SUT = """<sut xmlns="urn:muster:sut:1" id="hostile" name="Hostile" version="1" owner="Exercise Nation A">
  <adapter id="a" command="{python} {path} {mode}" in-flight="{at_once}"/><role name="validator" adapter="a"/><claim capability="label.4774"/>
</sut>
"""
failed = []


def expect(good, what):
    if not good:
        failed.append(what)
        print("not so: " + what, flush=True)


def left_over(word):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if word.encode() in f.read():
                    found.append(pid)
        except OSError:
            continue
    return found


def adapter():
    """The template, with what says its replies replaced."""
    whole = open(os.path.join(ROOT, "fixtures/adapters/python/adapter.py"), encoding="utf-8").read()
    more = open(os.path.join(HERE, "hostile_adapter.py"), encoding="utf-8").read()
    head, tail = whole.split('stdio = "--sap-stdio"')
    says = '        said.write(json.dumps(reply, separators=(",", ":")).encode() + b"\\n")\n        said.flush()\n'
    assert says in tail, "the template says its replies as it did"
    tail = tail.replace(says, "        emit(json.loads(line).get('op'), reply)\n")
    return head.replace('"max_inflight": 32', f'"max_inflight": {IN_FLIGHT}') + "import select\n" + more + '\nstdio = "--sap-stdio"' + tail


def one(row, folder, program, honest, at_once=IN_FLIGHT):
    mode, reason, lost, status = row
    home = os.path.join(folder, f"{mode}-{at_once}")
    os.mkdir(home)
    path = os.path.join(home, "adapter.py")
    with open(path, "w", encoding="utf-8") as f:
        f.write(program)
    with open(os.path.join(home, "sut.xml"), "w", encoding="utf-8") as f:
        f.write(SUT.format(python=sys.executable, path=path, mode=mode, at_once=at_once))
    done = subprocess.run([MUSTER, *RUN, "--sut", "sut.xml"], cwd=home, env=dict(os.environ, MUSTER_DATA=ROOT),
                          capture_output=True, text=True, timeout=300)
    with open(os.path.join(home, "run", "run.jsonl"), encoding="ascii") as f:
        events = [json.loads(line) for line in f]
    verdicts = {e["case"]: e for e in events if e["event"] == "verdict"}
    errors = [e for e in verdicts.values() if e["verdict"] == "error"]
    expect(events[-1]["event"] == "close" and len(verdicts) > 20, f"{mode}: the run comes to its end")
    expect(done.returncode == status or (status is EITHER and done.returncode == (3 if errors else 1)), f"{mode}: status {done.returncode}, not {status}: {done.stdout[-200:]}{done.stderr[-200:]}")
    expect(all(e["attribution"] == "adapter" for e in errors), f"{mode}: only the adapter is blamed: {({e['attribution'] for e in errors})}")
    broke = [e["reason"] for e in events if e["event"] == "adapter" and e["state"] == "broken"]
    expect(status is not EITHER or (broke and all(r.startswith(reason) for r in broke)), f"{mode}: it breaks: {broke}")
    expect((status is EITHER or bool(errors) == bool(reason)) and all(e["reason"].startswith(reason) for e in errors), f"{mode}: '{reason}', not {({e['reason'] for e in errors})}")
    if lost or not reason:
        expect(len(errors) <= lost, f"{mode}: {len(errors)} are lost, of {lost} in hand")
        other = {c: e["verdict"] for c, e in verdicts.items() if e["verdict"] not in ("error", honest.get(c)) and honest}
        expect(not other, f"{mode}: what is not lost is judged as ever: {other}")
    else:
        expect(not [e for e in verdicts.values() if e["verdict"] in ("pass", "fail", "remarks")], f"{mode}: nothing is judged")
    expect(not left_over(path), f"{mode}: it is gone")
    for e in errors if reason == "adapter:framing" else []:
        line = open(os.path.join(home, "run", e["evidence"]["folder"], "refused-1.txt"), encoding="ascii").read()
        expect('"ok":true,"ok":true' in line, f"{mode}: the line that broke it is kept: {line}")
    return {c: e["verdict"] for c, e in verdicts.items()}


def main():
    with tempfile.TemporaryDirectory() as folder:
        program = adapter()
        honest = one(("honest", "", 0, 1), folder, program, {})
        expect(sum(v == "pass" for v in honest.values()) > 20, f"without malice most of it passes: {len(honest)}")
        rows = [row for row in MODES if sys.argv[2:] in ([], [row[0]])]
        with concurrent.futures.ThreadPoolExecutor(4) as some:  # they mostly wait
            list(some.map(lambda row: one(row, folder, program, honest), rows))
        one(("says-a-name-twice", "adapter:framing", 1, 3), folder, program, honest, 1)
        expect(not left_over("sleep\x00" "7772"), "its grandchild is gone, too")
    return 1 if failed else 0


sys.exit(main())
