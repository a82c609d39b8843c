# Small inputs that no test program makes, in the directory that is current: a text of colours, a curve
# of thresholds, the weights of w.npy in Fortran order, an index over w.safetensors, and importance of its
# 256 columns. Read by tests.
# shellcheck shell=sh

printf '000000\nff8000\nffffff\n' >colours.txt
printf '20 60\n1000 4\n4000 -5\n20000 60\n' >curve.txt
{ # the same bytes, other places
    head -c 128 w.npy | sed 's/False/True /'
    tail -c +129 w.npy
} >turned.npy
cat >w.safetensors.index.json <<'EOT'
{"weight_map": {"a.weight": "w.safetensors", "b.weight": "w.safetensors", "bias": "w.safetensors"}}
EOT

# The importance of the columns of a.weight, as the .dat files of llama-imatrix have it: 1 entry,
# its name, calls, 256 values of 1 and 4 by turns.
{
    printf '\001\000\000\000\010\000\000\000a.weight\001\000\000\000\000\001\000\000'
    i=0
    while [ $i -lt 128 ]; do
        printf '\000\000\200\077\000\000\200\100'
        i=$((i + 1))
    done
} >w.dat
