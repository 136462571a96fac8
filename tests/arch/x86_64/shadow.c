/* SPDX-License-Identifier: MIT */
/* A shadow stack made by software, see shadow.h. One thread at a time. */
#include "shadow.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE (1 << 20)
#define MAPPED 64
#define MODE 1ul		/* in each token: 64 bits */
#define PREVIOUS 2ul		/* what rstorssp leaves, for saveprevssp */

struct shadow_counts shadow_counts;
unsigned long shadow_refused;

static uint64_t first[SIZE / 8];	/* of the thread itself */
static uint64_t *pointer;		/* of the one that is in use */
static greg_t *registers;

static char *mapped[MAPPED];		/* and not unmapped yet */

/* The general registers in the order of their numbers in instructions. */
static const int numbers[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

/* The instruction in front of the thread, as far as it is of interest. */
struct instruction {
	const uint8_t *code;
	int prefix, wide, low_8;	/* f2 or f3; REX.W; 8 more registers */
	const uint8_t *opcode;
};

static void violate(const char *what)
{
	char line[128];
	int length = snprintf(line, sizeof line, "shadow stack: %s at %#llx\n",
			      what, (unsigned long long)registers[REG_RIP]);

	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		_exit(SHADOW_VIOLATION + 1);
	_exit(SHADOW_VIOLATION);
}

static struct instruction fetch(void)
{
	const uint8_t *at = (const uint8_t *)registers[REG_RIP];
	struct instruction next = {.code = at};

	while (memchr("\xf2\xf3\x3e\x66\x67", *at, 5) != NULL) {
		if (*at == 0xf2 || *at == 0xf3)
			next.prefix = *at;
		at++;
	}
	if ((*at & 0xf0) == 0x40) {
		next.wide = (*at & 8) != 0;
		next.low_8 = (*at & 1) != 0;
		at++;
	}
	next.opcode = at;
	return next;
}

/* The bytes from a ModRM byte to the end of its address. */
static size_t address_length(const uint8_t *modrm)
{
	int mode = *modrm >> 6, base = *modrm & 7;
	size_t length = 1;

	if (mode == 3)
		return 1;
	if (base == 4) {
		length++;
		base = modrm[1] & 7;
	}
	if (mode == 1)
		return length + 1;
	if (mode == 2 || base == 5)
		return length + 4;
	return length;
}

static void skip(const uint8_t *to)
{
	registers[REG_RIP] = (greg_t)to;
}

static void restore(const struct instruction *next, const uint8_t *modrm)
{
	int base = (*modrm & 7) | next->low_8 << 3;
	uint64_t *token;

	if (*modrm >> 6 != 1 || (*modrm & 7) == 4)
		violate("rstorssp by an address that is not understood");
	token = (uint64_t *)(registers[numbers[base]] + (int8_t)modrm[1]);
	if (*token != ((uint64_t)(token + 1) | MODE))
		violate("rstorssp of what is no token");
	*token = (uint64_t)pointer | MODE | PREVIOUS;
	pointer = token;
	shadow_counts.restored++;
	skip(modrm + 2);
}

static void save_previous(const uint8_t *end)
{
	uint64_t token = *pointer;
	uint64_t *previous = (uint64_t *)(token & ~(MODE | PREVIOUS));

	if ((token & 7) != (MODE | PREVIOUS))
		violate("saveprevssp without a token");
	pointer++;
	previous[-1] = (uint64_t)previous | MODE;
	skip(end);
}

/* 0f 01 /5, 0f 01 ea, 0f 1e /1, 0f ae /5. Returns whether it was one. */
static int is_emulated(const struct instruction *next)
{
	const uint8_t *modrm = next->opcode + 2;
	int of = *modrm >> 3 & 7, is_register = *modrm >> 6 == 3;
	greg_t *operand = &registers[numbers[(*modrm & 7) | next->low_8 << 3]];

	if (next->prefix != 0xf3 || next->opcode[0] != 0x0f)
		return 0;
	if (next->opcode[1] == 0x01 && *modrm == 0xea) {
		save_previous(modrm + 1);
	} else if (next->opcode[1] == 0x01 && of == 5 && !is_register) {
		restore(next, modrm);
	} else if (next->opcode[1] == 0x1e && of == 1 && is_register) {
		*operand = (greg_t)pointer;
		skip(modrm + 1);
	} else if (next->opcode[1] == 0xae && of == 5 && is_register) {
		pointer += *operand & 0xff;
		skip(modrm + 1);
	} else {
		return 0;
	}
	return 1;
}

static void call(const uint8_t *return_address)
{
	*--pointer = (uint64_t)return_address;
}

static void come_back(void)
{
	if (pointer == first + SIZE / 8)
		return;		/* out of the frame that began it */
	if (*pointer != *(uint64_t *)registers[REG_RSP])
		violate("a return to another place than the call's");
	pointer++;
	shadow_counts.returns++;
}

static int forget(const char *low)
{
	for (int i = 0; i < MAPPED; i++)
		if (mapped[i] == low) {
			mapped[i] = NULL;
			return 1;
		}
	return 0;
}

/* Returns whether it was one that only a newer kernel has. */
static int is_system_call(const struct instruction *next)
{
	void *memory = NULL;

	if (next->opcode[0] != 0x0f || next->opcode[1] != 0x05)
		return 0;
	if (registers[REG_RAX] == SYS_munmap &&
	    (uint64_t)pointer - (uint64_t)registers[REG_RDI] <
		    (uint64_t)registers[REG_RSI])
		violate("the shadow stack in use is unmapped");
	if (registers[REG_RAX] == SYS_munmap)
		shadow_counts.unmapped += forget((char *)registers[REG_RDI]);
	if (registers[REG_RAX] != SHADOW_MAP)
		return 0;
	if (registers[REG_RDI] != 0 || registers[REG_RDX] != SHADOW_SET_TOKEN)
		violate("map_shadow_stack with other arguments");
	if (shadow_refused == 0 || --shadow_refused != 0)
		memory = shadow_map((size_t)registers[REG_RSI]);
	registers[REG_RAX] = memory == NULL ? -ENOMEM : (greg_t)memory;
	skip(next->opcode + 2);
	return 1;
}

static void on_step(int number, siginfo_t *info, void *context)
{
	struct instruction next;
	const uint8_t *at;

	(void)number;
	(void)info;
	registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	do
		next = fetch();
	while (is_emulated(&next) || is_system_call(&next));
	at = next.opcode;
	/* There is no stop in front of the one behind a system call. */
	if (at[0] == 0x0f && at[1] == 0x05)
		at += 2;
	if (at[0] == 0xe8)
		call(at + 5);
	else if (at[0] == 0xff && (at[1] >> 3 & 7) == 2)
		call(at + 1 + address_length(at + 1));
	else if (at[0] == 0xc3)
		come_back();
}

void *shadow_map(size_t size)
{
	char *low = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t end = (uint64_t)low + size;

	if (low == MAP_FAILED)
		return NULL;
	*(uint64_t *)(end - 8) = end | MODE;
	for (int i = 0; i < MAPPED; i++)
		if (mapped[i] == NULL) {
			mapped[i] = low;
			break;
		}
	shadow_counts.mapped++;
	shadow_counts.last_mapped = low;
	return low;
}

void shadow_prepare(void)
{
	struct sigaction action = {.sa_sigaction = on_step,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK};
	static char signal_stack[1 << 16];

	sigaltstack(&(stack_t){.ss_sp = signal_stack,
			       .ss_size = sizeof signal_stack}, NULL);
	sigaction(SIGTRAP, &action, NULL);
	pointer = first + SIZE / 8;
	memset(&shadow_counts, 0, sizeof shadow_counts);
}
