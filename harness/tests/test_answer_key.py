#!/usr/bin/env python3
"""test_answer_key.py MUSTER - an adapter that knows the suite and has no system under test (answer_key.py).

With the nonce, seed and test time of the run that it learned from it passes everything: the attack is a real one. With
a new nonce and at another time, as in every run that nobody repeats on purpose, it is exposed."""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = ROOT / "harness/tests/answer_key.py"
REAL = ROOT / "fixtures/sut/label-validator-py/adapter.py"
SAME = ["--nonce", "00112233445566778899aabbccddeeff", "--test-time", "2026-06-01T00:00:00Z", "--seed", "7"]
OTHER = ["--test-time", "2026-06-01T00:00:01Z", "--seed", "7"]  # a new nonce, and a second later: another order
SALTED = re.compile(r"(reads|writes)-(?!.*marking)")  # what is read or written shows the salt; of these none may pass
MOST = 0.6  # of yes and no, half can be guessed; a marking to be read has no place for salt
PROFILES = ("validator-4774", "policy-decide")
SUT = """<sut xmlns="urn:muster:sut:1" id="answer-key" name="answer-key" version="1" owner="Exercise Nation B">
  <adapter id="key" command="{command}" in-flight="16" writable="{work}"/>
  <role name="validator" adapter="key"/><role name="labeller" adapter="key"/><role name="policy" adapter="key"/>
  {claims}
</sut>
"""
CLAIMS = ("label.4774", "label.rules", "label.validate", "label.make", "spif.xml", "mark.render", "mark.parse", "decide", "map",
          "test.time")


def run(muster, work, profile, name, command, options):
    """Results of a run by case: (class of the case, verdict, reason)."""
    sut, out = work / f"{name}.xml", work / f"{name}-run"
    claims = "".join(f'<claim capability="{claim}"/>' for claim in CLAIMS)
    sut.write_text(SUT.format(command=command, work=work, claims=claims))
    done = subprocess.run([muster, "run", "-p", profile, "-s", str(sut), "--out", str(out), "--no-evidence", "--short", *options],
                          cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not (out / "results.json").exists():
        sys.exit(f"{name}: status {done.returncode}\n{done.stdout[-2000:]}")
    results = json.loads((out / "results.json").read_text())
    kinds = {case["id"]: case["class"] for case in results["cases"]}
    return {one["name"]: (kinds[one["case"]], one["verdict"], one.get("reason", "")) for one in results["results"]
            if one["verdict"] != "not-run"}


def count(results):
    return dict(collections.Counter(verdict for _, verdict, _ in results.values()))


def attack(muster, work, profile):
    file = work / f"{profile}.key"
    learned = run(muster, work, profile, f"{profile}-learn", f"python3 {KEY} learn {file} -- {REAL}", SAME)
    same = run(muster, work, profile, f"{profile}-same", f"python3 {KEY} answer {file}", SAME)
    other = run(muster, work, profile, f"{profile}-other", f"python3 {KEY} answer {file}", OTHER)
    print(f"{profile}: {len(learned)} cases; learned {count(learned)}; the same nonce {count(same)}; a new nonce {count(other)}")
    wrong = [f"{profile}: with the nonce that it knows '{name}' is {row[1]} ({row[2]})" for name, row in same.items()
             if row != learned[name]]
    wrong += [f"{profile}: with a new nonce '{name}' still passes" for name, (_, verdict, _) in other.items()
              if verdict == "pass" and SALTED.match(name)]
    if sum(verdict == "pass" for _, verdict, _ in other.values()) > MOST * len(other):
        wrong.append(f"{profile}: with a new nonce more passes than guessing would bring")
    return wrong


def main(muster):
    with tempfile.TemporaryDirectory(prefix="muster-key-") as work:
        wrong = [line for profile in PROFILES for line in attack(muster, pathlib.Path(work), profile)]
    print("\n".join(wrong[:40]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
