/* ask_world.h - a profile, a suite and an adapter's word for cases that ask. */
#ifndef MU_TESTS_ASK_WORLD_H
#define MU_TESTS_ASK_WORLD_H

#include "suite_support.h"

#define ASK_CASE(id, class, more, needs, axes, steps)                                              \
    "<case id='" id                                                                                \
    "' level='must' class='" class "' " more "><title>T</title><why>W</why><requirement "          \
                                   "document='ADatP-4774' clause='1' rule='L74-22'/>"              \
                                   "<needs " needs "/>" axes "<steps>\n" steps "</steps></case>\n"
#define VALIDATOR  "role='validator' capability='label.4774'"
#define MAKE       "<make id='m' label='secret'/>\n"
#define PARSE      MAKE "<ask id='a' op='label.parse' of='m'/>\n"
#define ACCEPTED   "<expect of='a' outcome='accepted'/>\n"
#define REFUSED    "<expect of='a' outcome='refused' class='rule policy'/>\n"
#define SAME(what) "<same first='m' second='a' what='" what "' at-least='semantics'/>\n"

static const char ask_profile[] =
    "<profile xmlns='urn:muster:profile:1' id='p' version='1'><title>T</title>"
    "<carrier name='sap'/>"
    "<policy file='" MU_SOURCE_DIR "/profiles/policies/nato-exercise.xml'/>"
    "<policy file='" MU_SOURCE_DIR "/profiles/policies/eu-exercise.xml'/>"
    "<rules file='" MU_SOURCE_DIR "/profiles/rules/adatp4774.sch'/>"
    "<rules file='" MU_SOURCE_DIR "/profiles/rules/policy.sch'/>"
    "<limit name='operation-ms' value='200'/><suite file='suite.xml'/></profile>";

static struct mu_profile ask_p;
static struct mu_suite ask_suite;
static struct mu_sut ask_sut;
static struct mu_plan ask_plan;

static void ask_load(const char *cases)
{
    struct mu_buf text = { .arena = arena };
    mu_buf_printf(&text, "<suite xmlns='urn:muster:suite:1' id='s' revision='1'>\n%s</suite>\n",
                  cases);
    const char *suite = file_of("suite.xml", mu_buf_bytes(&text));
    const char *profile = file_of("profile.xml", MU_BYTES(ask_profile));
    ck_assert_msg(mu_profile_load(arena, &data, profile, TEST_TIME, &ask_p, &err), "%s",
                  error_text());
    ck_assert_msg(mu_suite_load(arena, &data, &suite, 1, &ask_suite, &err), "%s", error_text());
}

static struct mu_sap_hello ask_hello;
static struct mu_sap_cap ask_cap[8];

static void ask_claim(const char *const *name, size_t names, unsigned roles)
{
    ask_hello = (struct mu_sap_hello){ .roles = roles, .in_flight = 8, .each_op = true };
    ask_hello.cap = ask_cap;
    for (size_t i = 0; i < names; i++)
        ask_cap[ask_hello.caps++] = (struct mu_sap_cap){ .name = name[i] };
}

#endif
