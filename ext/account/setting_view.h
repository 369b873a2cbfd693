/*
** A setting as the user may see it: the value in force, where it comes from, and what is wrong with
** it.
**
** Nothing is asked of a network, and no secret leaves: of one, only that there is one. It must not
** know SQL.
*/
#ifndef SWR_SETTING_VIEW_H
#define SWR_SETTING_VIEW_H

#include "account/access.h"
#include "account/iam_login.h"
#include "account/settings.h"
#include "base/status.h"

/*
** Valid until a setting or the environment changes, and while it is not copied: it points into
** itself.
*/
struct setting_view {
  const char *value; /* NULL if there is none, or none that may be shown; `set` for a secret */
  const char
      *source; /* `session`, a variable, a file, `default`, or what it is made from; or NULL */
  struct service_error problem; /* why a statement that needs it will fail; empty if it will not */
  struct access access;         /* its endpoint only */
  char auth_url[IAM_URL_MAX];   /* made from region and cloud */
};

/* SERVICE_OK, also where the value makes no sense, or SERVICE_NO_MEMORY. */
enum service_status setting_look(const struct settings *settings, enum setting setting,
                                 struct setting_view *view);

#endif
