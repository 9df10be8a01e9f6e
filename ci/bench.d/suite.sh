# suite.sh - the whole mail-sio-4774 suite against the bundled twin, beside the limit exchange. Part of
# ci/bench, which reads it.

suite_profile=mail-sio-4774
slow_ms=5000 # of one case; the profile lets an operation wait so long, and none may wait that long in vain

free_port() # the first from $1 on that nobody listens at
{
    for port in $(seq "$1" $(($1 + 200))); do
        awk -v p="$(printf ':%04X' "$port")" 'substr($2, 9) == p { f = 1 } END { exit f }' /proc/net/tcp \
            && echo "$port" && return
    done
    die "no free port from $1 on"
}

wait_ready() # file
{
    waited=0
    until [ -s "$1" ]; do
        waited=$((waited + 1))
        [ $waited -le 200 ] || die "the twins of the suite do not start"
        sleep 0.05
    done
}

start_suite_twins() # workers
{
    collect=127.0.0.1:$(free_port $((20000 + $$ % 5000)))
    sender=127.0.0.1:$(free_port $((26000 + $$ % 5000)))
    "$muster" twin --role receiver --listen 127.0.0.1:0 --pki "$work/pki" --maildir "$work/Maildir" \
        --workers "$1" --ready "$work/suite.receiver" 2>"$work/twin.log" &
    suite_twins=$!
    "$muster" twin --role relay --listen 127.0.0.1:0 --next "$collect" --clearances fixtures/clearances --translate \
        --pki "$work/pki" --workers "$1" --ready "$work/suite.relay" 2>"$work/twin.log" &
    suite_twins="$suite_twins $!"
    wait_ready "$work/suite.receiver"
    wait_ready "$work/suite.relay"
    sed -e "s|@RECEIVER@|$(cat "$work/suite.receiver")|" -e "s|@RELAY@|$(cat "$work/suite.relay")|" \
        -e "s|@COLLECT@|$collect|" -e "s|@SENDER@|$sender|" -e "s|@PKI@|$work/pki|g" \
        -e "s|@MAILDIR@|$work/Maildir|" -e "s|@MUSTER@|$muster|" fixtures/sut/twin/twin.xml.in >"$work/suite.xml"
}

stop_suite_twins()
{
    # shellcheck disable=SC2086
    [ -z "$suite_twins" ] || kill $suite_twins 2>/dev/null || :
    suite_twins=
}

# Connections of the run, both hops: one transcript each.
connections() # run folder
{
    find "$1/cases" -name 'transcript-*' | wc -l
}

# Microseconds of one limit exchange with the message that p$cases sent, or else the first of the suite.
suite_limit()
{
    [ -s "$work/message.eml" ] || cp "$(find "$work/suite1/cases" -name 'sent-1.eml' | sort | head -1)" "$work/message.eml"
    taskset -c "$core" "$work/limit_exchange" "$work/pki" "$work/message.eml" profiles/schemas/adatp-4774.xsd \
        "$assertions" 200 | cut -d' ' -f3
}

longest() # run folder: milliseconds and name of the case that took longest
{
    sed -n 's/^{"event":"verdict","case":"\([^"]*\)".*"ms":\([0-9]*\),.*/\2 \1/p' "$1/run.jsonl" | sort -rn | head -1
}

measure_suite()
{
    jobs=$(nproc)
    assertions=${assertions:-$("$muster" list rules | grep -c ' assertion ')}
    start_suite_twins 8
    for pair in $(seq $pairs); do
        "$muster" run -p $suite_profile --sut "$work/suite.xml" --out "$work/suite$pair" -j "$jobs" --short --evidence folders \
            >"$work/run.log" 2>&1 || { tail -5 "$work/run.log" >&2 && die "the suite does not pass against the twin"; }
        out=$work/suite$pair
        ms=$(member close ms)
        hops=$(connections "$out")
        limit=$(suite_limit)
        awk -v ms="$ms" -v hops="$hops" -v limit="$limit" -v jobs="$jobs" \
            'BEGIN { share = hops * limit / jobs / 1e3; printf "%d %d %.2f %.0f %.3f\n", ms, hops, limit, share, ms / share }'
        longest "$out" >>"$work/longest"
    done >"$work/suite"
    stop_suite_twins
    row "suite: cases, connections of both hops" \
        "$(grep -c '^{"event":"verdict"' "$work/suite1/run.jsonl"), $(column "$work/suite" 2)" "" ""
    row "suite: the run, ms; share of the limit, ms" "$(column "$work/suite" 1), $(column "$work/suite" 4)" "" ""
    ratio=$(column "$work/suite" 5)
    row "suite: run / share of the limit exchange" "$ratio" "<= 2" \
        "$(verdict "$(cut -d' ' -f3 "$work/suite" | spread)" "$ratio" '<=' 2)"
    ms=$(cut -d' ' -f1 "$work/longest" | median)
    row "suite: longest case, ms" "$ms $(sort -rn "$work/longest" | head -1 | cut -d' ' -f2)" "< $slow_ms" \
        "$(reached "$ms" '<=' $((slow_ms - 1)))"
}
