# check.sh - 'muster check' beside the bare validation of the same files, xmllint, and itself. Part of
# ci/bench, which reads it.

mails=10000 few=1000 hostile=200000
[ $pairs -gt 3 ] || mails=3000 few=1000 hostile=20000
now="--test-time 2026-11-23T10:15:00Z"

make_mails() # folder, count, octets
{
    mkdir "$1"
    awk -f ci/bench.d/mails.awk -v dir="$1" -v count="$2" -v octets="$3" -v label="$label" -v marking="$marking"
}

make_hostile() # file, count
{
    awk -f ci/bench.d/mails.awk -v mbox="$1" -v count="$2" -v octets=3000 -v label="$label" -v marking="$marking" -v hostile=1
}

# Microseconds a mail of one call; the start of the program is in it, as it is for whoever calls it.
each_us() # count, command...
{
    n=$1
    shift
    from=$(date +%s%N)
    "$@" >"$work/said" 2>&1 || [ $? -eq 1 ] || { tail -3 "$work/said" >&2 && die "$1 failed"; }
    awk -v a="$from" -v b="$(date +%s%N)" -v n="$n" 'BEGIN { printf "%.2f\n", (b - a) / 1e3 / n }'
}

# The same of the processor's time that it and its children took: on one core that is what it costs, and
# what else the machine does is not in it.
cpu_us() # count, command...
{
    over=$1
    shift
    {
        taskset -c "$core" "$@" >"$work/said" 2>&1 || [ $? -eq 1 ] || { tail -3 "$work/said" >&2 && die "$1 failed"; }
        times
    } >"$work/times"
    awk -v n="$over" -v before="$spent" 'NR == 2 { split($1 "m" $2, t, /[ms]+/); spent = 60 * t[1] + t[2] + 60 * t[3] + t[4] }
        END { printf "%.2f %.3f\n", 1e6 * (spent - before) / n, spent }' "$work/times" >"$work/cpu"
    read -r us spent <"$work/cpu"
}
spent=0

make_check_inputs()
{
    "$muster" label make --policy nato-exercise --classification RESTRICTED --category 'Context=NATO,Releasable' \
        --category 'Releasable To=NATO,SWE,EEAS' --originator ops@a.test --created 2026-11-23T10:00:00Z \
        --as xml >"$work/label.xml" || die "cannot make a label"
    label=$(base64 -w0 "$work/label.xml") marking=$("$muster" label mark "$work/label.xml")
    make_mails "$work/mails" $mails 10000
    make_mails "$work/small" $few 10000
    make_mails "$work/large" $few 100000
    mkdir "$work/labels"
    for i in $(seq $mails); do
        echo "$work/labels/$i.xml"
    done >"$work/label.names"
    xargs -a "$work/label.names" -n 1000 sh -c 'tee "$@" <"$0" >/dev/null' "$work/label.xml"
    # shellcheck disable=SC2046
    cc -std=c17 -O2 -o "$work/limit_files" ci/bench.d/limit_files.c ci/bench.d/limit.c ci/bench.d/limit_check.c ci/bench.d/limit_document.c \
        $(pkg-config --cflags --libs libxml-2.0 openssl) || die "limit_files does not compile"
    assertions=$("$muster" list rules | grep -c ' assertion ')
}

measure_check_rate()
{
    schema=profiles/schemas/adatp-4774.xsd
    for pair in $(seq $pairs); do
        cpu_us 1 true # what was spent up to here
        cpu_us $mails "$muster" check $now -j 1 "$work/mails"
        ours=$us
        cpu_us $mails "$work/limit_files" $schema "$assertions" "$work/mails" $mails
        limit=$us
        free=$(each_us $mails "$muster" check $now -j 1 "$work/mails")
        two=$(each_us $mails "$muster" check $now -j 2 "$work/mails")
        echo "$limit $ours $(divide "$limit" "$ours" 4) $two $(divide "$free" "$two" 4)"
    done >"$work/check"
    row "check: limit, $mails files, $assertions rules, CPU us" "$(column "$work/check" 1) (spread $(cut -d' ' -f1 "$work/check" | spread) %)" "" ""
    row "check: muster check -j 1, CPU us a mail" "$(column "$work/check" 2)" "" ""
    ratio=$(column "$work/check" 3) unsteady=$(cut -d' ' -f1 "$work/check" | spread)
    row "check: limit / muster check" "$ratio" ">= 0.75" "$(verdict "$unsteady" "$ratio" '>=' 0.75)"
    if [ "$(nproc)" -ge 2 ]; then
        ratio=$(column "$work/check" 5) unsteady=$(cut -d' ' -f5 "$work/check" | spread)
        row "check: two jobs / one" "$ratio" ">= 1.85" "$(verdict "$unsteady" "$ratio" '>=' 1.85)"
    fi
}

