"""Labels by the thousand, from a seed: what policies allow, and what mutations make of it. For second_opinion.py."""
import random
import re
from xml.sax.saxutils import escape, quoteattr

NS = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
ROOTS = ["originatorConfidentialityLabel"] * 8 + ["alternativeConfidentialityLabel", "metadataConfidentialityLabel",
                                                   "ConfidentialityLabel"]
ORIGINATORS = [("rfc822Name", "clerk@sender.invalid"), ("rfc822Name", "clerk"), ("rfc822Name", "a b@c.invalid"),
               ("dNSName", "host.invalid"), ("dNSName", "-host.invalid"), ("directoryName", "cn=Clerk,o=Exercise"),
               ("directoryName", "Clerk"), ("uniformResourceIdentifier", "https://x.invalid/a"),
               ("uniformResourceIdentifier", "no scheme"), ("iPAddress", "192.0.2.7"), ("iPAddress", "192.0.2.777"),
               ("iPAddress", "2001:db8::7"), ("x400Address", "/G=Clerk/O=Exercise/"), ("x400Address", "Clerk"),
               ("userPrincipalName", "clerk@x.invalid"), ("userPrincipalName", "clerk"), ("jID", "clerk@x.invalid/desk"),
               ("jID", "x.invalid"), ("jID", "@x.invalid")]
DATES = ["2026-01-12T08:00:00Z", "2025-12-31T23:59:59.999Z", "2026-05-31T10:00:00+02:00", "2024-02-29T00:00:00Z",
         "2023-02-29T00:00:00Z", "2026-01-12T24:00:00Z", "2026-01-12T08:00:60Z", "2026-01-12T08:00:00", "2026-01-12",
         "2026-01-12t08:00:00z", "0000-01-01T00:00:00Z", "-0044-03-15T00:00:00Z", "12026-01-01T00:00:00Z",
         "2026-01-12T08:00:00+14:00", "2026-01-12T08:00:00+14:01", "2026-13-01T00:00:00Z", "20260112T080000Z",
         "2026-1-12T08:00:00Z", "2027-01-12T08:00:00Z", "2026-01-12T08:00:00.Z", "+2026-01-12T08:00:00Z"]
LOOKALIKES = {"A": "\u0410", "E": "\u0415", "O": "\u039f", "S": "\uff33", "T": "\u0422", "N": "N\u200b", "I": "\u0130",
              "C": "C\u00ad", "R": "R\u0301", "K": "\u212a"}
FOREIGN = ['<x:e xmlns:x="urn:x:y"/>', '<x:e xmlns:x="urn:x:y" a="b">text<x:f/></x:e>', "<plain/>",
           f'<x:e xmlns:x="urn:x:y"><slab:originatorConfidentialityLabel xmlns:slab="{NS}"/></x:e>',
           f'<slab:Extra xmlns:slab="{NS}"/>', "<!-- note -->", "<?work now?>", "words", " \n\t", "<![CDATA[]]>", "&amp;",
           "&#x20;", "&e;", "&#0;", "&#xD;"]
ATTRIBUTES = ['x="y"', 'xmlns:x="urn:x:y" x:a="b"', 'xml:lang="en"', 'xml:space="preserve"', 'xml:id="i1"', 'Id="i1"',
              'Id="1i"', 'Id=" i2 "', 'URI="urn:oid:1.2.3"', 'URI="urn:oid:9.2.3"', 'URI="URN:OID:1.2.3"', 'URI="%zz"',
              'URI="a b"', 'URI=""', 'URL="urn:oid:1.2.3"', 'Type="RESTRICTIVE"', 'ReviewDateTime="2031-01-01T00:00:00Z"',
              'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"',
              'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false"',
              'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://x.invalid/x.xsd"',
              f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="{NS}" xsi:type="s:ConfidentialityLabelType"',
              'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="nothing"',
              'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string"']
ENCODINGS = [("utf-16", "UTF-16"), ("utf-8-sig", "UTF-8"), ("latin-1", "ISO-8859-1"), ("utf-8", "ISO-8859-1"),
             ("utf-16-le", "UTF-16"), ("utf-8", "UTF-16"), ("utf-8", "x-unknown"), ("ascii", "US-ASCII"), ("utf-8", "UTF-8")]


