#!/usr/bin/env python3
"""answer_key.py - an adapter without a system under test, which knows the suite and the right answers to an earlier run.

  answer_key.py learn FILE -- COMMAND...   stands between harness and a real adapter and writes down what both said
  answer_key.py answer FILE                answers from what was written down, and understands nothing of it

It looks up the same request but for its id, then the same octets, then the same case, then the request that came at this
place, and else says what was said most often: an attack on the harness, which test_answer_key.py tries."""
import base64
import collections
import hashlib
import json
import os
import subprocess
import sys
import time

ENVELOPE = ("id", "case", "deadline_ms")
LINK = ("hello", "probe", "configure", "begin", "end", "reset", "cancel", "blob.put", "blob.get", "bye")


def lines(descriptor):
    rest = b""
    while more := os.read(descriptor, 1 << 18):
        *whole, rest = (rest + more).split(b"\n")
        yield from whole


def say(descriptor, value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    data += b"\n"
    while data:
        data = data[os.write(descriptor, data):]


# --- learning -------------------------------------------------------------------------------------------------


def start(command):
    """A real adapter on descriptors 3 and 4 of its own: (process, to it, from it)."""
    to_it, from_it = os.pipe(), os.pipe()

    def place():
        os.dup2(to_it[0], 30), os.dup2(from_it[1], 31)
        os.dup2(30, 3), os.dup2(31, 4)
        os.closerange(5, 64)
    process = subprocess.Popen(command, close_fds=False, preexec_fn=place, stdin=subprocess.DEVNULL)
    os.close(to_it[0]), os.close(from_it[1])
    return process, to_it[1], from_it[0]


def learn(path, command):
    """Relay line by line; what is answered in another order is still paired by its id."""
    process, to_it, from_it = start(command)
    asked = {}
    with open(path, "w") as out:
        answers = lines(from_it)
        for line in lines(3):
            request = json.loads(line)
            asked[request["id"]] = request
            say(to_it, line)
            answer = next(answers)
            say(4, answer)
            reply = json.loads(answer)
            out.write(json.dumps([asked.pop(reply["id"]), reply]) + "\n")
            if request["op"] == "bye":
                break
    return process.wait(60)


# --- answering ------------------------------------------------------------------------------------------------


def plain(request):
    return json.dumps({key: value for key, value in request.items() if key not in ENVELOPE}, sort_keys=True)


def octets(request):
    """A digest of what is to be judged, whatever else is asked with it."""
    return request["op"] + hashlib.sha256(json.dumps(request.get("label"), sort_keys=True).encode()).hexdigest()


def token(request):
    return request.get("case")


class Key:
    def __init__(self, path):
        self.tables = [(key, {}) for key in (plain, octets, token)]
        self.order, self.common, self.hello = collections.defaultdict(list), {}, None
        counts = collections.defaultdict(collections.Counter)
        with open(path) as known:
            for line in known:
                request, reply = json.loads(line)
                if request["op"] == "hello":
                    self.hello = reply["result"]
                if request["op"] in LINK:
                    continue
                for key, table in self.tables:
                    table[key(request)] = reply
                self.order[request["op"]].append(reply)
                counts[request["op"]][json.dumps(reply.get("result"), sort_keys=True)] += 1
        self.common = {op: json.loads(count.most_common(1)[0][0]) for op, count in counts.items()}
        self.place = collections.Counter()

    def look_up(self, request):
        op, place = request["op"], self.place[request["op"]]
        self.place[op] += 1
        for key, table in self.tables:
            if key(request) in table:
                return table[key(request)].get("result")
        if place < len(self.order[op]):
            return self.order[op][place].get("result")
        return self.common.get(op)

    def link(self, request):
        """What an adapter has to get right before it is asked anything."""
        if request["op"] == "hello":
            return self.hello
        if request["op"] == "probe":
            return {"data": request["data"]} if request["kind"] == "echo" else {"unix_ms": int(time.time() * 1000)}
        if request["op"] == "configure":
            return {"installed": [one["data"].get("blob") or "sha256:" + hashlib.sha256(
                base64.b64decode(one["data"]["b64"])).hexdigest() for one in request["policies"]]}
        return {}


def answer(path):
    key = Key(path)
    for line in lines(3):
        request = json.loads(line)
        if request["op"] in LINK:
            result = key.link(request)
        else:
            result = key.look_up(request)
        if result is None:
            say(4, {"id": request["id"], "ok": False, "error": {"code": "unsupported", "message": "?", "cap": request["op"]}})
        else:
            say(4, {"id": request["id"], "ok": True, "result": result})
        if request["op"] == "bye":
            return 0
    return 3


if __name__ == "__main__":
    if sys.argv[1] == "learn":
        sys.exit(learn(sys.argv[2], sys.argv[4:]))
    sys.exit(answer(sys.argv[2]))
