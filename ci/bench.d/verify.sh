# verify.sh - muster verify: how fast files are held against the manifest, beside sha256sum over the same files, and
# how many verdicts are judged again in a second. Part of ci/bench, which reads it.

octets=$((512 << 20))
[ $pairs -gt 3 ] || octets=$((128 << 20))

# A run whose verdicts rest on stored answers, and beside its files some that only weigh.
make_verified()
{
    "$muster" run --profile validator-4774 --adapter "$muster twin --sap" --short --out "$work/verified" >"$work/said" 2>&1 \
        || { tail -3 "$work/said" >&2 && die "the run to verify failed"; }
    verdicts=$(grep -c '^{"event":"verdict"' "$work/verified/run.jsonl")
    cp -r "$work/verified" "$work/heavy"
    rm "$work/heavy/manifest.json"
    for i in 1 2 3 4; do
        head -c $((octets / 4)) /dev/urandom >"$work/heavy/weight-$i"
    done
    "$muster" report --short "$work/heavy" >/dev/null
}

# Seconds of our core.
seconds_of() # command...
{
    taskset -c "$core" /usr/bin/time -o "$work/cost" -f '%U %S' "$@" >"$work/said" 2>&1 \
        || { tail -3 "$work/said" >&2 && die "$1 failed"; }
    awk '{ print $1 + $2 }' "$work/cost"
}

measure_verify()
{
    [ -x /usr/bin/time ] || { row "verify" "the package 'time' is needed" "" "skipped"; return; }
    make_verified
    find "$work/heavy" -type f ! -name manifest.json >"$work/files"
    weight=$(tr '\n' '\0' <"$work/files" | xargs -0 cat | wc -c)
    for list in ours theirs plain judged; do
        : >"$work/$list"
    done
    for _ in $(seq $pairs); do # A B A B
        seconds_of "$muster" verify --no-judge "$work/heavy" >>"$work/ours"
        seconds_of sh -c "tr '\n' '\0' <'$work/files' | xargs -0 sha256sum" >>"$work/theirs"
        seconds_of "$muster" verify --no-judge "$work/verified" >>"$work/plain"
        seconds_of "$muster" verify -j 1 "$work/verified" >>"$work/judged"
    done
    ours=$(median <"$work/ours") theirs=$(median <"$work/theirs")
    row "verify --no-judge: $(wc -l <"$work/files") files, $((weight >> 20)) MiB" \
        "$(awk -v w="$weight" -v a="$ours" 'BEGIN { printf "%.0f MB/s of a core", w / a / 1e6 }')" "" ""
    row "  sha256sum of the same files" "$(awk -v w="$weight" -v b="$theirs" 'BEGIN { printf "%.0f MB/s of a core", w / b / 1e6 }')" "" ""
    row "  verify beside it" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f times its time", a / b }')" "< 1.50 times" \
        "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print (a < 1.5 * b ? "ok" : "MISSED") }')"
    row "verify: $verdicts verdicts judged again" \
        "$(awk -v n="$verdicts" -v a="$(median <"$work/judged")" -v b="$(median <"$work/plain")" 'BEGIN { printf "%.0f a second of a core", n / (a - b) }')" "" ""
}
