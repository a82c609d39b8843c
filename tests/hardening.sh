#!/bin/sh
# Programs carry what makes a fault in memory hard to use: code at a random place (PIE), tables of
# addresses that are read-only once the program runs (full RELRO), guards on the stack, checked calls
# of the C library, no stack that can be run.
#
#   hardening.sh PROGRAM...   check the programs
#   hardening.sh --self-test  show on a small program that each missing part is found
set -eu

# has WORDS PATTERN OPTION: readelf OPTION shows the pattern
has() {
    if ! readelf "$3" -W "$program" 2>/dev/null | grep -qE "$2"; then
        echo "$program: $1"
        return 1
    fi
}

check() {
    program=$1
    faults=0
    has 'is at a fixed place, expected a PIE' 'Type: *DYN' -h || faults=1
    has 'no GNU_RELRO segment' 'GNU_RELRO' -l || faults=1
    has 'addresses are found late, expected BIND_NOW' 'BIND_NOW|FLAGS.* NOW' -d || faults=1
    has 'no guard on the stack, expected __stack_chk_fail' '__stack_chk_(fail|guard)' -s || faults=1
    has 'no checked call, expected one such as __memcpy_chk' '__[a-z]+_chk(@|$)' -s || faults=1
    has 'its stack can be run' 'GNU_STACK .* RW ' -l || faults=1
    return "$faults"
}

# ---- self-test

# A row: what is missing | flags that take it away | words of the sentence, or ok.
cases() {
    cat <<'END'
nothing|-O2|ok
PIE|-O2 -no-pie -fno-pie|is at a fixed place
RELRO|-O2 -Wl,-z,norelro|no GNU_RELRO
early binding|-O2 -Wl,-z,lazy|BIND_NOW
guards|-O2 -fno-stack-protector|no guard
checked calls|-O2 -U_FORTIFY_SOURCE|no checked call
a stack of data|-O2 -Wl,-z,execstack|can be run
END
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    cat >"$scratch/a.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    char text[16];

    memcpy(text, argv[0], (size_t)argc);
    return puts(text);
}
END
    cases >"$scratch/cases"
    while IFS='|' read -r what flags words; do
        # shellcheck disable=SC2086
        "${CC:-cc}" -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now -U_FORTIFY_SOURCE \
            -D_FORTIFY_SOURCE=2 $flags "$scratch/a.c" -o "$scratch/a" 2>"$scratch/said" || {
            cat "$scratch/said"
            exit 1
        }
        expect_case "without $what" "$words" check "$scratch/a"
    done <"$scratch/cases"
    sum_up
}

[ $# -gt 0 ] || {
    echo "usage: hardening.sh PROGRAM... | --self-test"
    exit 2
}
if [ "$1" = --self-test ]; then
    self_test
    exit
fi
status=0
for file; do
    check "$file" || status=1
done
exit "$status"
