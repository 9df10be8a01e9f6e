/* The text of a marking: what is read strictly is how its label is marked, and read tolerantly, too. */
#include "policy/marking.h"

#include "format/unicode.h"
#include "format/xml.h"
#include "tests/fuzz/fuzz.h"

static struct mu_policy *policy[4];
static struct mu_policies all = { .policy = policy };

static void fuzz_start(void)
{
    static const char *const file[] = { "nato-exercise", "eu-exercise", "velmar", "public" };
    struct mu_arena *arena = fuzz_forever();
    struct mu_err err;
    mu_xml_start();
    HOLDS(mu_unicode_start(&err));
    for (; all.count < MU_COUNT(file); all.count++)
        HOLDS(mu_policy_load(
            arena,
            mu_arena_printf(arena, MU_SOURCE_DIR "/profiles/policies/%s.xml", file[all.count]),
            &policy[all.count], &err));
    mu_marking_prepare(arena, &all);
}

static void check_reading(struct mu_arena *arena, const char *text,
                          const struct mu_marking_reading *reading)
{
    if (reading->label == NULL) {
        HOLDS(reading->why != NULL && reading->at <= strlen(text));
        return;
    }
    HOLDS(reading->policy != NULL && mu_policy_is(reading->policy, reading->label->policy, NULL));
    const struct mu_label *again = mu_label_canonical(arena, reading->policy, reading->label);
    HOLDS(mu_bytes_equal(mu_label_write(arena, again), mu_label_write(arena, reading->label)));
}

/* Is the text, in some place and language, how the label is marked? */
static bool is_rendered(struct mu_arena *arena, const char *text,
                        const struct mu_marking_reading *reading)
{
    const char *const language[] = { reading->language, "en", "fr", "de" };
    struct mu_resolved resolved;
    mu_resolve(arena, reading->policy, reading->label, &resolved);
    for (unsigned place = 1; place <= MU_AT_POLICY; place <<= 1) {
        for (size_t i = 0; i < MU_COUNT(language); i++) {
            const char *own = mu_marking_render(arena, &resolved, (enum mu_marking_code) place,
                                                language[i], NULL);
            if (own != NULL && strcmp(own, text) == 0)
                return true;
        }
    }
    return false;
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_marking_reading strict, tolerant;
    struct mu_portion *portion;
    const char *text = mu_bytes_dup(arena, input);
    mu_marking_parse(arena, &all, text, MU_MATCH_STRICT, &strict);
    mu_marking_parse(arena, &all, text, MU_MATCH_TOLERANT, &tolerant);
    check_reading(arena, text, &strict);
    check_reading(arena, text, &tolerant);
    HOLDS(strict.label == NULL || tolerant.label != NULL);
    if (strict.label != NULL)
        HOLDS(mu_marking_same(arena, &all, text, text) && is_rendered(arena, text, &strict));
    size_t portions = mu_portions_find(arena, &all, input, &portion);
    HOLDS(portions <= MU_PORTIONS_MAX);
    for (size_t i = 0; i < portions; i++) {
        HOLDS(fuzz_inside(portion[i].mark, input));
        HOLDS(portion[i].mark.p == input.p + portion[i].offset && portion[i].mark.p[0] == '(');
    }
}
