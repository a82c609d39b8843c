#!/bin/sh
# Calls that have no place in the sources: those that write without knowing the room, read without
# saying what was wrong, keep a state for the whole process, or do what a library must not.
#
#   calls.sh [ROOT]       check the sources under ROOT (default: this repository)
#   calls.sh --self-test  show on small trees that the check finds each kind of fault
set -eu

# A row: calls, separated by commas | directories | files that may, or - | what to do instead.
rows='
strcpy,strcat,strncpy,strncat,stpcpy,stpncpy,wcscpy,wcscat|src apps|-|snprintf or memcpy with the size of the target
sprintf,vsprintf,gets|src apps|-|snprintf with the size of the target
atoi,atol,atoll,atof,sscanf,fscanf,scanf|src apps|-|strtol and its like, which say where the number ended
strtok,asctime,ctime,gmtime,localtime,setlocale,rand,srand,random,srandom,drand48|src apps|-|no state of the whole process
alloca,system,popen,tmpnam,tempnam,mktemp,signal|src apps|-|malloc, mkstemp, sigaction
strtod,strtof,strtold,localeconv,uselocale|src|src/base/decimal.c|bci_read_double: a point under any locale
umask|src apps|-|the mode of open(), to which the kernel applies the mask
exit,_exit,abort,raise,printf,puts,putchar,perror|src|-|a status and a sentence for the caller
getenv|src|src/base/cpu.c src/base/scratch.c|an argument
'

