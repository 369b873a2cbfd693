/*
** The way to the network: see transport.h.
*/
#include "network/transport.h"

bool status_wants_new_connection(int status) {
  return status == 408 || status == 421 || status == 425;
}
