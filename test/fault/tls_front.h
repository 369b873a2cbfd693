/*
** TLS before the server, with a certificate that is made for it: what comes decrypted goes on to
** the server, and its answers back.
**
** It must not know what is asked, nor answered.
*/
#ifndef SWR_FAULT_TLS_FRONT_H
#define SWR_FAULT_TLS_FRONT_H

/*
** Starts it before the port of a server of this machine, in threads of this process, and writes the
** certificate that it is trusted by to a file. Returns its own port; ends the process with 2 if
** that fails.
*/
int tls_front_start(int port, const char *certificate_file);

#endif
