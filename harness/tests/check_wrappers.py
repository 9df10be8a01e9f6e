"""check_wrappers.py MUSTER - the lines of docs/remote-adapters.md in which openssl, socat and stunnel stand in for the bridge, as they
are printed there, against whole runs over mutual TLS 1.3: what works, works, and what is said not to work is refused in
the words of that page. Prints each case; status 1 when one did not go so, 77 where a program is missing."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from check_bridge import WAIT, Bridge, Pki, free_port
from check_remote import ADAPTER, ROOT, Run

PAGE = os.path.join(ROOT, "harness/docs/remote-adapters.md")
SELECT = ("--select", "id:refuses-truncated", "--no-evidence")
taken = []


def port():
    """One that no case of ours has had."""
    found = free_port()
    while found in taken:
        found += 1
    taken.append(found)
    return found


def printed():
    """The command lines of the page's section, by a word that only one of them has."""
    with open(PAGE, encoding="utf-8") as f:
        section = f.read().split("## Without the bridge")[1].split("\n## ")[0]
    blocks = re.findall(r"```console\n(.*?)```", section, re.S)
    words = {"pipe": "mkfifo", "in": "EXEC:'openssl s_client", "out": "EXEC:'openssl s_server", "pass": "TCP-LISTEN"}
    found = {}
    for name, word in words.items():
        (block,) = [b for b in blocks if word in b]
        found[name] = re.sub(r"^\$ ", "", block, flags=re.M)
    return found


class Shell:
    """Lines of a shell in a folder that has what an operator has; all that they start ends with them."""

    def __init__(self, lines, folder, **places):
        for old, new in places.items():
            lines = lines.replace(old, new)
        self.process = subprocess.Popen(["sh", "-c", lines], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.said = self.process.communicate(timeout=WAIT)[1]


def listens(at):
    """Until somebody listens there, without knocking: a single-session server would take that for the harness."""
    until = time.monotonic() + WAIT
    wanted = ":%04X" % at
    while time.monotonic() < until:
        with open("/proc/net/tcp", encoding="ascii") as f:
            if any(line.split()[1].endswith(wanted) and line.split()[3] == "0A" for line in f.readlines()[1:]):
                return
        threading.Event().wait(0.02)
    raise AssertionError(f"nobody listens at {at}")


def operator(folder, pki):
    """What the operator of acme was handed."""
    home = os.path.join(folder, f"operator-{len(os.listdir(folder))}")
    os.mkdir(home)
    for name in ("ca.pem", "acme.pem", "acme.chain.pem", "acme.key"):
        shutil.copy(pki.file(name), home)
    shutil.copy(ADAPTER[-1], home)
    return home


def all_pass(run):
    assert set(run.verdicts.values()) == {"pass"} and len(run.verdicts) > 20, (run.told(), set(run.verdicts.values()))


def come_in(folder, pki, name):
    at = port()
    run = Run(folder, pki, {"acme": f'way="listen" address="127.0.0.1:{at}"'}, *SELECT)
    listens(at)
    places = {"192.0.2.1:7443": f"127.0.0.1:{at}", "192.0.2.1\\:7443": f"127.0.0.1\\:{at}"}
    with Shell(printed()[name], operator(folder, pki), **places):
        all_pass(run.end())


def named_pipe(folder, pki):
    come_in(folder, pki, "pipe")


def socat_in(folder, pki):
    come_in(folder, pki, "in")


def socat_out(folder, pki):
    at = port()
    with Shell(printed()["out"], operator(folder, pki), **{"192.0.2.7\\:7443": f"127.0.0.1\\:{at}"}):
        listens(at)
        all_pass(Run(folder, pki, {"acme": f'way="dial" address="127.0.0.1:{at}"'}, *SELECT).end())


def passed_on(folder, pki):
    at = port()
    with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "1", adapter=ADAPTER) as b:
        places = {"192.0.2.8:7443": "%s:%d" % b.address(), "TCP-LISTEN:7443": f"TCP-LISTEN:{at}", "192.0.2.7": "127.0.0.1"}
        with Shell(printed()["pass"], folder, **places):
            listens(at)
            all_pass(Run(folder, pki, {"acme": f'way="dial" address="127.0.0.1:{at}"'}, *SELECT).end())
            assert b.end() == 0, b.said


