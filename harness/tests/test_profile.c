#include "suite_support.h"

#define HEAD    "<profile xmlns='urn:muster:profile:1' id='p' version='1'>\n<title>T</title>\n"
#define CARRIER "<carrier name='smtp' tls='starttls'/>\n"
#define TLS     "<tls profile='fmn5'/>\n"
#define RULES   "<rules file='" MU_SOURCE_DIR "/profiles/rules/rfc7444.sch'/>\n"
#define END     "<suite file='s.xml'/>\n</profile>\n"

static bool load(const char *text, struct mu_profile *profile)
{
    const char *path = file_of("profile.xml", mu_bytes_of(text));
    return mu_profile_load(arena, &data, path, TEST_TIME, profile, &err);
}

START_TEST(the_first_profile_loads)
{
    struct mu_profile p;
    ck_assert_msg(mu_profile_load(arena, &data, "mail-sio-4774", TEST_TIME, &p, &err), "%s",
                  error_text());
    ck_assert_str_eq(p.id, "mail-sio-4774");
    ck_assert_str_eq(p.carrier, "smtp");
    ck_assert_int_eq(p.tls_mode, MU_TLS_STARTTLS);
    ck_assert(p.client_certificate_required);
    ck_assert_str_eq(p.phases, "nato-2017 sio-label-label-yes fmn5");
    ck_assert_uint_eq(p.policies.count, 5);
    ck_assert_uint_eq(strlen(p.policies_digest), 64);
    ck_assert_uint_eq(p.message_octets, 10485760);
    ck_assert_uint_eq(p.operation_ms, 5000);
    ck_assert_uint_eq(p.case_ms, 30000);
    ck_assert_uint_eq(p.labels, 1);
    ck_assert_uint_eq(p.markings, 2);
    ck_assert_str_eq(p.marking[0].demanded, "should");
    ck_assert_ptr_nonnull(p.label_schema);
    const struct mu_rule *raised = mu_rules_find(p.rules, "SIO-06");
    ck_assert_int_eq(raised->written, MU_LEVEL_SHOULD);
    ck_assert_int_eq(raised->level, MU_LEVEL_MUST);
    ck_assert_uint_eq(strlen(p.digest), 64);
    ck_assert_str_ne(p.digest, p.rules_digest);
}
END_TEST

START_TEST(a_folder_and_a_file_are_names_too)
{
    struct mu_profile a, b;
    ck_assert(mu_profile_load(arena, &data, MU_SOURCE_DIR "/profiles/mail-sio-4774", TEST_TIME, &a,
                              &err));
    ck_assert(mu_profile_load(arena, &data, MU_SOURCE_DIR "/profiles/mail-sio-4774/profile.xml",
                              TEST_TIME, &b, &err));
    ck_assert_str_eq(a.digest, b.digest);
    assert_holds(b.suite_file[0], "profiles/mail-sio-4774/suite-receiver.xml");
}
END_TEST

START_TEST(waive_and_limits_are_read)
{
    struct mu_profile p;
    ck_assert_msg(load(HEAD CARRIER "<tls profile='rfc9325' client-certificate='none'/>\n" RULES
                                    "<waive rule='SIO-06' because='of a test'/>\n"
                                    "<limit name='case-ms' value='77'/>\n" END,
                       &p),
                  "%s", error_text());
    ck_assert(mu_rules_find(p.rules, "SIO-06")->waived);
    ck_assert_str_eq(mu_rules_find(p.rules, "SIO-06")->because, "of a test");
    ck_assert_uint_eq(p.case_ms, 77);
    ck_assert_uint_eq(p.message_octets, MU_MESSAGE_MAX);
    ck_assert(!p.client_certificate_required);
}
END_TEST

START_TEST(places_and_marker_are_read)
{
    struct mu_profile p;
    ck_assert_msg(load(HEAD CARRIER TLS "<marking at='header:X-Mark' demanded='yes'/>\n"
                                        "<marking at='keywords' demanded='should'/>\n"
                                        "<marking at='first-line' demanded='no'/>\n"
                                        "<marker message='cis-incident'/>\n" RULES END,
                       &p),
                  "%s", error_text());
    ck_assert(p.places.keywords && !p.places.first_line);
    ck_assert(!p.places.label && !p.places.sio_label && !p.places.subject);
    ck_assert_uint_eq(p.places.fields, 1);
    ck_assert_str_eq(p.places.field[0], "X-Mark");
    ck_assert_str_eq(p.marker_message, "cis-incident");
    ck_assert_ptr_null(p.marker_label);
    ck_assert(load(HEAD CARRIER TLS RULES END, &p));
    ck_assert_str_eq(p.marker_message, "logistics-report");
    ck_assert_str_eq(p.marker_label, "restricted");
}
END_TEST

