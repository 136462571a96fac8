/* SPDX-License-Identifier: MIT */
/*
 * Two generators: functions that hand out one value after the other.
 *
 * A generator is a coroutine that switches to its consumer with each value;
 * the consumer switches back for the next. The argument of the first switch
 * arrives as the entry function's argument. What the entry function returns at
 * last goes to its parent, which is the consumer here: NULL is the end.
 *
 * The second one walks a tree by plain recursion and switches from the depth
 * of it: this is what a stack of its own is good for. No hub is needed.
 */
#include <stdint.h>
#include <stdio.h>
#include <cress/coroutine.h>

static void *count(void *consumer)
{
	for (intptr_t i = 1; i <= 3; i++)
		cress_switch(consumer, (void *)i);
	return NULL;
}

struct node {
	const char *word;
	const struct node *left, *right;
};

static const struct node tree = {
	"gardens",
	&(struct node){"cress", NULL, &(struct node){"fills", NULL, NULL}},
	&(struct node){"over", NULL, &(struct node){"night", NULL, NULL}},
};

static void walk(const struct node *node, cress_t *consumer)
{
	if (node == NULL)
		return;
	walk(node->left, consumer);
	cress_switch(consumer, (void *)node->word);
	walk(node->right, consumer);
}

static void *words(void *consumer)
{
	walk(&tree, consumer);
	return NULL;
}

int main(void)
{
	cress_t *numbers = cress_new(count, NULL);
	void *n = cress_switch(numbers, cress_current());
	for (; n != NULL; n = cress_switch(numbers, NULL))
		printf("%td\n", (intptr_t)n);
	cress_release(numbers);

	cress_t *text = cress_new(words, NULL);
	const char *word = cress_switch(text, cress_current());
	for (; word != NULL; word = cress_switch(text, NULL))
		printf("%s\n", word);
	cress_release(text);

	/* NULL with an error would be a failure, not the end. */
	return cress_error() != 0;
}
