/* SPDX-License-Identifier: MIT */
/*
 * Walks a stack by its call frame information, as the unwinder of a compiler
 * does where there is one that goes by it. It knows what the kit and its
 * compilers write, and ends the program at anything else.
 *
 * The processor's system.h knows its registers: SYSTEM_SP, and those that a
 * signal's frame has, SYSTEM_FIRST to SYSTEM_LAST.
 */
#include "tables.h"

#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <system.h>
#include <unwind.h>

#define REGISTERS 64
#define FLOATS 32		/* from there on they are floats */
#define DEEPEST 4

/* Which register that is that DWARF has a number for. */
#ifndef SYSTEM_NUMBER
#define SYSTEM_NUMBER(number) (number)
#endif

/* The code that a return address leads to. */
#ifndef SYSTEM_CODE_AT
#define SYSTEM_CODE_AT(address) (address)
#endif

/* Where the caller's value of a register is. */
struct rule {
	enum { SAME, UNDEFINED, AT_CFA, IN_REGISTER, AT_REGISTER } how;
	unsigned number;
	intptr_t offset;
};

struct rules {
	struct rule of[REGISTERS], cfa;
};

/* A frame. In one that was interrupted, and did not call, `exact` is set. */
struct _Unwind_Context {
	uint64_t registers[REGISTERS];
	uintptr_t ip, cfa;
	struct fde fde;
	int exact;
};

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

static unsigned known(uintptr_t number)
{
	if (SYSTEM_NUMBER(number) >= REGISTERS)
		abort();
	return (unsigned)SYSTEM_NUMBER(number);
}

static struct rule *rule_of(struct rules *rules, uintptr_t number)
{
	return &rules->of[known(number)];
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
		rule->number = known(unsigned_number(at));
		break;
	case 0x0c:	/* def_cfa */
		rules->cfa.number = known(number);
		rules->cfa.offset = (intptr_t)unsigned_number(at);
		break;
	case 0x0d:
		rules->cfa.number = known(number);
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

			*rule_of(rules, number) = first->of[known(number)];
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
	caller.ip = SYSTEM_CODE_AT(
		(uintptr_t)caller.registers[cie->return_register]);
	caller.registers[SYSTEM_SP] = caller.cfa;
	caller.exact = 0;
	*frame = caller;
	return find_fde(frame->ip - 1, &frame->fde);
}

/* Where the next walk is to begin, if not at its caller. */
static const ucontext_t *interrupted;

void unwind_trapped(void (*walk)(uintptr_t pc), uintptr_t pc,
		    const ucontext_t *trapped)
{
	interrupted = trapped;
	walk(pc);
	interrupted = NULL;
}

/* Floats that a callee keeps are still those of the code that was trapped. */
__attribute__((noinline)) _Unwind_Reason_Code
_Unwind_Backtrace(_Unwind_Trace_Fn trace, void *argument)
{
	struct _Unwind_Context frame = { .exact = 1 };

	SYSTEM_NOTE_REGISTERS(frame.registers, frame.ip);
	if (interrupted != NULL) {
		for (unsigned i = SYSTEM_FIRST; i <= SYSTEM_LAST; i++)
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
	uintptr_t which = (uintptr_t)number & ~(uintptr_t)UPPER_HALF(0);

	return (_Unwind_Word)(frame->registers[known(which)] >>
			      (number & UPPER_HALF(0) ? 32 : 0));
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