# Reads names of files on standard input, prints a sentence for each fault and fails if there is one.
judge() {
    awk -v rows="$rows" '
    function fault(what) {
        print file ":" n_lines ": " what
        n_faults++
    }
    # What applies to the file: instead[CALL].
    function choose(    n, i, j, field, dir, may, call, applies) {
        split("", instead)
        n = split(rows, row, "\n")
        for (i = 1; i <= n; i++) {
            if (split(row[i], field, "|") < 4)
                continue
            applies = 0
            for (j = split(field[2], dir, " "); j > 0; j--)
                applies = applies || index(file, dir[j] "/") == 1
            for (j = split(field[3], may, " "); j > 0; j--)
                applies = applies && may[j] != file
            for (j = split(field[1], call, ","); applies && j > 0; j--)
                instead[call[j]] = field[4]
        }
    }
    # Cut comments and strings out of a line: code has the rest, texts what the strings say.
    function strip(line,    quote, stop) {
        code = texts = ""
        while (line != "") {
            if (is_comment) {
                stop = index(line, "*/")
                line = stop ? substr(line, stop + 2) : ""
                is_comment = !stop
                continue
            }
            if (!match(line, /\/\*|\/\/|["\047]/)) {
                code = code line
                return
            }
            code = code substr(line, 1, RSTART - 1)
            quote = substr(line, RSTART, 1)
            if (quote == "/") {
                is_comment = substr(line, RSTART, 2) == "/*"
                line = is_comment ? substr(line, RSTART + 2) : ""
                code = code " "
                continue
            }
            line = substr(line, RSTART + 1)
            if (quote == "\"")
                match(line, /^([^"\\]|\\.)*/)
            else
                match(line, /^([^\047\\]|\\.)*/)
            texts = texts substr(line, 1, RLENGTH)
            line = substr(line, RLENGTH + 2)
            code = code quote quote
        }
    }
    # Calls of the line that have no place.
    function judge_calls(rest,    name) {
        while (match(rest, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)) {
            name = substr(rest, RSTART, RLENGTH - 1)
            sub(/[ \t]+$/, "", name)
            if (name in instead)
                fault(name " has no place here, expected " instead[name])
            rest = substr(rest, RSTART + RLENGTH)
        }
    }
    # In the library numbers with a point are written by bci_format, which no locale changes.
    function judge_formats() {
        if (code ~ /(^|[^A-Za-z_0-9])v?(sn|f)printf\(/)
            is_printing = 1
        gsub(/%%/, "", texts)
        if (is_printing && texts ~ /%[-+#0]*[0-9*]*(\.[0-9*]+)?[aefgAEFG]/)
            fault("a number with a point by snprintf, expected bci_format")
        if (code ~ /;/)
            is_printing = 0
    }
    {
        file = $0
        choose()
        is_comment = is_printing = n_lines = 0
        while ((getline line <file) > 0) {
            n_lines++
            strip(line)
            judge_calls(code)
            if (file ~ /^src\// && file != "src/base/decimal.c")
                judge_formats()
        }
        close(file)
    }
    END { exit n_faults > 0 }'
}

# Is a file of the library, or of the programs? A program that makes tables is neither.
of_sources() {
    xargs awk '
    FNR == 1 { is_program[FILENAME] = 0 }
    /^int main\(/ && FILENAME ~ /^src\// { is_program[FILENAME] = 1 }
    END { for (file in is_program) if (!is_program[file]) print file }' | LC_ALL=C sort
}

check() {
    (
        cd "$1"
        files=$(find src apps -name '*.[ch]' -type f 2>/dev/null | of_sources)
        [ "$files" ] || {
            echo "$1: no sources found, expected a tree with src/"
            exit 1
        }
        printf '%s\n' "$files" | judge
    )
}

# ---- self-test

# A row: what it shows | file | line put into it | words of the sentence, or ok.
cases() {
    cat <<'END'
a call that knows the room|src/base/a.c|snprintf(to, size, "%s", x);|ok
a name that only ends like one|apps/a.c|my_strcpy(to, x);|ok
a name that only begins like one|src/base/a.c|strcpy_s(to, x);|ok
a word in a comment|src/base/a.c|/* strcpy(to, x) */|ok
a word in a string|src/base/a.c|say("strcpy(to, x)");|ok
a quote in a character does not open a string|src/base/a.c|c = '"'; strcpy(to, x); d = '"';|strcpy has no place
an escaped quote does not end one|src/base/a.c|say("\"strcpy(\"");|ok
strcpy in the library|src/base/a.c|strcpy(to, x);|src/base/a.c:2: strcpy has no place here
strcat in a program|apps/a.c|strcat(to, x);|strcat has no place
a space before the bracket|src/base/a.c|strcat (to, x);|strcat has no place
the second call of a line|apps/a.c|f(atoi(x));|atoi has no place
sprintf|src/base/a.h|sprintf(to, "%d", x);|sprintf has no place
a tokenizer with a state|apps/a.c|strtok(x, " ");|strtok has no place
the library prints nothing|src/base/a.c|printf("x");|printf has no place
a program prints|apps/a.c|printf("x");|ok
the library does not end the process|src/base/a.c|abort();|abort has no place
an environment in its file|src/base/cpu.c|getenv("X");|ok
an environment elsewhere|src/base/a.c|getenv("X");|getenv has no place
a number by the locale|src/base/a.c|snprintf(to, n, "%.3g", x);|expected bci_format
a number by the locale in the next line|src/base/a.c|snprintf(to, n, "%d %-8.*f", x);|expected bci_format
a number read by the locale|src/base/a.c|strtod(x, &end);|strtod has no place
a number where the locale is known|src/base/decimal.c|strtod(x, &end);|ok
a number in a program|apps/a.c|snprintf(to, n, "%g", strtod(x, NULL));|ok
a percent that is none|src/base/a.c|snprintf(to, n, "%d %%", x % f);|ok
END
}

self_test() {
    . "$(dirname -- "$0")/cases.sh"
    cases >"$scratch/cases"
    while IFS='|' read -r what file line words; do
        tree=$scratch/$n
        mkdir -p "$tree/src/base" "$tree/apps"
        printf '/* A file. */\n%s\n' "$line" >"$tree/$file"
        expect_case "$what" "$words" check "$tree"
    done <"$scratch/cases"
    refuses_nothing check "$scratch/empty"
    sum_up
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case ${1-} in
--self-test) self_test ;;
*) check "${1:-$(dirname -- "$0")/..}" ;;
esac
