/*
** What a user logs in to IAM with: name, password, account, project, and the address of IAM.
**
** It must not know how IAM is asked, nor what its token is used for.
*/
#ifndef SWR_IAM_LOGIN_H
#define SWR_IAM_LOGIN_H

#include <stdbool.h>

#include "account/settings.h"
#include "base/status.h"
#include "network/endpoint.h"

#define IAM_URL_MAX (ENDPOINT_MAX + 8)

/* All texts owned; the password is NULL where there is no login, and wiped when freed. */
struct iam_login {
  char auth_url[IAM_URL_MAX]; /* up to `/v3`, without a slash after it; empty: not known */
  bool auth_url_set;          /* it is the setting, and so of all regions */
  char *user_name;
  char *user_password;
  char *domain_name;  /* the account that the user belongs to */
  char *project_name; /* NULL: not known */
};

/*
** Fills *login, which must be empty, from the settings; the project and IAM's address follow from
** the region unless they are set themselves, and are not known where the region is empty. *found is
** false, and nothing is wrong, where neither a user's name nor a password is set; otherwise the
** message of a failure names what is missing. The caller frees *login in any case.
*/
enum service_status iam_login_find(struct iam_login *login, const struct settings *settings,
                                   const char *region, bool *found, struct service_error *error);

/* Fails if a login, where there is one, lacks project or address; the message says what to set. */
enum service_status iam_login_check(const struct iam_login *login, struct service_error *error);

/* The address of IAM that serves a region under that cloud, where no setting says another one. */
enum service_status iam_login_address(const char *region, const char *cloud,
                                      char address[IAM_URL_MAX], struct service_error *error);

/*
** Fills *login, which must be empty, with a login for another region than that of `from`: its
** project bears the region's name. `cloud` is empty where no setting gives it. The caller frees
** *login in any case.
*/
enum service_status iam_login_for_region(const struct iam_login *from, const char *region,
                                         const char *cloud, struct iam_login *login,
                                         struct service_error *error);

/* Wipes and frees; *login is empty then. */
void iam_login_free(struct iam_login *login);

#endif
