/* mail_sets.h - a profile, a suite and a SUT file for a peer of mail_peers.h, and runs against it. */
#ifndef MU_TESTS_MAIL_SETS_H
#define MU_TESTS_MAIL_SETS_H

#include "tests/program_support.h"

/* clang-format off */
static const char accepting_suite[] =
    "<case id=\"accepts\" level=\"must\" class=\"valid\">\n"
    "  <title>Mail is accepted</title><why>Everything else rests on it.</why>\n"
    "  <requirement document=\"RFC 5321\" clause=\"4.2\"/>\n"
    "  <needs role=\"receiver\"/>\n"
    "  <axis name=\"label\" values=\"@\"/>\n"
    "  <steps><make id=\"m\" message=\"logistics-report\" label=\"{label}\"/><send message=\"m\"/>\n"
    "    <expect of=\"m\" outcome=\"accepted\"/></steps>\n"
    "</case>\n";
/* clang-format on */

/* A folder with profile, suite and SUT file; `role` is the SUT's. */
static inline const char *make_set(const char *suite, int operation_ms, int case_ms,
                                   const char *role)
{
    static int number;
    const char *name = mu_arena_printf(arena, "set-%d-%d", (int) getpid(), ++number);
    const char *dir = make_profile(name, suite, operation_ms, case_ms);
    write_text(
        mu_file_join(arena, dir, "sut.xml"),
        mu_arena_printf(
            arena,
            "<sut xmlns=\"urn:muster:sut:1\" id=\"s\" name=\"S\" version=\"1\" owner=\"A\">\n%s"
            "<identity certificate=\"%s/pki/sender.chain.pem\" key=\"%s/pki/sender.key\"/>\n"
            "<server-identity certificate=\"%s/pki/server.chain.pem\" "
            "key=\"%s/pki/server.key\"/>\n"
            "<trust anchors=\"%s/pki/ca.pem\" crl=\"%s/pki/crl.pem\"/>\n</sut>\n",
            role, home, home, home, home, home, home));
    return dir;
}

static inline const char *receiver_role(int port, const char *tls)
{
    return mu_arena_printf(arena,
                           "<role name=\"receiver\"><deliver-to carrier=\"smtp\" "
                           "address=\"127.0.0.1:%d\" tls-name=\"localhost\" tls=\"%s\"/>"
                           "<mail to=\"to+{token}@a.test\" from=\"from+{token}@b.test\"/></role>\n",
                           port, tls);
}

static inline struct started start_run(const char *dir, const char *jobs, const char *isolation,
                                       const char *how, const char *out)
{
    const char *const arg[] = { "run",
                                "--profile",
                                dir,
                                "--sut",
                                mu_file_join(arena, dir, "sut.xml"),
                                "-j",
                                jobs,
                                "--isolation",
                                isolation,
                                "--test-time",
                                "2026-11-23T10:15:00Z",
                                how,
                                mu_file_join(arena, dir, out),
                                NULL };
    return start_program(arg);
}

static inline struct said run_set(const char *dir, const char *jobs)
{
    return end_program(start_run(dir, jobs, "full", "--out", "out"));
}

static inline const char *stream_of(const char *dir, const char *out)
{
    return text_of(mu_arena_printf(arena, "%s/%s/run.jsonl", dir, out));
}

/* No child of ours is left, and nothing that lost its parent has come to us. */
static inline void nothing_left(void)
{
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    ck_assert_msg(pid == -1 && errno == ECHILD, "process %d is left", (int) pid);
}

#endif
