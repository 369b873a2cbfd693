/*
** Files that other programs keep access keys in: what they say of one profile.
**
** The SDKs' is text in sections, KooCLI's is JSON. Messages say which line is wrong, and never what
** stands there, since that may be a key. It must not know where the files are, nor open them.
*/
#ifndef SWR_KEY_FILE_H
#define SWR_KEY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* What a file says of a profile; texts are owned, and NULL where it does not say them. */
struct file_keys {
  bool found;     /* it has the profile */
  bool encrypted; /* the keys are of no use: KooCLI has encrypted them */
  char *access_key;
  char *secret_key;
  char *security_token;
};

/*
** Reads the SDKs' file: `[section]`, `ak = ...` or `ak: ...`, in any case, with quotes or without,
** a BOM in front, comments by # and ;. The last one of a key counts. `content` has a NUL at its end
** and is cut up. SERVICE_FAILED names `path` and the line. *keys is to be freed in any case.
*/
enum service_status key_file_sections(char *content, size_t size, const char *path,
                                      const char *section, struct file_keys *keys,
                                      struct service_error *error);

/*
** Reads KooCLI's file, config.json: the profile of that name, or the current one if it is NULL.
** What KooCLI writes is documented in parts only: so keys are taken if they are not said to be
** encrypted and look like keys, and not otherwise.
*/
enum service_status key_file_koocli(const char *content, size_t size, const char *path,
                                    const char *profile, struct file_keys *keys,
                                    struct service_error *error);

/* Wipes and frees. */
void file_keys_free(struct file_keys *keys);

#endif
