/* Philox4x32-10 on eight blocks at a time, included by kernels.c where the level has AVX-512: gcc
 * 12 makes scalar code of the plain loop, and this takes half of its time. A word stands in the low
 * half of each 64-bit lane; what is in the high half does not matter until the end. */
#include <immintrin.h>

enum { WIDE_BLOCKS = 8 };

static inline void random_words_wide(uint64_t seed, uint64_t first, uint32_t stream,
                                     uint32_t purpose, uint32_t *out)
{
    const __m512i m0 = _mm512_set1_epi64(0xD2511F53), m1 = _mm512_set1_epi64(0xCD9E8D57);
    const __m512i blocks = _mm512_add_epi64(_mm512_set1_epi64((int64_t)first),
                                            _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    __m512i c0 = blocks, c1 = _mm512_srli_epi64(blocks, 32);
    __m512i c2 = _mm512_set1_epi64(stream), c3 = _mm512_set1_epi64(purpose);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

    for (int round = 0; round < 10; round++) {
        const __m512i p0 = _mm512_mul_epu32(c0, m0), p1 = _mm512_mul_epu32(c2, m1);
        const __m512i high0 = _mm512_srli_epi64(p0, 32), high1 = _mm512_srli_epi64(p1, 32);

        c0 = _mm512_xor_si512(_mm512_xor_si512(high1, c1), _mm512_set1_epi64(k0));
        c1 = p1;
        c2 = _mm512_xor_si512(_mm512_xor_si512(high0, c3), _mm512_set1_epi64(k1));
        c3 = p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    /* Words 0 and 1 of each block in one lane, 2 and 3 in another, then block by block. */
    const __m512i low = _mm512_set1_epi64(0xFFFFFFFF);
    const __m512i a = _mm512_or_si512(_mm512_and_si512(c0, low), _mm512_slli_epi64(c1, 32));
    const __m512i b = _mm512_or_si512(_mm512_and_si512(c2, low), _mm512_slli_epi64(c3, 32));

    _mm512_storeu_si512(
        out, _mm512_permutex2var_epi64(a, _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0), b));
    _mm512_storeu_si512(
        out + 16, _mm512_permutex2var_epi64(a, _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4), b));
}