# Their own TLS: who dials, and what is said of it.
STUNNEL = """foreground = yes
pid =
syslog = no
[sap]
cert = acme.chain.pem
key = acme.key
CAfile = ca.pem
verifyChain = yes
sslVersionMin = TLSv1.3
"""
SOCAT_TLS = "cert=acme.chain.pem,key=acme.key,cafile=ca.pem,openssl-min-proto-version=TLS1.3"
OWN_TLS = [
    ("socat", False, "exec socat OPENSSL:127.0.0.1:AT,commonname=harness.muster.invalid," + SOCAT_TLS + " EXEC:'python3 adapter.py --sap-stdio'", ""),
    ("socat", True, "exec socat OPENSSL-LISTEN:AT,bind=127.0.0.1,reuseaddr,fork,verify=1," + SOCAT_TLS + " EXEC:'python3 adapter.py --sap-stdio'", ""),
    ("stunnel", True, "exec stunnel tunnel.conf", "accept = 127.0.0.1:AT\nexec = /usr/bin/env\nexecArgs = env python3 adapter.py --sap-stdio\n"),
    ("stunnel", False, "stunnel tunnel.conf & exec socat TCP:127.0.0.1:BESIDE,retry=200,interval=0.1 EXEC:'python3 adapter.py --sap-stdio'",
     "client = yes\naccept = 127.0.0.1:BESIDE\nconnect = 127.0.0.1:AT\n"),
]


def own_tls(folder, pki, program, dialled, lines, more):
    at, home = port(), operator(folder, pki)
    places = {"AT": str(at), "BESIDE": str(port()) if "BESIDE" in lines else ""}
    for old, new in places.items():
        more = re.sub(rf"\b{old}\b", new, more)
        lines = re.sub(rf"\b{old}\b", new, lines)
    with open(os.path.join(home, "tunnel.conf"), "w", encoding="ascii") as f:
        f.write(STUNNEL + more)
    says = f"the peer {'chose' if dialled else 'offers'} no application protocol (ALPN), and 'muster-sap/1' is wanted"
    if dialled:
        with Shell(lines, home):
            listens(at)
            run = Run(folder, pki, {"acme": f'way="dial" address="127.0.0.1:{at}"'}, *SELECT).end()
        assert says in run.told() and "adapter:tls" in run.told(), run.told()
        assert "pass" not in run.verdicts.values() and "fail" not in run.verdicts.values(), set(run.verdicts.values())
        return
    run = Run(folder, pki, {"acme": f'way="listen" address="127.0.0.1:{at}"'}, *SELECT)
    listens(at)
    with Shell(lines, home), open(os.path.join(run.out, "run.jsonl"), encoding="utf-8") as stream:
        seen, until = "", time.monotonic() + WAIT
        while says not in seen and time.monotonic() < until:
            seen += stream.read()
            threading.Event().wait(0.02)
        assert says in seen, seen[-500:]
    # The right one may still come.
    with Bridge(pki.dir, "--connect", f"127.0.0.1:{at}", "--sessions", "1", adapter=ADAPTER):
        all_pass(run.end())


CASES = {
    "openssl and a named pipe dial in": named_pipe,
    "socat and openssl dial in": socat_in,
    "socat and openssl are dialled": socat_out,
    "socat passes octets on": passed_on,
}
for row in OWN_TLS:
    CASES[f"the TLS of {row[0]} itself {'is dialled' if row[1] else 'dials in'}"] = lambda folder, pki, row=row: own_tls(folder, pki, *row)


def main():
    missing = [tool for tool in ("openssl", "socat", "stunnel") if shutil.which(tool) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} is not installed; ci/setup test installs it")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory(prefix="muster-wrappers-") as folder:
        pki = Pki(os.path.join(folder, "pki"))
        for name, case in CASES.items():
            try:
                case(folder, pki)
                print(f"ok      {name}", flush=True)
            except Exception as e:  # whatever went wrong is the result
                failed += 1
                print(f"FAILED  {name}: {type(e).__name__}: {e}", flush=True)
    return 1 if failed else 0


sys.exit(main())
