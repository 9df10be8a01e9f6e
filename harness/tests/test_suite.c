#include <assert.h>
#include <spawn.h>
#include <sys/wait.h>

#include "suite/catalogue.h"
#include "suite/read.h"
#include "suite_support.h"
#include "twin/twin.h"

static const char *twin_sin[256];
static size_t twin_sins;

static void read_sins(void)
{
    const struct mu_sin *sin;
    for (twin_sins = 0; (sin = mu_sin_at(twin_sins)) != NULL; twin_sins++) {
        assert(twin_sins < MU_COUNT(twin_sin));
        twin_sin[twin_sins] = sin->name;
    }
}

#define SUITE(cases) "<suite xmlns='urn:muster:suite:1' id='s' revision='1'>\n" cases "</suite>\n"
#define CASE_OF(id, class, more, role, requirement, axes, steps)                                   \
    "<case id='" id "' level='must' class='" class "' " more "><title>T</title><why>W</why>"       \
                                                   "<requirement " requirement "/><needs " role    \
                                                   "/>" axes "<steps>\n" steps "</steps></case>\n"
#define RULE        "document='RFC 7444' clause='4' rule='SIO-01'"
#define RELAY       "role='relay'"
#define MAKE        "<make id='m' message='logistics-report' label='restricted'/>\n"
#define SEND        "<send message='m'/>\n"
#define OK          "<expect of='m' outcome='delivered'/>\n"
#define CASE(steps) CASE_OF("c", "valid", "", RELAY, RULE, "", steps)
#define MAKE_TO(clearance)                                                                         \
    "<make id='m' message='logistics-report' label='restricted' to='" clearance "'/>\n"
#define DECIDED(decision) "<expect of='m' outcome='delivered' decision='" decision "'/>"
#define AXIS              "<axis name='label' values='restricted secret'/>"
#define MAKE_AXIS         "<make id='m' message='logistics-report' label='{label}'/>\n"

static bool load(const char *text, struct mu_suite *suite)
{
    const char *file = file_of("suite.xml", mu_bytes_of(text));
    return mu_suite_load(arena, &data, &file, 1, suite, &err);
}

static const char *const shipped[] = { "mail-sio-4774", "mail-fmn4p",     "mail-tms",
                                       "mail-mmhs",     "validator-4774", "policy-decide" };

START_TEST(each_shipped_suite_loads_and_is_clean)
{
    struct mu_profile p;
    struct mu_suite s;
    ck_assert_msg(mu_profile_load(arena, &data, shipped[_i], TEST_TIME, &p, &err), "%s",
                  error_text());
    ck_assert_msg(mu_suite_load(arena, &data, p.suite_file, p.suite_files, &s, &err), "%s",
                  error_text());
    mu_suite_switch(&p, &s);
    struct mu_lint_world world = { &data, &p, twin_sin, twin_sins, true };
    struct mu_lint *lint;
    size_t count = mu_suite_lint(arena, &s, &world, &lint);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(false, "%s line %u: %s", lint[i].number, lint[i].where.line, lint[i].message);
    ck_assert_uint_ge(s.count, 20);
    bool role[MU_ROLES] = { false };
    for (size_t i = 0; i < s.count; i++)
        role[s.cases[i]->role] = true;
    ck_assert(p.sap || (role[MU_ROLE_SENDER] && role[MU_ROLE_RECEIVER] && role[MU_ROLE_RELAY]));
}
END_TEST

