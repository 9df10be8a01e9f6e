# senders.sh - part of ci/bench: sending beside what testers use for it, one connection a mail, one mail after the other.
#
# All send the same octets to the same twin, both ends on one core, over mutual TLS 1.3 with the same certificates; all
# verify the server's chain, none looks at revocation lists (swaks cannot) and none resumes a session. Ours is
# 'muster run' with a case a mail that sends and expects the acceptance: each in a forked and sealed job, journalled and
# synced. The libraries do nothing but send, in one warm process; swaks is a process a mail, as it is used.
# What ours costs in one process, and when it also judges and keeps the evidence, stands beside it.
#
# Python's smtplib leaves Nagle's algorithm on, and so waits 40 ms for the acknowledgement of its last handshake record, which
# a server without session tickets has no reason to hurry. It is measured as it comes, and without that wait.

sends_by() # file, command that prints microseconds a mail
{
    file=$work/send-$1
    shift
    taskset -c "$core" "$@" >>"$file" 2>"$work/send.log" || { tail -5 "$work/send.log" >&2 && die "$1 does not send"; }
}

swaks_sends() # COUNT
{
    before=$(date +%s%N)
    for _ in $(seq "$1"); do
        taskset -c "$core" swaks --server "$(cat "$work/ready")" --ehlo clerk.bravo.test --from muster@eu.test \
            --to store@nato.test --data - --tls --tls-protocol tlsv1_3 --tls-verify --tls-ca-path "$work/anchors.pem" \
            --tls-cert "$work/pki/sender.chain.pem" --tls-key "$work/pki/sender.key" --silent 3 \
            <"$work/mail.eml" >"$work/send.log" 2>&1 || { tail -5 "$work/send.log" >&2 && die "swaks does not send"; }
    done
    divide $(($(date +%s%N) - before)) $((1000 * $1)) 1 >>"$work/send-swaks"
}

missing_sender() # name: why it cannot be measured, or nothing
{
    case $1 in
    smtplib*) command -v python3 >/dev/null || echo "no python3" ;;
    nodemailer)
        if ! command -v node >/dev/null; then
            echo "no node"
        elif [ ! -d fixtures/npm/node_modules/nodemailer ]; then
            echo "npm ci was not run in fixtures/npm"
        fi
        ;;
    swaks)
        if ! command -v swaks >/dev/null; then
            echo "no swaks"
        elif ! perl -MNet::SSLeay -e1 2>/dev/null; then
            echo "no Net::SSLeay"
        fi
        ;;
    esac
}

muster_sends() # file, profile, options
{
    file=$work/send-$1
    shift
    run "$@"
    divide $((1000 * ($(member close ms) - $(member start at_ms)))) $cases 1 >>"$file"
}

send_round()
{
    to=$(cat "$work/ready")
    muster_sends muster plain --no-evidence
    [ -n "$(missing_sender smtplib)" ] \
        || sends_by smtplib python3 ci/bench.d/send_smtplib.py "$to" "$work/pki" "$work/mail.eml" $((cases / 10))
    [ -n "$(missing_sender smtplib)" ] \
        || sends_by smtplib-quick python3 ci/bench.d/send_smtplib.py "$to" "$work/pki" "$work/mail.eml" $((cases / 2)) nodelay
    [ -n "$(missing_sender nodemailer)" ] \
        || sends_by nodemailer node ci/bench.d/send_nodemailer.js "$to" "$work/pki" "$work/mail.eml" $((cases / 2))
    [ -n "$(missing_sender swaks)" ] || swaks_sends $((cases / 20))
    muster_sends open plain --no-evidence --isolation none
    muster_sends judging p$cases
}

sender_rows() # file, what, goal
{
    why=$(missing_sender "$1")
    if [ -n "$why" ]; then
        row "sending: $2" "$why" ">= $3" "not measured"
        return
    fi
    # What makes the core waver is in both figures of a round, so it is the ratio that has to be steady.
    paste -d' ' "$work/send-$1" "$work/send-muster" | awk '{ print $1 / $2 }' >"$work/send-ratios"
    ratio=$(divide "$(median <"$work/send-ratios")" 1 2) unsteady=$(spread <"$work/send-ratios")
    row "sending: $2, us a mail" "$(median <"$work/send-$1")" "" ""
    row "  / muster" "$ratio (spread $unsteady %)" ">= $3" "$(verdict "$unsteady" "$ratio" '>=' "$3")"
}

measure_senders()
{
    run p1 && cp "$(echo "$out"/cases/*/sent-1.eml | cut -d' ' -f1)" "$work/mail.eml"
    cat "$work/pki/ca.pem" "$work/pki/intermediate.pem" >"$work/anchors.pem" # swaks sends no chain of its own
    profile "$work/plain" $cases 1
    sed -i 's,<judge of="[^"]*"/>,,' "$work/plain/suite.xml"
    cp "$work/sut.xml" "$work/sut-kept.xml"
    sed -i 's, crl="[^"]*",,' "$work/sut.xml"
    for _ in $(seq $pairs); do
        send_round
    done
    mv "$work/sut-kept.xml" "$work/sut.xml"
    row "sending: muster run, us a mail" \
        "$(median <"$work/send-muster") (spread $(spread <"$work/send-muster") %)" "" ""
    row "  in one process, without fork and seal" "$(median <"$work/send-open")" "" ""
    row "  judging and keeping evidence, too" "$(median <"$work/send-judging")" "" ""
    sender_rows nodemailer "nodemailer" 2
    sender_rows swaks "swaks" 15
    sender_rows smtplib "Python's smtplib" 1.3
    sender_rows smtplib-quick "smtplib, no Nagle" 1.3
}
