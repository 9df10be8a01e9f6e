/* The page of a run that goes on, is interrupted, is gone on with, or is killed. */
#include <glob.h>

#include "tests/mail_peers.h"
#include "tests/mail_sets.h"

static void setup(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* who outlives the run comes to us */
}

static struct started start_watched(const char *dir, const char *how)
{
    const char *const arg[] = { "run",
                                "--profile",
                                dir,
                                "--sut",
                                mu_file_join(arena, dir, "sut.xml"),
                                "--test-time",
                                "2026-11-23T10:15:00Z",
                                "--watch",
                                how,
                                mu_file_join(arena, dir, "out"),
                                NULL };
    return start_program(arg);
}

#define REFRESH "http-equiv=\"refresh\""

/* Wait until the page holds `text`, or, with `gone`, until it holds it no more. */
static const char *page_with(const char *dir, const char *text, bool gone)
{
    const char *path = mu_file_join(arena, dir, "out/report.html");
    uint64_t deadline = mu_clock_ms() + PROGRAM_MS;
    struct stat st;
    for (struct timespec seen = { 0, 0 };;) {
        const char *now = NULL;
        if (stat(path, &st) == 0 && memcmp(&st.st_mtim, &seen, sizeof seen) != 0)
            now = text_of(path);
        seen = now != NULL ? st.st_mtim : seen;
        if (now != NULL && (strstr(now, text) == NULL) == gone)
            return now;
        ck_assert_msg(mu_clock_left(deadline) > 0, "'%s' %s", text, gone ? "stays" : "never came");
        poll(NULL, 0, 5);
    }
}

/* The page is what `muster report` makes of the run, and nothing of its making is left. */
static const char *page_is_final(const char *dir)
{
    const char *out = mu_file_join(arena, dir, "out"), *again = mu_file_join(arena, dir, "again");
    const char *page = page_with(dir, "<html", false);
    check_said("report", MUSTER("report", out, "--format", "html", "--out", again), MU_EXIT_OK,
               NULL);
    ck_assert(strstr(page, REFRESH) == NULL);
    ck_assert(strstr(page, "loads itself again") == NULL);
    ck_assert_str_eq(page, text_of(mu_file_join(arena, again, "report.html")));
    glob_t left = { .gl_pathc = 0 };
    ck_assert_int_eq(glob(mu_file_join(arena, out, "*.tmp.*"), 0, NULL, &left), GLOB_NOMATCH);
    return page;
}

/* A run of three cases whose second waits for ever: all that the page can know is the first. */
static struct started stuck(const char *dir, int fd, pid_t *peer)
{
    struct peer_script script = { .at = 2, .with = "!silent", .from = 1 };
    *peer = peer_fork(fd, &script, -1);
    struct started run = start_watched(dir, "--out");
    const char *page = page_with(dir, "1 of 3 done", false);
    ck_assert(strstr(page, REFRESH) != NULL);
    ck_assert(strstr(page, "<strong>INCOMPLETE</strong> The run is still going on") != NULL);
    ck_assert(strstr(page, "accepts<i>[label=restricted]</i>") != NULL);
    ck_assert(access(mu_file_join(arena, dir, "out/results.json"), F_OK) != 0);
    return run;
}

static const char *three_cases(int *fd)
{
    int port;
    *fd = peer_listen(&port);
    return make_set(changed(accepting_suite, "@", "restricted secret eu-restricted"), 40000, 50000,
                    receiver_role(port, "none"));
}

START_TEST(interrupted_and_gone_on_with)
{
    int fd;
    pid_t peer;
    const char *dir = three_cases(&fd);
    struct started run = stuck(dir, fd, &peer);
    ck_assert_int_eq(kill(run.pid, SIGINT), 0);
    check_said("interrupted", end_program(run), MU_EXIT_INTERRUPTED, NULL);
    peer_end(peer);
    nothing_left();
    ck_assert(strstr(page_is_final(dir), "INTERRUPTED") != NULL);

    struct peer_script script = { .at = 9 };
    peer = peer_fork(fd, &script, -1);
    check_said("resumed", end_program(start_watched(dir, "--resume")), MU_EXIT_OK,
               "^verdicts 3 pass");
    peer_end(peer);
    close(fd);
    nothing_left();
    ck_assert(strstr(page_is_final(dir), "All 3 cases that ran pass.") != NULL);
}
END_TEST

/* The run dies without a word; who makes the page says so in the last one, and goes. */
START_TEST(killed)
{
    int fd, status;
    pid_t peer;
    const char *dir = three_cases(&fd);
    struct started run = stuck(dir, fd, &peer);
    ck_assert_int_eq(kill(run.pid, SIGKILL), 0);
    ck_assert(ends_within(run.pid, PROGRAM_MS, &status) && WIFSIGNALED(status));
    ck_assert(strstr(page_with(dir, REFRESH, true), "no closing line") != NULL);
    peer_end(peer);
    close(fd);
    while (waitpid(-1, &status, 0) > 0) /* the watcher, and what was in the case */
        ;
    nothing_left();
    (void) page_is_final(dir);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watch");
    TCase *tcase = tcase_create("watch");
    tcase_set_timeout(tcase, 150);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, interrupted_and_gone_on_with);
    tcase_add_test(tcase, killed);
    suite_add_tcase(suite, tcase);
    return run_tests(suite);
}
