#!/usr/bin/env python3
"""send_smtplib.py ADDRESS PKI MESSAGE COUNT [nodelay] - send MESSAGE by Python's smtplib, one connection a mail, over mutual
TLS 1.3 with one context for all; prints microseconds a mail. A tenth more is sent before the clock starts.
nodelay: without Nagle's algorithm, under which smtplib waits for delayed acknowledgements."""
import smtplib, socket, ssl, sys, time

address, pki, message, count = sys.argv[1], sys.argv[2], open(sys.argv[3], "rb").read(), int(sys.argv[4])
host, port = address.rsplit(":", 1)
context = ssl.create_default_context(cafile=pki + "/ca.pem")
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(pki + "/sender.chain.pem", pki + "/sender.key")


def send(times):
    for _ in range(times):
        with smtplib.SMTP(host, int(port), local_hostname="clerk.bravo.test") as smtp:
            if "nodelay" in sys.argv:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.starttls(context=context)
            smtp.sendmail("muster@eu.test", ["store@nato.test"], message)


send(count // 10 + 1)
start = time.monotonic()
send(count)
print(f"{(time.monotonic() - start) * 1e6 / count:.1f}")
