#!/bin/sh
# No circles between files: what a file needs can be read before it, and no file is understood only together
# with one that needs it. A file needs another if it includes it, or if its object has a symbol undefined
# that the other's object defines.
#
#   circles.sh ROOT OBJECTS  check the sources under ROOT and their objects, which the file OBJECTS names, one
#                            a line: .../TARGET.dir/src/core/grid.c.o
#   circles.sh --self-test   show on small trees that the check passes what it should and finds circles
#
# x.c and x.h side by side are one file. A header that several .c share, without a .c of its name, is a file
# of its own, which nothing can call: so the .c that share it are seen to call each other, or not. Public
# headers stand for themselves, too, as does a header of x.c in another directory.
set -eu

# Reads lines "include FILE HEADER", "has FILE", "needs FILE SYMBOL" and "defines FILE SYMBOL", prints
# each circle and its edges, and fails if there is one.
judge() {
    awk '
    function node_of(file,    stem) {
        stem = substr(file, 1, length(file) - 2)
        return (stem ".c" in is_there) ? stem : file
    }
    # The file of an include: beside the file, public, or under src/.
    function path_of(file, header) {
        if (header !~ /\//) {
            sub(/[^\/]*$/, "", file)
            return file header
        }
        return (header ~ /^bitcrush\// ? "include/" : "src/") header
    }
    function add_edge(from, to, what) {
        if (from == to || (from, to, what) in is_said)
            return
        is_said[from, to, what] = 1
        if (!((from, to) in why))
            edges[from] = edges[from] " " to
        why[from, to] = why[from, to] (why[from, to] == "" ? "" : ", ") what
        nodes[from] = nodes[to] = 1
    }
    # Strongly connected components (Tarjan 1972).
    function visit(v,    n, i, to, w, members) {
        number[v] = low[v] = ++n_numbered
        stack[++depth] = v
        on_stack[v] = 1
        n = split(edges[v], to, " ")
        for (i = 1; i <= n; i++) {
            w = to[i]
            if (!(w in number)) {
                visit(w)
                if (low[w] < low[v])
                    low[v] = low[w]
            } else if (on_stack[w] && number[w] < low[v])
                low[v] = number[w]
        }
        if (low[v] != number[v])
            return
        members = ""
        n = 0
        do {
            w = stack[depth--]
            on_stack[w] = 0
            members = members " " w
            n++
        } while (w != v)
        if (n > 1)
            tell(members, n)
    }
    function tell(members, n,    i, j, m, file, to) {
        n_faults++
        print "a circle of " n " files, expected none:"
        split(members, file, " ")
        for (i = 1; i <= n; i++) {
            m = split(edges[file[i]], to, " ")
            for (j = 1; j <= m; j++)
                if (index(members " ", " " to[j] " "))
                    print "  " file[i] " needs " to[j] ": " why[file[i], to[j]]
        }
    }
    $1 == "has" { is_there[$2] = 1 }
    $1 == "include" {
        from_include[++n_includes] = $2
        header[n_includes] = $3
    }
    $1 == "needs" {
        from_symbol[++n_needs] = $2
        symbol[n_needs] = $3
    }
    $1 == "defines" { home[$3] = $2 }
    $1 == "defines" && !($2 in is_there) && !n_strange[$2]++ {
        print $2 ": has an object, expected the source, too"
        n_faults++
    }
    END {
        for (i = 1; i <= n_includes; i++)
            if (path_of(from_include[i], header[i]) in is_there)
                add_edge(node_of(from_include[i]), node_of(path_of(from_include[i], header[i])),
                         "includes \"" header[i] "\"")
        for (i = 1; i <= n_needs; i++)
            if (symbol[i] in home)
                add_edge(node_of(from_symbol[i]), node_of(home[symbol[i]]), symbol[i])
        for (v in nodes)
            if (!(v in number))
                visit(v)
        exit n_faults > 0
    }'
}

# What is under the root $1, and what it includes.
sources() {
    (
        cd "$1"
        find src include apps -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort >"$scratch/files"
        sed 's/^/has /' "$scratch/files"
        xargs awk '
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, part, "\"")
            print "include", FILENAME, part[2]
        }' <"$scratch/files"
    )
}

# What the objects that the file $1 names need and define.
symbols() {
    tr '\n' '\0' <"$1" | xargs -0 nm -A -P -g | awk '
    {
        at = index($0, ".o: ")
        file = substr($0, 1, at - 1)
        sub(/.*\.dir\/(\.\/)?/, "", file)
        split(substr($0, at + 4), word, " ")
        print (word[2] ~ /^[Uvw]$/ ? "needs" : "defines"), file, word[1]
    }'
}

check() {
    facts=$(sources "$1")
    symbols "$2" >"$scratch/symbols"
    for kind in needs defines; do
        grep -q "^$kind " "$scratch/symbols" || {
            echo "$2: the objects have no symbols that they $kind the sources of"
            return 1
        }
    done
    printf '%s\n' "$facts" | cat - "$scratch/symbols" | judge
}

# ---- self-test

