"""check_exchange.py MUSTER - systems whose ports nobody knows beforehand, and what a relay says of itself.

The relay of fixtures/sut/pyrelay opens its own port, is told its next hop, falls over and opens another one, and gives
a true account and wrong ones; an adapter of a few lines answers 'open' in every way that it must not. What goes wrong
there is the adapter's, what the relay says wrongly is the relay's. Prints what went wrong and ends with status 1."""
import concurrent.futures
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

MUSTER = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "fixtures/sut/pyrelay")
PASSES, BLOCKS, QUARANTINES = "relay-keeps-label", "relay-refuses-unlabelled", "relay-refuses-second-label[label=restricted,*"
failed = []


def expect(good, what):
    if not good:
        failed.append(what)
        print("not so: " + what)


def muster(*words, data=ROOT):
    return subprocess.run([MUSTER, *words], env=dict(os.environ, MUSTER_DATA=data), capture_output=True, text=True, timeout=240)


class Run:
    def __init__(self, work, name, command, select, *more, claims="label.require", address="127.0.0.1:0", data=ROOT):
        self.out, sut = os.path.join(work, name), os.path.join(work, name + ".xml")
        with open(os.path.join(FOLDER, "pyrelay.xml.in"), encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r'command="[^"]*"', lambda _: f'command="{command}"', text)
        text = re.sub(r"\s*<claim [^>]*>|\s*<expectations [^>]*>", "", text).replace("</sut>", f'  <claim capability="{claims}"/>\n</sut>')
        text = text.replace("127.0.0.1:0", address, 1).replace("@PKI@", work + "/pki").replace("@VERSION@", "1")
        with open(sut, "w", encoding="utf-8") as f:
            f.write(text)
        done = muster("run", "--profile", "mail-sio-4774", "--sut", sut, "--out", self.out, "--select", select, "--short", *more, data=data)
        self.status, self.said = done.returncode, done.stdout + done.stderr
        self.events = []
        if os.path.exists(self.out + "/run.jsonl"):
            with open(self.out + "/run.jsonl", encoding="ascii") as f:
                self.events = [json.loads(line) for line in f]
        self.verdicts = [e for e in self.events if e["event"] == "verdict"]
        self.ports = re.findall(r"opened port (\d+) at 127\.0\.0\.1", json.dumps(self.events))

    def of(self, verdict):
        return [e for e in self.verdicts if e["verdict"] == verdict]

    def stat(self):
        """What was held against the relay's account, by case."""
        return {e["case"].split("[")[0]: (e["expected"], e["seen"])
                for e in self.events if e["event"] == "finding" and "the relay " in e["seen"]}


def relay(work, *words):
    return " ".join(["python3", f"'{FOLDER}/adapter.py'", f"'{work}/pki'", *words])


def end_to_end(work):
    run = Run(work, "honest", relay(work), f"id:{PASSES} id:{BLOCKS} id:{QUARANTINES}", "--unclaimed")
    expect(run.status == 0 and len(run.of("pass")) >= 6, f"it relays: {run.said}")
    expect(len(run.ports) == 1 and int(run.ports[0]) > 0, f"one port was opened: {run.ports}")
    expect(not run.stat(), f"its account is true: {run.stat()}")
    with open(run.out + "/adapters/python/adapter-1.log", encoding="utf-8") as f:
        log = f.read()
    where = re.findall(r"listen-1: listen 127\.0\.0\.1 (\d+)\n|(connect-1): connect 127\.0\.0\.1 [1-9]\d*\n|(listen-1|connect-1): closed\n", log)
    expect(len(where) == 4 and where[0][0] == run.ports[0], f"both ends are opened, and closed before bye: {log}")
    with open(os.path.join(run.out, "cases/0001/steps.json"), encoding="utf-8") as f:
        expect("the relay says: delivered" in f.read(), "what it said stands with the steps")
    run = Run(work, "footer", relay(work, "--footer"), f"id:{PASSES}")
    expect(run.of("pass") and not run.stat(), f"who changes a text and says so has a true account: {run.stat()}")
    expect("the relay says: altered" in open(os.path.join(run.out, "cases/0001/steps.json"), encoding="utf-8").read(), "and says so")


LIES = {  # by what it lies about: the case that shows it, what is true, what it says instead
    "passed": [(PASSES, "delivered", "the relay says: withheld")],
    "blocked": [(BLOCKS, "rejected", "the relay says: delivered"), (QUARANTINES, "quarantined", "the relay says: delivered")],
    "changed": [(PASSES, "altered", "the relay says: delivered")],
    "nothing": [(PASSES, "delivered", "the relay knows nothing of it")],
}


def lies(work, lie):
    run = Run(work, f"lie-{lie}", relay(work, "--lie", lie), " ".join(f"id:{row[0]}" for row in LIES[lie]), "--unclaimed")
    for case, true, said in LIES[lie]:
        told = run.stat().get(case.split("[")[0], ("", ""))
        expect(true in told[0] and told[1].startswith(said), f"--lie {lie} is found by {case}: {told} {run.said[-300:]}")
    expect(all(e["attribution"] == "relay" for e in run.of("fail")) and run.of("fail") and not run.of("error"), f"--lie {lie} is the relay's: {run.said[-300:]}")