START_TEST(every_sin_is_named_by_some_suite)
{
    struct mu_profile p;
    struct mu_suite s;
    size_t named[MU_COUNT(twin_sin)] = { 0 };
    for (size_t f = 0; f < MU_COUNT(shipped); f++) {
        ck_assert(mu_profile_load(arena, &data, shipped[f], TEST_TIME, &p, &err));
        ck_assert(mu_suite_load(arena, &data, p.suite_file, p.suite_files, &s, &err));
        for (size_t i = 0; i < s.count; i++)
            for (size_t k = 0; k < twin_sins; k++)
                named[k] += mu_words_hold(s.cases[i]->sins, twin_sin[k]);
    }
    for (size_t k = 0; k < twin_sins; k++) /* what an adapter does to itself no case can catch */
        ck_assert_msg(named[k] > 0 || mu_sin_find(arena, twin_sin[k])->kind == MU_SIN_ADAPTER,
                      "no case catches '%s'", twin_sin[k]);
}
END_TEST

START_TEST(cases_and_steps_are_read)
{
    struct mu_suite s;
    ck_assert_msg(
        load(SUITE(CASE_OF("neg", "invalid", "control='pos' sins='a b' tags='slow'",
                           "role='relay' capability='label.enforce size'", RULE,
                           AXIS "<axis name='n' values='1 2 3'/>",
                           MAKE_AXIS "<mutate from='m' id='bad' operator='header.drop' on='x{n}'/>"
                                     "<serve certificate='server-expired' starttls='no' "
                                     "refuse-at='content' refuse-code='450'/>"
                                     "<send message='bad' tls='none' inject='yes' ret='HDRS'/>"
                                     "<collect id='out' of='bad' deadline='200ms'/>"
                                     "<expect of='bad' outcome='refused' level='should'/>"
                                     "<same first='m' second='out' what='label' "
                                     "at-least='semantics'/><judge of='out' phase='p'/>"
                                     "<nothing-else/>")
                       CASE_OF("pos", "valid", "importance='critical' revision='7'", RELAY, RULE,
                               AXIS, MAKE_AXIS SEND OK)),
             &s),
        "%s", error_text());
    const struct mu_case *c = mu_suite_find(&s, "neg");
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_eq(c->control_case, s.cases[1]);
    ck_assert_uint_eq(c->instances, 6);
    ck_assert_uint_eq(c->capabilities, 2);
    ck_assert(c->exclusive && !c->needs_observe);
    ck_assert_int_eq(c->importance, MU_MEDIUM);
    ck_assert_int_eq(s.cases[1]->importance, MU_CRITICAL);
    ck_assert_str_eq(s.cases[1]->revision, "7");
    ck_assert_uint_eq(c->steps, 9);
    ck_assert_int_eq(c->step[8].kind, MU_STEP_NOTHING_ELSE);
    ck_assert_str_eq(c->step[2].script.certificate, "server-expired");
    ck_assert(c->step[2].script.no_starttls && !c->step[2].script.no_client_ca);
    ck_assert_int_eq(c->step[2].script.refuse_at, MU_STAGE_CONTENT);
    ck_assert_int_eq(c->step[2].script.refuse_code, 450);
    ck_assert(c->step[3].inject);
    ck_assert_uint_eq(c->step[4].deadline_ms, 200);
    ck_assert_str_eq(c->step[5].level, "should");
    ck_assert_str_eq(c->step[6].level, "must");
    char name[MU_NAME_TEXT];
    mu_case_name(c, 4, name);
    ck_assert_str_eq(name, "neg[label=secret,n=2]");
    ck_assert_str_eq(mu_case_expand(arena, c, 4, c->step[1].on), "x2");
    ck_assert_str_eq(mu_case_expand(arena, c, 4, "a{label}{n}{no}{"), "asecret2{no}{");
    ck_assert_ptr_null(mu_case_axis(c, 0, "no"));
    ck_assert_int_eq(mu_case_control_instance(c, 4), 1);
    ck_assert_int_eq(mu_case_control_instance(s.cases[1], 0), -1);
    ck_assert_ptr_null(mu_suite_find(&s, "other"));
}
END_TEST

