"""What check_hostile.py puts into the Python template: an adapter with a mode as its argument, which is honest until its third
label (or from the start, where a mode says so) and then does what the mode is called; its later lives are honest."""
import signal

mode, seen, held = sys.argv[1], [0], []
once_only = os.path.join(os.environ["MUSTER_SAP_DIR"], "done")


def put(reply):
    raw(json.dumps(reply, separators=(",", ":")).encode() + b"\n")


def raw(octets):
    said.write(octets)
    said.flush()


def event(reply, **more):
    put({"ev": "state", "id": reply["id"], "name": "asked", **more})


def answers_twice(op, reply):
    put(reply)
    put(reply)


def unsupported_after_an_effect(op, reply):
    event(reply, text="the system was asked")
    put({"id": reply["id"], "ok": False, "error": {"code": "unsupported", "cap": "label.4774", "message": "after all"}})


def floods_events(op, reply):
    for _ in range(20000):
        raw(b'{"ev":"log","text":"%s"}\n' % (b"e" * 200))
    put(reply)


def grandchild_keeps_the_pipe(op, reply):
    if os.fork() == 0:
        os.setsid()
        os.execvp("sleep", ["sleep", "7772"])
    os._exit(0)


def closes_its_input(op, reply):
    os.close(3)
    signal.pause()


def ignores_the_end(op, reply):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.pause()


# From the third label on.
LATE = {
    "answers-twice": answers_twice,
    "unsupported-after-an-effect": unsupported_after_an_effect,
    "floods-events": floods_events,
    "grandchild-keeps-the-pipe": grandchild_keeps_the_pipe,
    "closes-its-input": closes_its_input,
    "says-a-name-twice": lambda op, reply: raw(b'{"id":%d,"ok":true,"ok":true,"result":{}}\n' % reply["id"]),
    "says-ok-and-nothing": lambda op, reply: put({"id": reply["id"], "ok": True}),
}


def out_of_order(op, reply):
    """Legal: in any order, as many as are out at a time."""
    if op != "label.parse":
        while held:
            put(held.pop())
        return put(reply)
    held.append(reply)
    if len(held) == 4 or not select.select([asked], [], [], 0.2)[0]:
        while held:
            put(held.pop())


def slowly(op, reply):
    octets = json.dumps(reply).encode() + b"\n"
    for at in range(0, len(octets), 64):
        raw(octets[at:at + 64])
        time.sleep(0.001)


def wrong_echo(op, reply):
    if "data" in reply.get("result", {}):
        reply["result"]["data"]["b64"] = "AAAA"
    put(reply)


def knows_everything(op, reply):
    if reply.get("error", {}).get("code") == "unsupported":
        reply = {"id": reply["id"], "ok": True, "result": {}}
    put(reply)


def claims_everything(op, reply):
    if op == "hello":
        reply["result"]["roles"] = ["validator", "labeller", "policy"]
        reply["result"]["caps"].update({name: {} for name in ("label.make", "mark.render", "mark.parse", "decide", "map")})
    elif op == "label.parse":
        reply["result"] = {}
    put(reply)


def does_not_leave(op, reply):
    put(reply)
    if op == "bye":
        ignores_the_end(op, reply)


# From the start.
ALWAYS = {
    "out-of-order": out_of_order,
    "slowly": slowly,
    "wrong-echo": wrong_echo,
    "knows-everything": knows_everything,
    "claims-everything-and-does-nothing": claims_everything,
    "does-not-leave": does_not_leave,
    "honest": lambda op, reply: put(reply),
}


def emit(op, reply):
    seen[0] += op == "label.parse"
    if mode in ALWAYS:
        ALWAYS[mode](op, reply)
    elif mode in LATE and op == "label.parse" and seen[0] == 3 and not os.path.exists(once_only):
        open(once_only, "w").close()
        LATE[mode](op, reply)
    else:
        put(reply)


if mode == "ends-at-once":
    sys.exit(0)
