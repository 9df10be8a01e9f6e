# mails.awk - labelled mails for ci/bench, a file each, or one mbox. Variables: dir (files) or mbox (one
# file), count, octets (of one mail, about), label (base64 on one line), marking, hostile (1: header
# fields, parameters, namespaces and elements with ever new names), label_of (hostile: see below).
# Each mail has three parts: text that begins with the marking, base64 and quoted-printable.

function segments(value, name, out, n) { # RFC 2231, as our writer leaves them
    while (length(value) > 0) {
        out = out ";\r\n " name "*" n++ "=\"" substr(value, 1, 60) "\""
        value = substr(value, 61)
    }
    return out
}

function body(n, out, line) {
    for (line = 1; length(out) < n; line++)
        out = out sprintf("%04d EXERCISE convoy serial moves from point ALFA to point BRAVO at dawn.\r\n", line)
    return out
}

function fields(i, out, n) {
    for (n = 1; n <= 12; n++)
        out = out "X-Exercise-" (hostile ? i "-" : "") n ": EXERCISE field number " n " of message " i "\r\n"
    return out
}

function mail(i, out) {
    out = "Date: Mon, 23 Nov 2026 10:15:00 +0000\r\nFrom: Exercise Sender <sender@alfa.test>\r\n"
    out = out "To: Exercise Reader <reader@bravo.test>\r\nMessage-ID: <" i "@alfa.test>\r\n"
    out = out "Subject: Convoy " i "\r\n" fields(i)
    out = out "SIO-Label: marking=\"" marking "\";\r\n type=\":xml\"" segments(label, "label")
    out = out (hostile ? ";\r\n x-" i "=\"" i "\"\r\n" : "\r\n")
    out = out "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_" i "\"\r\n\r\n"
    out = out "--=_" i "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" marking "\r\n\r\n" text marking "\r\n"
    out = out "--=_" i "\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" bulk
    out = out "--=_" i "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return out "<p>" marking "</p>=20\r\n--=_" i "--\r\n"
}

BEGIN {
    rest = octets - length(label) - 2600
    text = body(rest * 0.7)
    for (n = 0; n < rest * 0.3; n += 78)
        bulk = bulk "RVhFUkNJU0UgY29udm95IHNlcmlhbCBtb3ZlcyBmcm9tIHBvaW50IEFMRkEgdG8gQlJBVk8gYXQg\r\n"
    for (i = 1; i <= count; i++) {
        file = mbox != "" ? mbox : sprintf("%s/%06d.eml", dir, i)
        if (mbox != "")
            printf "From sender@alfa.test Mon Nov 23 10:15:00 2026\n" > file
        printf "%s", mail(i) > file
        if (mbox != "")
            printf "\r\n" > file
        else
            close(file)
    }
}
