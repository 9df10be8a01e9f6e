#!/usr/bin/env python3
"""second_opinion.py MUSTER [SEED] [COUNT] [v] - our own library and label-validator-py over the same labels.

Both are asked as adapters: 'muster twin --sap' and fixtures/sut/label-validator-py/adapter.py. Labels are the fixtures,
those of the suites' operators' kind and COUNT generated ones (label_gen.py). What they differ in has to be a row of
EXPLAINED, and stands in harness/docs/second-opinion.md with its clause; a row that nothing needs is wrong, too."""
import collections
import glob
import json
import os
import pathlib
import random
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "fixtures/sut/label-validator-py/tests"), str(pathlib.Path(__file__).parent)]
import support  # noqa: E402
import label_gen  # noqa: E402
from validator import spif  # noqa: E402

SHOWN = 3      # examples of each difference, with a fourth argument
ENOUGH = 3000  # labels among which every row of EXPLAINED is needed

# Fixed, so that a new fixture changes nothing of what is generated.
BASES = ("secret", "secret-releasable-crypto", "restricted-clear", "unclassified-staff", "succession", "eu-secret-nato",
         "velmar-command", "public", "alternative-restricted", "secret-bohemia")
CLEARANCES = ("arkania", "eu-staff-nato", "eu-staff", "nato-gap", "nato-restricted", "nato-secret", "other-nation",
              "partner-secret", "velmar")

# What a row explains: "operation | ours | theirs", where each is outcome, class and native text. The names stand in
# harness/docs/second-opinion.md.
EXPLAINED = {
    "gate": r".* \| (rejected|deny) malformed (a processing instruction|an encoding declaration|an XML version|XML that does "
            r"not begin|a NUL byte|bytes that are not UTF-8|a code point that is no character|a namespace written with).*",
    "namespace-uri": r".* \| (rejected|deny) malformed xmlns:.* is not a valid URI.*",
    "names": r".* \| .* \| (rejected|deny) malformed L74-01: not well-formed \(invalid token\).*",
    "xml-id": r".* \| (rejected|deny) malformed ID .* already defined \| (rejected|deny) .*",
    "empty-cdata": r".* \| (rejected|deny) schema the label does not follow its schema: .*character content other than.*",
    "space-around-dates": r".* \| (rejected|deny) schema the label does not follow its schema: .*DateTime' .*is "
                          r"'(\s|\\[trn]).*",
    "not-valid": r"(mark\.render|map|decide) \| (accepted|permit) .*\| (rejected|deny) (rule|policy|unknown-policy|expired) .*",
    "same-policy": r"map \| rejected unmappable the label is in the terms of .* already \| accepted .*",
    "informative": r"map \| accepted .*\| rejected unmappable EQV-06: '[^']*' has no equivalent in .*",
    "designators-in-portions": r"mark\.render \| accepted [A-Z/-]+-[^|]+ \| accepted [A-Z/-]+ ",
    "no-portion": r"mark\.render \| rejected \w+ .* has no portion mark in .* \| accepted  ",
    "own-words": r"mark\.render \| accepted VELMAR [^|]*\{[^|]*Reference.*\| accepted VELMAR .*Reference.*",
    "renamed-tag-set": r"label\.parse \| accepted .*\| rejected policy SEM-03: no tag set .*",
    "other-spaces": r"label\.parse \| accepted .*\| rejected policy SEM-0[1-4]: .*[\u00a0\u2000-\u200a\u3000].*",
    "class-of-uri": r"label\.parse \| rejected unknown-policy SEM-01: .*\| rejected (policy L74-19|rule L74-18): .*",
    "class-of-mark": r"label\.parse \| rejected rule NAT-09: .*\| rejected .*",
    "class-of-context": r"label\.parse \| rejected rule NAT-02: the same context twice \| rejected .*",
}