def restart(work):
    run = Run(work, "crash", relay(work, "--crash-after", "3"), f"id:{PASSES}", "-j", "1")
    lost = [e for e in run.verdicts if e["verdict"] != "pass"]
    expect(len(run.of("pass")) > len(lost) >= 2, f"the run goes on: {run.said}")
    expect(all((e["verdict"], e["attribution"]) == ("error", "adapter") and e["reason"].startswith("adapter:") for e in lost), f"only the adapter is blamed: {lost}")
    broken = [e for e in run.events if e["event"] == "adapter" and e["state"] == "broken"]
    expect(len(lost) <= len(broken), f"only the case that runs is lost: {len(lost)} cases, {len(broken)} crashes")
    expect(len(run.ports) >= len(broken) and len(set(run.ports)) > 1, f"each life has a port of its own: {run.ports}")
    expect(run.status == 3, f"that is trouble: {run.status}")


HOSTILE = """
import json, os, socket, sys, time
REPLIES, KEPT = json.loads(sys.argv[1]), []
own = os.environ["MUSTER_SAP_DIR"]  # which outlives it
lives = len(os.listdir(own))
REPLY = REPLIES[lives % len(REPLIES)]
open(os.path.join(own, str(lives)), "w").close()
with open(3) as asked, open(4, "w") as said:
    for line in asked:
        ask = json.loads(line)
        reply = {"id": ask["id"], "ok": True, "result": {}}
        if ask["op"] == "hello":
            reply["result"] = {"sap": 1, "adapter": {"name": "h", "version": "1"}, "sut": {"name": "h", "version": "1", "build": "1"}, "roles": ["relay"],
                               "max_inflight": 8, "isolation": "op", "caps": {"label.require": {}, "open": {}, "relay.stat": {}}}
        elif ask["op"] == "probe":
            reply["result"] = {"data": ask["data"]} if ask["kind"] == "echo" else {"unix_ms": int(time.time() * 1000)}
        elif ask["op"] == "configure":
            reply["result"] = {"installed": []}
        elif ask["op"] == "relay.stat":
            reply["result"] = {"messages": []}
        elif ask["op"] == "open" and ask["mode"] == "listen":
            if REPLY == "silent":
                continue
            if REPLY == "dies":
                sys.exit(0)
            reply.update(REPLY)
            if reply.get("result", {}).get("port") == "free":
                with socket.create_server(("127.0.0.1", 0)) as s:
                    reply["result"]["port"] = s.getsockname()[1]
            elif reply.get("result", {}).get("port") == "got":
                KEPT.append(socket.create_server(("127.0.0.1", 0)))
                reply["result"]["port"] = KEPT[-1].getsockname()[1]
        elif ask["op"] == "open":
            reply["result"] = {"host": ask["host"], "port": ask["port"]}
        elif ask["op"] not in ("begin", "end", "close", "reset", "cancel", "bye"):
            reply.update({"ok": False, "error": {"code": "unsupported", "message": "no", "cap": ask["op"]}})
        if not reply["ok"]:
            del reply["result"]
        said.write(json.dumps(reply) + "\\n")
        said.flush()
        if ask["op"] == "bye":
            break
"""


def answer(host, port):
    return {"result": {"host": host, "port": port}}


def error(code):
    return {"ok": False, "error": {"code": code, "message": "no", "cap": "open"}}


ANSWERS = [  # to open, one a life, and the reason why the life ends; a program that fails thrice is given up
    (answer("127.0.0.1", 0), "adapter:endpoint"),
    (answer("127.0.0.1", 70000), "adapter:endpoint"),
    (answer("127.0.0.1", -1), "adapter:protocol"),
    (answer("127.0.0.1", "25"), "adapter:protocol"),
    (answer("127.0.0.2", "got"), "adapter:endpoint"),
    (answer("192.0.2.1", 25), "adapter:endpoint"),
    (answer("localhost", "got"), "adapter:endpoint"),
    (answer("", "got"), "adapter:endpoint"),
    ({"result": {}}, "adapter:protocol"),
    (error("unsupported"), "adapter:capabilities"),
    (error("sut-unreachable"), "adapter:sut-unreachable"),
    ("silent", "timeout:open"),
    ("dies", "adapter:crash"),
    (answer("127.0.0.1", 25.5), "adapter:protocol"),
    (answer("127.0.0.1", 1 << 40), "adapter:endpoint"),
]


