/* SPDX-License-Identifier: MIT */
/*
 * Walks a stack by its call frame information (DWARF 4, 6.4; LSB, "Exception
 * Frames"), as the unwinder of a compiler does where there is one. It knows
 * what the kit and its compilers write, and ends the program at anything else.
 */
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <system.h>
#include <unwind.h>

#define REGISTERS 64
#define FLOATS 32		/* from there on they are floats */
#define PT_GNU_EH_FRAME 0x6474e550u
#define DEEPEST 4

/* Where the caller's value of a register is. */
struct rule {
	enum { SAME, UNDEFINED, AT_CFA, IN_REGISTER, AT_REGISTER } how;
	unsigned number;
	intptr_t offset;
};

struct rules {
	struct rule of[REGISTERS], cfa;
};

struct cie {
	uintptr_t code_unit;
	intptr_t data_unit;
	unsigned return_register;
	const uint8_t *program, *end;
};

struct fde {
	struct cie cie;
	uintptr_t first, last;
	const uint8_t *program, *end;
};

/* A frame. In one that was interrupted, and did not call, `exact` is set. */
struct _Unwind_Context {
	uint64_t registers[REGISTERS];
	uintptr_t ip, cfa;
	struct fde fde;
	int exact;
};

/* The program's own headers: linkers know this name. */
extern const uint8_t __ehdr_start[] __attribute__((visibility("hidden")));

struct program_header {
	uint32_t type;
#if __SIZEOF_POINTER__ == 8
	uint32_t flags;
#endif
	uintptr_t offset, address, physical, file_size, memory_size, rest[2];
};

#if __SIZEOF_POINTER__ == 8
#define HEADERS_OFFSET 32
#define HEADERS_COUNT 56
#define HEADER_SIZE 56
#else
#define HEADERS_OFFSET 28
#define HEADERS_COUNT 44
#define HEADER_SIZE 32
#endif

static int32_t word_at(const void *where)
{
	int32_t word;

	memcpy(&word, where, sizeof(word));
	return word;
}

static uintptr_t unsigned_number(const uint8_t **at)
{
	uintptr_t number = 0;
	unsigned shift = 0;

	do {
		number |= (uintptr_t)(**at & 0x7f) << shift;
		shift += 7;
	} while (*(*at)++ & 0x80);
	return number;
}

static intptr_t signed_number(const uint8_t **at)
{
	const uint8_t *start = *at;
	uintptr_t number = unsigned_number(at);
	unsigned bits = 7 * (unsigned)(*at - start);

	if ((*at)[-1] & 0x40 && bits < 8 * sizeof(number))
		number |= ~(uintptr_t)0 << bits;
	return (intptr_t)number;
}

/* The sorted table that the linker has made, or NULL. */
static const uint8_t *frame_table(void)
{
	uintptr_t start = 0;
	uint16_t count;

	memcpy(&start, __ehdr_start + HEADERS_OFFSET, sizeof(start));
	memcpy(&count, __ehdr_start + HEADERS_COUNT, sizeof(count));
	for (unsigned i = 0; i < count; i++) {
		struct program_header header;

		memcpy(&header, __ehdr_start + start + i * HEADER_SIZE,
		       HEADER_SIZE);
		if (header.type == PT_GNU_EH_FRAME)
			return (const uint8_t *)header.address;
	}
	return NULL;
}

static void read_cie(const uint8_t *at, struct cie *cie)
{
	const char *augmentation = (const char *)at + 9;

	cie->end = at + 4 + word_at(at);
	if ((at[8] != 1 && at[8] != 3) || strcmp(augmentation, "zR") != 0)
		abort();
	at += 12;
	cie->code_unit = unsigned_number(&at);
	cie->data_unit = signed_number(&at);
	cie->return_register = *at++;
	/* Addresses are 32 bits long, and count from where they are. */
	if (unsigned_number(&at) != 1 || *at++ != 0x1b)
		abort();
	cie->program = at;
}

static void read_fde(const uint8_t *at, struct fde *fde)
{
	fde->end = at + 4 + word_at(at);
	read_cie(at + 4 - word_at(at + 4), &fde->cie);
	fde->first = (uintptr_t)(at + 8) + (uintptr_t)(intptr_t)word_at(at + 8);
	fde->last = fde->first + (uintptr_t)word_at(at + 12);
	at += 16;
	uintptr_t skipped = unsigned_number(&at);

	fde->program = at + skipped;
}