START_TEST(the_digest_covers_the_fixtures)
{
    struct mu_suite a, b;
    ck_assert(load(SUITE(CASE(MAKE SEND OK)), &a));
    struct mu_data other = { .dir = { folder, MU_SOURCE_DIR }, .dirs = 2 };
    const char *dir = mu_file_join(arena, folder, "fixtures/labels");
    ck_assert(mu_file_make_dir(dir, 0755, &err));
    const char *path = mu_file_join(arena, dir, "restricted.xml");
    ck_assert(mu_file_replace(path, MU_BYTES("changed"), 0644, &err));
    ck_assert(mu_suite_load(arena, &other, &a.path, 1, &b, &err));
    ck_assert_str_ne(a.digest, b.digest);
    unlink(path);
    rmdir(dir);
    rmdir(mu_file_join(arena, folder, "fixtures"));
}
END_TEST

static const struct {
    const char *text, *error;
} wrong[] = {
    { "", "suite.xml" },
    { SUITE(""), "suite.xml:1:1: " },
    { SUITE("<case id='A'/>"), "suite.xml:2:" },
    { SUITE(CASE("<snd message='m'/>")), "did you mean 'send'?" },
    { SUITE(CASE("<send/>")), "suite.xml:3:1: " },
    { SUITE(CASE(MAKE "<send message='m' inject='maybe'/>")), "suite.xml:4:" },
    { SUITE(CASE("<collect id='x' deadline='soon'/>")), "suite.xml:3:17: 'soon' is no duration" },
    { SUITE(CASE("<serve refuse-at='contend' refuse-code='450'/>")),
      "suite.xml:3:8: unknown stage 'contend', did you mean 'content'?" },
    { SUITE(CASE("<serve refuse-at='content'/>")), "refuse-at and refuse-code" },
    { SUITE(CASE("<serve refuse-code='450'/>")), "refuse-at and refuse-code" },
    { SUITE(CASE("<serve refuse-at='content' refuse-code='999'/>")), "'999' is no number" },
    { SUITE(CASE_OF("c", "valid", "", RELAY, RULE, "<axis name='a' values='x x'/>", MAKE)),
      "axis 'a' has the value 'x' twice" },
    { SUITE(CASE_OF("c", "valid", "", RELAY, RULE,
                    "<axis name='a' values='x'/><axis name='a' values='y'/>", MAKE)),
      "axis 'a' is given twice" },
    { SUITE(CASE_OF("c", "valid", "", RELAY, RULE, "<axis name='a' values='x=y'/>", MAKE)),
      "suite.xml:2:" },
    { SUITE(CASE_OF("c", "valid", "", RELAY, RULE, "<axis name='a' values=' '/>", MAKE)),
      "suite.xml:2:" },
    { SUITE(CASE_OF("c", "vaild", "", RELAY, RULE, "", MAKE)), "suite.xml:2:" },
};

START_TEST(each_mistake_of_structure_is_named)
{
    struct mu_suite s;
    ck_assert(!load(wrong[_i].text, &s));
    assert_holds(error_text(), wrong[_i].error);
}
END_TEST

START_TEST(names_and_instances_have_limits)
{
    struct mu_suite s;
    struct mu_buf value = { .arena = arena };
    for (int i = 0; i < 300; i++)
        mu_buf_putc(&value, 'v');
    const char *format = SUITE(CASE_OF("c", "valid", "", RELAY, RULE, "%s", MAKE SEND OK));
    const char *axis = mu_arena_printf(arena, "<axis name='a' values='%s'/>", mu_buf_text(&value));
    struct mu_buf text = { .arena = arena };
    const char *at = strstr(format, "%s");
    mu_buf_put(&text, format, (size_t) (at - format));
    mu_buf_printf(&text, "%s%s", axis, at + 2);
    ck_assert(!load(mu_buf_text(&text), &s));
    ck_assert_int_eq(err.code, MU_ERR_LIMIT);

    struct mu_buf many = { .arena = arena };
    for (int i = 0; i < 300; i++)
        mu_buf_printf(&many, " %d", i);
    text.n = (size_t) (at - format);
    for (int a = 0; a < 3; a++)
        mu_buf_printf(&text, "<axis name='a%d' values='%s'/>", a, mu_buf_text(&many));
    mu_buf_puts(&text, at + 2);
    ck_assert(!load(mu_buf_text(&text), &s));
    ck_assert_int_eq(err.code, MU_ERR_LIMIT);
}
END_TEST

