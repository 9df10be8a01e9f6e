"""check_no_content.py MUSTER - nothing that was sent or said gets out of a run with --no-content.

A mail system and adapters that say CANARY-000123-abcd, another one each time, in every place where a system under test can
put words: header names and values, labels, markings, display names, file names, replies, certificates, reports of
non-delivery, envelopes of late mail, what commands print, greetings, answers, events, errors, folders of adapters. Each run is
made twice, as it is and with --no-content. In the first every place must be seen (a place that is never seen proves nothing),
in the second no eight characters of any canary: plain, in other letters, backwards, percent-encoded, in hexadecimal or in
base64; in the run folder, names of files, reports, standard output and error, TMPDIR, /dev/shm."""
import base64
import collections
import contextlib
import glob
import hashlib
import json
import os
import re
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.abspath(__file__)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
WAIT = 60  # seconds for anything; a test on a busy machine is slow, not wrong
CANARY = re.compile(rb"canary-[0-9]{6}-[a-z]{4}")
LEAST = 10000  # canaries that the runs without content must hide
URN = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"


class Flock:
    """Canaries: a new one each time, and where each was put. Several processes write one ledger."""

    def __init__(self, path, first):
        self.path, self.number, self.lock = path, first, threading.Lock()
        self.ledger = open(path, "a", encoding="ascii")

    def __call__(self, place):
        with self.lock:
            self.number += 1
            seed = self.number * 2654435761 % 2**32
            letters = "".join(chr(97 + (seed >> shift) % 26) for shift in (0, 7, 13, 19))
            canary = f"CANARY-{self.number:06d}-{letters}"
            self.ledger.write(f"{place} {canary}\n")
            self.ledger.flush()
            return canary

    def some(self, place, count):
        return [self(place) for _ in range(count)]


def read_ledger(path):
    with open(path, encoding="ascii") as f:
        return [line.split() for line in f]


# --- what is looked through -----------------------------------------------------------------------------------------


def everything(folders, said):
    """Each file with its name, and what was printed."""
    yield "what was printed", said
    for folder in folders:
        for top, inside, files in os.walk(folder):
            yield top, " ".join(inside + files).encode()
            for name in files:
                with open(os.path.join(top, name), "rb") as f:
                    yield os.path.join(top, name), f.read()


LONG = re.compile(rb"[A-Za-z0-9+/]{24,}")
BEGINNINGS = [base64.b64encode(text[skip:skip + 6]) for text in (b"CANARY-0", b"canary-0") for skip in (0, 1, 2)]  # wherever it stands