/* What describes the code there; 0: nothing does. */
static int find_fde(uintptr_t ip, struct fde *fde)
{
	const uint8_t *table = frame_table();
	const uint8_t kind[4] = { 1, 0x1b, 3, 0x3b };

	if (table == NULL || memcmp(table, kind, sizeof(kind)) != 0)
		abort();
	for (int32_t i = 0; i < word_at(table + 8); i++) {
		read_fde(table + word_at(table + 12 + 8 * i + 4), fde);
		if (ip >= fde->first && ip < fde->last)
			return 1;
	}
	return 0;
}

/* An expression that is one register and an offset is all that we write. */
static struct rule at_register(const uint8_t **at)
{
	const uint8_t *end = *at + 1 + **at;
	struct rule rule = { .how = AT_REGISTER };

	(*at)++;
	rule.number = *(*at)++ - 0x70u;
	rule.offset = signed_number(at);
	if (rule.number >= FLOATS || *at != end)
		abort();
	return rule;
}

static struct rule *rule_of(struct rules *rules, uintptr_t number)
{
	if (number >= REGISTERS)
		abort();
	return &rules->of[number];
}

/* Rules of one register, and of the frame; what else there is ends it. */
static void set_rule(unsigned code, const uint8_t **at, struct rules *rules,
		     const struct fde *fde)
{
	intptr_t unit = fde->cie.data_unit;
	uintptr_t number = code == 0x0e ? 0 : unsigned_number(at);
	struct rule *rule = rule_of(rules, number);

	switch (code) {
	case 0x05:	/* offset_extended */
		*rule = (struct rule){ AT_CFA, 0,
				       (intptr_t)unsigned_number(at) * unit };
		break;
	case 0x07:
		rule->how = UNDEFINED;
		break;
	case 0x08:
		rule->how = SAME;
		break;
	case 0x09:
		rule->how = IN_REGISTER;
		rule->number = (unsigned)unsigned_number(at);
		rule_of(rules, rule->number);
		break;
	case 0x0c:	/* def_cfa */
		rules->cfa.number = (unsigned)number;
		rules->cfa.offset = (intptr_t)unsigned_number(at);
		break;
	case 0x0d:
		rules->cfa.number = (unsigned)number;
		break;
	case 0x0e:
		rules->cfa.offset = (intptr_t)unsigned_number(at);
		break;
	case 0x10:
		*rule = at_register(at);
		break;
	case 0x11:	/* offset_extended_sf */
		*rule = (struct rule){ AT_CFA, 0, signed_number(at) * unit };
		break;
	default:
		abort();
	}
}

/* By how much the place moves on, in units; 0: this is no such code. */
static uintptr_t advance(unsigned code, const uint8_t **at)
{
	const uint8_t *from = *at;

	if (code >> 6 == 1)
		return code & 0x3f;
	if (code < 0x02 || code > 0x04)
		return 0;
	*at += 1 << (code - 2);
	return from[0] | (code > 0x02 ? (uintptr_t)from[1] << 8 : 0) |
	       (code > 0x03 ? (uintptr_t)from[2] << 16 |
			      (uintptr_t)from[3] << 24 : 0);
}

/* Run a program up to `ip`. `first` has the rules that it began with. */
static void run_program(const uint8_t *at, const uint8_t *end, uintptr_t ip,
			const struct fde *fde, struct rules *rules,
			const struct rules *first)
{
	struct rules kept[DEEPEST];
	int depth = 0;
	uintptr_t place = fde->first;

	while (at < end && place <= ip) {
		unsigned code = *at++;
		uintptr_t units = advance(code, &at);

		if (units != 0)
			place += units * fde->cie.code_unit;
		else if (code >> 6 == 2)
			*rule_of(rules, code & 0x3f) = (struct rule){
				AT_CFA, 0, (intptr_t)unsigned_number(&at) *
						   fde->cie.data_unit };
		else if (code >> 6 == 3)
			*rule_of(rules, code & 0x3f) = first->of[code & 0x3f];
		else if (code == 0x06) {
			uintptr_t number = unsigned_number(&at);

			*rule_of(rules, number) = first->of[number];
		} else if (code == 0x0a && depth < DEEPEST)
			kept[depth++] = *rules;
		else if (code == 0x0b && depth > 0)
			*rules = kept[--depth];
		else if (code != 0)
			set_rule(code, &at, rules, fde);
	}
}

