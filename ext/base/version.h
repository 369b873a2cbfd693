/*
** The version, from the file VERSION, by way of the compiler's command line.
*/
#ifndef SWR_VERSION_H
#define SWR_VERSION_H

#define SWR_STRING_(text) #text
#define SWR_STRING(text) SWR_STRING_(text)

#define SWR_VERSION_TEXT SWR_STRING(SWR_VERSION)
#define SWR_COMMIT_TEXT SWR_STRING(SWR_COMMIT)

#endif
