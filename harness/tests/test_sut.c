#include "suite/command.h"

#include "suite_support.h"

#define HEAD            "<sut xmlns='urn:muster:sut:1' id='s' name='S' version='1' owner='O'>\n"
#define MAIL            "<mail to='r+{token}@x.test' from='s+{token}@y.test'/>\n"
#define DELIVER         "<deliver-to carrier='smtp' address='127.0.0.1:25001' tls-name='localhost'/>\n"
#define COLLECT         "<collect-at carrier='smtp' address='127.0.0.1:0' tls-name='localhost'/>\n"
#define RELAY           "<role name='relay' settle='10s'>\n" DELIVER COLLECT MAIL "</role>\n"
#define RECEIVER(more)  "<role name='receiver'>\n" DELIVER more MAIL "</role>\n"
#define SENDER(trigger) "<role name='sender'>\n" COLLECT trigger "\n" MAIL "</role>\n"

#define ADAPTER "<adapter id='a' command='x'/>\n"
#define POLICY  "<role name='policy' adapter='a'/></sut>"

static bool load(const char *text, struct mu_sut *sut)
{
    return mu_sut_load(arena, &data, file_of("s.xml", mu_bytes_of(text)), sut, &err);
}

START_TEST(everything_in_a_sut_file_is_read)
{
    struct mu_sut s;
    ck_assert_msg(load(HEAD RELAY RECEIVER("<observe carrier='maildir' path='box'/>\n") SENDER(
                           "<trigger command=\"bin/send --to {to} 'a b'\" "
                           "wait='2m' input='mail'/>") "<identity certificate='pki/c.pem' "
                                                       "key='/abs/k.pem'/>\n"
                                                       "<trust anchors='pki/ca.pem' "
                                                       "crl='pki/crl.pem'/>\n<pki folder='pki'/>\n"
                                                       "<claim capability='starttls'/>\n<claim "
                                                       "capability='label.require'/>\n"
                                                       "<expectations file='e.xml'/>\n</sut>",
                       &s),
                  "%s", error_text());
    ck_assert_uint_eq(s.roles, 3);
    ck_assert_uint_eq(s.endpoints, 1); /* relay and receiver share one */
    ck_assert_uint_eq(s.addresses, 2); /* relay and sender share one, and the Maildir */
    const struct mu_sut_role *relay = mu_sut_role_find(&s, MU_ROLE_RELAY);
    const struct mu_sut_role *receiver = mu_sut_role_find(&s, MU_ROLE_RECEIVER);
    const struct mu_sut_role *sender = mu_sut_role_find(&s, MU_ROLE_SENDER);
    ck_assert_uint_eq(relay->settle_ms, 10000);
    ck_assert_ptr_eq(relay->deliver, receiver->deliver);
    ck_assert_int_eq(relay->collect, sender->collect);
    ck_assert_int_eq(receiver->collect, -1);
    ck_assert_str_eq(s.address[receiver->observe].carrier, "maildir");
    assert_holds(s.address[receiver->observe].path, "/box");
    ck_assert_ptr_null(sender->deliver);
    ck_assert_str_eq(sender->trigger[0], mu_arena_printf(arena, "%s/bin/send", folder));
    ck_assert_str_eq(sender->trigger[3], "a b");
    ck_assert_ptr_null(sender->trigger[4]);
    ck_assert_uint_eq(sender->trigger_ms, 120000);
    ck_assert(sender->trigger_mail);
    ck_assert_str_eq(s.identity.certificate, mu_arena_printf(arena, "%s/pki/c.pem", folder));
    ck_assert_str_eq(s.identity.key, "/abs/k.pem");
    ck_assert_str_eq(s.server.key, s.identity.key);
    ck_assert(mu_sut_claims(&s, "label.require"));
    ck_assert(!mu_sut_claims(&s, "label.enforce"));
    assert_holds(s.expectations, "/e.xml");
    ck_assert_uint_eq(strlen(s.digest), 64);
}
END_TEST