# xmllint reads the labels as files of their own; muster finds them in the mail.
measure_check_xsd()
{
    if ! command -v xmllint >/dev/null; then
        row "check: XSD only" "no xmllint" "" "not measured"
        return
    fi
    xmllint="xmllint --noout --nonet --schema profiles/schemas/adatp-4774.xsd"
    for pair in $(seq $pairs); do
        xsd=$(each_us $mails "$muster" check $now -r L74-XSD "$work/mails")
        cpu_us 1 true
        cpu_us $mails "$muster" check $now -r L74-XSD -j 1 "$work/mails"
        one=$us
        # shellcheck disable=SC2086
        peer=$(each_us $mails xargs -x -n $mails -s 1900000 -a "$work/label.names" $xmllint)
        # shellcheck disable=SC2086
        each=$(each_us 100 sh -c 'head -100 "$0" | xargs -n 1 "$@"' "$work/label.names" $xmllint)
        echo "$xsd $one $peer $(divide "$peer" "$xsd" 4) $(divide "$peer" "$one" 4) $(divide "$each" "$xsd" 4)"
    done >"$work/xsd"
    row "check: XSD only, us a mail" "$(column "$work/xsd" 1), on one core $(column "$work/xsd" 2)" "" ""
    row "check: xmllint --schema, one run, us a label" "$(column "$work/xsd" 3)" "" ""
    unsteady=$(cut -d' ' -f3 "$work/xsd" | spread)
    ratio=$(column "$work/xsd" 4)
    row "check: xmllint in one run / XSD only" "$ratio (one core $(column "$work/xsd" 5))" ">= 1.5" "$(verdict "$unsteady" "$ratio" '>=' 1.5)"
    ratio=$(column "$work/xsd" 6)
    row "check: a process a file / XSD only" "$ratio" ">= 10" "$(verdict "$unsteady" "$ratio" '>=' 10)"
}

# The most resident memory that a job was seen with.
job_kb() # file
{
    "$muster" check $now -j 2 -o "$work/report" "$1" >"$work/said" 2>&1 &
    pid=$!
    most_kb=0
    while kill -0 $pid 2>/dev/null; do
        for child in $(cat /proc/$pid/task/$pid/children 2>/dev/null || :); do
            kb=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$child/status" 2>/dev/null || :)
            [ "${kb:-0}" -le $most_kb ] || most_kb=$kb
        done
        sleep 0.02
    done
    wait $pid || [ $? -eq 1 ] || { tail -3 "$work/said" >&2 && die "muster check failed"; }
    echo $most_kb
}

measure_check_memory()
{
    make_hostile "$work/few.mbox" $((hostile / 20))
    make_hostile "$work/many.mbox" $hostile
    a=$(job_kb "$work/few.mbox") b=$(job_kb "$work/many.mbox")
    row "check: job, ever new names, $((hostile / 20)) / $hostile, KB" "$a / $b" "" ""
    row "check: growth, KB" "$((b - a))" "<= 1024" "$(reached $((b - a)) '<=' 1024)"
    rm "$work/few.mbox" "$work/many.mbox"
}

measure_check_size()
{
    for pair in $(seq $pairs); do
        cpu_us 1 true
        cpu_us 1 "$muster" check $now -j 1 "$work/small/000001.eml" && none=$us
        cpu_us 1 "$muster" check $now -j 1 "$work/small" && small=$us
        cpu_us 1 "$muster" check $now -j 1 "$work/large" && large=$us
        awk -v n="$none" -v a="$small" -v b="$large" -v c=$few \
            'BEGIN { printf "%.1f %.1f %.3f\n", (a - n) / c, (b - n) / c, (b - n) / (a - n) }'
    done >"$work/sizes"
    more=$(column "$work/sizes" 3)
    row "check: mail of 10 KB, of 100 KB, CPU us" "$(column "$work/sizes" 1), $(column "$work/sizes" 2)" "" ""
    row "check: 100 KB / 10 KB" "$more" "<= 11" "$(verdict "$(cut -d' ' -f3 "$work/sizes" | spread)" "$more" '<=' 11)"
}

