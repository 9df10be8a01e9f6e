/*
 * Every assertion has a fixture that keeps it and one that breaks it, and nothing else.
 *
 * fixtures/rules/<rule file>/<ID>.pass.<kind> and <ID>.fail.<kind>, where kind is eml (a message as
 * on the wire), label.xml (a label, sent in a plain message), spif.xml (a policy file) or message.xml
 * (a message document, for what no message shows). ORIGIN beside them has a row for each file: name, origin, purpose, and the
 * other rules that break on it as well, "-" for none; columns are separated by tabs.
 */
#include <check.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "core/record.h"
#include "document/fixture.h"
#include "rules/rules.h"

#define RULES     MU_SOURCE_DIR "/profiles/rules/"
#define POLICIES  MU_SOURCE_DIR "/profiles/policies/"
#define FIXTURES  MU_SOURCE_DIR "/fixtures/rules/"
#define SCHEMAS   MU_SOURCE_DIR "/profiles/schemas/"
#define EXERCISE  MU_SOURCE_DIR "/fixtures/policies/exercise.xml"
#define TEST_TIME 1795428900 /* 2026-11-23T10:15:00Z */
#define ENOUGH    70         /* assertions that the first profile promises */

#define FIXTURES_MAX 2000
#define ORIGINS_MAX  64

struct fixture {
    size_t rule;      /* index of its own rule                  */
    bool pass;        /* keeps it                               */
    const char *path; /* NULL: there is none, which is an error */
    const char *also; /* other rules that break; NULL: no row   */
};

/* One ORIGIN file. */
struct origin {
    const char *dir;
    struct mu_bytes text;
};

static struct mu_arena *arena;
static struct mu_rule_set *set;
static struct mu_document_kit kit;
static struct fixture fixture[FIXTURES_MAX];
static struct origin origin[ORIGINS_MAX];
static size_t fixtures, origins, assertions;

static void must(bool done, const struct mu_err *err)
{
    char text[512];
    if (done)
        return;
    mu_err_text(err, text, sizeof text);
    fprintf(stderr, "rule fixtures: %s\n", text);
    exit(1);
}

/* Every policy that is shipped, as the first profile has them, and the one of fixtures that are about
 * something else. */
static void load_policies(void)
{
    static struct mu_policies policies;
    struct mu_err err;
    glob_t found;
    if (glob(POLICIES "*.xml", 0, NULL, &found) != 0)
        must(mu_fail(&err, MU_ERR_USAGE, "no policies in '%s'", POLICIES), &err);
    policies.policy = mu_arena_array(arena, found.gl_pathc + 1, sizeof *policies.policy);
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (strstr(found.gl_pathv[i], "schemes.xml") == NULL)
            must(mu_policy_load(arena, found.gl_pathv[i], &policies.policy[policies.count++], &err),
                 &err);
    globfree(&found);
    must(mu_policy_load(arena, EXERCISE, &policies.policy[policies.count++], &err), &err);
    mu_rules_use(set, &policies);
    kit.policies = &policies;
    kit.test_time = TEST_TIME;
}

/* Is `word` in a list separated by blanks? */
static bool is_listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
        size_t length = strcspn(list, " ");
        if (length == n && memcmp(list, word, n) == 0)
            return true;
        list += length;
    }
    return false;
}

/* The next row of an ORIGIN file, cut into its columns; false after the last. Comments are passed. */
static bool next_row(struct mu_bytes *rest, char *column[4])
{
    for (size_t n; rest->n > 0; *rest = mu_bytes_from(*rest, n + 1)) {
        n = mu_bytes_find(*rest, MU_BYTES("\n"), 0);
        n = n < rest->n ? n : rest->n;
        if (n == 0 || rest->p[0] == '#')
            continue;
        char *line = mu_bytes_dup(arena, mu_bytes_slice(*rest, 0, n));
        for (size_t i = 0; i < 4; i++)
            column[i] = strsep(&line, "\t");
        *rest = mu_bytes_from(*rest, n + 1);
        return true;
    }
    return false;
}

