#!/bin/sh
# The coordinate network draws the coast, from floats and from eight bits. $BITCRUSH, $DRAW
# (draw-coast-net), $COMPARE (compare-averaged) and $SAMPLES come from ctest.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$DRAW" "$SAMPLES/coast-net.safetensors" 192 f32.ppm
"$COMPARE" "$SAMPLES/coast.png" f32.ppm 34   # 34.4 dB; 0.4 dB for other sines and roundings
"$BITCRUSH" tensor "$SAMPLES/coast-net.safetensors" 8 -q -o q8_0.gguf
"$DRAW" q8_0.gguf 192 q8_0.ppm
"$COMPARE" f32.ppm q8_0.ppm 45 # 47.0 dB; two decibels for another rounding of the weights

"$DRAW" "$SAMPLES/coast-net-ternary.gguf" 192 ternary.ppm
"$COMPARE" "$SAMPLES/coast.png" ternary.ppm 28 # 28.7 dB; 17.2 when rounded after training
