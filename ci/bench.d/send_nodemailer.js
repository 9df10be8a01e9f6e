// send_nodemailer.js ADDRESS PKI MESSAGE COUNT - send MESSAGE as it stands ('raw') by nodemailer, one connection a
// mail (no pool), over mutual TLS 1.3; prints microseconds a mail. A tenth more is sent before the clock starts.
'use strict';
const fs = require('fs');
const nodemailer = require('../../fixtures/npm/node_modules/nodemailer');

const [address, pki, message, count] = process.argv.slice(2);
const [host, port] = address.split(':');
const raw = fs.readFileSync(message);
const file = (name) => fs.readFileSync(`${pki}/${name}`);
const transport = nodemailer.createTransport({
    host, port: Number(port), name: 'clerk.bravo.test', requireTLS: true,
    tls: { ca: file('ca.pem'), cert: file('sender.chain.pem'), key: file('sender.key'), servername: 'localhost', minVersion: 'TLSv1.3' },
});

async function send(times) {
    for (let i = 0; i < times; i++)
        await transport.sendMail({ envelope: { from: 'muster@eu.test', to: 'store@nato.test' }, raw });
}

(async () => {
    await send(Math.floor(count / 10) + 1);
    const start = process.hrtime.bigint();
    await send(Number(count));
    console.log((Number(process.hrtime.bigint() - start) / 1e3 / count).toFixed(1));
})().catch((error) => { console.error(error.message); process.exit(1); });