# A clearance that its schema forbids, or that nobody can read: who cannot evaluate it denies.
BENT = (  # what is replaced in the clearance nato-secret, and by what
    (r"(<slab:PolicyIdentifier.*?</slab:PolicyIdentifier>)(.*?</sclr:ClassificationList>)", r"\2\1"),
    (r"(<sclr:ClassificationList>).*(</sclr:ClassificationList>)", r"\1\2"),
    (r"</sclr:ClassificationList>", r"<x:e xmlns:x='urn:x'/>\g<0>"),
    (r"confidentialityclearance:1:0", "confidentialityclearance:1:1"),
    (r"<sclr:ConfidentialityClearance", r"<!DOCTYPE x>\g<0>"),
    (r"SECRET</slab:Classification>", ""),
    (r"<\?xml.*", ""),
    (r"(ConfidentialityClearance)", r"\1 x='y'"),
)


# --- what is asked --------------------------------------------------------------------------------------------


def fixtures():
    for name in sorted(glob.glob(f"{ROOT}/fixtures/labels/*.xml")):
        yield pathlib.Path(name).stem, support.fixture(pathlib.Path(name).stem)[0]
    for name in sorted(glob.glob(f"{ROOT}/fixtures/rules/*/*.label.xml")):
        yield pathlib.Path(name).name, pathlib.Path(name).read_bytes()


def special():
    """One label for each row of EXPLAINED that chance brings too seldom."""
    secret = support.SECRET
    yield "no-break space", secret.replace(">SECRET<", ">TOP\u00a0SECRET<")
    yield "name of an upper plane", secret.replace(" ReviewDate", " \U00010000='' ReviewDate")
    yield "namespace that is no URI", secret.replace("urn:nato:", "urn:na>to:")
    yield "xml:id twice", secret.replace("<slab:Category ", "<slab:Category xml:id='i' ").replace(
        "<slab:OriginatorID ", "<slab:OriginatorID xml:id='i' ").replace("<slab:GenericValue>", "<slab:GenericValue y='z'>")
    yield "renamed", secret.replace('"Context"', '"Contexts"')
    yield "informative", support.with_categories(
        support.category("Context", "PERMISSIVE", "NATO", "Releasable"),
        support.category("Releasable To", "PERMISSIVE", "NATO", "EEAS", "EU Council"),
        support.category("Exercise Groups", "INFORMATIVE", "FICTITIOUS UNIT 01-A"))


def special_questions(policies):
    for how, text in special():
        label = support.octets(text)
        yield how, {"op": "label.parse", "label": label}
        yield how, {"op": "map", "label": label, "policy": "EU-EXERCISE"}
    low = support.fixture("eu-limite")[0]
    yield "no portion mark", {"op": "mark.render", "label": support.octets(low), "place": "portion"}


def generated(seed, count, policies):
    generator = label_gen.Generator(seed, policies)
    plain = [support.fixture(name)[0].decode() for name in BASES]
    for i in range(count):
        base = generator.random.choice(plain) if i % 4 == 0 else None
        try:
            yield generator.make(base)
        except UnicodeEncodeError:
            continue


def bent_clearances():
    whole = support.clearance("nato-secret").decode()
    secret = support.octets(support.SECRET.encode())
    for old, by in BENT:
        bent = re.sub(old, by, whole, count=1, flags=re.S)
        assert bent != whole, old
        yield f"clearance bent by '{by}'", {"op": "decide", "label": secret, "clearance": support.octets(bent.encode())}


def questions(labels, clearances, policies, seed):
    """Each label is read and shown; of decisions and mappings it gets a share."""
    for how, octets in labels:
        label, chance = support.octets(octets), random.Random(octets + seed.encode())
        yield how, {"op": "label.parse", "label": label}
        yield how, {"op": "mark.render", "label": label, "language": chance.choice(["en", "fr"]),
                    "place": chance.choice(["page-top", "page-top", "first-line", "portion"])}
        for clearance in chance.sample(clearances, 2):
            yield how, {"op": "decide", "label": label, "clearance": support.octets(clearance)}
        for policy in chance.sample(policies, 2):
            yield how, {"op": "map", "label": label, "policy": policy.name}


