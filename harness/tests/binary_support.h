/* binary_support.h - policies for tests of labels and clearances in ASN.1: ours, and an awkward one. */
#ifndef MU_TESTS_BINARY_SUPPORT_H
#define MU_TESTS_BINARY_SUPPORT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "format/xml.h"
#include "policy/binary.h"
#include "policy/resolve.h"

static struct mu_arena *arena;
static struct mu_policies policies;

/* A small policy with everything that is awkward: class 7 has two names, value 5 of Release, too;
 * SAME is one name with two numbers; NAMED twice with one number is no trouble. */
static const char awkward[] =
    "<SPIF xmlns='" MU_SPIF_NS "' schemaVersion='2.1' version='1' creationDate='20260101000000Z'"
    " originatorDN='cn=x' keyIdentifier='00' privilegeId='1.2' rbacId='1.2'>"
    "<securityPolicyId name='AWKWARD' id='1.2.3'/><securityClassifications>"
    "<securityClassification name='LOW' lacv='0' hierarchy='1'/>"
    "<securityClassification name='MIDDLE' lacv='2' hierarchy='2'/>"
    "<securityClassification name='SEVEN' lacv='7' hierarchy='3'/>"
    "<securityClassification name='SIEBEN' lacv='7' hierarchy='4'/>"
    "<securityClassification name='LAST' lacv='256' hierarchy='5'/>"
    "<securityClassification name='BEYOND' lacv='257' hierarchy='6'/>"
    "<securityClassification name='BELOW' lacv='-1' hierarchy='7'/>"
    "</securityClassifications><securityCategoryTagSets>"
    "<securityCategoryTagSet name='Release' id='1.2.3.1'>"
    "<securityCategoryTag tagType='enumerated' enumType='permissive'>"
    "<tagCategory name='KFOR' lacv='5'/><tagCategory name='EU Council' lacv='005'/>"
    "<tagCategory name='SWE' lacv='752'/><tagCategory name='SAME' lacv='8'/>"
    "<tagCategory name='SAME' lacv='9'/><tagCategory name='NAMED' lacv='10'/>"
    "<tagCategory name='NAMED' lacv='10'/><tagCategory name='WORDS' lacv='twelve'/>"
    "</securityCategoryTag></securityCategoryTagSet>"
    "<securityCategoryTagSet name='Handling' id='1.2.3.2'>"
    "<securityCategoryTag tagType='restrictive'><tagCategory name='CRYPTO' lacv='2'/>"
    "<tagCategory name='ATOMAL' lacv='1'/><tagCategory name='FAR' lacv='70000'/>"
    "</securityCategoryTag><securityCategoryTag tagType='enumerated' enumType='restrictive'>"
    "<tagCategory name='LISTED' lacv='70000001'/></securityCategoryTag></securityCategoryTagSet>"
    "<securityCategoryTagSet name='Notes' id='1.2.3.3'>"
    "<securityCategoryTag tagType='tagType7'><tagCategory name='STAFF' lacv='3'/>"
    "<tagCategory name='TEXT' lacv='4' userInput='string'/></securityCategoryTag>"
    "<securityCategoryTag tagType='permissive'><tagCategory name='DESK' lacv='3'/>"
    "</securityCategoryTag></securityCategoryTagSet>"
    "</securityCategoryTagSets></SPIF>";

static const char *const file[] = { "nato-exercise", "eu-exercise", "public", "arkania", "velmar" };

/* Policies load once for all tests: each runs in a process of its own. */
static inline void load(struct mu_arena *keep)
{
    struct mu_err err = { .msg = "" };
    policies.policy = mu_arena_array(keep, MU_COUNT(file) + 1, sizeof *policies.policy);
    if (!mu_policy_load_bytes(keep, mu_bytes_of(awkward), "awkward.xml", &policies.policy[0],
                              &err)) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
    policies.count = 1;
    for (size_t i = 0; i < MU_COUNT(file); i++) {
        const char *path =
            mu_arena_printf(keep, MU_SOURCE_DIR "/profiles/policies/%s.xml", file[i]);
        if (!mu_policy_load(keep, path, &policies.policy[policies.count++], &err)) {
            fprintf(stderr, "%s\n", err.msg);
            exit(1);
        }
    }
}

static inline void set_up(void)
{
    arena = mu_arena_new(512 * MU_MIB);
}

static inline void tear_down(void)
{
    mu_arena_free(arena);
}

static inline const char *problems(const struct mu_binary *found)
{
    struct mu_buf out = { .arena = arena };
    for (size_t i = 0; i < found->problems; i++)
        mu_buf_printf(&out, "%s%s: %s", i > 0 ? "; " : "",
                      mu_binary_kind_name(found->problem[i].kind), found->problem[i].why);
    return mu_buf_text(&out);
}

static inline void show_categories(struct mu_buf *out, const struct mu_category *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mu_buf_printf(out, "|%.1s '%s' %s:", c[i].type, c[i].tag_name,
                      c[i].uri != NULL ? c[i].uri : "-");
        for (size_t j = 0; j < c[i].values; j++)
            mu_buf_printf(out, " '%s'", c[i].value[j]);
    }
}

/* Some of the values, more in some runs than in others. */
static inline uint64_t *random_values(const struct mu_policy *p, int odds)
{
    uint64_t *present = mu_arena_array(arena, p->values / 64 + 1, sizeof *present);
    for (uint32_t v = 0; v < p->values; v++)
        if (!p->value[v].input && rand() % odds == 0)
            mu_bit_set(present, v);
    return present;
}

#endif