# Rules of the shapes that the shipped ones have, in turn, by so many files of at most 200.
rules_of() # number, count
{
    awk -v file="$1" -v n="$2" 'BEGIN {
        split("h:from|h:date|h:subject|h:sio-label/p:marking|m:label/slab:originatorConfidentialityLabel/slab:ConfidentialityInformation", context, "|")
        split("string-length(.) > 0|normalize-space(.) != \047x\047|not(contains(., \047forbidden\047))|count(../*) > 0|string-length(normalize-space(.)) < 5000", test, "|")
        print "<schema xmlns=\"http://purl.oclc.org/dsdl/schematron\" queryBinding=\"xslt\"><title>Bench: rules</title>"
        print "<ns prefix=\"m\" uri=\"urn:muster:message:1\"/><ns prefix=\"h\" uri=\"urn:muster:header:1\"/><ns prefix=\"p\" uri=\"urn:muster:parameter:1\"/>"
        print "<ns prefix=\"slab\" uri=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\"/>"
        for (i = 1; i <= n; i++) {
            t = test[int(i / 5) % 5 + 1]
            gsub(/</, "\\&lt;", t)
            printf "<pattern><rule context=\"/m:message/%s\"><assert id=\"B-%d-%d\" role=\"must\" see=\"house\" diagnostics=\"d\" test=\"%s\">It holds.</assert></rule></pattern>\n", context[i % 5 + 1], file, i, t
        }
        print "<diagnostics><diagnostic id=\"d\">It does not.</diagnostic></diagnostics></schema>"
    }'
}

rule_profile() # count
{
    mkdir "$work/r$1"
    list=
    for file in $(seq $((($1 + 199) / 200))); do
        share=$(($1 - (file - 1) * 200))
        rules_of "$file" $((share < 200 ? share : 200)) >"$work/r$1/$file.sch"
        list="$list<rules file=\"$file.sch\"/>"
    done
    [ "$1" -gt 0 ] || { rules_of 0 1 | sed 's,/m:message/,/m:message/m:opaque/,' >"$work/r$1/0.sch" && list='<rules file="0.sch"/>'; }
    sed -e "s,\.\./policies/,$root/profiles/policies/," -e '/<rules /d; /<raise /d; /<catalogue /d; /<relay>/,/<\/relay>/d; /<suite /d' \
        -e "s,<limit name=\"message-octets\",$list&," -e 's,</profile>,<suite file="suite.xml"/>&,' profiles/mail-sio-4774/profile.xml >"$work/r$1/profile.xml"
}

measure_check_rules()
{
    for n in 0 40 200 1000; do
        rule_profile $n
        for pair in $(seq $pairs); do
            cpu_us 1 true
            cpu_us 1 "$muster" check $now -p "$work/r$n" -j 1 "$work/small/000001.eml" && none=$us
            cpu_us 1 "$muster" check $now -p "$work/r$n" -j 1 "$work/small" && all=$us
            awk -v a="$none" -v b="$all" -v c=$few 'BEGIN { printf "%.2f\n", (b - a) / c }'
        done >"$work/rules$n"
        median <"$work/rules$n" >>"$work/rules"
    done
    row "check: 0, 40, 200, 1,000 rules, CPU us a mail" "$(paste -sd ' ' "$work/rules")" "" ""
    more=$(awk '{ t[NR] = $1 } END { printf "%.2f", ((t[4] - t[1]) / 1000) / ((t[3] - t[1]) / 200) }' "$work/rules")
    row "check: a rule of 1,000 / a rule of 200" "$more" "<= 1.25" "$(reached "$more" '<=' 1.25)"
}

measure_check()
{
    make_check_inputs
    measure_check_rate
    measure_check_xsd
    measure_check_size
    measure_check_rules
    measure_check_memory
}
