#include "twin/places.h"

#include <string.h>

#define MARKING_MAX 1000 /* bytes; what is longer is a text */

static bool read_marking(struct mu_arena *arena, const struct mu_policies *policies,
                         struct mu_bytes text, struct mu_marking_reading *reading)
{
    *reading = (struct mu_marking_reading){ .label = NULL };
    text = mu_bytes_trim(text);
    if (text.n == 0 || text.n > MARKING_MAX || memchr(text.p, '\0', text.n) != NULL)
        return false;
    mu_marking_parse(arena, policies, mu_bytes_dup(arena, text), MU_MATCH_TOLERANT, reading);
    return reading->label != NULL;
}

/* What stands in brackets at either end of the subject and reads as a marking. */
static struct mu_bytes subject_mark(struct mu_arena *arena, const struct mu_policies *policies,
                                    const struct mu_mail *mail)
{
    static const char *const pair[] = { "()", "[]" };
    const struct mu_header *h = mu_header_find(&mail->top, "subject");
    struct mu_bytes text = h != NULL ? mu_bytes_trim(h->value) : MU_BYTES("");
    struct mu_marking_reading reading;
    for (size_t i = 0; text.n > 2 && i < MU_COUNT(pair); i++) {
        const char *end = text.p[0] == pair[i][0] ? memchr(text.p, pair[i][1], text.n) : NULL;
        const char *start =
            text.p[text.n - 1] == pair[i][1] ? memrchr(text.p, pair[i][0], text.n) : NULL;
        struct mu_bytes said[] = {
            { text.p + 1, end != NULL ? (size_t) (end - text.p) - 1 : 0 },
            { start != NULL ? start + 1 : text.p,
              start != NULL ? (size_t) (text.p + text.n - 1 - start) - 1 : 0 },
        };
        for (size_t k = 0; k < MU_COUNT(said); k++)
            if (read_marking(arena, policies, said[k], &reading))
                return said[k];
    }
    return MU_BYTES("");
}

/* The first line that says anything. */
static struct mu_bytes first_line(struct mu_bytes text)
{
    text = mu_bytes_trim(text);
    return mu_bytes_slice(text, 0, mu_bytes_find(text, MU_BYTES("\n"), 0));
}

static struct mu_bytes text_mark(struct mu_arena *arena, const struct mu_mail *mail)
{
    const struct mu_part *part = &mail->top;
    while (part->parts > 0)
        part = &part->part[0];
    return strncmp(part->type, "text/plain", 10) == 0 ? first_line(mu_part_decode(arena, part))
                                                      : MU_BYTES("");
}

static bool conflicts(struct mu_arena *arena, const struct mu_policies *policies,
                      const struct mu_resolved *label, struct mu_bytes mark)
{
    static const char *const language[] = { "en", "fr" };
    struct mu_marking_reading reading;
    if (!read_marking(arena, policies, mark, &reading))
        return false;
    const char *text = mu_bytes_dup(arena, mu_bytes_trim(mark));
    for (size_t i = 0; i < MU_COUNT(language); i++) {
        const char *wanted = mu_marking_render(arena, label, MU_AT_FIRST_LINE, language[i], NULL);
        if (wanted != NULL && mu_marking_same(arena, policies, text, wanted))
            return false;
    }
    return true;
}

const char *mu_places_conflict(struct mu_arena *arena, const struct mu_policies *policies,
                               const struct mu_resolved *label, const struct mu_mail *mail,
                               const struct mu_sin *sin)
{
    const struct {
        const char *name;
        struct mu_bytes mark;
        enum mu_sin_place ignored; /* by this sin */
    } row[] = {
        { "subject", subject_mark(arena, policies, mail), MU_SIN_IGNORE_SUBJECT },
        { "first line", text_mark(arena, mail), MU_SIN_IGNORE_FIRST_LINE },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (!mu_sin_is(sin, row[i].ignored) && conflicts(arena, policies, label, row[i].mark))
            return row[i].name;
    return NULL;
}

static bool above(struct mu_arena *arena, const struct mu_policies *policies,
                  const struct mu_part *part, const struct mu_resolved *label, bool *first)
{
    struct mu_marking_reading reading;
    for (size_t i = 0; i < part->parts; i++)
        if (above(arena, policies, &part->part[i], label, first))
            return true;
    if (part->parts > 0 || strncmp(part->type, "text/", 5) != 0)
        return false;
    if (*first) {
        *first = false;
        return false;
    }
    if (!read_marking(arena, policies, first_line(mu_part_decode(arena, part)), &reading)
        || reading.policy != label->policy)
        return false;
    uint32_t c = mu_policy_classification(reading.policy, reading.label->classification);
    return c != MU_NONE && label->classification != MU_NONE
           && reading.policy->classification[c].hierarchy
                  > label->policy->classification[label->classification].hierarchy;
}

bool mu_places_above(struct mu_arena *arena, const struct mu_policies *policies,
                     const struct mu_mail *mail, const struct mu_resolved *label)
{
    bool first = true;
    return above(arena, policies, &mail->top, label, &first);
}
