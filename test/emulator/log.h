/*
** One line per API request. Must not know how requests are answered.
*/
#ifndef EMULATOR_LOG_H
#define EMULATOR_LOG_H

#include "authentication.h"
#include "contract.h"

void log_request(int file, struct text *line, const struct api_request *request, unsigned status,
                 int64_t records, uint64_t connection_number, const struct verdict *verdict);

#endif
