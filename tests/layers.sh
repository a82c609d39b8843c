#!/bin/sh
# Includes point downward only, and each foreign header has one .c file.
#
#   layers.sh [ROOT]       check the sources under ROOT (default: this repository)
#   layers.sh --self-test  show on small trees that the check passes what it should
#                          and fails on each kind of fault
set -eu

# A row: layer, what its files may include.
rows='
base     base
core     base core
measure  base core measure
report   base measure report
medium   base core measure report medium
image    base core measure report medium image
audio    base core measure report medium audio
tensor   base core measure report medium tensor
numbers  base core measure report medium numbers
study    base core measure report medium study
explain  base core measure report tensor explain
'

# A row: public header, its layer. A header named after a layer belongs to it.
public='
status    base
reading   base
setting   base
input     base
output    base
grid      core
blocks    core
half      core
nested    core
scale     core
notation  core
noise     core
quantize  core
feedback  core
pack      core
pcm       core
codebook  core
light     core
hearing   core
shaper    core
spec      core
quality   measure
envelope  measure
spectrum  measure
weighting measure
tone      measure
level     measure
product   measure
text_code measure
palette   image
plot      report
html      report
file_plan study
'

# A row: foreign headers of one library, as a pattern. Each is the business of one .c file, or of
# those that the row names.
foreign='
png\.h
zlib\.h src/image/deflate.c src/tensor/inflate.c
libdeflate\.h
jpeglib\.h
jansson\.h src/report/json.c
Random123/.*
sndfile\.h
FLAC/.*
fftw3\.h
omp\.h
'

