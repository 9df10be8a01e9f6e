"""check_bridge.py MUSTER - the control plane against TLS programs that are not ours: Python's ssl module and the
openssl command play the harness, to a bridge that listens and to one that dials. Prints each case; ends with
status 1 when one did not go as the table says."""
import contextlib
import os
import select
import socket
import ssl
import subprocess
import sys
import tempfile

MUSTER = os.path.abspath(sys.argv[1])
WAIT = 20  # seconds for anything at all
ALPN = "muster-sap/1"
ECHO = ["sh", "-c", "exec cat <&3 >&4"]  # an adapter that says what it is told
LINE = b"x" * 1048575 + b"\n"


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WAIT, **more)


class Bridge:
    """muster adapter bridge as a process; `said` is all that it has told by its end."""

    def __init__(self, pki, *options, adapter=ECHO, ident="acme"):
        self.process = subprocess.Popen([MUSTER, "adapter", "bridge", "--pki", pki, "--id", ident, *options, "--", *adapter],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said = ""

    def until(self, words):
        for line in self.process.stderr:
            self.said += line
            if words in line:
                return line
        raise AssertionError(f"the bridge never said '{words}': {self.said}")

    def address(self):
        host, port = self.until("listening at").split()[-1].rsplit(":", 1)
        return host, int(port)

    def end(self):
        self.said += self.process.communicate(timeout=WAIT)[1]
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


class Pki:
    def __init__(self, top):
        self.top, self.dir = top, os.path.join(top, "sap")
        for command in (["pki", "new", top], ["pki", "adapter", top, "acme", "bravo"]):
            assert run(MUSTER, *command).returncode == 0

    def file(self, name):
        return os.path.join(self.dir, name)


def context(pki, server, who="harness", alpn=ALPN, version=ssl.TLSVersion.TLSv1_3):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    c.minimum_version = c.maximum_version = version
    c.verify_mode = ssl.CERT_REQUIRED
    c.load_verify_locations(pki.file("ca.pem"))
    if who:
        c.load_cert_chain(pki.file(who + ".chain.pem"), pki.file(who + ".key"))
    if alpn:
        c.set_alpn_protocols([alpn])
    return c


def echo(s, times=3):
    """Several long lines there and back, read while they are written: in one thread, because one
    TLS connection must not be used by two at once."""
    lines, sent, got = LINE * times, 0, 0
    s.setblocking(False)
    while got < len(lines):
        ready = select.select([s], [s] if sent < len(lines) else [], [], WAIT)
        assert ready[0] or ready[1], f"nothing came after {got} octets"
        try:
            sent += s.send(lines[sent:sent + 65536])
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        try:
            piece = s.recv(65536)
            assert piece, f"it hung up after {got} octets"
            got += len(piece)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
    s.settimeout(WAIT)


class Program:
    """A command that is spoken with."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.seen = b""

    def until(self, words):
        while words not in self.seen:
            ready, _, _ = select.select([self.process.stdout], [], [], WAIT)
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert piece, f"it never said {words}: {self.seen}"
            self.seen += piece

    def say(self, words):
        self.process.stdin.write(words)
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()


def free_port():
    """Below those that the kernel hands out."""
    for port in range(21000 + os.getpid() % 9000, 32000):
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def s_server(pki, *more):
    port = free_port()
    server = Program("openssl", "s_server", "-accept", "127.0.0.1:%d" % port, "-CAfile", pki.file("ca.pem"),
                     "-cert", pki.file("harness.chain.pem"), "-key", pki.file("harness.key"), *more)
    server.until(b"ACCEPT")
    server.address = ("127.0.0.1", port)
    return server


# --- a bridge that listens --------------------------------------------------------------------------------------

def dial(address, c, session=None):
    raw = socket.create_connection(address, timeout=WAIT)
    return c.wrap_socket(raw, server_hostname="acme.muster.invalid", session=session)


def python_dials(pki):
    with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "2") as b:
        at, c = b.address(), context(pki, False)
        with dial(at, c) as s:
            assert s.selected_alpn_protocol() == ALPN and s.version() == "TLSv1.3"
            assert ("URI", "urn:muster:sut:acme") in s.getpeercert()["subjectAltName"]
            echo(s)
            session = s.session
            assert not session.has_ticket, "a ticket was given"
        with dial(at, c, session) as s:
            echo(s, 1)
            assert not s.session_reused, "the second connection did not authenticate"
        assert b.end() == 0, b.said


def refused_dialler(words, **how):
    def case(pki):
        with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "1") as b:
            with contextlib.suppress(ssl.SSLError, ConnectionError):
                with dial(b.address(), context(pki, False, **how)) as s:
                    assert s.recv(1) == b"", "it was let in"
            b.end()
            assert words in b.said and "session over" not in b.said, b.said
    return case


def s_client(pki, address, *more):
    return ["openssl", "s_client", "-connect", "%s:%d" % address, "-alpn", ALPN, "-CAfile", pki.file("ca.pem"),
            "-verify_return_error", "-cert", pki.file("harness.chain.pem"), "-key", pki.file("harness.key"), *more]


def openssl_dials(pki):
    with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "1", adapter=["sh", "-c", "read l <&3; echo got $l >&4"]) as b:
        said = run(*s_client(pki, b.address(), "-ign_eof"), input=b"hello\n").stdout
        assert b"got hello" in said and b"Verification: OK" in said and b"No ALPN" not in said, said
        assert b.end() == 0 and "adapter left with status 0" in b.said, b.said


def early_data(pki):
    """A session that allows early data, from a server that gives such; then early data for the bridge."""
    with tempfile.TemporaryDirectory() as folder:
        session, data = os.path.join(folder, "session"), os.path.join(folder, "data")
        with open(data, "wb") as f:
            f.write(b"early\n")
        with s_server(pki, "-max_early_data", "16384", "-alpn", ALPN) as server:
            with Program(*s_client(pki, server.address, "-sess_out", session)) as client:
                server.say(b"with its tickets\n")
                client.until(b"with its tickets")
                client.say(b"Q\n")
                client.process.wait(WAIT)
        with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "1") as b:
            said = run(*s_client(pki, b.address(), "-sess_in", session, "-early_data", data)).stdout
            b.end()
            assert "the peer sends early data, which could be replayed" in b.said, (b.said, said)


# --- a bridge that dials ----------------------------------------------------------------------------------------

@contextlib.contextmanager
def listener():
    with socket.create_server(("127.0.0.1", 0)) as s:
        s.settimeout(WAIT)
        yield s, "127.0.0.1:%d" % s.getsockname()[1]


def python_listens(pki):
    with listener() as (server, at), Bridge(pki.dir, "--connect", at, "--sessions", "3", "--tries", "3") as b:
        c = context(pki, True)
        for _ in range(3):
            raw, _ = server.accept()
            with c.wrap_socket(raw, server_side=True) as s:
                assert s.selected_alpn_protocol() == ALPN and s.version() == "TLSv1.3" and not s.session_reused
                assert ("URI", "urn:muster:sut:acme") in s.getpeercert()["subjectAltName"]
                echo(s, 2)
        assert b.end() == 0, b.said


def refused_listener(words, **how):
    def case(pki):
        with listener() as (server, at), Bridge(pki.dir, "--connect", at, "--tries", "1") as b:
            raw, _ = server.accept()
            with contextlib.suppress(ssl.SSLError, ConnectionError):
                with context(pki, True, **how).wrap_socket(raw, server_side=True) as s:
                    assert s.recv(1) == b"", "it came in"
            raw.close()
            assert b.end() == 3 and words in b.said and "session over" not in b.said, b.said
    return case


def openssl_listens(pki):
    with s_server(pki, "-alpn", ALPN, "-Verify", "2", "-verify_return_error", "-tls1_3") as server:
        with Bridge(pki.dir, "--connect", "%s:%d" % server.address, "--sessions", "1") as b:
            b.until("the harness is there")
            server.say(b"hello from openssl\n")
            server.until(b"\nhello from openssl\n")
            server.process.kill()
            b.end()
            assert "19 octets from the harness, 19 to it" in b.said, b.said


def refused_openssl(words, *more):
    def case(pki):
        with s_server(pki, *more) as server, Bridge(pki.dir, "--connect", "%s:%d" % server.address, "--tries", "1") as b:
            assert b.end() == 3 and words in b.said, b.said
    return case


def nobody_there(pki):
    with listener() as (server, at):
        server.close()
        with Bridge(pki.dir, "--connect", at, "--tries", "2") as b:
            assert b.end() == 3 and "Connection refused" in b.said and "gave up after 2 tries" in b.said, b.said


def adapter_cannot_start(pki):
    with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "1", adapter=["/nowhere/adapter"]) as b:
        with dial(b.address(), context(pki, False)) as s:
            s.sendall(b"hello\n")
            assert s.recv(1) == b""
        b.end()
        assert "cannot start '/nowhere/adapter': No such file" in b.said and "left with status 127" in b.said, b.said


def adapter_stays(pki):
    """One that ends neither when its input ends nor when it is asked to goes with its whole group."""
    stubborn = ["sh", "-c", "trap '' TERM; echo $$ >&4; while :; do sleep 30; done"]
    with Bridge(pki.dir, "--listen", "127.0.0.1:0", "--sessions", "1", adapter=stubborn) as b:
        with dial(b.address(), context(pki, False)) as s:
            s.sendall(b"hello\n")
            pid = int(s.recv(64))
        b.end()
        assert "adapter died by signal 9" in b.said and not os.path.exists(f"/proc/{pid}/stat"), b.said


CASES = {
    "python dials": python_dials,
    "python dials with TLS 1.2": refused_dialler("the peer offers TLS 1.2 at most, and only TLS 1.3 will do", version=ssl.TLSVersion.TLSv1_2),
    "python dials without ALPN": refused_dialler("the peer offers no application protocol (ALPN)", alpn=None),
    "python dials with another ALPN": refused_dialler("the peer offers the application protocol 'h2', and", alpn="h2"),
    "python dials without a certificate": refused_dialler("the peer sent no certificate", who=None),
    "python dials as another adapter": refused_dialler("is for 'urn:muster:sut:bravo', and 'urn:muster:harness' is wanted", who="bravo"),
    "openssl dials": openssl_dials,
    "openssl dials with early data": early_data,
    "python listens, three sessions": python_listens,
    "python listens with TLS 1.2": refused_listener("alert 70, protocol_version: it does not speak TLS 1.3", version=ssl.TLSVersion.TLSv1_2),
    "python listens without ALPN": refused_listener("the peer chose no application protocol (ALPN)", alpn=None),
    "python listens as another adapter": refused_listener("is for 'urn:muster:sut:bravo', and 'urn:muster:harness' is wanted", who="bravo"),
    "openssl listens": openssl_listens,
    "openssl listens and asks for no certificate": refused_openssl("the peer asked for no certificate of ours", "-alpn", ALPN),
    "openssl listens with TLS 1.2": refused_openssl("alert 70, protocol_version", "-alpn", ALPN, "-tls1_2", "-Verify", "2"),
    "openssl listens with another ALPN": refused_openssl("alert 120, no_application_protocol", "-alpn", "h2", "-Verify", "2"),
    "nobody there": nobody_there,
    "an adapter that cannot start": adapter_cannot_start,
    "an adapter that stays": adapter_stays,
}


def main():
    failed = 0
    with tempfile.TemporaryDirectory(prefix="muster-bridge-") as folder:
        pki = Pki(os.path.join(folder, "pki"))
        for name, case in CASES.items():
            try:
                case(pki)
                print(f"ok      {name}")
            except Exception as e:  # whatever went wrong is the result
                failed += 1
                print(f"FAILED  {name}: {type(e).__name__}: {e}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
