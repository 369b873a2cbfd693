/*
** What an answer has come to: see verdict.h.
*/
#include "request/verdict.h"

#include <stdarg.h>
#include <stdio.h>

enum verdict conclude(struct conclusion *end, enum verdict verdict, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(end->problem, sizeof end->problem, format, arguments);
  va_end(arguments);
  end->advice[0] = '\0';
  end->verdict = verdict;
  return verdict;
}

enum verdict conclude_advice(struct conclusion *end, const char *format, ...) {
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(end->advice, sizeof end->advice, format, arguments);
  va_end(arguments);
  return end->verdict;
}
