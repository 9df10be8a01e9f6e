/* The report for people: file:offset: RULE level: sentence. */
#include "base/text_safe.h"
#include "cli/check.h"

static void begin(struct mu_check *c)
{
    (void) c;
}

static const char *const state_word[] = {
    [MU_CHECK_JUDGED] = "",
    [MU_CHECK_DOUBTFUL] = "in doubt",
    [MU_CHECK_KILLED] = "not judged",
    [MU_CHECK_REFUSED] = "not read",
};

static void finding(struct mu_check *c, struct mu_arena *arena, const char *name,
                    const struct mu_checked *checked, const struct mu_check_finding *f)
{
    (void) arena;
    fprintf(c->out, "%s:%lld: %s %s: %s", name, (long long) mu_check_place(checked, f).offset,
            f->rule->id, mu_level_name(f->rule->level), f->text);
    if (f->hint[0] != '\0')
        fprintf(c->out, " %s", f->hint);
    if (f->count > 1)
        fprintf(c->out, " (%zu places)", f->count);
    fputc('\n', c->out);
}

static void item(struct mu_check *c, struct mu_arena *arena, const struct mu_checked *checked)
{
    const char *name = mu_text_line(arena, mu_bytes_of(checked->item->name));
    for (size_t i = 0; i < checked->findings; i++)
        finding(c, arena, name, checked, &checked->finding[i]);
    if (checked->left_off > 0)
        fprintf(c->out, "%s:%lld: %zu more findings\n", name, (long long) checked->item->offset,
                checked->left_off);
    if (checked->state != MU_CHECK_JUDGED)
        fprintf(c->out, "%s:%lld: %s: %s\n", name, (long long) checked->item->offset,
                state_word[checked->state], checked->why);
}

static void more(FILE *out, uint64_t n, const char *what)
{
    if (n > 0)
        fprintf(out, ", %llu %s", (unsigned long long) n, what);
}

static void end(struct mu_check *c, enum mu_exit status)
{
    const struct mu_check_counts *n = &c->count;
    (void) status;
    fprintf(c->out,
            "%llu messages in %llu files, %llu without findings; broken: %llu must, %llu "
            "should, %llu may",
            (unsigned long long) n->messages, (unsigned long long) n->files,
            (unsigned long long) n->clean, (unsigned long long) n->broken[MU_LEVEL_MUST],
            (unsigned long long) n->broken[MU_LEVEL_SHOULD],
            (unsigned long long) n->broken[MU_LEVEL_MAY]);
    more(c->out, n->unlabelled, "without a label");
    more(c->out, n->state[MU_CHECK_DOUBTFUL], "in doubt");
    more(c->out, n->state[MU_CHECK_KILLED], "not judged");
    more(c->out, n->state[MU_CHECK_REFUSED], "not read");
    more(c->out, n->left_out, "files with other names left out");
    fputs(c->interrupted ? ", interrupted\n" : "\n", c->out);
}

const struct mu_check_writer mu_check_text = { "text", begin, item, end };