static const char *find_row(const char *dir, const char *name)
{
    for (size_t i = 0; i < origins; i++) {
        struct mu_bytes rest = origin[i].text;
        char *column[4];
        while (strcmp(origin[i].dir, dir) == 0 && next_row(&rest, column))
            if (strcmp(column[0], name) == 0)
                return column[3];
    }
    return NULL;
}

/* "rfc7444" for ".../rfc7444.sch": the folder of the fixtures of its rules. */
static const char *folder_of(const struct mu_rule *rule)
{
    char *name = basename(mu_arena_printf(arena, "%s", rule->file));
    return mu_arena_strndup(arena, name, strcspn(name, "."));
}

static void find_fixture(size_t rule, bool pass)
{
    const char *dir = folder_of(mu_rules_at(set, rule));
    const char *path = mu_arena_printf(arena, FIXTURES "%s/%s.%s.*", dir,
                                       mu_rules_at(set, rule)->id, pass ? "pass" : "fail");
    struct fixture *f = &fixture[fixtures++];
    *f = (struct fixture){ .rule = rule, .pass = pass };
    glob_t found;
    if (glob(path, 0, NULL, &found) != 0)
        return;
    f->path = mu_arena_printf(arena, "%s", found.gl_pathv[0]);
    f->also = find_row(dir, basename(found.gl_pathv[0]));
    globfree(&found);
}

static void load_rules(void)
{
    struct mu_err err;
    glob_t found;
    set = mu_rules_new(arena);
    if (glob(RULES "*.sch", 0, NULL, &found) != 0
        || glob(RULES "*.behaviour.xml", GLOB_APPEND, NULL, &found) != 0)
        must(mu_fail(&err, MU_ERR_USAGE, "no rule files in '%s'", RULES), &err);
    for (size_t i = 0; i < found.gl_pathc; i++)
        must(mu_rules_load(set, mu_arena_printf(arena, "%s", found.gl_pathv[i]), &err), &err);
    globfree(&found);
    must(mu_rules_compile(set, TEST_TIME, &err), &err);
    kit.dict = mu_rules_dict(set);
    must(mu_schema_load(arena, SCHEMAS "adatp-4774.xsd", &kit.label_schema, &err), &err);
    must(mu_schema_load(arena, SCHEMAS "spif.xsd", &kit.policy_schema, &err), &err);
    load_policies();
}

static void load_fixtures(void)
{
    struct mu_err err;
    glob_t found;
    if (glob(FIXTURES "*/ORIGIN", 0, NULL, &found) != 0)
        must(mu_fail(&err, MU_ERR_USAGE, "no ORIGIN files in '%s'", FIXTURES), &err);
    for (size_t i = 0; i < found.gl_pathc && i < ORIGINS_MAX; i++) {
        struct origin *o = &origin[origins++];
        must(mu_file_read(arena, found.gl_pathv[i], MU_OPERATOR_FILE_MAX, &o->text, &err), &err);
        o->dir = basename(dirname(mu_arena_printf(arena, "%s", found.gl_pathv[i])));
    }
    globfree(&found);
    for (size_t i = 0; i < mu_rules_count(set) && fixtures + 2 <= FIXTURES_MAX; i++) {
        if (!mu_rules_at(set, i)->assertion)
            continue;
        find_fixture(i, true);
        find_fixture(i, false);
        assertions++;
    }
}

static const char *seen(const struct mu_judgement *judgement, size_t rule)
{
    for (size_t i = 0; i < judgement->breaks; i++)
        if (judgement->broken[i].rule == rule)
            return judgement->broken[i].hint;
    return "";
}