#define NEG(more)          CASE_OF("neg", "invalid", more, RELAY, RULE, AXIS, MAKE_AXIS SEND OK)
#define MUTATE(attributes) MAKE "<mutate from='m' id='b' " attributes "/><send message='b'/>" OK

static const struct {
    const char *number, *cases, *says;
} lint[] = {
    { "L01",
      CASE_OF("c", "valid", "", RELAY, "document='RFC 7444' clause='4' rule='SIO-O1'", "",
              MAKE SEND OK),
      "did you mean 'SIO-0" },
    { "L02",
      CASE_OF("c", "valid", "", RELAY, "document='RFC 7445' clause='4' rule='SIO-01'", "",
              MAKE SEND OK),
      "unknown document 'RFC 7445'" },
    { "L03", NEG(""), "has no control" },
    { "L04", NEG("control='pos'"), "there is no case 'pos'" },
    { "L05", NEG("control='neg'"), "is the case itself" },
    { "L05",
      NEG("control='c'") CASE_OF("c", "unexpected", "", RELAY, RULE, AXIS, MAKE_AXIS SEND OK),
      "is not of class valid" },
    { "L05",
      NEG("control='c'")
          CASE_OF("c", "valid", "", "role='receiver'", RULE, AXIS, MAKE_AXIS SEND OK),
      "is of another role" },
    { "L05",
      NEG("control='c'")
          CASE_OF("c", "valid", "", RELAY, RULE, AXIS, "<serve starttls='no'/>" MAKE_AXIS SEND OK),
      "is exclusive" },
    { "L06", NEG("control='c'") CASE(MAKE SEND OK), "has no axis 'label'" },
    { "L06",
      NEG("control='c'") CASE_OF("c", "valid", "", RELAY, RULE,
                                 "<axis name='label' values='secret'/>", MAKE_AXIS SEND OK),
      "has no label=restricted" },
    { "L07", CASE(MAKE SEND), "neither expects, compares nor judges" },
    { "L08", CASE_OF("c", "valid", "sins='drop-labels'", RELAY, RULE, "", MAKE SEND OK),
      "did you mean 'drop-label'?" },
    { "L09", CASE(MAKE SEND "<expect of='n' outcome='delivered'/>"), "made 'n'" },
    { "L09", CASE(MAKE SEND "<same first='m' second='out' what='label' at-least='value'/>"),
      "made 'out'" },
    { "L10", CASE(MAKE SEND OK "<nothing-else/>" SEND), "behind nothing-else" },
    { "L10", CASE(MAKE OK SEND), "before anything was sent" },
    { "L11", CASE("<make id='m' message='logistic-report' label='restricted'/>" SEND OK),
      "did you mean 'logistics-report'?" },
    { "L11",
      CASE_OF("c", "valid", "", RELAY, RULE, "<axis name='label' values='secret sekret'/>",
              MAKE_AXIS SEND OK),
      "labels/sekret.xml" },
    { "L11", CASE(MUTATE("operator='part.sio-label' value='unclasified'")),
      "labels/unclasified.xml" },
    { "L11", CASE(MUTATE("operator='header.duplicate' on='sio-label' value='first:nope'")),
      "labels/nope.xml" },
    { "L11", CASE(MUTATE("operator='label.raw' value='labels/raw/no.xml'")), "labels/raw/no.xml" },
    { "L12", CASE(MUTATE("operator='header.dorp' on='x'")), "did you mean 'header.drop'?" },
    { "L12", CASE(MUTATE("operator='header.drop' on='x' when='before-encoding'")),
      "works after-encoding" },
    { "L13", CASE(MUTATE("operator='header.drop'")), "needs 'on'" },
    { "L13", CASE(MUTATE("operator='header.drop' on='x' value='y'")), "takes no 'value'" },
    { "L14", CASE_OF("c", "valid", "", RELAY, RULE, AXIS, MAKE SEND OK), "uses the axis 'label'" },
    { "L15", CASE(MAKE SEND OK) CASE(MAKE SEND OK), "is taken by line 2" },
    { "L16",
      CASE_OF("c", "valid", "", "role='relay' capability='label.enforse'", RULE, "", MAKE SEND OK),
      "did you mean 'label.enforce'?" },
    { "L17", CASE_OF("c", "valid", "", RELAY, "document='RFC 7444' clause='4'", "", MAKE SEND OK),
      "names no rule" },
    { "L18", CASE(MAKE SEND OK), "no case shows rule 'SIO-01-R'" },
    { "L19", CASE(MAKE MAKE SEND OK), "'m' was made before" },
    { "L20", CASE(MAKE SEND "<serve starttls='no'/>" OK), "behind the first send" },
    { "L21", CASE("<make id='m' message='{mesage}' label='restricted'/>" SEND OK),
      "no axis 'mesage'" },
    { "L22", CASE(MAKE "<send message='m' tls='fnm5'/>" OK), "did you mean 'fmn5'?" },
    { "L22", CASE(MAKE "<send message='m' identity='client-expierd'/>" OK),
      "did you mean 'client-expired'?" },
    { "L22", CASE("<serve certificate='server-bad'/>" MAKE SEND OK), "'server-bad'" },
    { "L23", CASE("<make id='x' message='logistics-report'/>" MAKE SEND OK), "never used" },
    { "L24", CASE(MAKE SEND "<expect of='m' outcome='deliverd'/>"), "did you mean 'delivered'?" },
    { "L24", CASE(MAKE SEND "<expect of='m' outcome='refused' class='polisy'/>"),
      "class 'polisy'" },
    { "L24", CASE(MAKE SEND "<expect of='m' outcome='refused' stage='tsl'/>"), "stage 'tsl'" },
    { "L24", CASE(MAKE SEND "<expect of='m' outcome='refused' rung='label'/>"), "rung 'label'" },
    { "L24", CASE(MAKE SEND "<same first='m' second='m' what='labels' at-least='value'/>"),
      "did you mean 'label'?" },
    { "L24", CASE(MAKE SEND "<same first='m' second='m' what='label' at-least='bytes'/>"),
      "comparison 'bytes'" },
    { "L25", CASE(MAKE "<trigger message='m'/>" OK), "does not fit a case of role 'relay'" },
    { "L26", CASE(MAKE SEND "<judge of='m' phase='strikt'/>"), "phase 'strikt'" },
    { "L27", CASE(MAKE_TO("nato-secret") SEND DECIDED("deny")), "the policies permit this" },
    { "L27", CASE(MAKE_TO("velmar") SEND DECIDED("permit")), "the policies deny this: " },
    { "L27", CASE(MAKE SEND DECIDED("permit")), "needs a message with 'label' and 'to'" },
    { "L27",
      CASE("<make id='m' message='logistics-report' label='secret' also='nato-secret'/>" SEND OK),
      "the policies permit this to the recipient of 'also'" },
    { "L28", CASE(MAKE SEND OK), "'SIO-22' for a relay: no case shows rule 'SIO-22'" },
    { "L28", CASE(MAKE SEND OK), "'EML-01' for a sender: no case shows rule 'EML-01'" },
    { "L28", CASE(MAKE SEND OK), "'L74-99' for a relay: unknown rule 'SIO-51'" },
    { "L29", CASE(MAKE SEND OK), "rule 'EML-01-R' stands in no cell of the catalogue" },
};

