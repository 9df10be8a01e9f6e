/* What the checks have found, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text_safe.h"
#include "cli/adapter.h"
#include "cli/version.h"

static const char *const state_word[MU_CHECK_STATES] = {
    [MU_CHECK_NOT_MADE] = "not-made", [MU_CHECK_HOLDS] = "holds",
    [MU_CHECK_BREAKS] = "breaks",     [MU_CHECK_NOT_APPLICABLE] = "not-applicable",
    [MU_CHECK_CUT] = "not-reached",
};

struct mu_adapter_score mu_adapter_score(const struct mu_adapter_check *c)
{
    struct mu_adapter_score score = { 0 };
    for (size_t i = 0; i < c->checks; i++) {
        enum mu_sap_checked_state state = c->checked[i].state;
        if (state == MU_CHECK_NOT_MADE || state == MU_CHECK_NOT_APPLICABLE)
            continue;
        bool must = c->at(i)->must;
        score.made++;
        score.held += state == MU_CHECK_HOLDS;
        score.must += state != MU_CHECK_HOLDS && must;
        score.should += state != MU_CHECK_HOLDS && !must;
    }
    return score;
}

/* Foreign text, on one line of its own. */
static void print_line(const struct mu_adapter_check *c, const char *name, const char *text)
{
    if (text[0] != '\0')
        printf("     %-5s %s\n", name, mu_text_line(c->args->arena, mu_bytes_of(text)));
}

static void print_broken(const struct mu_adapter_check *c, size_t i)
{
    const struct mu_sap_check *check = c->at(i);
    printf("%s %s: %s (section \"%s\")\n", check->id, check->must ? "must" : "should", check->text,
           check->clause);
    print_line(c, "why", c->checked[i].why);
    print_line(c, "sent", c->checked[i].sent);
    print_line(c, "came", c->checked[i].came);
    print_line(c, "hint", check->hint);
}

static bool is_so(const struct mu_adapter_check *c, size_t i, enum mu_sap_checked_state state,
                  const char *why)
{
    return c->checked[i].state == state && strcmp(c->checked[i].why, why) == 0;
}

/* " A02", " A04-A68": those that stand side by side and are in the same state by the same why. */
static void print_alike(const struct mu_adapter_check *c, size_t first,
                        enum mu_sap_checked_state state, const char *why)
{
    for (size_t k = first; k < c->checks; k++) {
        size_t end = k;
        while (end < c->checks && is_so(c, end, state, why))
            end++;
        if (end > k)
            printf(" %s", c->at(k)->id);
        if (end > k + 1)
            printf("%s%s", end > k + 2 ? "-" : " ", c->at(end - 1)->id);
        k = end > k ? end - 1 : k;
    }
}

/* Checks of one state together by why: "not applicable: A36 A57 (its isolation is 'op')". */
static void print_together(const struct mu_adapter_check *c, enum mu_sap_checked_state state,
                           const char *name)
{
    size_t n = c->checks;
    for (size_t i = 0; i < n; i++) {
        const char *why = c->checked[i].why;
        bool first = c->checked[i].state == state;
        for (size_t k = 0; k < i && first; k++)
            first = !is_so(c, k, state, why);
        if (!first)
            continue;
        printf("%s:", name);
        print_alike(c, i, state, why);
        printf(" (%s)\n", mu_text_line(c->args->arena, mu_bytes_of(why)));
    }
}

void mu_adapter_check_text(const struct mu_adapter_check *c)
{
    struct mu_adapter_score score = mu_adapter_score(c);
    for (size_t i = 0; i < c->checks; i++)
        if (c->checked[i].state == MU_CHECK_BREAKS)
            print_broken(c, i);
    print_together(c, MU_CHECK_CUT, "not held, not reached");
    if (score.must > 0 && c->printed != NULL && c->printed[0] != '\0')
        printf("the last that it printed: %s\n", c->printed);
    print_together(c, MU_CHECK_NOT_APPLICABLE, "not applicable");
    printf("%zu of %zu", score.held, score.made);
    if (score.must + score.should > 0)
        printf("; not held: %zu must, %zu should", score.must, score.should);
    printf("\n");
}

static void put_check(struct mu_json *j, const struct mu_adapter_check *c, size_t i)
{
    const struct mu_sap_check *check = c->at(i);
    const struct mu_sap_checked *checked = &c->checked[i];
    bool broken = checked->state == MU_CHECK_BREAKS;
    mu_json_open(j, NULL, '{');
    mu_json_text(j, "id", check->id);
    mu_json_text(j, "level", check->must ? "must" : "should");
    mu_json_text(j, "clause", check->clause);
    mu_json_text(j, "text", check->text);
    mu_json_text(j, "state", state_word[checked->state]);
    if (checked->why != NULL && checked->why[0] != '\0')
        mu_json_text(j, "why", checked->why);
    if (broken) {
        mu_json_text(j, "sent", checked->sent);
        mu_json_text(j, "came", checked->came);
        mu_json_text(j, "hint", check->hint);
    }
    mu_json_close(j, '}');
}

void mu_adapter_check_json(const struct mu_adapter_check *c)
{
    struct mu_adapter_score score = mu_adapter_score(c);
    struct mu_buf out = { .arena = c->args->arena };
    struct mu_json j = { .out = &out };
    mu_json_open(&j, NULL, '{');
    mu_json_text(&j, "schema", "muster-adapter-check/1");
    mu_json_text(&j, "muster", MU_VERSION);
    mu_json_number(&j, "made", (int64_t) score.made);
    mu_json_number(&j, "held", (int64_t) score.held);
    mu_json_number(&j, "must", (int64_t) score.must);
    mu_json_number(&j, "should", (int64_t) score.should);
    mu_json_open(&j, "checks", '[');
    for (size_t i = 0; i < c->checks; i++)
        if (c->checked[i].state != MU_CHECK_NOT_MADE)
            put_check(&j, c, i);
    mu_json_close(&j, ']');
    mu_json_close(&j, '}');
    puts(mu_buf_text(&out));
}