START_TEST(adapters_are_read)
{
    struct mu_sut s;
    ck_assert_msg(
        load(HEAD
             "<adapter id='a' command='bin/a --x {y}' in-flight='4' writable='out /abs'/>\n"
             "<adapter id='b' command='/bin/a' unconfined='yes'/>\n"
             "<adapter id='far' way='dial' address='127.0.0.1:7443' tls-name='x.test' "
             "pin='sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'/>\n"
             "<role name='validator' adapter='a b'/>\n<role name='policy' adapter='far'/>\n"
             "<role name='sender'>\n" COLLECT "<trigger adapter='a'/>" MAIL "</role>\n"
             "<role name='receiver'>\n" DELIVER "<observe adapter='b'/>" MAIL "</role>\n"
             "<role name='relay'>\n<deliver-to carrier='smtp' address='127.0.0.1:0' adapter='b'/>"
             "<collect-at carrier='smtp' address='[::1]:0' adapter='a'/>" MAIL "</role>\n"
             "<claim capability='label.4774'/>\n</sut>",
             &s),
        "%s", error_text());
    ck_assert_uint_eq(s.adapters, 3);
    const struct mu_sut_role *relay = mu_sut_role_find(&s, MU_ROLE_RELAY);
    ck_assert_uint_eq(relay->deliver->opened_by, 2);
    ck_assert_uint_eq(s.address[relay->collect].opened_by, 1);
    ck_assert_uint_eq(mu_sut_role_find(&s, MU_ROLE_RECEIVER)->deliver->opened_by, 0);
    const struct mu_sut_role *validator = mu_sut_role_find(&s, MU_ROLE_VALIDATOR);
    ck_assert_uint_eq(validator->adapters, 2);
    ck_assert_uint_eq(validator->adapter[1], 1);
    ck_assert_ptr_null(validator->mail_to);
    ck_assert_str_eq(s.adapter[0].argv[0], mu_arena_printf(arena, "%s/bin/a", folder));
    ck_assert_str_eq(s.adapter[0].argv[2], "{y}");
    ck_assert_uint_eq(s.adapter[0].in_flight, 4);
    ck_assert_uint_eq(s.adapter[1].in_flight, MU_IN_FLIGHT);
    ck_assert_str_eq(s.adapter[0].writable[0], mu_arena_printf(arena, "%s/out", folder));
    ck_assert_str_eq(s.adapter[0].writable[1], "/abs");
    ck_assert_ptr_null(s.adapter[0].writable[2]);
    ck_assert(s.adapter[1].unconfined && !s.adapter[0].unconfined);
    ck_assert_int_eq(s.adapter[2].way, MU_SAP_DIAL);
    ck_assert_str_eq(s.adapter[2].peer.name, "x.test");
    ck_assert_int_eq(mu_sut_role_find(&s, MU_ROLE_SENDER)->trigger_adapter, 0);
    ck_assert_int_eq(mu_sut_role_find(&s, MU_ROLE_RECEIVER)->observe_adapter, 1);
    ck_assert_int_eq(mu_sut_role_find(&s, MU_ROLE_RECEIVER)->observe, -1);
}
END_TEST

static const struct {
    const char *command;
    enum mu_sap_way way;
    const char *first, *error;
} named[] = {
    { "python3 'my adapter.py'", MU_SAP_PIPES, "python3", NULL },
    { "stdio:bin/a -v", MU_SAP_STDIO, "bin/a", NULL },
    { "exec-filter:./check", MU_SAP_FILTER, "./check", NULL },
    { "saps://127.0.0.1:7443", MU_SAP_DIAL, NULL, NULL },
    { "saps://host.test:7443", MU_SAP_DIAL, NULL, "host.test:7443" },
    { "stdio:", MU_SAP_STDIO, NULL, "the command names no program" },
    { "python3 'x", MU_SAP_PIPES, NULL, "a quote is not closed" },
};