START_TEST(each_lint_is_found)
{
    struct mu_profile p;
    struct mu_suite s;
    ck_assert(mu_profile_load(arena, &data, "mail-sio-4774", TEST_TIME, &p, &err));
    struct mu_buf text = { .arena = arena };
    mu_buf_printf(&text, SUITE("%s"), lint[_i].cases);
    ck_assert_msg(load(mu_buf_text(&text), &s), "%s", error_text());
    const char *nothing[] = { "SIO-51" };
    if (strcmp(lint[_i].number, "L29") == 0)
        p.catalogue->row[0] = (struct mu_catalogue_row){ .id = "EML-01" }; /* names none */
    if (strstr(lint[_i].says, "L74-99") != NULL)
        p.catalogue->row[0] =
            (struct mu_catalogue_row){ .id = "L74-99",
                                       .cell[MU_ROLE_RELAY] = { .rule = nothing, .rules = 1 },
                                       .where = { .input = "catalogue.xml" } };
    struct mu_lint_world world = { &data, &p, twin_sin, twin_sins, true };
    struct mu_lint *found;
    size_t count = mu_suite_lint(arena, &s, &world, &found), same = 0;
    for (size_t i = 0; i < count; i++)
        same += strcmp(found[i].number, lint[_i].number) == 0
                && strstr(found[i].message, lint[_i].says) != NULL && found[i].where.input != NULL;
    ck_assert_msg(same > 0, "%s is not found; %zu others, first: %s", lint[_i].number, count,
                  count > 0 ? found[0].message : "");
}
END_TEST

