/*
** The lists of the API besides sync jobs: what they take, which records they give, in which order
** and on which page. Must not know what a record looks like, nor how a path is found.
*/
#ifndef EMULATOR_LISTS_H
#define EMULATOR_LISTS_H

#include "call.h"

void list_namespaces(struct call *call);
void list_repositories(struct call *call);
void list_tags(struct call *call);
void list_rules(struct call *call);
void list_retention_log(struct call *call);
void list_regions(struct call *call);
void list_overview(struct call *call);
void list_features(struct call *call);

#endif
