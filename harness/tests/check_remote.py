"""check_remote.py MUSTER [WORD] - runs over adapters that come by mutual TLS, with the Python template as the adapter:
dialled, dialling in among strangers that knock, pinned, of the wrong name, and fifty at once. Prints each case
and what it measured, of those whose name holds WORD; ends with status 1 when one did not go as it should."""
import collections
import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from check_bridge import MUSTER, WAIT, Bridge, Pki, context, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ADAPTER = [sys.executable, os.path.join(ROOT, "fixtures/adapters/python/adapter.py")]
COMMAND = f'command="{" ".join(ADAPTER)}"'
SUT = """<?xml version="1.0" encoding="UTF-8"?>
<sut xmlns="urn:muster:sut:1" id="remote" name="template" version="1" owner="Exercise Nation A">
  {adapters}
  <role name="validator" adapter="{ids}"/>
  <pki folder="{pki}"/>
  <claim capability="label.4774"/>
</sut>
"""


class Run:
    """muster run of validator-4774 against adapters, each given by its attributes."""

    def __init__(self, folder, pki, adapters, *more):
        self.out = os.path.join(folder, "run-%d" % len(os.listdir(folder)))
        sut = self.out + ".xml"
        rows = [f'<adapter id="{name}" {attributes}/>' for name, attributes in adapters.items()]
        with open(sut, "w", encoding="utf-8") as f:
            f.write(SUT.format(adapters="\n  ".join(rows), ids=" ".join(adapters), pki=pki.top))
        self.began = time.monotonic()
        self.process = subprocess.Popen([MUSTER, "run", "-p", "validator-4774", "-s", sut, "-o", self.out, "--short", *more], cwd=ROOT,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self):
        said = self.process.communicate(timeout=6 * WAIT)[0]
        self.seconds = time.monotonic() - self.began
        with open(os.path.join(self.out, "run.jsonl"), encoding="utf-8") as f:
            self.events = [json.loads(line) for line in f]
        self.verdicts = {e["case"]: e["verdict"] for e in self.events if e["event"] == "verdict"}
        self.adapters = [e for e in self.events if e["event"] == "adapter"]
        assert self.verdicts, said
        return self

    def told(self):
        return {e.get("what", e.get("reason")) for e in self.adapters} - {None}


def local(folder, pki):
    """What everything is compared with: the same adapter on pipes."""
    if not hasattr(local, "verdicts"):
        local.verdicts = Run(folder, pki, {"acme": COMMAND}).end().verdicts
        assert collections.Counter(local.verdicts.values())["pass"] > 300, "the template passes too little to compare with"
    return local.verdicts


@contextlib.contextmanager
def listening(pki, ident="acme", sessions="1"):
    with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", sessions, adapter=ADAPTER, ident=ident) as b:
        yield b, 'way="dial" address="%s:%d"' % b.address()


def dialled(folder, pki):
    with listening(pki) as (b, where):
        run = Run(folder, pki, {"acme": where}).end()
        assert run.verdicts == local(folder, pki), run.told()
        assert b.end() == 0 and "adapter left with status 0" in b.said, b.said


def knock(port, pki):
    """Strangers of every kind, one after the other, until the harness listens and has heard them."""
    at = ("127.0.0.1", port)
    until = time.monotonic() + WAIT
    for kind in ("silent", "garbage", "bravo", "no alpn", "garbage", "bravo"):
        while time.monotonic() < until:
            with contextlib.suppress(ConnectionRefusedError):
                with socket.create_connection(at, timeout=WAIT) as s, contextlib.suppress(ConnectionError, ssl.SSLError):
                    if kind == "garbage":
                        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
                        s.recv(100)
                    elif kind != "silent":
                        c = context(pki, False, who="bravo", alpn=None if kind == "no alpn" else "muster-sap/1")
                        with c.wrap_socket(s, server_hostname="harness.muster.invalid") as t:
                            t.recv(100)
                break
            threading.Event().wait(0.02)


def dials_in(folder, pki):
    port = free_port()
    run = Run(folder, pki, {"acme": f'way="listen" address="127.0.0.1:{port}"'})
    knock(port, pki)
    with Bridge(pki.dir, "--connect", f"127.0.0.1:{port}", "--sessions", "1", adapter=ADAPTER) as b:
        run.end()
        assert run.verdicts == local(folder, pki), run.told()
        assert b.end() == 0, b.said
    told = " ".join(run.told())
    for sentence in ("the peer speaks HTTP and no TLS", "the certificate of the peer is for 'urn:muster:sut:bravo'",
                     "the peer offers no application protocol (ALPN)", "hung up within the TLS handshake without an alert, 0 octets came"):
        assert sentence in told, told


