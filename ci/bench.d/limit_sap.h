/* limit_sap.h - what a question and its answer over a socket pair cost, with jansson and nothing else. */
#ifndef LIMIT_SAP_H
#define LIMIT_SAP_H

#include <sys/types.h>

struct limit_sap;

/* Fork the peer. Both lines are whole JSON objects without LF; each is loaded once and dumped once
 * for every call. */
struct limit_sap *limit_sap_start(const char *question, const char *answer);

/* So many calls, one after the other. */
void limit_sap_call(struct limit_sap *limit, long calls);

pid_t limit_sap_peer(const struct limit_sap *limit);

void limit_sap_stop(struct limit_sap *limit);

#endif
