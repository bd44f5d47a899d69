/** The files of a C export that do not depend on the weights. `NAME` stands for the model's name in them, `NAME_UPPER` for
 *  it in capitals. */

/** The part of NAME.c below the arrays. */
export const KERNEL = `
/* Bits in which words of x and w differ. A carry-save adder makes one bit of twice the weight and one of the same out of
 * three bits, in all 32 places at once: of eight words only one is left to be counted. (Warren, Hacker's Delight, 5-1.) */
static uint32_t differences(const uint32_t *x, const uint32_t *w, uint32_t words) {
#ifdef HARDWARE_POPCOUNT
  uint32_t sum = 0;
  for (uint32_t k = 0; k < words; k++) sum += (uint32_t)__builtin_popcount(x[k] ^ w[k]);
  return sum;
#else
  uint32_t sum = 0, ones = 0, twos = 0, fours = 0, k = 0;
  for (; words - k >= 8; k += 8) {
    uint32_t twos_a, twos_b, fours_a, fours_b, eights;
    ADD(twos_a, ones, ones, x[k] ^ w[k], x[k + 1] ^ w[k + 1]);
    ADD(twos_b, ones, ones, x[k + 2] ^ w[k + 2], x[k + 3] ^ w[k + 3]);
    ADD(fours_a, twos, twos, twos_a, twos_b);
    ADD(twos_a, ones, ones, x[k + 4] ^ w[k + 4], x[k + 5] ^ w[k + 5]);
    ADD(twos_b, ones, ones, x[k + 6] ^ w[k + 6], x[k + 7] ^ w[k + 7]);
    ADD(fours_b, twos, twos, twos_a, twos_b);
    ADD(eights, fours, fours, fours_a, fours_b);
    sum += popcount(eights);
  }
  sum = 8 * sum + 4 * popcount(fours) + 2 * popcount(twos) + popcount(ones);
  for (; k < words; k++) sum += popcount(x[k] ^ w[k]);
  return sum;
#endif
}

/* D of one neuron: the differences of each bit plane of x, the planes weighted by their bit. */
static uint32_t distance(const uint32_t *x, uint32_t planes, const uint32_t *w, uint32_t words) {
  uint32_t sum = 0;
  for (uint32_t plane = 0; plane < planes; plane++) sum += differences(x + plane * words, w, words) << plane;
  return sum;
}
`;

/** main.c */
export const MAIN = `/* An example: classifies images with NAME.
 *
 *   main          compares the scores of the images in vectors.h with those of the model they were made of
 *   main FILE     prints class and scores of the images in FILE: NAME_UPPER_INPUTS bytes each, one after the other */

#include <stdio.h>
#include "NAME.h"
#include "vectors.h"

static int check(void) {
  int mismatches = 0;
  for (int i = 0; i < VECTORS; i++) {
    int32_t scores[NAME_UPPER_CLASSES];
    NAME_classify(vector_images[i], scores);
    for (int j = 0; j < NAME_UPPER_CLASSES; j++) {
      if (scores[j] != vector_scores[i][j]) {
        mismatches++;
        break;
      }
    }
  }
  printf("images %d mismatches %d\\n", VECTORS, mismatches);
  return mismatches != 0;
}

int main(int argc, char **argv) {
  static uint8_t image[NAME_UPPER_INPUTS];
  if (argc < 2) return check();
  FILE *file = fopen(argv[1], "rb");
  if (file == NULL) {
    fprintf(stderr, "%s cannot be read\\n", argv[1]);
    return 2;
  }
  size_t length;
  while ((length = fread(image, 1, sizeof image, file)) == sizeof image) {
    int32_t scores[NAME_UPPER_CLASSES];
    printf("%d", NAME_classify(image, scores));
    for (int j = 0; j < NAME_UPPER_CLASSES; j++) printf(" %ld", (long)scores[j]);
    printf("\\n");
  }
  fclose(file);
  if (length == 0) return 0;
  fprintf(stderr, "%s ends in the middle of an image\\n", argv[1]);
  return 2;
}
`;

/** bare.c */
export const BARE = `/* A bare Cortex-M4 (QEMU: mps2-an386) or RV32IM (QEMU: virt) classifies the images in vectors.h: no libc, no heap, no
 * operating system. It says through semihosting how many scores were wrong and how many instructions an image took. */

#include "NAME.h"
#include "vectors.h"

extern uint32_t stack_top[];
void start(void);

#ifdef __arm__

__attribute__((section(".start"), used)) static const uintptr_t vectors[2] = {(uintptr_t)stack_top, (uintptr_t)start};

static int32_t host(int32_t operation, const void *argument) {
  register int32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

/* SysTick counts down at 25 MHz; under -icount shift=0 an instruction takes 1 ns, so 40 of them are a tick. */
#define SYSTICK ((volatile uint32_t *)0xe000e010)
static uint32_t instructions(void) {
  if (SYSTICK[0] == 0) {
    SYSTICK[1] = 0xffffff;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5;
    while (SYSTICK[2] == 0) { /* it starts at the first tick */
    }
  }
  return (0xffffff - SYSTICK[2]) * 40;
}

#else

__asm__(".pushsection .start, \\"ax\\"\\n la sp, stack_top\\n j start\\n .popsection\\n");

static int32_t host(int32_t operation, const void *argument) {
  register int32_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = argument;
  __asm__ volatile(".option push\\n .option norvc\\n .balign 16\\n slli x0, x0, 0x1f\\n ebreak\\n srai x0, x0, 7\\n .option pop"
                   : "+r"(a0) : "r"(a1) : "memory");
  return a0;
}

static uint32_t instructions(void) {
  uint32_t count;
  __asm__ volatile("csrr %0, minstret" : "=r"(count));
  return count;
}

#endif

static void print(const char *label, uint32_t value) {
  char text[12], *at = text + 11;
  *at = 0;
  do *--at = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  host(4, label);
  host(4, at);
}

void start(void) {
  uint32_t mismatches = 0, most = 0;
  instructions();
  for (int i = 0; i < VECTORS; i++) {
    int32_t scores[NAME_UPPER_CLASSES];
    const uint32_t before = instructions();
    NAME_classify(vector_images[i], scores);
    const uint32_t taken = instructions() - before;
    if (taken > most) most = taken;
    int wrong = 0;
    for (int j = 0; j < NAME_UPPER_CLASSES; j++) wrong |= scores[j] != vector_scores[i][j];
    mismatches += (uint32_t)wrong;
  }
  print("images ", VECTORS);
  print(" mismatches ", mismatches);
  print(" instructions ", most);
  host(4, "\\n");
  const uint32_t status[2] = {0x20026, mismatches != 0};
  host(0x20, status);
  for (;;) {
  }
}
`;