def hurried(work):
    """The same data with a profile in which nobody has long to answer."""
    data = os.path.join(work, "data")
    os.makedirs(data + "/profiles")
    for name in ("fixtures", "reports"):
        os.symlink(os.path.join(ROOT, name), os.path.join(data, name))
    for name in os.listdir(ROOT + "/profiles"):
        if name != "mail-sio-4774":
            os.symlink(os.path.join(ROOT, "profiles", name), os.path.join(data, "profiles", name))
    shutil.copytree(ROOT + "/profiles/mail-sio-4774", data + "/profiles/mail-sio-4774")
    path = data + "/profiles/mail-sio-4774/profile.xml"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    expect('name="operation-ms" value="5000"' in text, "the profile gives 5 s for an operation")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace('name="operation-ms" value="5000"', 'name="operation-ms" value="400"'))
    return data


def hostile_command(work, *replies):
    quoted = json.dumps(replies).replace("&", "&amp;").replace('"', "&quot;")
    return f"python3 {work}/hostile.py '{quoted}'"


def hostile(work, data, first):
    rows = ANSWERS[first:first + 3]
    run = Run(work, f"hostile-{first}", hostile_command(work, *[row[0] for row in rows]), f"id:{PASSES}", "-j", "1", data=data)
    lives = [e["reason"] for e in run.events if e["event"] == "adapter" and e["state"] == "broken"]
    expect(lives == [row[1] for row in rows], f"open answered {[row[0] for row in rows]}: {lives}")
    expect(run.status == 3 and run.events and run.events[-1]["event"] == "close", f"the run ends: {run.status} {run.said[-300:]}")
    expect(len(run.verdicts) > 1 and len(run.of("error")) == len(run.verdicts), f"every case is an error: {run.said[-300:]}")
    expect(all(e["reason"] == rows[-1][1] and e["attribution"] == "adapter" for e in run.verdicts), f"for the last reason: {({e['reason'] for e in run.verdicts})}")
    expect(not [e for e in run.events if e["event"] == "start"], "and none of them begins")


def nobody(work):
    """A port that is one, but nobody is there: only whoever dials can know."""
    run = Run(work, "nobody", hostile_command(work, answer("127.0.0.1", "free")), f"id:{PASSES}", "-j", "1")
    expect(run.of("error") and len(run.of("error")) == len(run.verdicts), f"nobody is there: {run.said[-300:]}")
    expect({(e["reason"], e["attribution"]) for e in run.verdicts} == {("adapter:endpoint", "adapter")}, f"which is the adapter's: {run.said[-300:]}")


def elsewhere(work):
    """Where the SUT file names a port it is this one, and nobody is dialled who listens at another."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        run = Run(work, "elsewhere", hostile_command(work, answer("127.0.0.1", trap.getsockname()[1])), f"id:{PASSES}", "-j", "1", address="127.0.0.1:26999")
        trap.setblocking(False)
        try:
            trap.accept()
            caught = True
        except BlockingIOError:
            caught = False
    expect(not caught and {e["reason"] for e in run.verdicts} == {"adapter:endpoint"}, f"another port than the SUT file's is not dialled: {run.said[-300:]}")


CHECKS = [(answer("127.0.0.1", 0), "A81"), (answer("127.0.0.1", "free"), "A82"), (answer("127.0.0.1", "got"), "A86")]


def check(work, row):
    reply, wanted = row
    done = muster("adapter", "check", "--deadline", "500", "--format", "json", "python3", work + "/hostile.py", json.dumps([reply]))
    broken = [c["id"] for c in json.loads(done.stdout)["checks"] if c["state"] in ("breaks", "not-reached")]
    expect(wanted in broken and done.returncode == 1, f"open answered {reply}: adapter check finds {wanted} among {broken}")


def sut_files(work):
    for text, said in (('address="127.0.0.1:0" adapter="nobody"', "nobody"), ('address="127.0.0.1:0"', "port 0")):
        with open(work + "/bad.xml", "w", encoding="utf-8") as f:
            f.write('<sut xmlns="urn:muster:sut:1" id="b" name="b" version="1" owner="b">\n<role name="relay"><deliver-to carrier="smtp" '
                    + text + '/><collect-at carrier="smtp" address="127.0.0.1:0"/><mail to="a+{token}@a.test" from="b@b.test"/></role></sut>\n')
        done = muster("run", "--profile", "mail-sio-4774", "--sut", work + "/bad.xml", "--out", work + "/bad")
        expect(done.returncode == 2 and "bad.xml:2:" in done.stderr and said in done.stderr, f"{text}: {done.returncode} {done.stderr}")


def main():
    with tempfile.TemporaryDirectory(prefix="muster-exchange-") as work:
        muster("pki", "new", work + "/pki")
        with open(work + "/hostile.py", "w", encoding="utf-8") as f:
            f.write(HOSTILE)
        data = hurried(work)
        tasks = [(end_to_end, work), (restart, work), (elsewhere, work), (nobody, work), (sut_files, work)]
        tasks += [(lies, work, lie) for lie in LIES]
        tasks += [(hostile, work, data, first) for first in range(0, len(ANSWERS), 3)]
        tasks += [(check, work, row) for row in CHECKS]
        with concurrent.futures.ThreadPoolExecutor(4) as some:  # they mostly wait
            for done in [some.submit(*task) for task in tasks]:
                done.result()
    return 1 if failed else 0


sys.exit(main())
