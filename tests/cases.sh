# Read by the checks of sources for their --self-test: counts cases, and which came out wrong. A check is
# a command that says what it finds, with status 1, or nothing, with 0.
# shellcheck shell=sh

n=0
wrong=0

# expect_case WHAT WORDS CHECK [ARGUMENT...]: a case, for which the check says these words, or passes for "ok".
expect_case() {
    what=$1 words=$2
    shift 2
    n=$((n + 1))
    said=$("$@") && status=0 || status=$?
    case $status/$words/$said in
    0/ok/) return ;;
    1/*/*"$words"*) return ;;
    esac
    echo "$what: status $status, said '$said', expected '$words'"
    wrong=$((wrong + 1))
}

# refuses_nothing CHECK DIRECTORY: where there is nothing to look at, nothing was looked at.
refuses_nothing() {
    mkdir "$2"
    "$1" "$2" >/dev/null || return 0
    echo "an empty tree passed"
    wrong=$((wrong + 1))
}

sum_up() {
    echo "$n cases, $wrong wrong"
    [ "$wrong" -eq 0 ]
}
