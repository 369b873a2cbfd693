/*
** The descriptors of the process, which are the host's: those that a host may have closed stay
** free, and the sockets that were opened here are known, so that a child of the process can put
** them away.
**
** It must not know libcurl, nor what is said on a socket.
*/
#ifndef SWR_DESCRIPTORS_H
#define SWR_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LOW_DESCRIPTORS 3 /* standard input, output and error */

/* Which of them are held; -1 for one that is not. */
struct low_descriptors {
  int held[LOW_DESCRIPTORS];
};

/*
** Keeps those of 0, 1 and 2 that the host has closed from being given to a file or socket that is
** opened until they are released: what the host prints would go there. Whoever reads or writes them
** meanwhile is told that they are closed.
*/
void low_descriptors_hold(struct low_descriptors *low);
void low_descriptors_release(const struct low_descriptors *low);

/*
** Whether the process may open so few more that the lack of them is what a name server, a file of
** certificates or a connection failed for.
*/
bool descriptors_scarce(void);

struct own_socket {
  int descriptor;
  dev_t device; /* which socket it is: a host may close it and have the number for something else */
  ino_t number;
};

/* Sockets that are open. All zero: none. */
struct own_sockets {
  struct own_socket *entries; /* owned */
  size_t count;
  size_t room;
  bool no_memory; /* one was not opened for want of it; for the caller to take back */
};

/* As socket(2), closed on exec. -1 with errno set, which is ENOMEM also when out of memory. */
int own_sockets_open(struct own_sockets *sockets, int family, int type, int protocol);

/* As close(2). */
int own_sockets_close(struct own_sockets *sockets, int descriptor);

/*
** In a child of the process that opened them: closes the child's copies and forgets them. Nothing
** is sent, and the parent's stay open.
*/
void own_sockets_leave(struct own_sockets *sockets);

/* Frees what is known of them, and closes none. */
void own_sockets_free(struct own_sockets *sockets);

#endif
