# sap.sh - adapters: whole runs over one in C, what the coordinator costs, a single call beside a bare
# ping-pong. Part of ci/bench, which reads it.

asked=60000 served=200000 calls=20000
[ $pairs -gt 3 ] || asked=10000 served=50000 calls=3000

build_sap()
{
    {
        cmake --build build/release --target mu_run --target mu_proto --target mu_policy
    } >"$work/build.log" 2>&1 || { tail -20 "$work/build.log" >&2 && die "the release build failed"; }
    lib=build/release/harness
    # shellcheck disable=SC2046
    cc -std=c17 -D_GNU_SOURCE -O2 -Iharness -o "$work/serve" ci/bench.d/serve.c $lib/libmu_run.a $lib/libmu_core.a \
        $lib/libmu_base.a $(pkg-config --cflags --libs openssl jansson libseccomp) || die "serve does not compile"
    # shellcheck disable=SC2046
    cc -std=c17 -D_GNU_SOURCE -O2 -Iharness -Ici/bench.d -o "$work/sap" ci/bench.d/sap.c ci/bench.d/limit_sap.c \
        $lib/libmu_proto.a $lib/libmu_net.a $lib/libmu_policy.a $lib/libmu_format.a $lib/libmu_core.a $lib/libmu_base.a \
        $(pkg-config --cflags --libs openssl jansson libxml-2.0 icu-uc icu-i18n) || die "sap does not compile"
}

# A profile whose suite asks a validator one thing, N times.
asking() # folder, N
{
    mkdir "$1"
    sed -e "s,\.\./\(rules\|policies\)/,$root/profiles/\1/,; /<suite file=/d; s,</profile>,<suite file=\"suite.xml\"/></profile>," \
        profiles/validator-4774/profile.xml >"$1/profile.xml"
    {
        echo '<suite xmlns="urn:muster:suite:1" id="bench" revision="1">'
        echo ' <case id="reads" level="must" class="valid"><title>A validator reads a label</title>'
        echo '  <why>Every instance costs the same.</why>'
        echo '  <requirement document="ADatP-4774" clause="App 1, Annex A" rule="L74-READ"/>'
        echo '  <needs role="validator" capability="label.4774"/>'
        echo "  <axis name=\"a\" values=\"$(seq -s ' ' $(($2 / 100)))\"/><axis name=\"b\" values=\"$(seq -s ' ' 100)\"/>"
        echo '  <steps><make id="m" label="restricted"/>'
        echo '   <mutate from="m" id="n" operator="label.prefix.set" value="p{a}-{b}"/><ask id="a" op="label.parse" of="n"/>'
        echo '   <expect of="a" outcome="accepted"/><same first="n" second="a" what="label" at-least="semantics"/></steps>'
        echo ' </case></suite>'
    } >"$1/suite.xml"
    cat >"$1/sut.xml" <<END
<sut xmlns="urn:muster:sut:1" id="library" name="Muster's own library" version="1" owner="ci/bench">
  <adapter id="a" command="'$muster' twin --sap" in-flight="32"/>
  <role name="validator" adapter="a"/>
  <claim capability="label.4774"/>
</sut>
END
}

# Cases a second from the first start to the last verdict, on all the processors that there are.
asks() # options...
{
    number=$((number + 1)) out=$work/run$number
    "$muster" run -p "$work/asking" --sut "$work/asking/sut.xml" --out "$out" --short "$@" >"$work/run.log" 2>&1 \
        || { tail -5 "$work/run.log" >&2 && die "muster run failed"; }
    awk -v n="$asked" '
        /^\{"event":"(start|verdict)"/ { match($0, /"at_ms":[0-9]+/); at = substr($0, RSTART + 8, RLENGTH - 8)
            if (first == "") first = at
            last = at }
        END { printf "%.0f\n", 1000 * n / (last - first + 1) }' "$out/run.jsonl"
    rm -f "$out/run.jsonl" "$out/cases.tar" # the large ones; folders of evidence are kept to the end, see above
}

measure_asks() # what, goal, options...
{
    what=$1 goal=$2
    shift 2
    for pair in $(seq $pairs); do
        asks "$@"
    done >"$work/asks"
    rate=$(median <"$work/asks")
    row "$what, a second" "$rate (spread $(spread <"$work/asks") %)" ">= $goal" "$(reached "$rate" '>=' "$goal")"
}

measure_sap()
{
    build_sap
    "$work/serve" "$served" 32 "$work/served" >"$work/said" || die "serve failed: $(cat "$work/said")"
    row "coordinator: a served case" "$(cat "$work/said")" "" ""
    us=$(sed 's/.*coordinator \([0-9.]*\) us.*/\1/' "$work/said")
    row "coordinator: us a served case, no evidence" "$us" "<= 35" "$(reached "$us" '<=' 35)"
    "$muster" label make --policy nato-exercise --classification RESTRICTED --category Context=NATO --originator ops@a.test \
        --created 2026-11-23T10:00:00Z --as xml >"$work/asked.xml" || die "cannot make a label"
    taskset -c "$core" "$work/sap" "$work/asked.xml" $pairs $calls >"$work/calls" || die "sap failed"
    awk '{ print $2 / $1 }' "$work/calls" >"$work/ratios"
    ratio=$(median <"$work/ratios")
    row "adapter: a bare call, a call, one of 32, us" "$(column "$work/calls" 1), $(column "$work/calls" 2), $(column "$work/calls" 3)" "" ""
    row "adapter: a call / a bare call" "$ratio (spread $(spread <"$work/ratios") %)" "<= 1.3" "$(reached "$ratio" '<=' 1.3)"
    asking "$work/asking" "$asked"
    measure_asks "validator cases over pipes, no evidence" 20000 --no-evidence
    measure_asks "validator cases over pipes, with evidence in a tar" 6000 --evidence tar
    python3 harness/tests/check_remote.py "$muster" fifty >"$work/fifty" || die "fifty remote adapters failed: $(cat "$work/fifty")"
    row "remote adapters over mutual TLS in one run" "$(sed 's/.*at once //' "$work/fifty")" ">= 50" "$(reached "$(sed 's/.*at once \([0-9]*\).*/\1/' "$work/fifty")" '>=' 50)"
}
