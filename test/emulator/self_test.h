/*
** The check of the signing computation against known signatures.
*/
#ifndef EMULATOR_SELF_TEST_H
#define EMULATOR_SELF_TEST_H

#include <stdbool.h>

bool self_test(void);

#endif