/* Off elsewhere: what a proposed text, or one event, demands. */
START_TEST(shipped_profiles_demand_what_they_are_for)
{
    static const struct {
        const char *profile, *phases;
        bool label;
    } row[] = {
        { "mail-sio-4774", "nato-2017 sio-label-label-yes fmn5", true },
        { "mail-fmn4p", "fmn4p rfc9325", false },
        { "mail-tms", "x-tms fmn5", true },
        { "mail-mmhs", "mmhs exercise-domains fmn5", true },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_profile p;
        ck_assert_msg(mu_profile_load(arena, &data, row[i].profile, TEST_TIME, &p, &err), "%s",
                      error_text());
        ck_assert_str_eq(p.phases, row[i].phases);
        ck_assert_int_eq(p.places.label, row[i].label);
        ck_assert(p.client_certificate_required);
    }
}
END_TEST

static const struct {
    const char *text, *error;
} wrong[] = {
    { "", "profile.xml" },
    { "<profile", "profile.xml:1:" },
    { "<!DOCTYPE x><profile xmlns='urn:muster:profile:1'/>", "profile.xml:1:" },
    { "<suite xmlns='urn:muster:suite:1'/>", "profile.xml:1:1: " },
    { HEAD CARRIER TLS RULES "</profile>", "profile.xml:1:1: " },
    { HEAD "<carrier name='smtp' tls='stattls'/>\n" TLS RULES END, "profile.xml:3:" },
    { HEAD CARRIER "<tls profile='fnm5'/>\n" RULES END,
      "profile.xml:4:6: unknown TLS profile 'fnm5', did you mean 'fmn5'?" },
    { HEAD CARRIER "<tls profile='../x'/>\n" RULES END,
      "profile.xml:4:6: unknown TLS profile '../x'" },
    { HEAD CARRIER TLS "<binding edition='tn'/>\n" RULES END,
      "profile.xml:5:1: bindings are not supported yet" },
    { HEAD CARRIER TLS "<policy file='x.xml'/>\n" RULES END, "profile.xml:5:9: cannot open" },
    { HEAD CARRIER TLS "<label at='sio-labl' syntax='adatp-4774' demanded='yes'/>\n" RULES END,
      "profile.xml:5:8: unknown place 'sio-labl', did you mean 'sio-label'?" },
    { HEAD CARRIER TLS "<marking at='subjct' demanded='no'/>\n" RULES END,
      "profile.xml:5:10: unknown place 'subjct', did you mean 'subject'?" },
    { HEAD CARRIER TLS "<marking at='header:' demanded='no'/>\n" RULES END,
      "profile.xml:5:10: unknown place 'header:'" },
    { HEAD CARRIER TLS "<marking at='header:a b' demanded='no'/>\n" RULES END,
      "profile.xml:5:10: unknown place 'header:a b'" },
    { HEAD CARRIER TLS "<label at='keywords' syntax='adatp-4774' demanded='yes'/>\n" RULES END,
      "profile.xml:5:8: unknown place 'keywords'" },
    { HEAD CARRIER TLS "<marker message='logistic-report'/>\n" RULES END,
      "profile.xml:5:9: unknown fixture 'logistic-report', did you mean 'logistics-report'?" },
    { HEAD CARRIER TLS "<marker message='logistics-report' label='no-such'/>\n" RULES END,
      "profile.xml:5:36: unknown fixture 'no-such'" },
    { HEAD CARRIER TLS "<rules file='../rules/rfc7445.sch'/>\n" END,
      "profile.xml:5:8: unknown rule file '../rules/rfc7445.sch', did you mean 'rfc7444'?" },
    { HEAD CARRIER TLS "<rules file='" MU_SOURCE_DIR "/profiles/rules'/>\n" END,
      "profile.xml:5:8: unknown rule file" },
    { HEAD CARRIER TLS "<rules file='" MU_SOURCE_DIR
                       "/profiles/rules/rfc7444.sch' phase='strikt'/>\n" END,
      "unknown rule phase 'strikt'" },
    { HEAD CARRIER TLS RULES "<raise rule='SIO-O6' to='must' because='x'/>\n" END,
      "profile.xml:6:8: unknown rule 'SIO-O6', did you mean 'SIO-0" },
    { HEAD CARRIER TLS RULES "<raise rule='SIO-01' to='must' because='x'/>\n" END,
      "profile.xml:6:22: rule 'SIO-01' is 'must' already" },
    { HEAD CARRIER TLS RULES "<raise rule='SIO-06' to='must' because=' '/>\n" END,
      "profile.xml:6:" },
    { HEAD CARRIER TLS RULES "<raise rule='SIO-06' to='must' because='x'/>\n"
                             "<waive rule='SIO-06' because='y'/>\n" END,
      "profile.xml:7:8: rule 'SIO-06' is raised or waived twice" },
    { HEAD CARRIER TLS RULES "<waive rule='SIO-06'/>\n" END, "profile.xml:6:1: " },
    { HEAD CARRIER TLS RULES "<limit name='mesage-octets' value='1'/>\n" END,
      "profile.xml:6:8: unknown limit 'mesage-octets', did you mean 'message-octets'?" },
    { HEAD CARRIER TLS RULES "<limit name='case-ms' value='0'/>\n" END,
      "limit 'case-ms' cannot be 0" },
    { HEAD CARRIER TLS RULES "<limit name='case-ms' value='1x'/>\n" END,
      "profile.xml:6:23: '1x' is no number from 0 to 3600000" },
    { HEAD CARRIER TLS RULES "<limit name='message-octets' value='99999999999999999999999'/>\n" END,
      "is no number from 0 to 67108864" },
};