/* What a case shows when the profile asks for nothing that it names. */
static const struct {
    const char *requirement, *more, *off;
} switched[] = {
    { "document='house' clause='1' rule='DEC-06'", "", "DEC-06" },
    { "document='house' clause='1' rule='DEC-06'", "<judge of='m'/>", NULL },
    { "document='house' clause='1' rule='DEC-06'/><requirement document='house' clause='1' "
      "rule='DEC-01'",
      "", NULL },
    { "document='house' clause='1'", "", NULL },
    { "document='house' clause='1' rule='TLS-02-R'", "", "TLS-02-R" }, /* of another TLS profile */
    { "document='house' clause='1' rule='TLS-01-R'", "", NULL },
    { "document='house' clause='1' rule='NO-1'", "", NULL }, /* the linter's matter */
};

START_TEST(a_case_of_rules_that_are_off_is_off)
{
    struct mu_profile p;
    struct mu_suite s;
    struct mu_buf text = { .arena = arena };
    ck_assert(mu_profile_load(arena, &data, "mail-sio-4774", TEST_TIME, &p, &err));
    mu_buf_printf(&text,
                  SUITE("<case id='c' level='must' class='valid'><title>t</title><why>w</why>"
                        "<requirement %s/><needs role='relay'/><steps>" MAKE SEND OK
                        "%s</steps></case>"),
                  switched[_i].requirement, switched[_i].more);
    ck_assert_msg(load(mu_buf_text(&text), &s), "%s", error_text());
    mu_suite_switch(&p, &s);
    ck_assert_pstr_eq(s.cases[0]->off, switched[_i].off);
}
END_TEST

START_TEST(every_lint_has_a_row)
{
    for (size_t i = 0; mu_lint_rule_at(i) != NULL; i++) {
        bool tested = strcmp(mu_lint_rule_at(i)->number, "L30") >= 0; /* test_ask_lint.c */
        for (size_t k = 0; k < MU_COUNT(lint); k++)
            tested = tested || strcmp(lint[k].number, mu_lint_rule_at(i)->number) == 0;
        ck_assert_msg(tested, "%s has no row", mu_lint_rule_at(i)->number);
    }
}
END_TEST

START_TEST(a_good_case_has_no_lint_and_no_profile_is_fine)
{
    struct mu_suite s;
    ck_assert(load(SUITE(CASE(MAKE SEND OK)), &s));
    struct mu_lint_world world = { .data = &data };
    struct mu_lint *found;
    ck_assert_uint_eq(mu_suite_lint(arena, &s, &world, &found), 0);
}
END_TEST