def wrong_name(folder, pki):
    with listening(pki, ident="bravo", sessions="3") as (b, where):
        run = Run(folder, pki, {"acme": where}).end()
        assert "the certificate of the peer is for 'urn:muster:sut:bravo', and 'urn:muster:sut:acme' is wanted" in run.told(), run.told()
        assert "adapter:tls" in run.told() and set(run.verdicts.values()) <= {"error", "inconclusive"}
        b.end()
        assert "alert 42, bad_certificate: it does not accept our certificate, or whom it names" in b.said, b.said


def swapped(folder, pki):
    """Two adapters with each other's certificates."""
    with listening(pki, "acme", "3") as (_, at_acme), listening(pki, "bravo", "3") as (_, at_bravo):
        run = Run(folder, pki, {"acme": at_bravo, "bravo": at_acme}).end()
        told = " ".join(run.told())
        assert "is for 'urn:muster:sut:bravo', and 'urn:muster:sut:acme' is wanted" in told, told
        assert "is for 'urn:muster:sut:acme', and 'urn:muster:sut:bravo' is wanted" in told, told


def without_file(folder, pki):
    """Named on the command line: who it must be is said there, too."""
    with listening(pki, sessions="3") as (b, where):
        at = "saps://" + re.search('address="([^"]+)"', where)[1]
        for ident, status, says in ("acme", 0, "system "), ("bravo", 3, "and 'urn:muster:sut:bravo' is wanted"):
            shown = subprocess.run([MUSTER, "adapter", "show", "--pki", pki.top, "--id", ident, at], cwd=ROOT, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, timeout=WAIT)
            assert shown.returncode == status and says in shown.stdout, shown


def pinned(folder, pki):
    said = subprocess.run([MUSTER, "pki", "pin", pki.file("bravo.pem")], stdout=subprocess.PIPE, text=True, check=True).stdout
    pin = said.split()[0]
    with listening(pki, ident="bravo") as (_, where):
        run = Run(folder, pki, {"acme": f'{where} pin="{pin}"'}).end()
        assert run.verdicts == local(folder, pki), run.told()
    with listening(pki, sessions="3") as (_, where):
        run = Run(folder, pki, {"acme": f'{where} pin="{pin}"'}).end()
        assert any(re.fullmatch("the key of the peer is sha256:[0-9a-f]{64}, which is not pinned", t) for t in run.told()), run.told()


def fifty(folder, pki):
    """One process listens for all of them; one run has them all at once."""
    with listening(pki, sessions="50") as (b, where):
        run = Run(folder, pki, {f"a{i}": f'{where} identity="acme" in-flight="4"' for i in range(50)}, "--no-evidence").end()
        assert run.verdicts == local(folder, pki), run.told()
        ready = [e for e in run.adapters if e["state"] == "ready"]
        assert len(ready) == 50 and {e["program"] for e in ready} == set(range(50)), run.told()
        assert b.end() == 0 and b.said.count("adapter left with status 0") == 50, b.said
    last = max(e["at_ms"] for e in ready)
    return f"50 adapters ready after {last / 1000:.1f} s, {len(run.verdicts)} cases in {run.seconds:.1f} s"


CASES = {
    "an adapter that is dialled": dialled,
    "an adapter that dials in, after six strangers": dials_in,
    "an adapter of the wrong name": wrong_name,
    "two adapters with each other's certificates": swapped,
    "an adapter without a SUT file": without_file,
    "an adapter whose key is pinned": pinned,
    "fifty adapters at once": fifty,
}


def main():
    failed = 0
    with tempfile.TemporaryDirectory(prefix="muster-remote-") as folder:
        pki = Pki(os.path.join(folder, "pki"))
        for name, case in CASES.items():
            if sys.argv[2:] and sys.argv[2] not in name:
                continue
            try:
                print(f"ok      {name}", case(folder, pki) or "", flush=True)
            except Exception as e:  # whatever went wrong is the result
                failed += 1
                print(f"FAILED  {name}: {type(e).__name__}: {e}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