# A row: what it shows | FILE: lines put into it; ... | words of the sentence, or ok. N(f) is a call of f.
cases() {
    cat <<'END'
the good tree|src/core/low.c: int more = 1;|ok
a call of what calls back|src/core/low.c: N(high)|src/core/low needs src/core/high: high
a table that is defined by what is called|src/core/low.c: extern int table; int *at = &table;; src/core/high.c: int table = 1;|src/core/low needs src/core/high: table
functions of one name that no other file sees|src/core/low.c: static int f(void) { return 1; } int g(void) { return f(); }; src/core/high.c: static int f(void) { return 1; } int h(void) { return f(); }|ok
headers that include each other|src/core/low.h: #include "core/high.h"; src/core/high.h: #include "low.h"|src/core/low needs src/core/high: includes "core/high.h"
a header that includes what calls its file|src/core/low.h: #include "core/high.h"|src/core/high needs src/core/low: includes "core/low.h", low
a circle of three|src/core/low.c: N(middle); src/core/middle.c: int middle(void) { return 1; } N(high)|a circle of 3 files
a shared header is nobody's|src/core/a.c: #include "core/shared.h"; src/core/a.c: int a(void) { return 1; } N(b); src/core/b.c: #include "core/shared.h"; src/core/b.c: int b(void) { return 1; }|ok
files that share a header and call each other|src/core/a.c: #include "core/shared.h"; src/core/a.c: int a(void) { return 1; } N(b); src/core/b.c: #include "core/shared.h"; src/core/b.c: int b(void) { return 1; } N(a)|src/core/b needs src/core/a: a
a header of x.c that needs x.h|src/core/low_parts.h: #include "core/low.h"; src/core/low.c: #include "core/low_parts.h"|src/core/low_parts.h needs src/core/low
public headers that include each other|include/bitcrush/p.h: #include "bitcrush/q.h"; include/bitcrush/q.h: #include "bitcrush/p.h"|include/bitcrush/q.h needs include/bitcrush/p.h
a public header is no part of its file|include/bitcrush/low.h: int low(void);; src/core/low.h: #include "bitcrush/low.h"|ok
headers of the system count for nothing|src/core/low.h: #include "stdio.h"|ok
a circle of apps|apps/a.c: int a(void) { return 1; } N(b); apps/b.c: int b(void) { return 1; } N(a)|a circle of 2 files
END
}

# high.c calls low.c.
good_tree() {
    mkdir -p "$1/src/core" "$1/include/bitcrush" "$1/apps"
    printf '#include "core/low.h"\nint low(void) { return 1; }\n' >"$1/src/core/low.c"
    printf '#pragma once\nint low(void);\n' >"$1/src/core/low.h"
    printf '#include "core/high.h"\n#include "core/low.h"\nN(low)\nint high(void) { return 1; }\n' >"$1/src/core/high.c"
    printf '#pragma once\nint high(void);\n' >"$1/src/core/high.h"
    echo 'int a(void); int b(void);' >"$1/src/core/shared.h"
}

# Compiles what is under $1, but for what is as it was under $2, and names the objects in $1/objects.
compile() {
    (cd "$1" && find src apps -name '*.c') >"$1/files"
    while IFS= read -r file; do
        object=lib.dir/./$file.o
        mkdir -p "$1/${object%/*}"
        if cmp -s "$1/$file" "$2/$file"; then
            cp "$2/$object" "$1/$object"
        else
            "${CC:-cc}" -std=c17 -w -I"$1/src" -I"$1/include" \
                -D'N(f)=extern int f(void); int call_##f(void) { return f(); }' -c "$1/$file" -o "$1/$object"
        fi
        echo "$1/$object"
    done <"$1/files" >"$1/objects"
}

check_tree() {
    check "$1" "$1/objects" 2>/dev/null
}

# refuses WHAT TREE: the objects are not those of the tree's sources.
refuses() {
    check_tree "$2" >/dev/null || return 0
    echo "$1 passed"
    wrong=$((wrong + 1))
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    cases >"$scratch/cases"
    good_tree "$scratch/good"
    compile "$scratch/good" "$scratch/none"
    while IFS='|' read -r what lines words; do
        tree="$scratch/tree $n"
        good_tree "$tree"
        printf '%s\n' "$lines" | sed 's/; \([a-z][a-z_/]*\.[ch]: \)/\n\1/g' >"$scratch/lines"
        while IFS= read -r line; do
            echo "${line#*: }" >>"$tree/${line%%: *}"
        done <"$scratch/lines"
        compile "$tree" "$scratch/good"
        expect_case "$what" "$words" check_tree "$tree"
    done <"$scratch/cases"
    rm "$scratch/tree 0/src/core/high.c"
    refuses "an object without a source" "$scratch/tree 0"
    : >"$scratch/tree 1/objects"
    refuses "a list without objects" "$scratch/tree 1"
    refuses_nothing check_tree "$scratch/empty"
    sum_up
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1-} in
--self-test) self_test ;;
*) check "$1" "$2" ;;
esac
