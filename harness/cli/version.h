/* version.h - the version of the program; CMake's project() says it. */
#ifndef MU_CLI_VERSION_H
#define MU_CLI_VERSION_H

#ifndef MU_VERSION
#define MU_VERSION "0.1.0"
#endif

#endif