# --- what is compared -----------------------------------------------------------------------------------------


def label_key(label, whole):
    """What a label says, without order among categories; of a mapped one, without what nobody fixes."""
    if label is None:
        return None
    kept = {key: value for key, value in label.items() if key not in ("categories", "root", "successor", "succession")}
    if not whole:
        kept = {key: value for key, value in kept.items() if key in ("policy", "classification")}
    rows = sorted((c.get("tag", ""), c.get("type", ""), v) for c in label.get("categories", []) for v in c["values"])
    return json.dumps([kept, rows], sort_keys=True)


def said(request, reply):
    """The part of a reply that is compared, and the class of a refusal beside it."""
    if not reply["ok"]:
        return "error " + reply["error"]["code"], ""
    result = reply["result"]
    if request["op"] == "decide":
        return result["decision"], result.get("class", "")
    if result["outcome"] != "accepted":
        return result["outcome"], result.get("class", "")
    return "accepted " + str({
        "label.parse": lambda: label_key(result["label"], True),
        "mark.render": lambda: result["text"],
        "map": lambda: label_key(result.get("label"), False),
    }[request["op"]]()), ""


def line(request, ours, theirs):
    """Question and answers as one line, for the rows of EXPLAINED."""
    return f"{request['op']} | {answer(ours)} | {answer(theirs)} "


def answer(reply):
    if not reply["ok"]:
        return f"error {reply['error']['code']} {reply['error'].get('message', '')}"
    result = reply["result"]
    words = [result.get("decision") or result["outcome"], result.get("class", ""), result.get("native", ""),
             result.get("text", "")]
    return " ".join(word for word in words if word) + ("" if "text" not in result or result["text"] else " ")


def differs(request, ours, theirs):
    """Classes are compared where a label is read; of a decision or mapping it is the answer that counts."""
    (ours_said, ours_class), (theirs_said, theirs_class) = said(request, ours), said(request, theirs)
    return ours_said != theirs_said or (request["op"] == "label.parse" and ours_class != theirs_class)


def why(text):
    return next((name for name, row in EXPLAINED.items() if re.fullmatch(row, text, re.S)), None)


def compare(muster, asked):
    ours, theirs = support.Link([muster, "twin", "--sap"]), support.Link()
    try:
        for link in (ours, theirs):
            link.hello()
            link.configure()
        requests = [request for _, request in asked]
        return zip(asked, ours.ask_many(requests), theirs.ask_many(requests))
    finally:
        ours.close()
        theirs.close()


def main(muster, seed="1", count="3000", verbose=""):
    muster = os.path.abspath(muster)
    os.chdir(ROOT)  # where the twin finds its profiles
    policies = [spif.load(pathlib.Path(name).read_bytes()) for name in support.POLICIES]
    clearances = [support.clearance(name) for name in CLEARANCES]
    labels = list(fixtures()) + list(generated(int(seed), int(count), policies))
    asked = list(special_questions(policies)) + list(bent_clearances()) + list(questions(labels, clearances, policies, seed))
    explained, open_ones, same = collections.defaultdict(list), [], 0
    for (how, request), our, their in compare(muster, asked):
        if not differs(request, our, their):
            same += 1
            continue
        text = f"{how}: {line(request, our, their)}"
        name = why(line(request, our, their))
        (open_ones if name is None else explained[name]).append(text)
    print(f"{len(asked)} questions over {len(labels)} labels, seed {seed}: {same} answered alike")
    for name, rows in sorted(explained.items(), key=lambda item: -len(item[1])):
        print(f"{len(rows):6} {name}", *(f"           {row[:200]}" for row in (rows[:SHOWN] if verbose else ())), sep="\n")
    for text in open_ones:
        print(f"not explained: {text[:500]}")
    unused = [name for name in EXPLAINED if name not in explained]
    if int(count) >= ENOUGH and unused:
        print(f"rows that nothing needs: {', '.join(unused)}")
        return 1
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
