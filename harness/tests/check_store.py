"""check_store.py MUSTER - evidence of many cases in one cases.tar: the same files as in folders, read by any tar; the same reports; what
was touched is named, what strangers write does no harm, what was killed goes on. Prints each case; status 1 when one failed."""
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

MUSTER = os.path.abspath(sys.argv[1])
TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
WAIT = 120  # seconds for anything at all
ADAPTER = f"'{MUSTER}' twin --sap --sin accept-any-structure"
ASKED = ["-p", "validator-4774", "--adapter", ADAPTER, "--select", "id:reads-prefix* id:refuses-order*", "--nonce", "0123456789abcdef",
         "--test-time", "2026-11-23T10:15:00Z", "--short"]
failed = 0


def muster(*words):
    done = subprocess.run([MUSTER, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WAIT, cwd=TOP)
    return done.returncode, done.stdout


def check(what, holds, more=""):
    global failed
    failed += not holds
    print(("ok   " if holds else "FAIL ") + what + ("" if holds else f": {more}"), flush=True)


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write(data, *path):
    with open(os.path.join(*path), "wb") as file:
        file.write(data)


def events(run):
    return [json.loads(line) for line in read(run, "run.jsonl").splitlines()]


def named(run):
    """path: (digest, octets, at) of every file of a case."""
    return {f"{e['evidence']['folder']}/{f['name']}": (f["sha256"], f["octets"], f.get("at"))
            for e in events(run) if e["event"] == "verdict" for f in e["evidence"]["files"]}


def files(folder):
    return {os.path.relpath(os.path.join(d, f), folder): read(d, f) for d, _, fs in os.walk(os.path.join(folder, "cases")) for f in fs}


def rewrite(run, to, change):
    """A copy whose stream is another, and has the chain that belongs to it."""
    shutil.copytree(run, to, dirs_exist_ok=True)
    before, out = "", b""
    for event in events(run):
        event.pop("h")
        change(event)
        body = json.dumps(event, separators=(",", ":"))[:-1].encode()
        before = hashlib.sha256(before.encode() + b"\n" + body).hexdigest()
        out += body + b',"h":"' + before.encode() + b'"}\n'
    write(out, to, "run.jsonl")
    if os.path.exists(os.path.join(to, "manifest.json")):
        os.remove(os.path.join(to, "manifest.json"))


def of_verdict(change):
    def each(event):
        if event["event"] == "verdict":
            for file in event["evidence"]["files"]:
                change(file)
    return each


def the_same_files(work, run):
    status, said = muster("run", *ASKED, "--evidence", "tar", "-o", run)
    check("a run into a tar", status == 1 and f"evidence: {run}/cases.tar" in said and not os.path.exists(f"{run}/cases"), said)
    status, said = muster("run", *ASKED, "-o", f"{work}/f")
    check("a run into folders", status == 1 and "evidence:" not in said and not os.path.exists(f"{work}/f/cases.tar"), said)
    os.mkdir(f"{work}/x")
    done = subprocess.run(["tar", "-xf", f"{run}/cases.tar", "-C", f"{work}/x"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check("tar unpacks it and says nothing", done.returncode == 0 and done.stdout == b"", done.stdout)
    there, known = files(f"{work}/x"), named(run)
    check("what it makes is what the stream names", {p: hashlib.sha256(b).hexdigest() for p, b in there.items()}
          == {p: k[0] for p, k in known.items()} and len(there) > 60, len(there))
    check("and the folders of the other run", there.keys() == files(f"{work}/f").keys())
    with tarfile.open(f"{run}/cases.tar", errorlevel=2) as tar:
        check("tarfile reads it", {m.name: (m.size, m.offset_data) for m in tar} == {p: k[1:] for p, k in known.items()})
    for more in (["--no-evidence"], ["--no-content"]):
        status, said = muster("run", *ASKED, *more, "--evidence", "tar", "-o", f"{work}/never")
        check(f"--evidence with {more[0]} is refused", status == 2 and more[0] in said and not os.path.exists(f"{work}/never"), said)
    status, said = muster("run", *ASKED, "--evidence", "zip", "-o", f"{work}/never")
    check("--evidence zip is refused", status == 2 and "wants one of 'folders tar'" in said, said)


def the_same_reports(work, run):
    """The run as it would be with folders: its tar unpacked, and a stream that names no place in it."""
    rewrite(run, f"{work}/g", of_verdict(lambda f: f.pop("at")))
    os.remove(f"{work}/g/cases.tar")
    shutil.copytree(f"{work}/x/cases", f"{work}/g/cases")
    for name in ("t", "g"):
        status, said = muster("report", run if name == "t" else f"{work}/g", "--out", f"{work}/r{name}")
        check(f"reports of {name}", status == 0, said)
    head = re.compile(rb"[0-9a-f]{64}|" + b"|".join(str(len(read(r, "run.jsonl"))).encode() for r in (run, f"{work}/g")))
    for name in sorted(os.listdir(f"{work}/rt")):
        a, b = (read(work, r, name) for r in ("rt", "rg"))
        a = a.replace(b" in cases.tar", b"").replace(b' in="cases.tar"', b"").replace(b' evidence-in="cases.tar"', b"")
        a, b = (re.sub(rb"\n[^\n]*# as each case lists them under Evidence[^\n]*</pre>", b"", text) for text in (a, b))
        if name == "results.json":
            a = re.sub(rb',"at":\d+', b"", a)
        if name == "results.sarif":
            sarif = json.loads(a)["runs"][0]["results"]
            held = read(run, "cases.tar")
            check("SARIF points at the entry", len(sarif) > 0 and all(
                hashlib.sha256(held[r["byteOffset"]:r["byteOffset"] + r["byteLength"]]).hexdigest() == named(run)[s["properties"]["entry"]][0]
                for s in sarif for r in [s["locations"][0]["physicalLocation"]["region"]]))
            continue
        check(f"{name} is the same", head.sub(b"", a) == head.sub(b"", b))
    check("the page says where", b" in cases.tar</span>" in read(work, "rt", "report.html"))


def put(data, at, octets):
    return data[:at] + octets + data[at + len(octets):]


def what_was_touched(work, run):
    whole, path = read(run, "cases.tar"), f"{run}/cases.tar"
    folder = next(e["evidence"]["folder"] for e in events(run) if e["event"] == "verdict" and e["verdict"] == "fail")
    name = f"{folder}/steps.json"
    _, octets, at = named(run)[name]
    last = max(named(run).values(), key=lambda k: k[2])
    end = last[2] + (last[1] + 511) // 512 * 512
    extra = io.BytesIO()
    with tarfile.open(fileobj=extra, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("cases/9999/steps.json"))
    row = [
        ("an octet of an entry", put(whole, at + octets - 1, b"~"), f"^{name}: was changed: its SHA-256"),
        ("an octet of a header", put(whole, at - 500, b"~"), f"^{name}: its header or padding in cases.tar"),
        ("the time in a header", put(whole, at - 512 + 140, b"7"), f"^{name}: its header or padding in cases.tar"),
        ("an octet of padding", put(whole, at + octets, b"~"), f"^{name}: its header or padding in cases.tar"),
        ("an entry more", whole[:end] + extra.getvalue()[:512] + bytes(1024), f"^cases.tar: holds 1536 octets behind octet {end} "),
        ("a tail", whole + b"x", "^cases.tar: holds 1025 octets behind"),
        ("an end that is no end", put(whole, end + 100, b"x"), "^cases.tar: holds 1024 octets behind"),
        ("no end", whole[:end], "^cases.tar: was cut: it has no end"),
        ("cut in an entry", whole[:at + 1], f"^{name}: is not in cases.tar: it ends at octet {at + 1}"),
        ("nothing in it", b"", "^cases.tar: was cut: it has no end"),
        ("no tar", None, "^cases.tar: is gone"),
    ]
    for keep in (True, False):  # the manifest knows the digest of it all; and without one the stream knows each octet
        for what, data, says in row:
            os.remove(path)
            if data is not None:
                write(data, path)
            status, said = muster("verify", "--no-judge", run)
            check(f"{what} ({'with' if keep else 'without'} manifest)", status == 1 and re.search(says, said, re.M), said)
            if keep and what in ("cut in an entry", "no tar", "an octet of an entry"):
                status, said = muster("report", run, "-f", "html", "--out", f"{work}/rr")
                page = read(work, "rr", "report.html")
                check(f"{what}: the report says so", status == 0 and (b"cases.tar is not there" in page or b"is not as it was recorded" in page
                                                                      or b"cannot be in cases.tar: it ends" in page), said)
            write(whole, path)
        status, said = muster("verify", "--no-judge", run)
        check("and as it was", (status == 0) == keep and "cases.tar" not in said, said)
        if keep:
            os.rename(f"{run}/manifest.json", f"{work}/manifest.json")
    os.rename(f"{work}/manifest.json", f"{run}/manifest.json")
    status, said = muster("verify", run)
    check("it is judged again", status == 0 and "judged again from what is stored" in said, said)


def what_strangers_write(work, run):
    size = len(read(run, "cases.tar"))
    case = next(e["case"] for e in events(run) if e["event"] == "verdict" and e["verdict"] == "fail")
    row = [(what, lambda f, n=n: f.update(at=n)) for what, n in
           [("behind the end", size + 5120), ("negative", -512), ("odd", 513), ("one", 1), ("huge", 2 ** 63 - 512), ("huger", 2 ** 62), ("the same", 512)]]
    row += [("octets negative", lambda f: f.update(octets=-1)), ("octets huge", lambda f: f.update(octets=2 ** 63 - 1)),
            ("octets of all", lambda f: f.update(octets=size)), ("text", lambda f: f.update(at="512")), ("a list", lambda f: f.update(at=[512])),
            ("a fraction", lambda f: f.update(at=512.5)), ("a name of another", lambda f: f.update(name="sent-1.eml"))]
    for what, change in row:
        rewrite(run, f"{work}/s", of_verdict(change))
        some = [["merge", f"{work}/s", "-o", f"{work}/sm"], ["shrink", f"{work}/s", case, "--out", f"{work}/never"]]
        for words in [["report", f"{work}/s", "-f", "html", "--out", f"{work}/sr"], ["verify", "--no-judge", f"{work}/s"],
                      *(some if what in ("negative", "huge", "octets huge", "a name of another") else [])]:
            status, said = muster(*words)
            fine = {"report": (0,), "verify": (1,), "merge": (2,), "shrink": (2,)}[words[0]]
            check(f"{what}: {words[0]}", status in fine and "signal" not in said and not os.path.exists(f"{work}/sm"), f"{status} {said[-500:]}")
    os.remove(f"{work}/s/cases.tar")
    os.symlink(f"{run}/cases.tar", f"{work}/s/cases.tar")
    status, said = muster("verify", "--no-judge", f"{work}/s")
    check("a link for a tar", status == 1 and "cases.tar: is gone, or is no plain file" in said, said)
    os.remove(f"{work}/s/cases.tar")
    os.mkfifo(f"{work}/s/cases.tar")
    status, said = muster("verify", "--no-judge", f"{work}/s")
    check("a pipe for a tar", status == 1 and "cases.tar: is gone, or is no plain file" in said, said)
    status, said = muster("report", f"{work}/s", "-f", "html", "--out", f"{work}/sr")
    check("a report of it", status == 0, said)


def what_is_merged(work, run):
    parts = []
    for n, how in ((1, "tar"), (2, "folders")):
        parts.append(f"{work}/m{n}")
        status, said = muster("run", *ASKED, "--shard", f"{n}/2", "--evidence", how, "-o", parts[-1])
        check(f"shard {n}, {how}", status in (0, 1), said)
    for out, more in (("mf", []), ("mt", ["--evidence", "tar"]), ("mg", ["--evidence", "folders"])):
        source = parts if out != "mg" else [f"{work}/mt"]
        status, said = muster("merge", *source, *more, "-o", f"{work}/{out}", "--short")
        check(f"merge {' '.join(more)}", status == 0, said)
        status, said = muster("verify", "--no-judge", f"{work}/{out}")
        check("nothing differs in it", status == 0 and "nothing differs" in said, said)
    check("one has a tar, the others have folders", [os.path.exists(f"{work}/{m}/cases.tar") for m in ("mf", "mt", "mg")] == [False, True, False])
    check("a merge of a merge is the same", read(work, "mf", "run.jsonl") == read(work, "mg", "run.jsonl"))
    os.mkdir(f"{work}/mx")
    subprocess.run(["tar", "-xf", f"{work}/mt/cases.tar", "-C", f"{work}/mx"], check=True)
    check("and the files are", files(f"{work}/mx") == files(f"{work}/mf") == files(f"{work}/mg"))


def what_is_killed(work, run):
    """At several places, and with what a killed run may leave behind what the stream names."""
    cases = sum(e["event"] == "verdict" for e in events(run))
    whole = read(run, "run.jsonl").splitlines(keepends=True)
    verdicts = [i for i, line in enumerate(whole) if line.startswith(b'{"event":"verdict"')]
    for what, upto, behind in (("nothing judged", verdicts[0], b""), ("half", verdicts[len(verdicts) // 2] + 1, b"cases/half an entry"),
                               ("all but the end", verdicts[-1] + 1, bytes(512)), ("a whole entry more", verdicts[3] + 1, None)):
        k = f"{work}/k"
        shutil.rmtree(k, ignore_errors=True)
        os.mkdir(k)
        write(b"".join(whole[:upto]), k, "run.jsonl")
        ends = [f[2] + (f[1] + 511) // 512 * 512 for f in named(k).values()] if upto > verdicts[0] else [0]
        write(read(run, "cases.tar")[:max(ends)] + (read(run, "cases.tar")[max(ends):max(ends) + 4096] if behind is None else behind), k, "cases.tar")
        with open(f"{k}/run.jsonl", "ab") as file:
            file.write(b'{"event":"ver')
        status, said = muster("run", *ASKED, "--resume", k)
        check(f"{what}: it goes on", status == 1, said)
        status, said = muster("verify", "--no-judge", k)
        check("and is whole", status == 0 and f"{cases} verdicts" in said, said)
        done = subprocess.run(["tar", "-tf", f"{k}/cases.tar"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        check("for tar, too", done.stderr == "" and sorted(done.stdout.split()) == sorted(named(k)), done.stderr)


def a_lost_end(work, run):
    """What the stream names and nobody has any more is said to be lost; the rest is as it should be, and the run comes to its end."""
    cases = sum(e["event"] == "verdict" for e in events(run))
    stream = b"".join(read(run, "run.jsonl").splitlines(keepends=True)[:-20])
    for what, left in (("a few octets", -700), ("most of it", 5120), ("all of it", 0), ("the file itself", None)):
        k = f"{work}/l"
        shutil.rmtree(k, ignore_errors=True)
        os.mkdir(k)
        write(stream, k, "run.jsonl")
        before = named(k)
        end = max(a + (o + 511) // 512 * 512 for _, o, a in before.values())
        if left is not None:
            write(read(run, "cases.tar")[:end][:left], k, "cases.tar")
        there = 0 if left is None else os.path.getsize(f"{k}/cases.tar")
        status, said = muster("run", *ASKED, "--resume", k)
        check(f"{what} of the tar is lost: the run goes on", status == 1, said)
        lost = {p for p, (_, o, a) in before.items() if a + (o + 511) // 512 * 512 > there}
        status, said = muster("verify", "--no-judge", k)
        gone = {line.split(":")[0] for line in said.splitlines() if line.startswith("cases/")}
        check("verify names what is lost, and nothing else", status == 1 and gone == lost and f"{cases} verdicts" in said, said)
        check("the stream says so", any("had lost its end" in e.get("text", "") for e in events(k)))
        done = subprocess.run(["tar", "-tf", f"{k}/cases.tar"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        check("tar finds the rest", done.stderr == "" and set(done.stdout.split()) == set(named(k)) - lost | {"cases/lost"}, (done.stderr, set(done.stdout.split()) ^ (set(named(k)) - lost)))


def killed_while_it_goes(work):
    """A real SIGKILL, when there is something in the tar."""
    k = f"{work}/kk"
    many = [w if not w.startswith("id:") else "id:reads-* id:refuses-*" for w in ASKED]
    child = subprocess.Popen([MUSTER, "run", *many, "--evidence", "tar", "-o", k], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=TOP)
    until = time.monotonic() + WAIT
    while child.poll() is None and time.monotonic() < until:
        if os.path.exists(f"{k}/cases.tar") and os.path.getsize(f"{k}/cases.tar") > 0:
            child.send_signal(signal.SIGKILL)
            break
        time.sleep(0.001)
    child.wait()
    if child.returncode != -signal.SIGKILL:
        check("the run was faster than we are", True)
        return
    known, size = named(k) if b'"verdict"' in read(k, "run.jsonl") else {}, os.path.getsize(f"{k}/cases.tar")
    check("what the stream names is in the tar", all(a + o <= size for _, o, a in known.values()))
    status, said = muster("run", *many, "--resume", k)
    check("it goes on", status == 1, said)
    status, said = muster("verify", "--no-judge", k)
    check("and is whole", status == 0, said)


def main():
    with tempfile.TemporaryDirectory(prefix="muster-store-") as work:
        run = f"{work}/t"
        the_same_files(work, run)
        the_same_reports(work, run)
        what_was_touched(work, run)
        what_strangers_write(work, run)
        what_is_merged(work, run)
        what_is_killed(work, run)
        a_lost_end(work, run)
        killed_while_it_goes(work)
    sys.exit(1 if failed else 0)


main()
