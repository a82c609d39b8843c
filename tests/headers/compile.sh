#!/bin/sh
# Each public header compiles alone, twice in a row, as C17 with $CC and as C++ with $CXX.
#
#   compile.sh INCLUDE_DIR
#
# Without CXX the usual names are tried; without any C++ compiler that half is left out.
set -eu

include=$1
cc=${CC:-cc}
cxx=${CXX-}
if [ -z "$cxx" ]; then
    for name in c++ g++ clang++; do
        if command -v "$name" >/dev/null 2>&1; then
            cxx=$name
            break
        fi
    done
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
n=0

# compile LANGUAGE STANDARD COMPILER FILE: CC and CXX may hold flags, so they are lists of words
compile() {
    # shellcheck disable=SC2086
    $3 -x "$1" -std="$2" -Wall -Wextra -Wconversion -pedantic -Werror -I "$include" \
        -fsyntax-only "$4"
}

for header in "$include"/bitcrush/*.h; do
    name=bitcrush/${header##*/}
    # the second time: its guard works
    printf '#include "%s"\n#include "%s"\nint main(void) { return 0; }\n' "$name" "$name" \
        >"$scratch/alone.c"
    n=$((n + 1))
    compile c c17 "$cc" "$scratch/alone.c" || {
        echo "$name does not compile alone as C17 with $cc"
        failed=1
    }
    [ -n "$cxx" ] || continue
    compile c++ c++11 "$cxx" "$scratch/alone.c" || {
        echo "$name does not compile alone as C++ with $cxx"
        failed=1
    }
    grep -q 'extern "C"' "$header" || {
        echo "$name has no extern \"C\""
        failed=1
    }
done
if [ "$n" -eq 0 ]; then
    echo "$include/bitcrush holds no headers"
    failed=1
fi
echo "$n headers with $cc${cxx:+ and $cxx}"
exit "$failed"
