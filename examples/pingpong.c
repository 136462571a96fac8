/* SPDX-License-Identifier: MIT */
/*
 * Two coroutines play: each switches straight to the other with the ball.
 *
 * A switch names its target, nobody schedules. Who ends goes on in its parent:
 * here that is main, which made both. The player who is left over is still
 * suspended in its switch; to give back its last reference throws CRESS_EXIT
 * into it, so it gets the chance to tidy up. No hub is needed.
 */
#include <stdint.h>
#include <stdio.h>
#include <cress/coroutine.h>

static cress_t *ping, *pong;

static void *play(void *ball)
{
	cress_t *self = cress_current();
	cress_t *other = self == ping ? pong : ping;
	intptr_t strokes = (intptr_t)ball;

	while (strokes > 0) {
		printf("%s %td\n", cress_name(self), strokes);
		ball = cress_switch(other, (void *)(strokes - 1));
		strokes = (intptr_t)ball;
	}
	if (cress_error() == CRESS_EXIT)
		printf("%s goes home\n", cress_name(self));
	return self;
}

int main(void)
{
	ping = cress_new(play, &(cress_attr_t){.name = "ping"});
	pong = cress_new(play, &(cress_attr_t){.name = "pong"});
	if (ping == NULL || pong == NULL)
		return 1;

	cress_t *loser = cress_switch(ping, (void *)4);
	if (loser == NULL)
		return 1;
	printf("%s dropped the ball\n", cress_name(loser));

	cress_release(ping);
	cress_release(pong);
	return 0;
}