/** bare.ld */
export const LINKER_SCRIPT = `/* Everything in one memory of 4 MiB from \`origin\` on, the stack at its end. */
ENTRY(start)
SECTIONS {
  . = origin;
  .text : { KEEP(*(.start)) *(.text*) *(.rodata*) *(.srodata*) *(.data*) *(.sdata*) *(.bss*) *(.sbss*) }
  stack_top = origin + 0x400000;
}
`;

/** Arguments of the compilers and emulators, which the Makefile and `onebit verify` share. */
export const FLAGS = "-O2 -std=c99 -Wall -Wextra -Werror";
export const SANITIZE = "-g -fsanitize=undefined,address -fno-sanitize-recover=all";
const BARE_FLAGS = `${FLAGS} -ffreestanding -nostdlib -T bare.ld`;
const ARM = "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb";
const RISC_V = "riscv64-unknown-elf-gcc -march=rv32im_zicsr -mabi=ilp32 -mcmodel=medany";
const [ARM_ORIGIN, RISC_V_ORIGIN] = ["-Wl,--defsym=origin=0", "-Wl,--defsym=origin=0x80000000"];
const QEMU = "-display none -semihosting-config enable=on,target=native -icount shift=0";
const [QEMU_ARM, QEMU_RISC_V] = ["qemu-system-arm -M mps2-an386", "qemu-system-riscv32 -M virt -bios none"];
export const CORTEX_M4 = `${ARM} ${BARE_FLAGS} ${ARM_ORIGIN}`;
export const CORTEX_M4_RUN = `${QEMU_ARM} ${QEMU}`;
export const RV32 = `${RISC_V} ${BARE_FLAGS} ${RISC_V_ORIGIN}`;
export const RV32_RUN = `${QEMU_RISC_V} ${QEMU}`;

/** Makefile */
export const MAKEFILE = `# make check       compiles for this machine and checks the vectors
# make sanitize    the same with the undefined behaviour and address sanitizers
# make cortex-m4   for a Cortex-M4, run by QEMU; make rv32 for a 32-bit RISC-V
CFLAGS = ${FLAGS}
BARE = ${BARE_FLAGS}
QEMU = ${QEMU}

main: main.c NAME.c NAME.h vectors.h
	$(CC) $(CFLAGS) -o $@ main.c NAME.c

main-sanitize: main.c NAME.c NAME.h vectors.h
	$(CC) $(CFLAGS) ${SANITIZE} -o $@ main.c NAME.c

cortex-m4.elf: bare.c NAME.c NAME.h vectors.h bare.ld
	${ARM} $(BARE) ${ARM_ORIGIN} -o $@ bare.c NAME.c -lgcc

rv32.elf: bare.c NAME.c NAME.h vectors.h bare.ld
	${RISC_V} $(BARE) ${RISC_V_ORIGIN} -o $@ bare.c NAME.c -lgcc

check: main
	./main

sanitize: main-sanitize
	./main-sanitize

cortex-m4: cortex-m4.elf
	${QEMU_ARM} $(QEMU) -kernel $<

rv32: rv32.elf
	${QEMU_RISC_V} $(QEMU) -kernel $<

clean:
	rm -f main main-sanitize cortex-m4.elf rv32.elf

.PHONY: check sanitize cortex-m4 rv32 clean
`;

/** README.md */
export const README = `# A binarized network in C

\`NAME.c\` and \`NAME.h\` are the network: C99, no libc, no heap, no floating point. Everything is in

    int NAME_classify(const uint8_t image[NAME_UPPER_INPUTS], int32_t scores[NAME_UPPER_CLASSES]);

which writes a score a class and returns the class. It needs one bit of read-only memory a weight and some hundred bytes of
stack, is reentrant, and takes the same number of steps for every image. \`main.c\` is an example for this machine:

    make check

\`bare.c\` with \`bare.ld\` runs on a bare Cortex-M4 or 32-bit RISC-V, here under QEMU (\`make cortex-m4\`, \`make rv32\`), and says
how many instructions an image takes. Both compare the images in \`vectors.h\` with the scores of the model they were made of,
which is \`model.onebit\`; \`onebit verify\` does so with as many images as you like.

The compiler's own popcount is used where the processor has one (x86 with -mpopcnt, 64-bit ARM, RISC-V with Zbb).
`;