START_TEST(an_adapter_can_be_named_without_a_file)
{
    struct mu_sap_cap cap[] = { { .name = "label.4774" },
                                { .name = "decide", .unsupported = true } };
    struct mu_sap_hello hello = { .sut_name = "S",
                                  .sut_version = "2",
                                  .roles = MU_SAP_VALIDATOR | MU_SAP_POLICY | MU_SAP_SENDER,
                                  .cap = cap,
                                  .caps = MU_COUNT(cap) };
    struct mu_sut s;
    bool filter = named[_i].way == MU_SAP_FILTER;
    bool ok = mu_sut_of_adapter(arena, named[_i].command, filter ? NULL : &hello, &s, &err);
    ck_assert_int_eq(ok, named[_i].error == NULL);
    if (!ok) {
        assert_holds(error_text(), named[_i].error);
        return;
    }
    ck_assert_int_eq(s.adapter[0].way, named[_i].way);
    if (named[_i].first != NULL)
        ck_assert_str_eq(s.adapter[0].argv[0], named[_i].first);
    ck_assert_uint_eq(s.roles, filter ? 3 : 2); /* a sender needs an address to deliver to */
    ck_assert(mu_sut_claims(&s, "label.4774") && !mu_sut_claims(&s, "decide"));
    ck_assert_str_eq(s.name, filter ? named[_i].command : "S");
}
END_TEST

START_TEST(recipients_have_a_clearance_or_a_name)
{
    struct mu_sut s;
    ck_assert_msg(load(HEAD "<role name='receiver'>\n" DELIVER MAIL
                            "<recipient clearance='nato-secret' to='a'/>\n"
                            "<recipient name='operational' to='b'/>\n</role></sut>",
                       &s),
                  "%s", error_text());
    ck_assert_str_eq(mu_sut_recipient(&s.role[0], "nato-secret"), "a");
    ck_assert_str_eq(mu_sut_recipient(&s.role[0], "operational"), "b");
    ck_assert_ptr_null(mu_sut_recipient(&s.role[0], "exercise"));
}
END_TEST

