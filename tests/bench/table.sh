# Read by the benchmarks: tools and the printing of a table of commands.
# shellcheck shell=sh disable=SC2154

# say WHAT: a word about the benchmark on standard error.
say() {
    printf 'bench %s: %s\n' "$bench" "$*" >&2
}

# compile TOOL LIBRARY...: build tests/bench/TOOL.c into the working directory.
compile() {
    tool=$1
    shift
    # Lists of words.
    # shellcheck disable=SC2046,SC2086
    ${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -O2 -o "$work/$tool" \
        "$here/$tool.c" ${1:+$(pkg-config --cflags --libs "$@")}
}

# print_table OUTPUT: measure the rows on standard input and print what they cost. A row:
# name|command. The first row is what the others are compared with; a name without a command is
# a heading. A command runs in a scratch directory, by sh, and leaves its result in OUTPUT; one
# whose first word is not installed is left out with a word.
print_table() {
    output=$1
    printf '%-30s %7s %7s %9s %10s %9s\n' '' 'CPU s' 'wall s' 'peak MiB' 'CPU ratio' 'file KB'
    while IFS='|' read -r name command; do
        if [ -z "$command" ]; then
            printf '\n%s\n' "$name"
            continue
        fi
        eval "program=${command%% *}"
        if ! command -v "$program" >/dev/null; then
            printf '%-30s not installed\n' "$name"
            continue
        fi
        rm -f "$output"
        if ! measure "${RUNS:-5}" sh -c "$command" >cost </dev/null; then
            printf '%-30s failed\n' "$name"
            continue
        fi
        read -r cpu_s wall_s rss_kib <cost
        : "${first_s:=$cpu_s}"
        size=-
        if [ -e "$output" ]; then
            size=$(wc -c <"$output")
        fi
        echo "$cpu_s $wall_s $rss_kib $first_s $size" | awk -v name="$name" '{
            printf "%-30s %7.2f %7.2f %9.1f %9.1fx %9s\n", name, $1, $2, $3 / 1024, $1 / $4,
                $5 == "-" ? $5 : sprintf("%.0f", $5 / 1000) }'
    done
}
