#!/bin/sh
# Flags that would change codes are refused by the compiler with a sentence: fast-math, and floats in
# the registers of the x87. Usage: floats.sh SOURCE_DIR; the compiler is $CC or cc.
set -eu
root=$1
failures=0

# compiles FLAG...: its words are kept in $said
compiles() {
    said=$(printf '#include "base/floats.h"\n' |
        "${CC:-cc}" -std=c17 -I"$root/src" "$@" -fsyntax-only -x c - 2>&1)
}

# refused WORDS FLAG...
refused() {
    words=$1
    shift
    if compiles "$@"; then
        echo "$*: taken, expected a refusal"
        failures=1
        return
    fi
    case $said in
    *"$words"*) ;;
    *)
        echo "$*: said '$said', expected '$words'"
        failures=1
        ;;
    esac
}

compiles || {
    echo "refused as it is: $said"
    exit 1
}
refused 'fast-math changes results' -ffast-math
# Compilers that have no such registers, or no such flags, have nothing to refuse.
for flags in '-mfpmath=387' '-m32 -mno-sse'; do
    # shellcheck disable=SC2086
    if printf '#include <float.h>\n#if FLT_EVAL_METHOD != 2\n#error\n#endif\n' |
        "${CC:-cc}" -std=c17 $flags -fsyntax-only -x c - >/dev/null 2>&1; then
        refused 'build with -msse2' $flags
    fi
done
exit "$failures"