static const struct {
    const char *text, *error;
} wrong[] = {
    { HEAD "</sut>", "s.xml:1:1: " },
    { HEAD "<role name='relai'>\n" DELIVER COLLECT MAIL "</role></sut>", "s.xml:2:" },
    { HEAD "<role name='relay'>\n" DELIVER MAIL "</role></sut>",
      "s.xml:2:1: role 'relay' needs a 'collect-at'" },
    { HEAD "<role name='receiver'>\n" COLLECT MAIL "</role></sut>",
      "role 'receiver' needs a 'deliver-to'" },
    { HEAD SENDER("") "</sut>", "role 'sender' needs a 'trigger'" },
    { HEAD RECEIVER("") RECEIVER("") "</sut>", "role 'receiver' is given twice" },
    { HEAD SENDER("<trigger/>") "</sut>",
      "a trigger has either a command, an adapter or prompt='yes'" },
    { HEAD SENDER("<trigger command='x' prompt='yes'/>") "</sut>",
      "a trigger has either a command" },
    { HEAD SENDER("<trigger prompt='yes' input='mail'/>") "</sut>",
      "s.xml:4:23: a prompt has no input" },
    { HEAD SENDER("<trigger command='x' input='label'/>") "</sut>", "s.xml:4:" },
    { HEAD SENDER("<trigger command='x {subjekt}'/>") "</sut>",
      "s.xml:4:10: unknown placeholder '{subjekt}', did you mean '{subject}'?" },
    { HEAD SENDER("<trigger command='x {to'/>") "</sut>", "a '{' has no '}'" },
    { HEAD SENDER("<trigger command='x \"y'/>") "</sut>", "a quote is not closed" },
    { HEAD SENDER("<trigger command='\"\"'/>") "</sut>", "the command names no program" },
    { HEAD SENDER("<trigger prompt='yes' wait='5 minutes'/>") "</sut>",
      "s.xml:4:23: '5 minutes' is no duration" },
    { HEAD "<role name='receiver'>\n<deliver-to carrier='smtp' address='localhost:25'/>\n" MAIL
           "</role></sut>",
      "s.xml:3:28: " },
    { HEAD "<role name='receiver'>\n<deliver-to carrier='smtp' address='127.0.0.1:99999'/>\n" MAIL
           "</role></sut>",
      "s.xml:3:28: " },
    { HEAD RECEIVER("") "<claim capability='startls'/>\n</sut>",
      "unknown capability 'startls', did you mean 'starttls'?" },
    { HEAD RECEIVER("") "<identity certificate='x'/>\n</sut>", "s.xml:6:1: " },
    { HEAD "<role name='receiver'>\n" DELIVER MAIL "<recipient to='a'/>\n</role></sut>",
      "s.xml:5:1: a recipient has either a clearance or a name" },
    { HEAD "<role name='receiver'>\n" DELIVER MAIL
           "<recipient name='a' clearance='nato-secret' to='a'/>\n</role></sut>",
      "a recipient has either a clearance or a name" },
    { HEAD "<role name='receiver'>\n" DELIVER MAIL "<recipient clearance='nato-secrt' to='a'/>\n"
           "</role></sut>",
      "unknown clearance 'nato-secrt', did you mean 'nato-secret'?" },
    { HEAD ADAPTER "<role name='validator'/>\n</sut>",
      "s.xml:3:1: role 'validator' needs a 'adapter'" },
    { HEAD ADAPTER "<role name='validator' adapter='b'/>\n</sut>",
      "s.xml:3:24: unknown adapter 'b'" },
    { HEAD ADAPTER "<role name='policy' adapter='a'>" MAIL "</role>\n</sut>",
      "role 'policy' has no 'mail'" },
    { HEAD ADAPTER "<role name='receiver' adapter='a'>\n" DELIVER MAIL "</role></sut>",
      "role 'receiver' has no 'adapter'" },
    { HEAD ADAPTER ADAPTER "<role name='policy' adapter='a'/></sut>",
      "s.xml:3:10: adapter 'a' is given twice" },
    { HEAD "<adapter id='a' way='dial'/>" POLICY, "needs 'address'" },
    { HEAD "<adapter id='a' way='dial' address='127.0.0.1:1' writable='x'/>" POLICY,
      "an adapter of way 'dial' has no 'writable'" },
    { HEAD "<adapter id='a'/>" POLICY, "an adapter of way 'pipes' needs 'command'" },
    { HEAD "<adapter id='a' command='x' pin='sha256:12'/>" POLICY, "s.xml:2:" },
    { HEAD "<adapter id='a' command='x' in-flight='0'/>" POLICY, "at least one operation at once" },
    { HEAD "<adapter id='a' command='x' in-flight='9999'/>" POLICY, "is no number from 0 to 256" },
    { HEAD "<adapter id='a' command='&quot;x'/>" POLICY, "s.xml:2:17: a quote is not closed" },
    { HEAD "<adapter id='a' way='filter' command='x'/>\n" SENDER("<trigger adapter='a'/>") "</sut>",
      "adapter 'a' is a filter: it can only be asked about labels" },
    { HEAD "<role name='receiver'>\n<deliver-to carrier='smtp' address='127.0.0.1:0'/>\n" MAIL
           "</role></sut>",
      "s.xml:3:28: nobody can be reached at port 0" },
    { HEAD ADAPTER "<role name='receiver'>\n<deliver-to carrier='smtp' address='127.0.0.1:0' "
                   "adapter='b'/>\n" MAIL "</role></sut>",
      "unknown adapter 'b'" },
    { HEAD "<adapter id='a' way='filter' command='x'/>\n"
           "<role name='receiver'>\n<deliver-to carrier='smtp' address='127.0.0.1:0' "
           "adapter='a'/>\n" MAIL "</role></sut>",
      "adapter 'a' is a filter" },
    { HEAD ADAPTER SENDER("<trigger adapter='a' input='mail'/>") "</sut>",
      "an adapter has no input" },
    { HEAD RECEIVER("<observe carrier='maildir'/>") "</sut>",
      "either a carrier with its path or an adapter" },
};

START_TEST(each_mistake_is_named_with_its_place)
{
    struct mu_sut s;
    ck_assert(!load(wrong[_i].text, &s));
    assert_holds(error_text(), wrong[_i].error);
}
END_TEST

START_TEST(commands_are_split_without_a_shell)
{
    static const struct {
        const char *text, *word[6];
    } row[] = {
        { "send", { "send" } },
        { "  /bin/send\t-v  ", { "/bin/send", "-v" } },
        { "./send x", { "/d/./send", "x" } },
        { "a 'b c' \"d 'e\" f\"g\"h ''", { "a", "b c", "d 'e", "fgh", "" } },
        { "a $HOME `id` {token};ls", { "a", "$HOME", "`id`", "{token};ls" } },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        char **argv;
        ck_assert(mu_command_split(arena, "/d", row[i].text, &argv, &err));
        size_t n = 0;
        for (; row[i].word[n] != NULL; n++)
            ck_assert_str_eq(argv[n], row[i].word[n]);
        ck_assert_ptr_null(argv[n]);
    }
    char **argv;
    ck_assert(!mu_command_split(arena, "/d", " \n", &argv, &err));
}
END_TEST