class Generator:
    """`policies` are loaded policy files (label-validator-py), read here as data."""

    def __init__(self, seed, policies):
        self.random, self.policies = random.Random(seed), policies

    # --- labels that may be good --------------------------------------------------------------------

    def text(self, name):
        """A name as somebody might write it."""
        roll = self.random.random()
        if roll < 0.90:
            return name
        return self.random.choice([name.lower(), name.title(), f" {name}", name.replace(" ", "  "), name + "\n",
                                   self.lookalike(name), name + "X", name[:-1]])

    def lookalike(self, name):
        places = [i for i, c in enumerate(name) if c in LOOKALIKES]
        if not places:
            return name
        at = self.random.choice(places)
        return name[:at] + LOOKALIKES[name[at]] + name[at + 1:]

    def uri(self, oid):
        roll = self.random.random()
        if roll < 0.3:
            return ""
        return f" URI={quoteattr('urn:oid:' + (oid if roll < 0.96 else oid + '.1' if roll < 0.98 else oid.replace('2.25', '1.3')))}"

    def category(self, policy, tag, count):
        values = self.random.sample(tag.values, min(count, len(tag.values)))
        if self.random.random() < 0.03:
            other = self.random.choice([t for s in policy.tag_sets for t in s.tags if t.values] or [tag])
            values = values + other.values[:1]
        inside = "".join(f"<slab:GenericValue>{escape(self.text(v.name))}</slab:GenericValue>" for v in values)
        kind = tag.type if self.random.random() < 0.97 else self.random.choice(["RESTRICTIVE", "PERMISSIVE", "INFORMATIVE"])
        return (f"<slab:Category TagName={quoteattr(self.text(tag.tag_set.name))} Type=\"{kind}\""
                f"{self.uri(tag.tag_set.id)}>{inside}</slab:Category>")

    def categories(self, policy):
        """Mostly what the policy asks for; sometimes anything."""
        conventions, made = policy.conventions, []
        released = self.random.random() < 0.4
        for tag_set in policy.tag_sets:
            for tag in tag_set.tags:
                if not tag.values:
                    continue
                if tag_set.name == conventions.get("context"):
                    made.append(self.context(policy, tag, released))
                elif tag_set.name == conventions.get("release"):
                    if released or conventions.get("nato") != "true":
                        made.append(self.release(policy, tag))
                elif self.random.random() < 0.12:
                    made.append(self.category(policy, tag, self.random.randint(1, 2)))
        if self.random.random() < 0.1:
            self.random.shuffle(made)
        if made and self.random.random() < 0.04:
            made.append(self.random.choice(made))
        if made and self.random.random() < 0.04:
            made.pop()
        return "".join(made)

    def named(self, policy, tag, names):
        inside = "".join(f"<slab:GenericValue>{escape(self.text(name))}</slab:GenericValue>" for name in names)
        return (f"<slab:Category TagName={quoteattr(tag.tag_set.name)} Type=\"{tag.type}\"{self.uri(tag.tag_set.id)}>"
                f"{inside}</slab:Category>")

    def context(self, policy, tag, released):
        self.main = "NATO" if self.random.random() < 0.7 else self.random.choice(tag.values[1:-1]).name
        names = [self.main] + (["Releasable"] if released or self.random.random() < 0.03 else [])
        if self.random.random() < 0.03:
            names.append(self.random.choice(tag.values).name)
        return self.named(policy, tag, names)

    def release(self, policy, tag):
        own = {"ARKANIA-EXERCISE": "ARKANIA", "VELMAR-EXERCISE": "VELMAR", "EU-EXERCISE": "EU Council"}.get(policy.name)
        first = own or self.main
        others = self.random.sample([v.name for v in tag.values if v.name != first], self.random.randint(0 if own else 1, 2))
        favourites = [n for n in ("NATO", "EU", "EU Council", "XAR", "XVE", "VELMAR", "ARKANIA") if n != first
                      and any(v.name == n for v in tag.values)]
        if favourites and self.random.random() < 0.6:
            others = [self.random.choice(favourites)] + [n for n in others if n not in favourites][:1]
        return self.named(policy, tag, [first, *others] if self.random.random() < 0.97 else others[:1])

    def information(self, policy):
        mark = ""
        if self.random.random() < 0.06:
            mark = f"<slab:PrivacyMark>{self.random.choice(['CLEAR', 'clear', 'FOG', ''])}</slab:PrivacyMark>"
        level = self.random.choice(policy.classifications).name
        return (f"<slab:ConfidentialityInformation><slab:PolicyIdentifier{self.uri(policy.id)}>{self.text(policy.name)}"
                f"</slab:PolicyIdentifier><slab:Classification>{escape(self.text(level))}</slab:Classification>{mark}"
                f"{self.categories(policy)}</slab:ConfidentialityInformation>")

    def originator(self):
        roll = self.random.random()
        if roll < 0.2:
            return ""
        kind, text = ORIGINATORS[0] if roll < 0.7 else self.random.choice(ORIGINATORS)
        return f'<slab:OriginatorID IDType="{kind}">{escape(text)}</slab:OriginatorID>'

    def date(self):
        return DATES[0] if self.random.random() < 0.85 else self.random.choice(DATES)

    def succession(self, policy):
        other = policy if self.random.random() < 0.9 else self.random.choice(self.policies)
        return (f"<slab:SuccessionHandling><slab:SuccessionDateTime>{self.random.choice(['2030-01-01T00:00:00Z', self.date()])}"
                f"</slab:SuccessionDateTime><slab:SuccessorConfidentialityLabel>{self.information(other)}{self.originator()}"
                f"<slab:CreationDateTime>{self.date()}</slab:CreationDateTime></slab:SuccessorConfidentialityLabel>"
                "</slab:SuccessionHandling>")

    def label(self):
        policy = self.random.choices(self.policies, [6 if p.name == "NATO-EXERCISE" else 2 for p in self.policies])[0]
        self.main = "NATO"
        root, roll = self.random.choice(ROOTS), self.random.random()
        review = '' if roll < 0.04 else f' ReviewDateTime="{"2031-01-01T00:00:00Z" if roll < 0.9 else self.date()}"'
        succession = self.succession(policy) if self.random.random() < 0.1 else ""
        return (f'<slab:{root} xmlns:slab="{NS}"{review}>{self.information(policy)}{self.originator()}'
                f"<slab:CreationDateTime>{self.date()}</slab:CreationDateTime>{succession}</slab:{root}>")

    # --- mutations ----------------------------------------------------------------------------------

    def somewhere(self, pattern, text):
        found = list(re.finditer(pattern, text))
        return self.random.choice(found) if found else None

    def replace(self, text, match, new):
        return text if match is None else text[:match.start()] + new + text[match.end():]

    def drop_element(self, text):
        return self.replace(text, self.somewhere(r"<slab:(\w+)[^<>]*>[^<>]*</slab:\1>", text), "")

    def double_element(self, text):
        match = self.somewhere(r"<slab:(\w+)[^<>]*>[^<>]*</slab:\1>", text)
        return self.replace(text, match, match.group() * 2) if match else text

    def swap_elements(self, text):
        match = self.somewhere(r"(<slab:(\w+)[^<>]*>[^<>]*</slab:\2>)(<slab:(\w+)[^<>]*>[^<>]*</slab:\4>)", text)
        return self.replace(text, match, match.group(3) + match.group(1)) if match else text

    def rename(self, text):
        names = re.findall(r"<slab:(\w+)", text)
        if not names:
            return text
        old = self.random.choice(names)
        new = self.random.choice([old.lower(), old[0].swapcase() + old[1:], old + "s", self.random.choice(names)])
        return text.replace(f"slab:{old}", f"slab:{new}") if self.random.random() < 0.7 else text.replace(f"slab:{old}", f"slab:{new}", 1)

    def rename_attribute(self, text):
        match = self.somewhere(r" (Type|TagName|URI|IDType|ReviewDateTime)=", text)
        return self.replace(text, match, f" {self.random.choice([match.group(1).lower(), 'x' + match.group(1), 'URI', 'Type'])}=") if match else text

    def drop_attribute(self, text):
        return self.replace(text, self.somewhere(r' (Type|TagName|URI|IDType|ReviewDateTime)="[^"]*"', text), "")

    def attribute_value(self, text):
        match = self.somewhere(r'(?<==")[^"]*(?=")', text)
        if match is None:
            return text
        old = match.group()
        return self.replace(text, match, self.random.choice(
            ["", " " + old, old + "\n", old.lower(), old.upper(), old + "x", "&#9;" + old, old.replace("2", "3", 1)]))

    def put(self, text):
        match = self.somewhere(r"(?<=>)(?=<|[^<])|(?=<)", text)
        return self.replace(text, match, self.random.choice(FOREIGN)) if match else text

    def put_attribute(self, text):
        match = self.somewhere(r"(?<=<slab:)\w+(?=[ >])", text)
        return self.replace(text, match, f"{match.group()} {self.random.choice(ATTRIBUTES)}") if match else text

    def change_text(self, text):
        match = self.somewhere(r"(?<=>)[^<>]+(?=</)", text)
        if match is None:
            return text
        old = match.group()
        return self.replace(text, match, self.random.choice(
            ["", " ", f"\n  {old}\n", old.lower(), old.swapcase(), self.lookalike(old), old + "!", old[:-1],
             f"<![CDATA[{old}]]>", f"{old[:2]}<!-- x -->{old[2:]}", f"<b>{old}</b>", f"&#{ord(old[0])};{old[1:]}",
             old.replace(" ", "\u00a0"), old + "\u0301", self.random.choice(DATES)]))

    def other_value(self, text):
        old, new = self.random.choice([("GenericValue", "IntegerValue"), ("GenericValue", "BitStringValue"), ("slab:", "s:"),
                                       (NS, NS[:-1] + "1"), (NS, NS.upper()), ("PERMISSIVE", "RESTRICTIVE"),
                                       ("RESTRICTIVE", "INFORMATIVE"), ("INFORMATIVE", "PERMISSIVE"), ("xmlns:slab", "xmlns:slob"),
                                       ("Releasable To", "Releasable to"), ("Special Category Designators", "Additional Sensitivity")])
        return text.replace(old, new)

    def prefix_free(self, text):
        return text.replace("<slab:", "<").replace("</slab:", "</").replace("xmlns:slab", "xmlns")

    def prolog(self, text):
        return self.random.choice(["<?xml version='1.0'?>", "<?xml version='1.1'?>", "<?xml version='1.0' standalone='yes'?>",
                                   "<!-- x -->", "\n", "<?xml-stylesheet href='x'?>", "\n<?xml version='1.0'?>",
                                   "<!DOCTYPE slab:x>", "<!DOCTYPE x [<!ENTITY e 'x'>]>", "\x00", "x"]) + text

    def ending(self, text):
        return self.random.choice([text + "<x/>", text + "\n<!-- x -->\n", text + "x", text[:-1], text[:len(text) // 2], text + "\x00"])

    def flip(self, text):
        at = self.random.randrange(len(text))
        return text[:at] + chr(self.random.choice([1, 60, 62, 38, 34, 65, 0xfffe, 0x10000, 9])) + text[at + 1:]

    MUTATIONS = (drop_element, double_element, swap_elements, rename, rename_attribute, drop_attribute, attribute_value, put,
                 put, put_attribute, put_attribute, change_text, change_text, other_value, prefix_free, prolog, ending, flip)

    def octets(self, text):
        if self.random.random() < 0.95 or text.startswith("<?xml"):
            return text.encode("utf-8", "surrogatepass")
        codec, name = self.random.choice(ENCODINGS)
        return f"<?xml version='1.0' encoding='{name}'?>{text}".encode(codec, "replace")

    def make(self, base=None):
        """(what was done, octets): a label of the policies, or `base`, with none to three mutations."""
        text, done = base or self.label(), []
        for _ in range(self.random.choices([0, 1, 2, 3], [5, 5, 2, 1])[0]):
            mutation = self.random.choice(self.MUTATIONS)
            text = mutation(self, text)
            done.append(mutation.__name__)
        return "+".join(done) or "plain", self.octets(text)
