/*
** The HTTP side: listening, reading requests and sending what was decided for them.
** Must not know the API nor why an answer is as it is.
*/
#ifndef EMULATOR_SERVER_H
#define EMULATOR_SERVER_H

#include "control.h"

#include <stdint.h>

struct server;

struct server *server_start(struct control *control, uint16_t port);
uint16_t server_port(const struct server *server);
void server_stop(struct server *server);

#endif