START_TEST(each_mistake_is_named_with_its_place)
{
    struct mu_profile p;
    ck_assert(!load(wrong[_i].text, &p));
    assert_holds(error_text(), wrong[_i].error);
}
END_TEST

START_TEST(hostile_files_are_refused)
{
    struct mu_profile p;
    static const char nul[] = "<profile xmlns='urn:muster:profile:1'>\0</profile>";
    const char *path = file_of("nul.xml", (struct mu_bytes){ nul, sizeof nul - 1 });
    ck_assert(!mu_profile_load(arena, &data, path, TEST_TIME, &p, &err));
    struct mu_buf deep = { .arena = arena };
    for (int i = 0; i < 10000; i++)
        mu_buf_puts(&deep, "<a>");
    ck_assert(!load(mu_buf_text(&deep), &p));
    ck_assert(!mu_profile_load(arena, &data, "/dev/null", TEST_TIME, &p, &err));
}
END_TEST

START_TEST(an_unknown_name_suggests_the_nearest)
{
    struct mu_profile p;
    ck_assert(!mu_profile_load(arena, &data, "mail-sio-4747", TEST_TIME, &p, &err));
    ck_assert_int_eq(err.code, MU_ERR_USAGE);
    assert_holds(error_text(), "did you mean 'mail-sio-4774'?");
    ck_assert(!mu_profile_load(arena, &data, "/nowhere", TEST_TIME, &p, &err));
    struct mu_data none = { .dirs = 0 };
    ck_assert(!mu_profile_load(arena, &none, MU_SOURCE_DIR "/profiles/mail-sio-4774", TEST_TIME, &p,
                               &err));
    assert_holds(error_text(), "set MUSTER_DATA");
    ck_assert(!mu_profile_load(arena, &none, "mail-sio-4774", TEST_TIME, &p, &err));
    assert_holds(error_text(), "'mail-sio-4774', nor any other; set MUSTER_DATA");
}
END_TEST

START_TEST(tls_profiles_say_what_they_allow)
{
    static const struct {
        const char *id;
        uint16_t min, max;
        const char *suites, *ciphers, *groups;
        bool client;
    } row[] = {
        { "fmn5", 0x0304, 0x0304, "TLS_AES_128_GCM_SHA256:", NULL, "P-256:P-384:X25519", true },
        { "fmn5-fallback", 0x0303, 0x0303, NULL,
          "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
          "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384",
          "P-256:P-384", true },
        { "rfc9325", 0x0303, 0x0304, "TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256",
          "P-256:X25519:P-384", false },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_tls_profile p;
        ck_assert_msg(mu_tls_profile_load(arena, &data, row[i].id, &p, &err), "%s", error_text());
        ck_assert_uint_eq(p.min_version, row[i].min);
        ck_assert_uint_eq(p.max_version, row[i].max);
        ck_assert((p.suites != NULL) == (row[i].suites != NULL));
        ck_assert((p.ciphers != NULL) == (row[i].ciphers != NULL));
        if (row[i].suites != NULL)
            assert_holds(p.suites, row[i].suites);
        if (row[i].ciphers != NULL)
            assert_holds(p.ciphers, row[i].ciphers);
        ck_assert_str_eq(p.groups, row[i].groups);
        ck_assert(p.client_certificate == row[i].client);
        ck_assert(!p.renegotiation);
        ck_assert_uint_eq(p.session_life_s, 48 * 3600);
        ck_assert_uint_eq(p.tickets, 0);
    }
}
END_TEST

