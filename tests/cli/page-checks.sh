# Read by the tests of pages, behind cli.sh: what holds for each of them, and its facts.
# shellcheck shell=sh disable=SC2154

mkdir "$base/tmp"
TMPDIR=$base/tmp
export TMPDIR

# The page without its media.
bare() {
    sed 's|"data:[a-z/]*;base64,[A-Za-z0-9+/=]*"|"data:MEDIA"|g' "$1"
}

# What holds for every page.
is_page() {
    [ -f "$1" ] || {
        fail "no page $1"
        return
    }
    xmllint --noout --nonet "$1" 2>"$base/xml" || fail "$1: $(head -n 3 "$base/xml")"
    bare "$1" >"$base/bare"
    # 300 KB beside the media, of which a data URI of nothing is all that is left here.
    [ "$(size_of "$base/bare")" -lt 300000 ] || fail "$1 has $(size_of "$base/bare") bytes"
    outside=$(grep -oE '(src|srcset|href|action|poster|data|cite|content)="[^"]*"' "$base/bare" |
        grep -vE '^(src|href)="data:|^content="(width=device|light dark|bitcrush |default-src .none)')
    [ -z "$outside" ] || fail "$1 refers to $outside"
    if grep -qiE 'https?:|url\(|@import|<link [^>]*stylesheet|<base|<iframe|fetch\(|import\(' "$base/bare"; then
        fail "$1 may ask the network"
    fi
    [ "$(sed -n 's/.*\(<html lang="en">\).*/\1/p' "$1")" ] || fail "$1 has no lang"
    [ "$(grep -c '<h1>' "$1")" -eq 1 ] || fail "$1 has not one h1"
    grep -q '<title>..*</title>' "$1" || fail "$1 has no title"
    grep -q '<main>' "$1" || fail "$1 has no main"
    grep -q 'prefers-color-scheme:dark' "$1" || fail "$1 has no dark side"
    grep -q 'prefers-reduced-motion' "$1" || fail "$1 moves"
    grep -q ':focus-visible{outline' "$1" || fail "$1 does not show the focus"
    [ "$(grep -c '<table' "$1")" -eq "$(grep -c '<caption>' "$1")" ] || fail "$1: captions"
    grep '<th' "$1" | grep -qE '<th>|<th [^s]' && fail "$1: a head without scope"
    grep '<img' "$base/bare" | grep -qvE 'alt="[^"]+"' && fail "$1: a picture without words"
    grep '<audio' "$base/bare" | grep -qvE 'controls="controls".*aria-label="[^"]+"' &&
        fail "$1: a player without controls or name"
    for id in $(grep -oE '<label for="[^"]*' "$1" | sed 's/.*"//'); do
        grep -qE "<input id=\"$id\" type=\"range\"" "$1" || fail "$1: no slider for the label $id"
    done
    [ "$(grep -c '<input' "$1")" -eq "$(grep -c '<label for' "$1")" ] || fail "$1: labels"
    grep '<tr data-fact' "$1" | grep -qE '<td></td></tr>|scope="row"></th>' &&
        fail "$1: a fact without name or meaning"
}

# "section.key=value" of the facts on a page, with numbers cut to 9 digits.
facts_of() {
    sed -n 's|^<tr data-fact="\([^"]*\)">.*<data value="\([^"]*\)">.*|\1=\2|p' "$1"
    sed -n 's|^<tr data-row="\([a-z]*[.][0-9]*\)">|\1|p' "$1" | awk '{
        row = $0
        sub(/<.*/, "", row)
        while (match($0, /data-fact="[^"]*">[^<]*<data value="[^"]*"/)) {
            found = substr($0, RSTART + 11, RLENGTH - 12)
            $0 = substr($0, RSTART + RLENGTH)
            key = found
            sub(/".*/, "", key)
            sub(/.*<data value="/, "", found)
            print row "." key "=" found
        }
    }'
}

unescaped() {
    sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g'
}

# Keys or values that differ between two files of "key=value"; numbers may by 1e-8 of themselves,
# because read-json prints 9 digits.
differences() {
    awk '
        {
            at = index($0, "=")
            key = substr($0, 1, at - 1)
            value = substr($0, at + 1)
        }
        NR == FNR { expected[key] = value; next }
        !(key in expected) { print "only in the second: " $0; next }
        {
            x = expected[key]
            delete expected[key]
            number = "^[-+]?[0-9]+([.][0-9]+)?(e[-+]?[0-9]+)?$"
            d = x - value
            m = value + 0 < 0 ? -value : value + 0
            if (x != value && !(x ~ number && value ~ number && d <= 1e-8 * m && -d <= 1e-8 * m))
                print key ": " x " and " value
        }
        END { for (key in expected) print "only in the first: " key }' "$1" "$2"
}

# The page of the run that $out has the JSON of says the same.
has_facts() {
    "$READ_JSON" <"$out" | grep -v '^schema=' >"$base/json"
    facts_of "$1" | unescaped >"$base/html"
    [ "$(wc -l <"$base/html")" -gt 20 ] || fail "$1 has few facts"
    found=$(differences "$base/json" "$base/html")
    [ -z "$found" ] || fail "$1 differs from JSON: $found"
}