#define EXPECT(attributes) "<expect " attributes " owner='O'>why</expect>\n"
#define FLAKY(attributes)  EXPECT("verdict='flaky' until='2027-01-31' " attributes)
#define ALL(entries)                                                                               \
    "<expectations xmlns='urn:muster:expectations:1'>\n" entries "</expectations>\n"

static struct mu_expectations expectations(const char *text)
{
    struct mu_expectations all;
    const char *path = file_of("e.xml", mu_bytes_of(text));
    ck_assert_msg(mu_expectations_load(arena, &data, path, TEST_TIME, &all, &err), "%s",
                  error_text());
    return all;
}

static const struct {
    const char *entries, *name;
    enum mu_verdict verdict;
    const char *reason;
    enum mu_expectation expected;
    size_t stale;
} match[] = {
    { "", "a", MU_PASS, "", MU_AS_EXPECTED, 0 },
    { "", "a", MU_REMARKS, "rule:X", MU_AS_EXPECTED, 0 },
    { "", "a", MU_NOT_RUN, "filtered", MU_AS_EXPECTED, 0 },
    { "", "a", MU_FAIL, "rule:X", MU_NEW_FAILURE, 0 },
    { EXPECT("case='a' verdict='fail'"), "a", MU_FAIL, "rule:X", MU_AS_EXPECTED, 0 },
    { EXPECT("case='a*' verdict='fail' reason='rule:SIO-*'"), "ab[x=y]", MU_FAIL, "rule:SIO-09",
      MU_AS_EXPECTED, 0 },
    { EXPECT("case='a' verdict='fail' reason='rule:Y'"), "a", MU_FAIL, "rule:X", MU_REASON_CHANGED,
      1 },
    { EXPECT("case='a' verdict='fail'"), "a", MU_PASS, "", MU_UNEXPECTED_PASS, 1 },
    { EXPECT("case='a' verdict='fail'"), "a", MU_INCONCLUSIVE, "ambiguous", MU_UNEXPECTED_PASS, 1 },
    { EXPECT("case='a' verdict='fail'"), "a", MU_ERROR, "job:crash", MU_NEW_FAILURE, 1 },
    { EXPECT("case='a' verdict='fail'"), "b", MU_FAIL, "rule:X", MU_NEW_FAILURE, 1 },
    /* a time-out is covered only by an entry that says so */
    { EXPECT("case='a' verdict='fail'"), "a", MU_FAIL, "timeout:collect", MU_REASON_CHANGED, 1 },
    { EXPECT("case='a' verdict='fail' reason='*'"), "a", MU_FAIL, "timeout:collect",
      MU_REASON_CHANGED, 1 },
    { EXPECT("case='a' verdict='fail' reason='timeout:collect'"), "a", MU_FAIL, "timeout:collect",
      MU_AS_EXPECTED, 0 },
    { EXPECT("case='a' verdict='fail' reason='timeout:*'"), "a", MU_FAIL, "timeout:collect",
      MU_AS_EXPECTED, 0 },
    { EXPECT("case='a' verdict='fail' max='0'"), "a", MU_FAIL, "rule:X", MU_AS_EXPECTED, 1 },
    { EXPECT("case='a' verdict='fail' until='2026-11-22'"), "a", MU_FAIL, "rule:X", MU_AS_EXPECTED,
      1 },
    { EXPECT("case='a' verdict='fail' until='2026-11-23'"), "a", MU_FAIL, "rule:X", MU_AS_EXPECTED,
      0 },
    /* a failure is not better than an error that was expected */
    { EXPECT("case='a' verdict='error'"), "a", MU_FAIL, "rule:X", MU_NEW_FAILURE, 1 },
    { EXPECT("case='a' verdict='error'"), "a", MU_INCONCLUSIVE, "x", MU_UNEXPECTED_PASS, 1 },
    /* quarantine covers what comes out, pass or not, until its last day */
    { FLAKY("case='a'"), "a", MU_FAIL, "rule:X", MU_QUARANTINED, 0 },
    { FLAKY("case='a'"), "a", MU_ERROR, "job:exit-1", MU_QUARANTINED, 0 },
    { FLAKY("case='a'"), "a", MU_PASS, "", MU_QUARANTINED, 0 },
    { FLAKY("case='a' reason='rule:Y'"), "a", MU_PASS, "", MU_QUARANTINED, 0 },
    { FLAKY("case='a' reason='rule:Y'"), "a", MU_FAIL, "rule:X", MU_NEW_FAILURE, 1 },
    { FLAKY("case='a'"), "a", MU_FAIL, "timeout:collect", MU_NEW_FAILURE, 1 },
    { FLAKY("case='a' reason='timeout:collect'"), "a", MU_FAIL, "timeout:collect", MU_QUARANTINED,
      0 },
    { FLAKY("case='a' max='0'"), "a", MU_FAIL, "rule:X", MU_QUARANTINED, 1 },
    { EXPECT("case='a' verdict='flaky' until='2026-11-22'"), "a", MU_FAIL, "rule:X", MU_QUARANTINED,
      1 },
    /* the entry that fits wins, wherever it stands */
    { EXPECT("case='*' verdict='fail' reason='rule:Y'") EXPECT("case='a' verdict='fail'"), "a",
      MU_FAIL, "rule:X", MU_AS_EXPECTED, 1 },
};

