/* The machine's limit for the forward pass of a binary layer: C with the processor's own vector popcount.
 *
 *     gcc -O3 -march=native -std=c11 -o popcount bench/native/popcount.c && ./popcount
 *
 * agreements[b][j] = n - popcount(x[b] XOR w[j]) for 1024 inputs, 1024 neurons and a batch of 100, on one thread, with AVX-512
 * VPOPCNTDQ where the compiler's target has it, else AVX2 and a look-up of nibbles in a register (Mula, Kurz and Lemire,
 * "Faster population counts using AVX2 instructions", 2018). The result is compared with a plain loop before it is timed;
 * printed are 10^9 multiply-accumulates a second: the median and the range of 15 rounds. */

#define _POSIX_C_SOURCE 199309L

#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 100, INPUTS = 1024, NEURONS = 1024, WORDS = INPUTS / 64, ROUNDS = 15, REPEATS = 200 };

#if !defined(__AVX512VPOPCNTDQ__) && !defined(__AVX2__)
#error "This processor has neither AVX-512 VPOPCNTDQ nor AVX2, or -march=native is missing."
#endif

static _Alignas(64) uint64_t x[BATCH][WORDS], w[NEURONS][WORDS];
static int32_t agreements[BATCH][NEURONS], expected[BATCH][NEURONS];

#ifdef __AVX512VPOPCNTDQ__

static const char *const instructions = "AVX-512 VPOPCNTDQ";
enum { PANEL = 8 }; /* neurons in a register, 64 bits of each */

/* A panel's weights, word k of eight neurons side by side, stay in 16 registers while all images pass: three instructions
 * (XOR with a broadcast word of x, popcount, add) for 512 multiply-accumulates, and no sum across a register. */
static void forward(void) {
  const __m512i n = _mm512_set1_epi64(INPUTS);
  const __m512i row = _mm512_setr_epi64(0, WORDS, 2 * WORDS, 3 * WORDS, 4 * WORDS, 5 * WORDS, 6 * WORDS, 7 * WORDS);
  for (int j = 0; j < NEURONS; j += PANEL) {
    __m512i panel[WORDS];
    for (int k = 0; k < WORDS; k++) panel[k] = _mm512_i64gather_epi64(row, &w[j][k], 8);
    for (int b = 0; b < BATCH; b++) {
      __m512i different = _mm512_setzero_si512();
      for (int k = 0; k < WORDS; k++) {
        const __m512i word = _mm512_set1_epi64((int64_t)x[b][k]);
        different = _mm512_add_epi64(different, _mm512_popcnt_epi64(_mm512_xor_si512(panel[k], word)));
      }
      _mm256_storeu_si256((__m256i *)&agreements[b][j], _mm512_cvtepi64_epi32(_mm512_sub_epi64(n, different)));
    }
  }
}

#else

static const char *const instructions = "AVX2";

/* Ones in each byte: two look-ups of a nibble. */
static __m256i popcount_bytes(__m256i v) {
  const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
                                          0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i nibble = _mm256_set1_epi8(15);
  return _mm256_add_epi8(_mm256_shuffle_epi8(counts, _mm256_and_si256(v, nibble)),
                         _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
}

/* A row is four registers; a byte's sum over them is at most 32. */
static void forward(void) {
  for (int b = 0; b < BATCH; b++) {
    for (int j = 0; j < NEURONS; j++) {
      __m256i sum = _mm256_setzero_si256();
      for (int k = 0; k < WORDS; k += 4) {
        const __m256i xk = _mm256_load_si256((const __m256i *)&x[b][k]);
        sum = _mm256_add_epi8(sum, popcount_bytes(_mm256_xor_si256(xk, _mm256_load_si256((const __m256i *)&w[j][k]))));
      }
      const __m256i sums = _mm256_sad_epu8(sum, _mm256_setzero_si256());
      const __m128i half = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
      agreements[b][j] = INPUTS - (int32_t)(_mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1));
    }
  }
}

#endif

static void reference(void) {
  for (int b = 0; b < BATCH; b++) {
    for (int j = 0; j < NEURONS; j++) {
      int32_t different = 0;
      for (int k = 0; k < WORDS; k++) different += __builtin_popcountll(x[b][k] ^ w[j][k]);
      expected[b][j] = INPUTS - different;
    }
  }
}

static uint64_t next_random(void) { /* xorshift64 */
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  const double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(void) {
  for (int b = 0; b < BATCH; b++) for (int k = 0; k < WORDS; k++) x[b][k] = next_random();
  for (int j = 0; j < NEURONS; j++) for (int k = 0; k < WORDS; k++) w[j][k] = next_random();
  reference();
  forward();
  for (int b = 0; b < BATCH; b++) {
    for (int j = 0; j < NEURONS; j++) {
      if (agreements[b][j] == expected[b][j]) continue;
      fprintf(stderr, "agreements[%d][%d] = %d, not %d\n", b, j, agreements[b][j], expected[b][j]);
      return 1;
    }
  }
  double rates[ROUNDS];
  for (int round = 0; round < ROUNDS; round++) {
    const double start = seconds();
    for (int i = 0; i < REPEATS; i++) {
      forward();
      __asm__ volatile("" ::: "memory"); /* every pass counts */
    }
    rates[round] = 1e-9 * REPEATS * BATCH * INPUTS * NEURONS / (seconds() - start);
  }
  qsort(rates, ROUNDS, sizeof rates[0], ascending);
  printf("%s, %d x %d, batch %d, one thread: %.0f (%.0f-%.0f) 10^9 multiply-accumulates a second\n", instructions, INPUTS,
         NEURONS, BATCH, rates[ROUNDS / 2], rates[0], rates[ROUNDS - 1]);
  return 0;
}
