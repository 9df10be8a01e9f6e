"""check_merge.py MUSTER - shards of real runs, against the bundled twin over mail and behind an adapter, merged and held
to the whole run; conflicts, notes and what people type wrong. Prints each case; ends with status 1 when one failed."""
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

MUSTER = os.path.abspath(sys.argv[1])
TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
WAIT = 120  # seconds for anything at all
TIME = ["--test-time", "2026-11-23T10:15:00Z"]
failed = 0


def muster(*words):
    done = subprocess.run([MUSTER, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WAIT, cwd=TOP)
    return done.returncode, done.stdout


def check(what, holds, more=""):
    global failed
    failed += not holds
    print(("ok   " if holds else "FAIL ") + what + ("" if holds else f": {more}"), flush=True)


def read(folder, name="run.jsonl"):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def results(folder):
    return json.loads(read(folder, "results.json"))


def rows(folder):
    """What a reader of the report goes by: names in order, verdicts, reasons, folders."""
    return [(i["name"], i["verdict"], i.get("reason"), i.get("expectation"), [a.get("folder") for a in i["attempts"]])
            for i in results(folder)["results"]]


def summary(folder):
    report = results(folder)
    return {k: report[k] for k in ("counts", "planned", "known", "unseen", "exit", "state", "not_run", "new_failures", "stale")}


def evidence_holds(folder):
    for line in read(folder).splitlines():
        evidence = json.loads(line).get("evidence")
        for file in evidence["files"] if evidence else []:
            if hashlib.sha256(read(folder, f"{evidence['folder']}/{file['name']}")).hexdigest() != file["sha256"]:
                return False
    return True


def chain_holds(folder):
    before = ""
    for line in read(folder).splitlines():
        body, mark, rest = line.rpartition(b',"h":"')
        if hashlib.sha256(before.encode() + b"\n" + body).hexdigest() != rest[:-2].decode():
            return False
        before = rest[:-2].decode()
    return True


def shards_are_the_whole(work, what, options):
    """n = 3, merged in two orders and in two steps."""
    def run(name, *more):
        return muster("run", *options, *TIME, "--short", "-o", f"{work}/{name}", *more)

    status, said = run("whole")
    check(f"{what}: the whole run", status in (0, 1), said)
    for i in (1, 2, 3):
        status, said = run(f"s{i}", "--shard", f"{i}/3")
        check(f"{what}: shard {i}", status in (0, 1) and f"shard    {i} of 3" in said, said)
    s1, s2, s3 = (f"{work}/s{i}" for i in (1, 2, 3))
    status, said = muster("merge", s3, s1, s2, "-o", f"{work}/m")
    check(f"{what}: merged", status == 0, said)
    check(f"{what}: the same results in the same order", rows(f"{work}/whole") == rows(f"{work}/m"))
    check(f"{what}: the same counts", summary(f"{work}/whole") == summary(f"{work}/m"), summary(f"{work}/m"))
    check(f"{what}: every instance ran in one shard at least",
          sum(results(s)["planned"] for s in (s1, s2, s3)) >= results(f"{work}/whole")["planned"] > results(s1)["planned"])
    check(f"{what}: evidence and chain hold", evidence_holds(f"{work}/m") and chain_holds(f"{work}/m"))
    status, said = muster("verify", f"{work}/m")
    check(f"{what}: judged again, with what each run made its questions of", status == 0 and (what == "mail" or ", 0 rest on" in said), said)
    status, said = muster("merge", s1, s2, "-o", f"{work}/m12", "--short")
    check(f"{what}: a shard is missing", status == 6 and "3 of 3" in said, f"{status} {said}")
    muster("merge", f"{work}/m12", s3, s1, "-o", f"{work}/m123", "--short")
    check(f"{what}: in two steps the same bytes", read(f"{work}/m123") == read(f"{work}/m"))
    status, said = muster("merge", f"{work}/m", s1, s2, s3, "-o", f"{work}/m")
    check(f"{what}: again changes nothing", status == 0 and "already" in said, said)


def over_mail(work):
    pki, ready, box = f"{work}/pki", f"{work}/ready", f"{work}/Maildir"
    muster("pki", "new", pki)
    twin = subprocess.Popen([MUSTER, "twin", "--role", "receiver", "--listen", "127.0.0.1:0", "--pki", pki, "--maildir", box,
                             "--ready", ready], cwd=TOP)
    try:
        end = time.monotonic() + WAIT
        while not (os.path.exists(ready) and os.path.getsize(ready)) and time.monotonic() < end and twin.poll() is None:
            time.sleep(0.02)
        with open(f"{work}/sut.xml", "w") as file:
            file.write(f"""<sut xmlns="urn:muster:sut:1" id="twin" name="Twin" version="1" owner="Exercise Nation A">
  <role name="receiver">
    <deliver-to carrier="smtp" address="{open(ready).read().strip()}" tls-name="localhost"/>
    <observe carrier="maildir" path="{box}"/>
    <mail to="store+{{token}}@nato.test" from="muster+{{token}}@eu.test"/>
  </role>
  <identity certificate="{pki}/sender.chain.pem" key="{pki}/sender.key"/>
  <trust anchors="{pki}/ca.pem" crl="{pki}/crl.pem"/>
  <pki folder="{pki}"/>
  <claim capability="starttls"/>
  <claim capability="client-certificate"/>
  <claim capability="label.require"/>
  <claim capability="label.validate"/>
</sut>
""")
        shards_are_the_whole(work, "mail", ["-p", "mail-sio-4774", "-s", f"{work}/sut.xml",
                                            "--select", "id:receiver-* rule:SIO-0* rule:L74-*"])
    finally:
        twin.kill()
        twin.wait()


ADAPTER = ["-p", "validator-4774", "--select", "id:refuses-unknown-value* id:reads-hidden-*"]


def conflicts(work):
    good = ["--adapter", f"{MUSTER} twin --sap"]
    bad = ["--adapter", f"{MUSTER} twin --sap --sin lenient", "--seed", "2"]
    muster("run", *ADAPTER, *good, *TIME, "--short", "-o", f"{work}/good")
    muster("run", *ADAPTER, *bad, *TIME, "--short", "-o", f"{work}/bad")
    status, said = muster("merge", f"{work}/good", f"{work}/bad", "-o", f"{work}/both")
    check("conflict: status 1, and both are named", status == 1 and "; fail stands" in said and "the seeds" in said, said)
    muster("merge", f"{work}/bad", f"{work}/good", "-o", f"{work}/other", "--short")
    check("conflict: the order does not matter", read(f"{work}/both") == read(f"{work}/other"))
    status, said = muster("verify", f"{work}/both")
    check("conflict: either verdict is judged again by its own run", status == 0, said)
    report = results(f"{work}/both")
    twice = [i for i in report["results"] if len(i["attempts"]) == 2]
    check("conflict: the worst stands, and both attempts with the runs they are of",
          twice and all(i["verdict"] == "fail" and len({a["source"] for a in i["attempts"]}) == 2 for i in twice))
    check("conflict: in every format", len(report["conflicts"]) == len(twice) + 1
          and all(b"fail stands" in read(f"{work}/both", name) for name in ("report.html", "junit.xml", "results.tap", "model.xml")))
    status, said = muster("merge", f"{work}/good", f"{work}/s1", "-o", f"{work}/x")
    check("another selection is refused", status == 2 and "digest of their plan" in said, said)


def notes(work):
    run = f"{work}/good"
    before = read(run)
    case = next(i["name"] for i in results(run)["results"] if i["verdict"] == "pass")
    by = ["--by", "Exercise Nation B", "--why", "seen otherwise"]
    for what, words, status, says in [
        ("a pattern", ["refuses*", "--dispute", *by], 2, "a pattern"),
        ("a slip", [case[:-3] + "]", "--dispute", *by], 2, "did you mean"),
        ("a number too high", ["99999", "--dispute", *by], 2, "no case number"),
        ("a case of many instances", [case.split("[")[0], "--dispute", *by], 2, "instances; say which"),
        ("no kind", [case, *by], 2, "wants one of --dispute"),
        ("two kinds", [case, "--dispute", "--withdraw", *by], 2, "not several"),
        ("nobody", [case, "--dispute", "--why", "x"], 2, "wants --by"),
        ("no reason", [case, "--dispute", "--by", "x", "--why", "  "], 2, "wants --why"),
        ("two lines", [case, "--dispute", "--by", "x", "--why", "a\nb"], 2, "one line"),
        ("a control character", [case, "--dispute", "--by", "\x1b[2J", "--why", "a"], 2, "cannot be seen"),
        ("a name turned round", [case, "--dispute", "--by", "\u202eevil", "--why", "a"], 2, "cannot be seen"),
        ("too long", [case, "--dispute", "--by", "x", "--why", "y" * 2001], 2, "at most 2000"),
        ("no verdict", [case, "--override", "passed", *by], 2, "did you mean 'pass'"),
        ("the same verdict", [case, "--override", "pass", *by], 2, "is pass already"),
        ("nothing to withdraw", [case, "--withdraw", *by], 2, "nothing to withdraw"),
    ]:
        got, said = muster("note", run, *words)
        check(f"note: {what} is refused", got == status and says in said, said)
    check("note: nothing was written", read(run) == before)
    with open(f"{run}/run.lock", "r+") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        got, said = muster("note", run, case, "--dispute", *by)
        check("note: a run that goes on is refused", got == 2 and "still going on" in said, said)
    got, said = muster("note", run, case, "--override", "fail", *by)
    check("note: an override", got == 0 and read(run).startswith(before) and chain_holds(run), said)
    check("note: both verdicts in every format",
          all(b"overridden, fail instead of pass" in read(run, name)
              for name in ("junit.xml", "results.tap", "model.xml"))
          and b"overridden: fail" in read(run, "summary.txt") and b"<td>pass</td><td>override</td><td>fail</td>" in read(run, "report.html"))
    report = results(run)
    opinion = next(i for i in report["results"] if i["name"] == case)
    check("note: the verdict stays", opinion["verdict"] == "pass" and opinion["opinions"][0]["verdict"] == "fail"
          and report["overridden"] == 1 and report["state"] == "complete" and report["exit"] == 0, opinion)
    got, said = muster("note", run, case, "--withdraw", *by)
    report = results(run)
    check("note: withdrawn, and still to be seen", got == 0 and report["overridden"] == 0
          and next(i for i in report["results"] if i["name"] == case)["opinions"][0]["withdrawn"], said)
    page = read(run, "report.html")
    open(f"{run}/manifest.cms", "w").close()
    got, said = muster("note", run, case, "--dispute", *by)
    check("note: reports of a signed run stay", got == 0 and "--out DIR" in said and read(run, "report.html") == page, said)
    got, said = muster("merge", run, f"{work}/bad", "-o", f"{work}/noted", "--short")
    check("note: it goes along into a merge", read(f"{work}/noted").count(b'"event":"note","case":') == 3, said)


with tempfile.TemporaryDirectory(prefix="muster-merge-") as folder:
    for test in ("mail", "adapter"):
        os.mkdir(f"{folder}/{test}")
    over_mail(f"{folder}/mail")
    shards_are_the_whole(f"{folder}/adapter", "adapter", ["-p", "validator-4774", "--adapter", f"{MUSTER} twin --sap",
                                                          "--select", "id:reads-prefix* id:refuses-order* id:refuses-root*"])
    conflicts(f"{folder}/adapter")
    notes(f"{folder}/adapter")
sys.exit(failed > 0)