START_TEST(results_are_matched)
{
    const char *text = mu_arena_printf(arena, ALL("%s"), match[_i].entries);
    struct mu_expectations all = expectations(text);
    struct mu_expected e =
        mu_expectations_match(&all, match[_i].name, match[_i].verdict, match[_i].reason);
    ck_assert_int_eq(e.as, match[_i].expected);
    ck_assert_int_eq(e.entry > 0, all.expects > 0 && e.as != MU_NEW_FAILURE);
    size_t stale = 0;
    for (size_t i = 0; i < all.expects; i++)
        stale += mu_expectations_stale(&all, i, arena) != NULL;
    ck_assert_uint_eq(stale, match[_i].stale);
}
END_TEST

START_TEST(wrong_expectations_are_named)
{
    static const struct {
        const char *text, *error;
    } row[] = {
        { ALL(EXPECT("case='a' verdict='pass'")), "e.xml:2:" },
        { ALL(EXPECT("case='a'")), "e.xml:2:1: " },
        { ALL(EXPECT("case='a' verdict='fail' max='many'")), "e.xml:2:33: 'many' is no number" },
        { ALL(EXPECT("case='a' verdict='fail' until='2026-02-30'")), "e.xml:2:" },
        { ALL(EXPECT("case='a' verdict='fail' until='2026-02-20Z'")), "e.xml:2:" },
        { ALL(EXPECT("case='a' verdict='flaky'")), "e.xml:2:1: a flaky entry needs 'until'" },
        { ALL("<expect case='a' verdict='fail' owner='O'> </expect>"), "e.xml:2:" },
        { ALL("<expect case='a' verdict='fail'>no owner</expect>"), "e.xml:2:1: " },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        struct mu_expectations all;
        const char *path = file_of("e.xml", mu_bytes_of(row[i].text));
        ck_assert(!mu_expectations_load(arena, &data, path, TEST_TIME, &all, &err));
        assert_holds(error_text(), row[i].error);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sut");
    TCase *tc = tcase_create("sut");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, everything_in_a_sut_file_is_read);
    tcase_add_test(tc, adapters_are_read);
    tcase_add_loop_test(tc, an_adapter_can_be_named_without_a_file, 0, MU_COUNT(named));
    tcase_add_test(tc, recipients_have_a_clearance_or_a_name);
    tcase_add_loop_test(tc, each_mistake_is_named_with_its_place, 0, MU_COUNT(wrong));
    tcase_add_test(tc, commands_are_split_without_a_shell);
    tcase_add_loop_test(tc, results_are_matched, 0, MU_COUNT(match));
    tcase_add_test(tc, wrong_expectations_are_named);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
