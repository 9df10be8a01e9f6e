#!/usr/bin/env python3
"""run_of.py N - a run stream of N results on standard output, hash chain and all: what ci/bench makes reports of.

Three in a hundred fail, two are inconclusive, one did not run; nothing is taken from a real run.
"""
import hashlib
import json
import sys

count = int(sys.argv[1])
before = ""


def write(**members):
    global before
    body = json.dumps(members, separators=(",", ":"))[:-1]
    before = hashlib.sha256((before + "\n" + body).encode()).hexdigest()
    sys.stdout.write(body + ',"h":"' + before + '"}\n')


rules = ["BEN-%03d" % i for i in range(200)]
roles, classes = ["receiver", "relay", "sender"], ["valid", "unexpected", "invalid"]
cases = (count + 99) // 100
digest = "sha256:" + "5a" * 32
write(event="open", schema="muster-run/1", run="bench", muster="0.1.0", isolation="full", seed=1, jobs=8,
      test_time="2026-11-23T10:15:00Z", started="2026-11-23T10:15:00Z", libraries={"libxml2": "2.9.14"},
      profile={"id": "bench", "version": "1", "title": "A run that was never run"},
      suite={"id": "bench", "revision": "1"},
      sut={"id": "paper", "name": "Paper Guard", "version": "1", "claims": "label.enforce starttls"},
      marking=[{"policy": "BENCH", "marking": "BENCH SECRET", "classification": "SECRET", "rank": 3,
                "colour": "#c8102e", "text_colour": "#ffffff"}],
      digests={"suite": digest, "profile": digest, "sut": digest}, planned=count)
for i, rule in enumerate(rules):
    write(event="rule", id=rule, level="must" if i % 3 else "should", written="must", see="%d.%d" % (i % 9, i % 7),
          document="BENCH %d" % (i % 5), text="What rule number %d of the bench demands." % i, assertion=True,
          waived=False)
for i in range(cases):
    write(event="case", id="case-%d" % i, revision="1", title="Case number %d of the bench" % i,
          why="Somebody would miss it if it were not there.", role=roles[i % 3], level="must",
          **{"class": classes[i % 3]}, importance="high" if i % 5 else "critical", sins="", tags="",
          capabilities="label.enforce" if i % 2 else "", mutations=[],
          requirements=[{"document": "BENCH %d" % (i % 5), "clause": "%d.%d" % (i % 9, i % 7)}])
held = rules[:60]
counts = dict.fromkeys(["not-run", "pass", "remarks", "inconclusive", "fail", "error"], 0)
for i in range(count):
    name = "case-%d[label=l%02d]" % (i // 100, i % 100)
    kind = i * 7919 % 100
    if kind == 0:
        write(event="not-run", case=name, reason="cap:missing(%s:label.show)" % roles[i // 100 % 3])
        counts["not-run"] += 1
        continue
    verdict = "fail" if kind < 4 else "inconclusive" if kind < 6 else "pass"
    rule = rules[i % 20]
    folder = "cases/%04d" % (i + 1)
    write(event="start", case=name, attempt=1, at_ms=i * 4, folder=folder)
    if verdict == "fail":
        write(event="finding", case=name, attempt=1, leg="out", rule=rule, level="must", expected="what stands there",
              seen="something else, at number %d" % i, hint="Write what stands there.", offset=512 + i % 900,
              places="/m:message/h:sio-label @ 512", count=1)
    legs = [{"leg": "out", "held": held, "broken": [rule] if verdict == "fail" else []}]
    reason = {"fail": "rule:" + rule, "inconclusive": "timeout:collect", "pass": ""}[verdict]
    counts[verdict] += 1
    write(event="verdict", case=name, attempt=1, verdict=verdict, reason=reason, rung="label-parsed",
          attribution="relay" if verdict == "fail" else "", expectation="as-expected", at_ms=i * 4 + 3,
          ms=3 + i * 31 % 97, legs=legs,
          evidence={"folder": folder, "files": [
              {"name": name, "sha256": "%064x" % (i * 16 + k), "octets": 2000 + i % 512}
              for k, name in enumerate(["sent-1.eml", "received-2.eml", "message-1.xml", "message-2.xml",
                                        "transcript-1.txt", "steps.json"])]})
write(event="close", counts=counts, late=0, interrupted=False, stale=[], exit=1, ms=count * 4)