/* The first phase of its own rule is on: what two phases demand may contradict. */
START_TEST(test_fixture)
{
    const struct fixture *f = &fixture[_i];
    const struct mu_rule *own = mu_rules_at(set, f->rule);
    const char *name = f->pass ? "pass" : "fail";
    ck_assert_msg(f->path != NULL, "%s: no fixture '%s.%s.*' in fixtures/rules/%s", own->file,
                  own->id, name, folder_of(own));
    ck_assert_msg(f->also != NULL, "%s: no row in ORIGIN, or too few columns", f->path);
    struct mu_document document;
    struct mu_judgement judgement;
    struct mu_err err;
    must(mu_fixture_load(arena, &kit, f->path, &document, &err), &err);
    const char *phase = mu_arena_strndup(arena, own->phases, strcspn(own->phases, " "));
    must(mu_rules_judge(set, arena, phase, &document, &judgement, &err), &err);
    const char wanted = f->pass ? MU_MARK_HOLDS : MU_MARK_BREAKS;
    ck_assert_msg(judgement.mark[f->rule] == wanted, "%s: '%c' where '%c' was expected\n%s",
                  f->path, judgement.mark[f->rule], wanted, seen(&judgement, f->rule));
    for (size_t i = 0; i < mu_rules_count(set); i++) {
        const char *id = mu_rules_at(set, i)->id;
        bool breaks = judgement.mark[i] == MU_MARK_BREAKS, listed = is_listed(f->also, id);
        if (i == f->rule)
            continue;
        ck_assert_msg(!breaks || listed, "%s: also breaks %s: %s", f->path, id,
                      seen(&judgement, i));
        ck_assert_msg(breaks || !listed, "%s: does not break %s, as ORIGIN says", f->path, id);
    }
}
END_TEST

static bool is_fixture(const char *path)
{
    for (size_t i = 0; i < fixtures; i++)
        if (fixture[i].path != NULL && strcmp(fixture[i].path, path) == 0)
            return true;
    return false;
}

/* No file without a rule, no row without a file, no row that names an unknown rule. */
START_TEST(test_origin)
{
    const struct origin *o = &origin[_i];
    struct mu_bytes rest = o->text;
    char *column[4];
    glob_t found;
    ck_assert_int_eq(glob(mu_arena_printf(arena, FIXTURES "%s/*.*", o->dir), 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        ck_assert_msg(is_fixture(found.gl_pathv[i]), "%s belongs to no rule", found.gl_pathv[i]);
    globfree(&found);
    while (next_row(&rest, column)) {
        const char *name = column[0];
        ck_assert_msg(column[3] != NULL && *column[2] != '\0', "%s/%s: too few columns", o->dir,
                      name);
        ck_assert_msg(is_fixture(mu_arena_printf(arena, FIXTURES "%s/%s", o->dir, name)),
                      "%s/ORIGIN: no file '%s'", o->dir, name);
        while (column[3] != NULL && strcmp(column[3], "-") != 0) {
            const char *id = strsep(&column[3], " ");
            ck_assert_msg(mu_rules_find(set, id) != NULL, "%s/%s: no rule '%s'", o->dir, name, id);
        }
    }
}
END_TEST

START_TEST(test_enough)
{
    ck_assert_msg(assertions >= ENOUGH, "%zu assertions, not %d", assertions, ENOUGH);
}
END_TEST

int main(void)
{
    arena = mu_arena_new((size_t) 256 << 20);
    mu_xml_start();
    load_rules();
    load_fixtures();

    TCase *tcase = tcase_create("rule_fixtures");
    tcase_add_test(tcase, test_enough);
    tcase_add_loop_test(tcase, test_origin, 0, (int) origins);
    tcase_add_loop_test(tcase, test_fixture, 0, (int) fixtures);
    Suite *suite = suite_create("rule_fixtures");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("rule fixtures: %zu assertions, %zu fixtures, %d wrong\n", assertions, fixtures, failed);
    mu_arena_free(arena);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