#define TLS_FILE(id, versions, suites, groups, life)                                               \
    "<tls xmlns='urn:muster:tls:1' id='" id "'><title>t</title>\n" versions "\n" suites "\n"       \
    "<groups names='" groups "' source='s'/>\n"                                                    \
    "<signature-algorithms names='ed25519' source='s'/><client-certificate required='no' "         \
    "source='s'/><tickets count='0' source='s'/><renegotiation allowed='no' source='s'/>"          \
    "<encrypt-then-mac allowed='no' source='s'/>\n<session-life max='" life "' source='s'/></tls>"
#define V13 "<versions min='1.3' max='1.3' source='s'/>"
#define S13 "<suites version='1.3' names='TLS_AES_128_GCM_SHA256' source='s'/>"
#define S12 "<suites version='1.2' names='TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' source='s'/>"

static const struct {
    const char *text, *error;
} wrong_tls[] = {
    { TLS_FILE("other", V13, S13, "x25519", "1h"), "says that it is 'other'" },
    { TLS_FILE("t", "<versions min='1.3' max='1.2' source='s'/>", S13, "x25519", "1h"),
      "t.xml:2:11: the lowest version is above the highest" },
    { TLS_FILE("t", V13, S12, "x25519", "1h"), "TLS 1.3 is in the range of versions, but has no" },
    { TLS_FILE("t", V13, S13 S12, "x25519", "1h"), "TLS 1.2 is outside the range" },
    { TLS_FILE("t", V13, S13 S13, "x25519", "1h"), "t.xml:3:" },
    { TLS_FILE("t", V13, "<suites version='1.3' names='TLS_AES_128_GCM_SHA265' source='s'/>",
               "x25519", "1h"),
      "t.xml:3:23: unknown cipher suite 'TLS_AES_128_GCM_SHA265', did you mean "
      "'TLS_AES_128_GCM_SHA256'?" },
    { TLS_FILE("t", V13, S13, "x25519 secp265r1", "1h"), "unknown group 'secp265r1'" },
    { TLS_FILE("t", V13, S13, "x25519", "1d"), "'1d' is no duration" },
    { TLS_FILE("t", V13, S13, "x25519", "99999h"), "'99999h' is no duration" },
    { TLS_FILE("t", V13, S13, "x25519", "h"), "'h' is no duration" },
};

START_TEST(each_mistake_in_a_tls_profile_is_named)
{
    const char *deep = mu_file_join(arena, folder, "profiles/tls");
    const char *path = mu_file_join(arena, deep, "t.xml");
    ck_assert(mu_file_make_dir(deep, 0755, &err));
    ck_assert(mu_file_replace(path, mu_bytes_of(wrong_tls[_i].text), 0644, &err));
    struct mu_data both = { .dir = { folder, MU_SOURCE_DIR }, .dirs = 2 };
    struct mu_tls_profile p;
    ck_assert(!mu_tls_profile_load(arena, &both, "t", &p, &err));
    assert_holds(error_text(), wrong_tls[_i].error);
    unlink(path);
    rmdir(deep);
    rmdir(mu_file_join(arena, folder, "profiles"));
}
END_TEST

START_TEST(data_folders_are_found_in_order)
{
    struct mu_data d;
    ck_assert_int_eq(setenv("MUSTER_DATA", folder, 1), 0);
    mu_data_init(arena, &d);
    ck_assert_uint_ge(d.dirs, 2);
    ck_assert_str_eq(d.dir[0], folder);
    ck_assert_str_eq(d.dir[1], ".");
    ck_assert_ptr_null(mu_data_find(&d, arena, "no/such/file"));
    const char **name;
    ck_assert_uint_eq(mu_data_list(&data, arena, "profiles/tls", ".xml", &name), 10);
    ck_assert_str_eq(name[0], "cnsa");
    ck_assert_str_eq(name[1], "fmn5");
    ck_assert_uint_eq(mu_data_list(&data, arena, "no/such/folder", ".xml", &name), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile");
    TCase *tc = tcase_create("profile");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_first_profile_loads);
    tcase_add_test(tc, a_folder_and_a_file_are_names_too);
    tcase_add_test(tc, waive_and_limits_are_read);
    tcase_add_test(tc, places_and_marker_are_read);
    tcase_add_test(tc, shipped_profiles_demand_what_they_are_for);
    tcase_add_loop_test(tc, each_mistake_is_named_with_its_place, 0, MU_COUNT(wrong));
    tcase_add_test(tc, hostile_files_are_refused);
    tcase_add_test(tc, an_unknown_name_suggests_the_nearest);
    tcase_add_test(tc, tls_profiles_say_what_they_allow);
    tcase_add_loop_test(tc, each_mistake_in_a_tls_profile_is_named, 0, MU_COUNT(wrong_tls));
    tcase_add_test(tc, data_folders_are_found_in_order);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