def readings(octets):
    """The octets as they may have been written, in small letters: each is looked through."""
    low = octets.lower()
    yield low
    yield low[::-1]
    yield re.sub(rb"[=%]([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()), low.replace(b"=\r\n", b"").replace(b"=\n", b"")).lower()
    spaced = [m[0].replace(b" ", b"") for m in re.finditer(rb"(?:[0-9a-f]{2} ){7,}[0-9a-f]{2}", low)]
    runs = re.findall(rb"[0-9a-f]{16,}", low) + spaced
    yield b"\n".join(bytes.fromhex(run[at:at + (len(run) - at) // 2 * 2].decode()) for run in runs for at in (0, 1)).lower()
    whole = octets.replace(b"\\r", b"").replace(b"\\n", b"").replace(b"\r", b"").replace(b"\n", b"")
    runs = LONG.findall(octets) + LONG.findall(whole)
    yield b"\n".join(base64.b64decode(run[at:at + (len(run) - at) // 4 * 4]) for run in runs for at in range(4)).lower()


def grams(canaries):
    """Every eight characters of each, and which canary they are of."""
    table = {}
    for canary in canaries:
        low = canary.lower().encode()
        for at in range(len(low) - 7):
            table.setdefault(low[at:at + 8], canary)
    return table


# Each eight characters of a canary hold one of these.
HINT = re.compile(rb"y-[0-9]|-[0-9]{6}-|[0-9]-[a-z]")


def hits(octets, table):
    yield from (begin for begin in BEGINNINGS if begin in octets)
    for reading in readings(octets):
        for m in HINT.finditer(reading):
            for at in range(max(m.start() - 7, 0), m.end()):
                if reading[at:at + 8] in table:
                    yield reading[at:at + 8]


# --- the mail system ------------------------------------------------------------------------------------------------


def certificate(flock, pki, name, extensions):
    """A certificate of the test PKI whose subject and names are canaries."""
    path = os.path.join(pki, "canary-" + name)
    subject = f"/O={flock(name + '.subject.o')}/CN={flock(name + '.subject.cn')}"
    with open(path + ".ext", "w", encoding="ascii") as f:
        f.write(extensions)
    quiet = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
                    path + ".key", "-out", path + ".csr"], **quiet)
    subprocess.run(["openssl", "x509", "-req", "-in", path + ".csr", "-CA", pki + "/intermediate.pem", "-CAkey", pki + "/intermediate.key", "-days",
                    "30", "-extfile", path + ".ext", "-out", path + ".pem"], **quiet)
    with open(path + ".chain.pem", "w", encoding="ascii") as out:
        for part in (path + ".pem", pki + "/intermediate.pem"):
            with open(part, encoding="ascii") as f:
                out.write(f.read())
    return path


def label_xml(flock, place):
    c = lambda what: flock(f"{place}.{what}")
    return (f'<originatorConfidentialityLabel xmlns="{URN}"><ConfidentialityInformation><PolicyIdentifier URI="urn:x:{c("policy-uri")}">'
            f'{c("policy")}</PolicyIdentifier><Classification>{c("classification")}</Classification><PrivacyMark>{c("privacy-mark")}</PrivacyMark>'
            f'<Category TagName="{c("tag")}" Type="PERMISSIVE" URI="urn:x:{c("tag-uri")}"><GenericValue>{c("value")}</GenericValue></Category>'
            f'</ConfidentialityInformation><OriginatorID IDType="rfc822Name">{c("originator")}@x.test</OriginatorID>'
            f'<CreationDateTime>2026-11-23T10:00:00Z</CreationDateTime></originatorConfidentialityLabel>').encode()


def altered(flock, octets, place, label):
    """The message as a system that cannot leave anything alone passes it on."""
    head, _, body = octets.partition(b"\r\n\r\n")
    c = lambda what: flock(f"{place}.{what}")
    lines = [line for line in re.split(rb"\r\n(?![ \t])", head) if not line.lower().startswith((b"subject:", b"sio-label:") if label else (b"subject:",))]
    more = [f"Received: from {c('received')} by {c('received')} with ESMTPS id {c('queue-id')}; Mon, 23 Nov 2026 10:00:00 +0000",
            f"Subject: {c('subject')} =?utf-8?Q?{c('subject.word')}?=", f'Reply-To: "{c("display-name")}" <{c("mailbox")}@x.test>',
            f"Comments: ({c('comment')})"]
    more += [f"X-{canary}: {c('header.value')}" for canary in flock.some(place + ".header.name", 220)]
    if label:
        text = base64.b64encode(label_xml(flock, place + ".label")).decode()
        more.append(f'SIO-Label: type=":xml"; marking="{c("marking")}";\r\n\tfgcolor={c("colour")}; x-odd={c("parameter")};\r\n\tlabel="{text}"')
    body = f"{c('body.first-line')}\r\n".encode() + body + f"{c('body.last-line')}\r\n".encode()
    return "\r\n".join(more).encode() + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body


def report(flock, to, place="bounce"):
    c = lambda what: flock(f"{place}.{what}")
    return (f'From: "{c("display-name")}" <daemon@x.test>\r\nTo: {to}\r\nComments: {c("comments")}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n'
            f'Message-ID: <{c("message-id")}@x.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n'
            f'--b\r\n\r\n{c("text")}\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {c("mta")}\r\n\r\n'
            f'Final-Recipient: rfc822; {c("recipient")}@x.test\r\nAction: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 {c("diagnostic")}\r\n'
            f'--b\r\nContent-Type: application/x-{c("type")}; name="{c("file-name")}"\r\n\r\nx\r\n--b--\r\n').encode()


class Mail:
    """Takes mail over TLS and does with it what the number of its case says."""

    def __init__(self, flock, pki, server, client, onward):
        self.flock, self.onward = flock, onward
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(server + ".chain.pem", server + ".key")
        self.client = ssl.create_default_context(cafile=pki + "/ca.pem")
        self.client.load_cert_chain(client + ".chain.pem", client + ".key")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer = self.listener.accept()[0]
                threading.Thread(target=self.quietly, args=(self.serve, peer), daemon=True).start()

    @staticmethod
    def quietly(what, *more):
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            what(*more)

    def serve(self, peer):
        peer.settimeout(WAIT)
        c, stream = self.flock, peer.makefile("rwb")

        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()
        say(f"220 relay.x.test ESMTP {c('reply.greeting')}")
        sender, to, secure = "", [], False
        while line := stream.readline():
            verb = line.split(None, 1)[0].upper() if line.strip() else b""
            number = case_of(b" ".join(to + [line]))
            if verb in (b"EHLO", b"HELO"):
                say(f"250-relay.x.test {c('reply.ehlo')}\r\n250-X{c('reply.ehlo.word')}\r\n" + ("" if secure else "250-STARTTLS\r\n") + "250-8BITMIME\r\n250 SIZE 1000000")
            elif verb == b"STARTTLS":
                say(f"220 {c('reply.starttls')}")
                peer = self.context.wrap_socket(peer, server_side=True)
                stream, secure = peer.makefile("rwb"), True
            elif verb == b"MAIL":
                sender, to = line.split(b"<", 1)[1].split(b">", 1)[0].decode(), []
                say(f"250 2.1.0 {c('reply.mail')}")
            elif verb == b"RCPT" and number % 6 == 2:
                say(f"550 5.7.1 {c('reply.refuse-recipient')}")
            elif verb == b"RCPT":
                to.append(line.split(b"<", 1)[1].split(b">", 1)[0])
                say(f"250 2.1.5 {c('reply.rcpt')}")
            elif verb == b"DATA":
                say(f"354 {c('reply.data')}")
                octets = b""
                while (line := stream.readline()) != b".\r\n":
                    octets += line[1:] if line.startswith(b".") else line
                number = case_of(b" ".join(to))
                if number % 6 == 1:
                    say(f"554-5.7.1 {c('reply.refuse')}\r\n554 5.7.1 {c('reply.refuse.line')}")
                else:
                    say(f"250 2.0.0 queued as {c('reply.queue-id')}")
                    self.quietly(self.pass_on, number, sender, [t.decode() for t in to], octets)
            elif verb == b"QUIT":
                say(f"221 2.0.0 {c('reply.quit')}")
                return
            else:
                say(f"250 2.0.0 {c('reply.other')}")

    def pass_on(self, number, sender, to, octets):
        if self.onward is None:
            return
        if number % 6 == 3:
            send(self.flock, self.client, self.onward, "", [sender], report(self.flock, sender))
            return
        octets = altered(self.flock, octets, "relayed" if number % 6 else "relabelled", number % 6 == 0)
        send(self.flock, self.client, self.onward, sender, to, octets)
        if number % 6 == 5:
            stranger = f"{self.flock('late.recipient')}@nato.test"
            send(self.flock, self.client, self.onward, f"{self.flock('late.sender')}@x.test", [stranger], altered(self.flock, report(self.flock, stranger, "late"), "late.mail", True))


def case_of(text):
    """The number of the case in a token; 4 (passed on) of a marker, and where there is none."""
    m = re.search(rb"mu([0-9a-f]{6})[0-9a-f]{2}([0-9a-f]{2})[0-9a-f]{8}", text.lower())
    return 4 if m is None or int(m[2], 16) >= 200 else int(m[1], 16)


def send(flock, context, address, sender, to, octets):
    """A client that says canaries wherever one may say something."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), WAIT) as plain:
        stream = plain.makefile("rwb")

        def talk(text):
            stream.write(text.encode() + b"\r\n" if text else b"")
            stream.flush()
            while (line := stream.readline())[3:4] == b"-":
                pass
            return line
        talk("")
        talk(f"EHLO {flock('client.ehlo')}.x.test")
        talk("STARTTLS")
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            stream = secure.makefile("rwb")
            talk(f"EHLO {flock('client.ehlo')}.x.test")
            talk(f"MAIL FROM:<{sender}>")
            for recipient in to:
                talk(f"RCPT TO:<{recipient}>")
            talk(f"NOOP {flock('client.noop')}")
            if talk("DATA").startswith(b"354"):
                talk(re.sub(rb"(?m)^\.", b"..", octets).decode("latin-1") + "\r\n.")
            talk("QUIT")


def trigger(ledger, first, address, pki, to, sender):
    """The sender under test: what it prints is evidence, too."""
    flock = Flock(ledger, int(first) + os.getpid() % 1000 * 200)
    context = ssl.create_default_context(cafile=pki + "/ca.pem")
    context.load_cert_chain(pki + "/canary-client.chain.pem", pki + "/canary-client.key")
    with open(os.path.join(os.path.dirname(ledger), "cores"), "a", encoding="ascii") as f:
        print(resource.getrlimit(resource.RLIMIT_CORE)[0], file=f)
    print(flock("command.output"), flush=True)
    print(flock("command.error"), file=sys.stderr, flush=True)
    head = f"From: <{sender}>\r\nTo: <{to}>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{flock('sender.message-id')}@x.test>\r\nMIME-Version: 1.0\r\n"
    send(flock, context, address, sender, [to], altered(flock, head.encode() + b"\r\ntext\r\n", "sender", True))


# --- adapters -------------------------------------------------------------------------------------------------------


def abstract(flock, place):
    c = lambda what: flock(f"{place}.{what}")
    return {"policy": {"name": c("policy"), "uri": "urn:x:" + c("policy-uri")}, "classification": c("classification"), "privacy_mark": c("privacy-mark"),
            "categories": [{"tag": c("tag"), "type": "PERMISSIVE", "uri": "urn:x:" + c("tag-uri"), "values": flock.some(place + ".value", 8)}],
            "created": "2026-11-23T10:00:00Z", "originator": c("originator"), "originator_type": "rfc822Name"}


class Adapter:
    """Answers everything, and says a canary in every member that is free text."""

    def __init__(self, ledger, first, kind):
        self.c, self.kind, self.asked = Flock(ledger, int(first) + os.getpid() % 500 * 1200), kind, 0
        self.said = open(4, "wb")

    def say(self, line):
        self.said.write(json.dumps(line).encode() + b"\n")
        self.said.flush()

    def hello(self, ask):
        c = self.c
        return {"sap": 1, "adapter": {"name": c("hello.adapter.name"), "version": c("hello.adapter.version"), "lang": c("hello.adapter.lang")},
                "sut": {"name": c("hello.sut.name"), "version": c("hello.sut.version"), "build": c("hello.sut.build"), "owner": c("hello.sut.owner"),
                        "label_ceiling": c("hello.sut.ceiling")},
                "roles": ["validator", "labeller", "policy"], "max_inflight": 4, "isolation": "case",
                "caps": {"label.4774": {"note": c("hello.cap.note"), "v": [c("hello.cap.details")]}, "spif.xml": {}, "policy": {"names": [c("hello.cap.policies")]},
                         "mark.render": {}, "mark.parse": {}, "decide": {}, "map": {}, "label.make": {}, "x-" + c("hello.cap.name").lower(): {}}}

    def events(self, ask):
        c, case = self.c, {"case": ask["case"]} if "case" in ask else {}
        self.say({"ev": "log", "text": c("event.log"), **case})
        self.say({"ev": "warn", "text": c("event.warn"), **case})
        self.say({"ev": "evidence", "name": c("event.evidence.name"), "data": {"b64": base64.b64encode(c("event.evidence").encode()).decode()}, **case})

    def answer(self, ask):
        c, op = self.c, ask["op"]
        self.asked += 1
        if op == "hello":
            return self.hello(ask)
        if op == "probe":
            return {"data": ask["data"]} if ask["kind"] == "echo" else {"unix_ms": int(time.time() * 1000)}
        if op == "configure":
            data = [policy["data"] for policy in ask["policies"]]
            return {"installed": [d.get("blob") or "sha256:" + hashlib.sha256(base64.b64decode(d["b64"])).hexdigest() for d in data]}
        if op == "end":
            return {"logs": [], "counters": {}}
        if op in ("begin", "reset", "bye", "cancel", "blob.put"):
            return {}
        if op not in ("label.parse", "label.make", "mark.parse", "mark.render", "decide", "map"):
            raise KeyError
        self.events(ask)
        turn = self.asked % 4
        if turn == 0:
            raise ValueError(c("error.message"))
        if op == "decide":
            return {"decision": "permit" if turn == 1 else "deny", "class": "clearance", "stage": "decide", "native": c("decide.native")}
        answer = {"outcome": "rejected" if turn == 1 else "accepted", "warnings": [c(f"{op}.warning")], "x-" + c("answer.member"): c("answer.odd")}
        if turn == 1:
            answer.update({"stage": "policy", "class": "policy", "native": c(f"{op}.native")})
        elif op in ("label.parse", "mark.parse", "map"):
            answer["label"] = abstract(c, op)
            if op == "map":
                answer["data"] = {"b64": base64.b64encode(label_xml(c, op + ".data")).decode()}
        elif op == "label.make":
            answer["data"] = {"b64": base64.b64encode(label_xml(c, op)).decode()}
        elif op == "mark.render":
            answer["text"] = c("mark.render.text")
        return answer

    def go_wrong(self, ask):
        """Ends as badly as one can: with an error that there is not."""
        self.say({"id": ask["id"], "ok": False, "error": {"code": "none-such", "message": "?"}})
        sys.exit(7)

    def run(self):
        print(self.c("stdout"), flush=True)
        print(self.c("stderr"), file=sys.stderr, flush=True)
        folder = os.environ["TMPDIR"]
        with open(os.path.join(folder, self.c("file.name")), "w", encoding="ascii") as f:
            f.write(self.c("file.content"))
        for line in open(3, "rb"):
            ask = json.loads(line)
            if self.kind == "breaks" and ask["op"] not in ("hello", "probe", "configure", "begin"):
                self.go_wrong(ask)
            try:
                self.say({"id": ask["id"], "ok": True, "result": self.answer(ask)})
            except ValueError as why:
                self.say({"id": ask["id"], "ok": False, "error": {"code": "sut-crash", "message": str(why), "hint": self.c("error.hint"), "detail": self.c("error.detail")}})
            except KeyError:
                self.say({"id": ask["id"], "ok": False, "error": {"code": "unsupported"}})
            if ask["op"] == "bye":
                return


def filter_answer(ledger, first):
    """The other kind: one process a question. Every second one prints no answer at all."""
    c = Flock(ledger, int(first) + os.getpid() % 1000 * 50)
    print(c("filter.stderr"), file=sys.stderr, flush=True)
    if os.getpid() % 2:
        print(c("filter.garbage"))
        return
    print(json.dumps({"outcome": "rejected", "stage": "schema", "class": "schema", "native": c("filter.native")}))


# --- runs -----------------------------------------------------------------------------------------------------------


class World:
    """One world for the two ways to run: its folders, its ledger, its systems under test."""

    FILTERED = "id:reads-id id:reads-comment id:reads-cdata id:reads-prefix"

    def __init__(self, muster, top, pki, none):
        self.muster, self.none = muster, none
        self.top = os.path.join(top, "none" if none else "kept")
        self.tmp, self.runs = os.path.join(self.top, "tmp"), os.path.join(self.top, "runs")
        self.side = os.path.join(top, "side-none" if none else "side-kept")  # looked through by nobody
        for folder in (self.tmp, self.runs, self.side):
            os.makedirs(folder)
        self.ledger = os.path.join(self.side, "ledger")
        self.flock, self.said, self.pki, self.first = Flock(self.ledger, 0), b"", pki, 100000
        self.seconds, self.filter = 0.0, ""

    def own(self, *words):
        """A command line of this program, with canaries of its own."""
        self.first += 100000
        return " ".join([sys.executable, HERE, words[0], self.ledger, str(self.first), *words[1:]])

    def run(self, name, *words):
        command = [self.muster, "run", "-o", os.path.join(self.runs, name), "--test-time", "2026-11-28T12:00:00Z", *words] + (["--no-content"] if self.none else [])
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=6 * WAIT, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, "TMPDIR": self.tmp, "PYTHONDONTWRITEBYTECODE": "1"})
        self.seconds += time.monotonic() - began
        print(f"  {name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
        self.said += done.stdout
        assert os.path.exists(os.path.join(self.runs, name, "run.jsonl")) and done.returncode not in (2, 6) and done.returncode >= 0, done.stdout.decode("utf-8", "replace")
        with open(os.path.join(self.runs, name, "run.jsonl"), encoding="ascii") as f:
            return [json.loads(line) for line in f]

    def sut(self, name, text):
        path = os.path.join(self.side, name + ".xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<sut xmlns="urn:muster:sut:1" id="{name}" name="Canary" version="1" owner="Exercise Nation A">{text}</sut>\n')
        return path

    def mail(self):
        server = certificate(self.flock, self.pki, "server", f"subjectAltName=DNS:localhost,DNS:{self.flock('server.name')}.x.test\nextendedKeyUsage=serverAuth")
        client = certificate(self.flock, self.pki, "client", f"subjectAltName=email:{self.flock('client.name')}@x.test\nextendedKeyUsage=clientAuth")
        collect, sender = (free_address() for _ in range(2))
        relay, receiver = (Mail(self.flock, self.pki, server, client, onward) for onward in (collect, None))
        command = self.own("trigger", "{address}", self.pki, "{to}", "{from}")
        claims = "".join(f'<claim capability="{name}"/>' for name in ("starttls", "8bitmime", "size", "label.validate", "label.enforce"))
        sut = self.sut("mail", f"""
  <role name="receiver"><deliver-to carrier="smtp" address="{receiver.address}" tls-name="localhost"/><mail to="store+{{token}}@nato.test" from="muster+{{token}}@eu.test"/></role>
  <role name="relay"><deliver-to carrier="smtp" address="{relay.address}" tls-name="localhost"/><collect-at carrier="smtp" address="{collect}" tls-name="localhost"/>
    <mail to="muster+{{token}}@nato.test" from="muster+{{token}}@eu.test"/></role>
  <role name="sender"><collect-at carrier="smtp" address="{sender}" tls-name="localhost"/><trigger command="{command}" wait="20s"/>
    <mail to="muster+{{token}}@nato.test" from="clerk+{{token}}@eu.test"/></role>
  <identity certificate="{self.pki}/sender.chain.pem" key="{self.pki}/sender.key"/>
  <server-identity certificate="{self.pki}/server.chain.pem" key="{self.pki}/server.key"/>
  <trust anchors="{self.pki}/ca.pem" crl="{self.pki}/crl.pem"/><pki folder="{self.pki}"/>{claims}""")
        return self.run("mail", "-p", "mail-sio-4774", "-s", sut, "-j", "8", "-S",
                        "id:relay-keeps-label id:relay-keeps-marking id:relay-keeps-text id:relay-keeps-history id:relay-keeps-subject id:relay-changes-only-what-it-may "
                        "id:receiver-accepts-label id:sender-labels-mail")

    def sent(self):
        """What we send ourselves: a message of the operator's."""
        receiver = Mail(Flock(self.ledger, 90000), self.pki, self.pki + "/canary-server", self.pki + "/canary-client", None)
        sut = self.sut("sent", f"""
  <role name="receiver"><deliver-to carrier="smtp" address="{receiver.address}" tls-name="localhost"/><mail to="store+{{token}}@nato.test" from="muster+{{token}}@eu.test"/></role>
  <identity certificate="{self.pki}/sender.chain.pem" key="{self.pki}/sender.key"/><trust anchors="{self.pki}/ca.pem" crl="{self.pki}/crl.pem"/><pki folder="{self.pki}"/>""")
        message = os.path.join(self.side, "message.eml")
        head = b"From: <{from}>\r\nTo: <{to}>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{message-id}>\r\nMIME-Version: 1.0\r\n\r\ntext\r\n"
        with open(message, "wb") as f:
            f.write(altered(self.flock, head, "sent", True))
        return self.run("sent", "-p", "mail-sio-4774", "-s", sut, "-S", "id:receiver-accepts-label[label=restricted]", "--message", message)

    def adapters(self):
        rows = "".join(f'<adapter id="{kind}" command="{self.own("adapter", kind)}" writable="{self.side}"/>' for kind in ("good", "breaks"))
        caps = "".join(f'<claim capability="{name}"/>' for name in ("label.4774", "spif.xml", "policy", "mark.render", "mark.parse", "decide", "map", "label.make"))
        roles = "".join(f'<role name="{role}" adapter="good breaks"/>' for role in ("validator", "labeller"))
        sut = self.sut("adapters", rows + roles + '<role name="policy" adapter="good"/>' + caps)
        events = self.run("validator", "-p", "validator-4774", "-s", sut, "-S", "id:reads-id id:reads-comment id:renders-* id:writes-* id:nato-*")
        return events + self.run("policy", "-p", "policy-decide", "-s", sut, "-S", "id:permits-nato-secret id:permits-nato-plain id:maps-nato-*")

    def greeted(self):
        return self.run("greeted", "-p", "validator-4774", "--adapter", self.own("adapter", "named"), "--writable", self.side, "-S", "id:reads-id id:refuses-root")

    def filtered(self):
        self.filter = "exec-filter:" + self.own("filter")
        return self.run("filtered", "-p", "validator-4774", "--adapter", self.filter, "--writable", self.side, "-S", self.FILTERED, "-j", "4")

    def all(self):
        return self.mail() + self.sent() + self.adapters() + self.greeted() + self.filtered()


    def refused(self, sentence, *words):
        """A command that must not begin, with that sentence."""
        done = subprocess.run([self.muster, "run", "-p", "validator-4774", "--adapter", "false", "-S", "id:reads-id", "-o", os.path.join(self.side, "refused"), *words],
                              cwd=ROOT, capture_output=True, text=True, timeout=WAIT, check=False)
        return [] if done.returncode == 2 and sentence in done.stderr else [f"{' '.join(words)}: status {done.returncode}, {done.stderr!r} without '{sentence}'"]

    def options(self):
        short = os.path.join(self.side, "short.key")
        with open(short, "w", encoding="ascii") as f:
            f.write("too short\n")
        return (self.refused("--key-log", "--no-content", "--key-log") + self.refused("sealed", "--no-content", "--isolation", "fork")
                + self.refused("is for --no-content", "--content-key", short) + self.refused("16 octets are the least", "--no-content", "--content-key", short)
                + self.refused("cannot open", "--no-content", "--content-key", short + ".not"))

    def resumed(self):
        """Cut off behind its first verdict, a run goes on without content, and not otherwise."""
        out, key = os.path.join(self.runs, "filtered"), os.path.join(self.side, "other.key")
        with open(os.path.join(out, "run.jsonl"), "rb") as f:
            lines = f.read().splitlines(keepends=True)
        first = next(i for i, line in enumerate(lines) if b'"event":"verdict"' in line)
        with open(os.path.join(out, "run.jsonl"), "wb") as f:
            f.writelines(lines[:first + 1])
        with open(key, "w", encoding="ascii") as f:
            f.write("0123456789abcdef\n")
        words = ["--adapter", self.filter, "--test-time", "2026-11-28T12:00:00Z", "--writable", self.side, "-p", "validator-4774", "-S", self.FILTERED, "--resume", out]
        wrong = []
        for more, sentence in (([], "was run with --no-content"), (["--no-content", "--content-key", key], "the content key is not that")):
            done = subprocess.run([self.muster, "run", *words, *more], cwd=ROOT, capture_output=True, text=True, timeout=WAIT, check=False)
            if done.returncode != 2 or sentence not in done.stderr:
                wrong.append(f"resumed with {more}: status {done.returncode}, {done.stderr!r}")
        done = subprocess.run([self.muster, "run", *words, "--no-content"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WAIT, check=False)
        self.said += done.stdout
        with open(os.path.join(out, "run.jsonl"), encoding="ascii") as f:
            events = [json.loads(line) for line in f]
        if not any(e["event"] == "resume" and e.get("content") == "none" for e in events) or events[-1]["event"] != "close":
            wrong.append(f"it was not resumed: {done.stdout!r}")
        done = subprocess.run([self.muster, "verify", out], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WAIT, check=False)
        self.said += done.stdout
        if done.returncode != 0 or b"the run kept no content" not in done.stdout:
            wrong.append(f"it cannot be verified: status {done.returncode}, {done.stdout!r}")
        return wrong


def free_address():
    for port in range(20000 + os.getpid() % 5000, 32000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if port not in taken:
                taken.add(port)
                return f"127.0.0.1:{port}"
    raise OSError("no free port")


taken = set()


def verdicts(events):
    return collections.Counter((e["verdict"],) for e in events if e["event"] == "verdict")


def main(muster):
    with tempfile.TemporaryDirectory(prefix="muster-canaries-") as top:
        pki = os.path.join(top, "pki")
        subprocess.run([muster, "pki", "new", pki], check=True, stdout=subprocess.DEVNULL)
        kept, none = World(muster, top, pki, False), World(muster, top, pki, True)
        was, is_now = kept.all(), none.all()
        wrong = none.options() + none.resumed()

        # As it is: every place is seen.
        rows = read_ledger(kept.ledger)
        places = collections.defaultdict(set)
        for place, canary in rows:
            places[place].add(canary.lower().encode())
        seen = set()
        for _, octets in everything([kept.runs, kept.tmp], kept.said):
            seen.update(CANARY.findall(octets.lower()))
        if any(not canaries & seen for canaries in places.values()): # some stand in base64 alone
            for _, octets in everything([kept.runs], b""):
                for reading in readings(octets):
                    seen.update(CANARY.findall(reading))
        dead = sorted(place for place, canaries in places.items() if not canaries & seen)
        whole = {canary.lower().encode() for _, canary in rows}
        print(f"kept: {len(rows)} canaries in {len(places)} places, {len(whole & seen)} of them seen, {kept.seconds:.1f} s")
        if dead:
            wrong.append(f"never seen without --no-content: {', '.join(dead)}")

        # Without content: nothing is.
        rows = read_ledger(none.ledger)
        table = grams([canary for _, canary in rows])
        place_of = {canary: place for place, canary in rows}
        told = 0
        for name, octets in everything([none.runs, none.tmp] + glob.glob("/dev/shm/muster-*"), none.said):
            for gram in set(hits(octets, table)):
                told += 1
                if told < 20:
                    wrong.append(f"{os.path.relpath(name, top)}: '{gram.decode()}' of {place_of.get(table.get(gram), 'one')} ({table.get(gram)})")
        print(f"none: {len(rows)} canaries in {len(set(place_of.values()))} places, {told} eights of them seen, {none.seconds:.1f} s")
        if len(rows) < LEAST:
            wrong.append(f"{len(rows)} canaries are fewer than {LEAST}")
        missing = set(places) - set(place_of.values())
        if missing:
            wrong.append(f"places of the first that the second did not have: {', '.join(sorted(missing))}")
        if not all(e.get("content") == "none" for e in is_now if e["event"] == "open"):
            wrong.append("an open event does not say that there is no content")
        if any("sha256" in file for e in is_now for file in e.get("evidence", {}).get("files", [])):
            wrong.append("a file has a digest without a key")
        print(f"verdicts: {dict(verdicts(was))} and {dict(verdicts(is_now))}")
        for e in is_now:
            if e["event"] == "open" and os.path.exists("/dev/shm/muster-" + e["run"]):
                wrong.append(f"the folder of the adapters of run {e['run']} is still there")
        if any(e.get("reason") == "withheld" for e in is_now):
            wrong.append("a reason is withheld that is one of ours")
        with open(os.path.join(none.side, "cores"), encoding="ascii") as f:
            if set(f.read().split()) - {"0", "1"}:
                wrong.append("core files are not switched off")
        for line in wrong:
            print("WRONG:", line)
        return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1] == "trigger":
        trigger(*sys.argv[2:])
    elif sys.argv[1] == "adapter":
        Adapter(*sys.argv[2:]).run()
    elif sys.argv[1] == "filter":
        filter_answer(*sys.argv[2:4])
    else:
        sys.exit(main(os.path.abspath(sys.argv[1])))
