# report.sh - the reports of a run of 25,000 results that was never run: time, memory, the size of the page,
# how soon a browser shows it, and whether formats that stream need more for four times as many results.
# Part of ci/bench, which reads it.

results=25000
[ $pairs -gt 3 ] || results=5000

# Processor seconds and KiB of one call, on our core: what else the machine does is not in it.
cost_of() # command...
{
    taskset -c "$core" /usr/bin/time -o "$work/cost" -f '%U %S %M' "$@" >/dev/null 2>"$work/said" \
        || { tail -3 "$work/said" >&2 && die "$1 failed"; }
    awk '{ printf "%.2f %d\n", $1 + $2, $3 }' "$work/cost"
}

# Memory of what reads the stream twice and keeps nothing.
measure_streaming()
{
    mkdir -p "$work/longer" "$work/made"
    python3 ci/bench.d/run_of.py $((4 * results)) >"$work/longer/run.jsonl"
    for format in json tap junit scorecard; do
        for run in long longer; do
            cost_of "$muster" report "$work/$run" --format $format --out "$work/made" >"$work/$run.cost"
        done
        few=$(cut -d' ' -f2 "$work/long.cost")
        many=$(cut -d' ' -f2 "$work/longer.cost")
        ratio=$(divide "$many" "$few" 2)
        row "  $format alone: memory of $((4 * results)) / of $results" \
            "$ratio ($many KiB, $(cut -d' ' -f1 "$work/longer.cost") s)" "<= 1.25" "$(reached "$ratio" '<=' 1.25)"
    done
}

measure_report()
{
    command -v python3 >/dev/null || { row "reports" "python3 is needed" "" "skipped"; return; }
    [ -x /usr/bin/time ] || { row "reports" "the package 'time' is needed" "" "skipped"; return; }
    mkdir -p "$work/long"
    python3 ci/bench.d/run_of.py $results >"$work/long/run.jsonl"
    : >"$work/mine"
    : >"$work/theirs"
    for _ in $(seq $pairs); do # A B A B
        cost_of "$muster" report "$work/long" >>"$work/mine"
        cost_of python3 -c 'import json, sys
for line in open(sys.argv[1]):
    json.loads(line)' "$work/long/run.jsonl" >>"$work/theirs"
    done
    mine=$(cut -d' ' -f1 "$work/mine" | median)
    theirs=$(cut -d' ' -f1 "$work/theirs" | median)
    kib=$(cut -d' ' -f2 "$work/mine" | median)
    mb=$(awk -v n="$(wc -c <"$work/long/report.html")" 'BEGIN { printf "%.1f", n / 1e6 }')
    row "report: all formats of $results results" "$mine s of a core" "< 1.5 s" \
        "$(awk -v m="$mine" 'BEGIN { print (m < 1.5 ? "ok" : "MISSED") }')"
    row "  beside python3 that only parses the stream" "$(awk -v a="$mine" -v b="$theirs" 'BEGIN { printf "%.2f times its %s s", a / b, b }')" "" ""
    row "  memory" "$(awk -v k="$kib" 'BEGIN { printf "%.0f MiB", k / 1024 }')" "< 200 MiB" \
        "$(awk -v k="$kib" 'BEGIN { print (k < 204800 ? "ok" : "MISSED") }')"
    row "  report.html" "$mb MB" "< 15 MB" "$(awk -v m="$mb" 'BEGIN { print (m < 15 ? "ok" : "MISSED") }')"
    measure_streaming
    view=$(node ci/bench.d/first_view.cjs "$root" "$work/long/report.html" 2>/dev/null || :)
    [ -n "$view" ] || { row "  first view in chromium" "not installed" "< 1000 ms" "skipped"; return; }
    row "  first view in chromium" "$view ms" "< 1000 ms" "$(awk -v m="$view" 'BEGIN { print (m < 1000 ? "ok" : "MISSED") }')"
}