# Reads "FILE:INCLUDE" lines on standard input, prints a sentence for each fault and fails if
# there is one.
judge() {
    awk -v rows="$rows" -v public="$public" -v foreign="$foreign" '
    function fault(text) {
        print text
        n_faults++
    }
    # The layer of a path: src/core/x.c, core/x.h, include/bitcrush/grid.h, bitcrush/grid.h.
    function layer_of(path,    part, n, name) {
        sub(/^src\//, "", path)
        sub(/^include\//, "", path)
        n = split(path, part, "/")
        if (part[1] != "bitcrush")
            return part[1]
        name = part[n]
        sub(/\.h$/, "", name)
        return name in layer_of_header ? layer_of_header[name] : name
    }
    BEGIN {
        n = split(rows, line, "\n")
        for (i = 1; i <= n; i++) {
            n_words = split(line[i], word, " ")
            if (n_words)
                known[word[1]] = 1
            for (j = 2; j <= n_words; j++)
                may[word[1], word[j]] = 1
        }
        n = split(public, line, "\n")
        for (i = 1; i <= n; i++)
            if (split(line[i], word, " "))
                layer_of_header[word[1]] = word[2]
        n_foreign = split(foreign, pattern, "\n")
        for (i = 1; i <= n_foreign; i++) {
            n_words = split(pattern[i], word, " ")
            pattern[i] = word[1]
            for (j = 2; j <= n_words; j++) {
                has_named[i] = has_named[i] (j > 2 ? " and " : "") word[j]
                named[i, word[j]] = 1
            }
        }
    }
    {
        colon = index($0, ":")
        file = substr($0, 1, colon - 1)
        header = substr($0, colon + 2, length($0) - colon - 2)
        quoted = substr($0, colon + 1, 1) == "\""
        from = layer_of(file)
    }
    !quoted {
        for (i = 1; i <= n_foreign; i++) {
            if (pattern[i] == "" || header !~ "^" pattern[i] "$")
                continue
            if (file !~ /\.c$/)
                fault(file ": includes <" header ">, which only a .c file may")
            else if (i in has_named) {
                if (!((i, file) in named))
                    fault(file ": includes <" header ">, which belongs to " has_named[i])
            } else if ((i in owner) && owner[i] != file)
                fault(file ": includes <" header ">, which belongs to " owner[i])
            else
                owner[i] = file
        }
        if (header ~ /^bitcrush\//)
            fault(file ": includes <" header ">, expected quotes")
        next
    }
    file ~ /^apps\// { # the public headers, and their own beside them
        if (header !~ /^bitcrush\// && header ~ /\//)
            fault(file ": includes \"" header "\", expected a public header or one in apps/")
        next
    }
    {
        to = header ~ /\// ? layer_of(header) : from
        if (!(from in known))
            fault(file ": its layer " from " is not in the table of layers")
        else if (!(to in known))
            fault(file ": includes \"" header "\", whose layer is not in the table of headers")
        else if (!((from, to) in may))
            fault(file ": includes \"" header "\", but " from " may not see " to)
    }
    END { exit n_faults > 0 }'
}

# Every include of the C files under the root $1, as FILE:"header" or FILE:<header>.
includes() {
    (
        cd "$1"
        find src include apps -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort |
            xargs awk '
            match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*[">]/) {
                line = substr($0, 1, RLENGTH)
                sub(/^[^"<]*/, "", line)
                print FILENAME ":" line
            }' /dev/null
    )
}

check() {
    lines=$(includes "$1")
    if [ -z "$lines" ]; then
        echo "$1: no includes found, expected a tree with src/"
        return 1
    fi
    printf '%s\n' "$lines" | judge
}

# ---- self-test

# A row: what it shows | file | line put into it | words of the sentence, or ok.
cases() {
    cat <<'EOF'
a core file may use base|src/core/a.c|#include "base/fail.h"|ok
a core file may use a public core header|src/core/a.c|#include "bitcrush/noise.h"|ok
measure may use core|src/measure/a.c|#include "core/kernels.h"|ok
a medium may use measure|src/audio/a.c|#include "bitcrush/measure.h"|ok
a header beside the file is its own layer|src/tensor/a.c|#include "gguf.h"|ok
apps may use public headers|apps/a.c|#include "bitcrush/image.h"|ok
apps may use their own headers|apps/a.c|#include "options.h"|ok
the C library is free for all|src/base/a.c|#include <stdio.h>|ok
one file may own a library|src/image/a.c|#include <sndfile.h>|ok
a file may be named for a library|src/report/json.c|#include <jansson.h>|ok
base does not see core|src/base/a.c|#include "core/kernels.h"|base may not see core
base does not see a public core header|src/base/a.c|#include "bitcrush/grid.h"|base may not see core
core does not see measure|src/core/a.c|#include "bitcrush/measure.h"|core may not see measure
core does not see a medium|src/core/a.h|#include "image/codec.h"|core may not see image
measure does not see report|src/measure/a.c|#include "report/json.h"|measure may not see report
media do not see each other|src/image/a.c|#include "audio/wav.h"|image may not see audio
media do not see each other in public|src/tensor/a.c|#include "bitcrush/image.h"|tensor may not see image
media see the report|src/audio/a.c|#include "bitcrush/report.h"|ok
media do not see studies|src/audio/a.c|#include "bitcrush/study.h"|audio may not see study
studies see what a medium is|src/study/a.c|#include "bitcrush/medium.h"|ok
studies see no medium|src/study/a.c|#include "bitcrush/audio.h"|study may not see audio
the report does not see media|src/report/a.c|#include "image/codec.h"|report may not see image
a public header obeys too|include/bitcrush/pack.h|#include "bitcrush/measure.h"|core may not see measure
apps do not see the inside|apps/a.c|#include "core/kernels.h"|expected a public header
spaces do not hide an include|src/base/a.c|  #  include   "core/kernels.h" // x|base may not see core
a new directory needs a row|src/video/a.c|#include "base/fail.h"|not in the table of layers
a new public header needs a row|src/core/a.c|#include "bitcrush/wavelet.h"|not in the table of headers
a second file for a library|src/image/a.c|#include <png.h>|belongs to
a second file for a library in apps|apps/a.c|#include <Random123/threefry.h>|belongs to
a file that is not named for its library|src/tensor/a.c|#include <jansson.h>|belongs to src/report/json.c
a library in a header|src/image/a.h|#include <zlib.h>|only a .c file may
a public header in angle brackets|src/core/a.c|#include <bitcrush/grid.h>|expected quotes
EOF
}

good_tree() {
    mkdir -p "$1/src/base" "$1/src/core" "$1/src/measure" "$1/src/image" "$1/src/audio" \
        "$1/src/tensor" "$1/src/report" "$1/src/study" "$1/src/video" "$1/include/bitcrush" "$1/apps"
    echo '#include "base/fail.h"' >"$1/src/base/fail.c"
    printf '#include "core/kernels.h"\n#include <Random123/philox.h>\n' >"$1/src/core/kernels.c"
    printf '#include "base/fail.h"\n#include <png.h>\n' >"$1/src/image/png.c"
    echo '#include "bitcrush/status.h"' >"$1/include/bitcrush/grid.h"
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    cases >"$scratch/cases"
    good_tree "$scratch/good"
    check "$scratch/good" >"$scratch/said" || {
        echo "the good tree was refused: $(cat "$scratch/said")"
        exit 1
    }
    while IFS='|' read -r what file line words; do
        tree=$scratch/$n
        good_tree "$tree"
        printf '%s\n' "$line" >>"$tree/$file"
        expect_case "$what" "$words" check "$tree"
    done <"$scratch/cases"
    refuses_nothing check "$scratch/empty"
    sum_up
}

case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname -- "$0")/..}" ;;
esac