/* xmllint is the second opinion on our schemas and on every file that ships. */
static int xmllint(const char *schema, const char *file)
{
    const char *argument[] = { "xmllint", "--noout", "--nonet", "--schema", schema, file };
    char *argv[MU_COUNT(argument) + 1] = { NULL };
    for (size_t i = 0; i < MU_COUNT(argument); i++)
        argv[i] = mu_arena_strndup(arena, argument[i], strlen(argument[i]));
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
        return -1;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(files_of_one_suite_belong_together)
{
    static const char second[] = "<suite xmlns='urn:muster:suite:1' id='%s' revision='1'>" CASE_OF(
        "second", "invalid", "control='first'", RELAY, RULE, "", MAKE) "</suite>";
    static const char first[] = "<suite xmlns='urn:muster:suite:1' id='s' revision='1'>" CASE_OF(
        "first", "valid", "", RELAY, RULE, "", MAKE) "</suite>";
    static const char *const id[] = { "s", "t" };
    for (size_t i = 0; i < MU_COUNT(id); i++) {
        const char *text = mu_arena_printf(arena, second, id[i]);
        const char *file[] = { file_of("first.xml", mu_bytes_of(first)),
                               file_of("second.xml", mu_bytes_of(text)) };
        struct mu_suite s;
        bool ok = mu_suite_load(arena, &data, file, 2, &s, &err);
        ck_assert_int_eq(ok, i == 0);
        if (ok)
            ck_assert_ptr_eq(s.cases[1]->control_case, s.cases[0]);
        else
            assert_holds(error_text(), "this is suite 't' revision '1', but");
    }
}
END_TEST

START_TEST(xmllint_accepts_what_ships)
{
    static const struct {
        const char *schema, *file;
    } row[] = {
        { "tls", "tls/fmn5.xml" },
        { "tls", "tls/fmn5-fallback.xml" },
        { "tls", "tls/rfc9325.xml" },
        { "profile", "mail-sio-4774/profile.xml" },
        { "suite", "mail-sio-4774/suite-relay.xml" },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        const char *schema =
            mu_arena_printf(arena, MU_SOURCE_DIR "/profiles/schemas/%s.xsd", row[i].schema);
        const char *file = mu_arena_printf(arena, MU_SOURCE_DIR "/profiles/%s", row[i].file);
        int status = xmllint(schema, file);
        if (status < 0 || status == 127) {
            fprintf(stderr, "skipped: xmllint is not installed\n");
            return;
        }
        ck_assert_msg(status == 0, "xmllint refuses %s", row[i].file);
    }
}
END_TEST

int main(void)
{
    read_sins();
    Suite *suite = suite_create("suite");
    TCase *tc = tcase_create("suite");
    tcase_set_timeout(tc, 60); /* the linter tries each instance of suites that ask */
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30); /* thousands of labels are judged by the rules */
    tcase_add_loop_test(tc, each_shipped_suite_loads_and_is_clean, 0, MU_COUNT(shipped));
    tcase_add_test(tc, every_sin_is_named_by_some_suite);
    tcase_add_test(tc, cases_and_steps_are_read);
    tcase_add_test(tc, the_digest_covers_the_fixtures);
    tcase_add_loop_test(tc, each_mistake_of_structure_is_named, 0, MU_COUNT(wrong));
    tcase_add_test(tc, names_and_instances_have_limits);
    tcase_add_loop_test(tc, each_lint_is_found, 0, MU_COUNT(lint));
    tcase_add_loop_test(tc, a_case_of_rules_that_are_off_is_off, 0, MU_COUNT(switched));
    tcase_add_test(tc, every_lint_has_a_row);
    tcase_add_test(tc, a_good_case_has_no_lint_and_no_profile_is_fine);
    tcase_add_test(tc, files_of_one_suite_belong_together);
    tcase_add_test(tc, xmllint_accepts_what_ships);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