static uint64_t load(unsigned number, uintptr_t where)
{
	return number >= FLOATS ? *(const uint64_t *)where :
				  *(const uintptr_t *)where;
}

static uint64_t value_of(unsigned number, const struct rule *rule,
			 const uint64_t *old, uintptr_t cfa)
{
	uintptr_t offset = (uintptr_t)rule->offset;

	if (rule->how == AT_CFA)
		return load(number, cfa + offset);
	if (rule->how == IN_REGISTER)
		return old[rule->number];
	if (rule->how == AT_REGISTER)
		return load(number, (uintptr_t)old[rule->number] + offset);
	return old[number];
}

/* From a frame to that of its caller; 0: there is none. */
static int step_out(struct _Unwind_Context *frame)
{
	const struct cie *cie = &frame->fde.cie;
	const uint64_t *old = frame->registers;
	struct _Unwind_Context caller = *frame;
	struct rules rules = { 0 }, first;
	uintptr_t place = frame->exact ? frame->ip : frame->ip - 1;

	run_program(cie->program, cie->end, UINTPTR_MAX, &frame->fde, &rules,
		    &rules);
	first = rules;
	run_program(frame->fde.program, frame->fde.end, place, &frame->fde,
		    &rules, &first);
	if (rules.of[cie->return_register].how == UNDEFINED)
		return 0;
	caller.cfa = (uintptr_t)old[rules.cfa.number] +
		     (uintptr_t)rules.cfa.offset;
	for (unsigned i = 0; i < REGISTERS; i++)
		caller.registers[i] = value_of(i, &rules.of[i], old,
					       caller.cfa);
	caller.ip = (uintptr_t)caller.registers[cie->return_register];
	caller.registers[SYSTEM_SP] = caller.cfa;
	caller.exact = 0;
	*frame = caller;
	return find_fde(frame->ip - 1, &frame->fde);
}

/* Where the next walk is to begin, if not at its caller. */
static const ucontext_t *interrupted;

void unwind_interrupted(const ucontext_t *context)
{
	interrupted = context;
}

/* Floats that a callee keeps are still those of the code that was trapped. */
__attribute__((noinline)) _Unwind_Reason_Code
_Unwind_Backtrace(_Unwind_Trace_Fn trace, void *argument)
{
	struct _Unwind_Context frame = { .exact = 1 };

	SYSTEM_NOTE_REGISTERS(frame.registers, frame.ip);
	if (interrupted != NULL) {
		for (unsigned i = 1; i < FLOATS; i++)
			frame.registers[i] = SYSTEM_REGISTER(interrupted, i);
		frame.ip = SYSTEM_PC(interrupted);
		frame.cfa = (uintptr_t)frame.registers[SYSTEM_SP];
	}
	int found = find_fde(frame.ip, &frame.fde);

	if (interrupted == NULL)
		found = found && step_out(&frame);
	while (found) {
		if (trace(&frame, argument) != _URC_NO_REASON)
			return _URC_FATAL_PHASE1_ERROR;
		found = step_out(&frame);
	}
	return _URC_END_OF_STACK;
}

_Unwind_Word _Unwind_GetGR(struct _Unwind_Context *frame, int number)
{
	return (_Unwind_Word)frame->registers[number];
}

_Unwind_Ptr _Unwind_GetIP(struct _Unwind_Context *frame)
{
	return frame->ip;
}

_Unwind_Word _Unwind_GetCFA(struct _Unwind_Context *frame)
{
	return frame->cfa;
}

_Unwind_Ptr _Unwind_GetRegionStart(struct _Unwind_Context *frame)
{
	return frame->fde.first;
}

struct addresses {
	void **of;
	int count, most;
};

static _Unwind_Reason_Code note_address(struct _Unwind_Context *frame,
					void *argument)
{
	struct addresses *addresses = argument;

	if (addresses->count == addresses->most)
		return _URC_END_OF_STACK;
	/* The first is that of backtrace(). */
	if (addresses->count++ >= 0)
		addresses->of[addresses->count - 1] = (void *)frame->ip;
	return _URC_NO_REASON;
}

int backtrace(void **buffer, int most)
{
	struct addresses addresses = { buffer, -1, most };

	_Unwind_Backtrace(note_address, &addresses);
	return addresses.count;
}
