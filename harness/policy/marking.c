/* From a label to its marking. */
#include "policy/marking.h"

#include <stdlib.h>
#include <strings.h>

#include "base/text_safe.h"
#include "format/unicode.h"
#include "policy/marking_part.h"
#include "policy/names.h"

/* --- what is shown of a label ------------------------------------------------------------- */

static int compare_value(const void *a, const void *b)
{
    const struct mu_resolved_value *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->category != y->category ? (x->category < y->category ? -1 : 1)
                                      : (x->position > y->position) - (x->position < y->position);
}

uint32_t mu_marking_releasable(const struct mu_policy *policy)
{
    if (policy->is.context == MU_NONE)
        return MU_NONE;
    return mu_policy_value(policy, policy->is.context, MU_TAG_PERMISSIVE, "Releasable");
}

uint32_t mu_marking_release_of(const struct mu_policy *policy, uint32_t context, uint32_t class)
{
    if (policy->is.release == MU_NONE || context == MU_NONE)
        return MU_NONE;
    return mu_policy_value_for(policy, policy->is.release, MU_TAG_PERMISSIVE,
                               policy->value[context].name, class, NULL);
}

const char *mu_marking_input(struct mu_arena *arena, const struct mu_label *label,
                             const struct mu_resolved_value *value)
{
    const char *text = label->category[value->category].value[value->position];
    return mu_bytes_dup(arena, mu_unicode_collapse(arena, mu_bytes_of(text)));
}

static bool is_releasable(const struct mu_policy *p, uint32_t value, uint32_t releasable)
{
    return releasable != MU_NONE && p->value[value].set == p->is.context
           && mu_key_same(p->value[value].name, p->value[releasable].name, p->is.fold);
}

/* The label's context value; where it has none, the one that has the policy's own name, so that
 * TOP SECRET is never shown under another name than its own (NAT-10). */
static uint32_t context_of(const struct mu_resolved *r, const struct mu_resolved_value *value,
                           size_t count, uint32_t releasable)
{
    const struct mu_policy *p = r->policy;
    if (p->is.context == MU_NONE)
        return MU_NONE;
    for (size_t i = 0; i < count; i++)
        if (p->value[value[i].value].set == p->is.context
            && !is_releasable(p, value[i].value, releasable))
            return value[i].value;
    return mu_policy_value_for(p, p->is.context, MU_TAG_PERMISSIVE, p->name, r->classification,
                               NULL);
}

/* replacePolicy: of the SPIF, else of the classification, else of the first category that has it
 * (ADatP-4774.1 3.5). */
static struct mu_part owner_of(const struct mu_resolved *r, const struct mu_shown *shown,
                               const struct mu_resolved_value *value, size_t count)
{
    const struct mu_part fixed[] = {
        { .kind = MU_PART_SPIF },
        { .kind = MU_PART_CLASS, .index = r->classification },
        { .kind = MU_PART_CLASSES },
    };
    for (size_t i = 0; i < MU_COUNT(fixed); i++)
        if (mu_part_replaces(r->policy, fixed[i]))
            return fixed[i];
    for (size_t i = 0; i < count; i++) {
        struct mu_part part = { .kind = MU_PART_VALUE, .index = value[i].value };
        if (mu_part_replaces(r->policy, part))
            return part;
    }
    struct mu_part context = { .kind = MU_PART_VALUE, .index = shown->context };
    if (shown->context != MU_NONE && mu_part_replaces(r->policy, context))
        return context;
    return (struct mu_part){ .kind = MU_PART_POLICY };
}

static bool hides_class(const struct mu_resolved *r, const struct mu_shown *shown,
                        enum mu_marking_code place)
{
    const struct mu_part fixed[] = {
        { .kind = MU_PART_SPIF },
        { .kind = MU_PART_POLICY },
        { .kind = MU_PART_CLASSES },
        { .kind = MU_PART_CLASS, .index = r->classification },
        shown->owner,
    };
    bool hides = false;
    for (size_t i = 0; !hides && i < MU_COUNT(fixed); i++)
        hides = mu_part_hides_class(r->policy, fixed[i], place);
    for (size_t i = 0; !hides && i < shown->values; i++)
        hides = mu_part_hides_class(
            r->policy, (struct mu_part){ .kind = MU_PART_VALUE, .index = shown->value[i] }, place);
    return hides;
}

void mu_marking_shown(struct mu_arena *arena, const struct mu_resolved *r,
                      enum mu_marking_code place, struct mu_shown *out)
{
    const struct mu_policy *p = r->policy;
    uint32_t releasable = mu_marking_releasable(p);
    struct mu_resolved_value *value = mu_arena_array(arena, r->values + 1, sizeof *value);
    size_t count = 0;
    for (size_t i = 0; i < r->values; i++)
        if (r->value[i].value != MU_NONE)
            value[count++] = r->value[i];
    qsort(value, count, sizeof *value, compare_value);
    *out = (struct mu_shown){
        .context = context_of(r, value, count, releasable),
        .value = mu_arena_array(arena, count + 1, sizeof *out->value),
        .of = mu_arena_array(arena, count + 1, sizeof *out->of),
    };
    out->owner = owner_of(r, out, value, count);
    for (size_t i = 0; i < count; i++) {
        const struct mu_value *v = &p->value[value[i].value];
        bool again = i > 0 && value[i].value == value[i - 1].value && !v->input;
        bool release = out->context != MU_NONE && v->set == p->is.release
                       && mu_key_same(v->name, p->value[out->context].name, p->is.fold);
        if (again || release || is_releasable(p, value[i].value, releasable))
            continue;
        out->of[out->values] = value[i];
        out->value[out->values++] = value[i].value;
    }
    out->class_hidden = hides_class(r, out, place);
}

/* --- rendering ---------------------------------------------------------------------------- */

struct rendering {
    struct mu_arena *arena;
    const struct mu_resolved *label;
    struct mu_shown shown;
    enum mu_marking_code place;
    const char *language;
    struct mu_buf out;
};

static struct mu_part value_part(uint32_t index)
{
    return (struct mu_part){ .kind = MU_PART_VALUE, .index = index };
}

/* The parts of a marking stand apart by a space, or by what the SPIF says. */
static void put_part(struct rendering *r, const char *text)
{
    const char *between = mu_part_qualifier(r->label->policy, (struct mu_part){ MU_PART_SPIF, 0 },
                                            MU_SEPARATOR, r->place, r->language);
    if (text[0] == '\0')
        return;
    if (r->out.n > 0)
        mu_buf_puts(&r->out, between[0] != '\0' ? between : " ");
    mu_buf_puts(&r->out, text);
}

static const char *value_text(struct rendering *r, size_t i)
{
    const struct mu_policy *p = r->label->policy;
    const char *after;
    const char *text =
        mu_part_text(r->arena, p, value_part(r->shown.value[i]), r->place, r->language, &after);
    if (!p->value[r->shown.value[i]].input)
        return text;
    struct mu_buf out = { .arena = r->arena };
    mu_buf_puts(&out, text);
    mu_marking_join(&out, mu_marking_input(r->arena, r->label->label, &r->shown.of[i]));
    mu_marking_join(&out, after);
    return mu_buf_text(&out);
}

/* With the prefix and suffix of `of` round it; nothing round nothing. */
static const char *with_qualifiers(struct rendering *r, struct mu_part of, const char *text)
{
    const struct mu_policy *p = r->label->policy;
    if (text[0] == '\0')
        return "";
    return mu_marking_frame(r->arena, mu_part_qualifier(p, of, MU_PREFIX, r->place, r->language),
                            text, mu_part_qualifier(p, of, MU_SUFFIX, r->place, r->language));
}

/* The values from `i` on that are of one tag; returns the first that is not. */
static size_t put_tag(struct rendering *r, size_t i)
{
    const struct mu_policy *p = r->label->policy;
    struct mu_part tag = { .kind = MU_PART_TAG, .index = p->value[r->shown.value[i]].tag };
    const char *separator = mu_part_qualifier(p, tag, MU_SEPARATOR, r->place, r->language);
    struct mu_buf list = { .arena = r->arena };
    for (; i < r->shown.values && p->value[r->shown.value[i]].tag == tag.index; i++) {
        const char *text = value_text(r, i);
        if (text[0] != '\0' && list.n > 0)
            mu_buf_puts(&list, separator[0] != '\0' ? separator : "/");
        mu_buf_puts(&list, text);
    }
    put_part(r, with_qualifiers(r, tag, mu_buf_text(&list)));
    return i;
}

static void put_privacy_mark(struct rendering *r)
{
    const struct mu_policy *p = r->label->policy;
    for (uint32_t i = 0; i < p->privacy_marks; i++)
        if (mu_key_same(p->privacy_mark[i].name, r->label->label->privacy_mark, p->is.fold)) {
            struct mu_part part = { .kind = MU_PART_PRIVACY, .index = i };
            put_part(r, mu_part_text(r->arena, p, part, r->place, r->language, NULL));
            return;
        }
}

static const char *render_whole(struct rendering *r)
{
    const struct mu_policy *p = r->label->policy;
    struct mu_part class = { .kind = MU_PART_CLASS, .index = r->label->classification };
    mu_marking_shown(r->arena, r->label, r->place, &r->shown);
    put_part(r, mu_part_owner_text(r->arena, p, r->shown.owner, r->place, r->language));
    put_privacy_mark(r);
    if (!r->shown.class_hidden)
        put_part(r, mu_part_text(r->arena, p, class, r->place, r->language, NULL));
    for (size_t i = 0; i < r->shown.values;)
        i = put_tag(r, i);
    return with_qualifiers(r, (struct mu_part){ MU_PART_SPIF, 0 }, mu_buf_text(&r->out));
}

/* The portion phrase of the classification, and behind it the designators: as their portion
 * phrase has it ("CTS" "-A"), or a hyphen and what the page shows ("NS-ATOMAL"). */
static const char *render_portion(struct rendering *r, const char **why)
{
    const struct mu_policy *p = r->label->policy;
    struct mu_part class = { .kind = MU_PART_CLASS, .index = r->label->classification };
    const char *mark = mu_part_portion(p, class, r->language);
    if (mark == NULL) {
        *why = mu_arena_printf(r->arena, "%s has no portion mark in %s",
                               p->classification[class.index].name, p->name);
        return NULL;
    }
    mu_buf_puts(&r->out, mark);
    mu_marking_shown(r->arena, r->label, MU_AT_PAGE_TOP, &r->shown);
    for (size_t i = 0; i < r->shown.values; i++) {
        struct mu_part part = value_part(r->shown.value[i]);
        if (p->tag[p->value[part.index].tag].type != MU_TAG_RESTRICTIVE)
            continue;
        const char *own = mu_part_portion(p, part, r->language);
        const char *text = mu_part_text(r->arena, p, part, MU_AT_PAGE_TOP, r->language, NULL);
        if (own != NULL)
            mu_buf_puts(&r->out, own);
        else if (text[0] != '\0')
            mu_buf_printf(&r->out, "-%s", text);
    }
    return mu_buf_text(&r->out);
}

/* One sentence about the first thing that the policy does not know; NULL: it knows them all. */
static const char *unknown_of(struct mu_arena *arena, const struct mu_resolved *r)
{
    if (r->classification == MU_NONE)
        return mu_arena_printf(arena, "'%s' is no classification of %s",
                               r->label->classification != NULL
                                   ? mu_text_line(arena, mu_bytes_of(r->label->classification))
                                   : "",
                               r->policy->name);
    for (size_t i = 0; i < r->values; i++) {
        const struct mu_category *c = &r->label->category[r->value[i].category];
        if (r->value[i].value == MU_NONE)
            return mu_arena_printf(
                arena, "'%s' is no value of '%s' in %s",
                mu_text_line(arena, mu_bytes_of(c->value[r->value[i].position])),
                c->tag_name != NULL ? mu_text_line(arena, mu_bytes_of(c->tag_name)) : "",
                r->policy->name);
    }
    return NULL;
}

const char *mu_marking_render(struct mu_arena *arena, const struct mu_resolved *label,
                              enum mu_marking_code place, const char *language, const char **why)
{
    const char *unused;
    why = why != NULL ? why : &unused;
    *why = unknown_of(arena, label);
    if (*why != NULL)
        return NULL;
    if (label->policy->is.unmarked)
        return "";
    struct rendering r = { .arena = arena,
                           .label = label,
                           .place = mu_marking_place(label->policy, place),
                           .language = language,
                           .out = { .arena = arena } };
    return place == MU_AT_PORTION ? render_portion(&r, why) : render_whole(&r);
}

/* --- colours ------------------------------------------------------------------------------ */

/* The 16 names of the SPIF schema, one of them in its spelling, too. */
static const struct {
    const char *name;
    uint32_t rgb;
} colour_row[] = {
    { "aqua", 0x00ffff },    { "black", 0x000000 },   { "blue", 0x0000ff },
    { "fuchsia", 0xff00ff }, { "fuschia", 0xff00ff }, { "gray", 0x808080 },
    { "green", 0x008000 },   { "lime", 0x00ff00 },    { "maroon", 0x800000 },
    { "navy", 0x000080 },    { "orange", 0xffa500 },  { "olive", 0x808000 },
    { "purple", 0x800080 },  { "red", 0xff0000 },     { "silver", 0xc0c0c0 },
    { "teal", 0x008080 },    { "white", 0xffffff },   { "yellow", 0xffff00 },
};

static bool colour_of(const char *text, uint32_t *rgb)
{
    for (size_t i = 0; i < MU_COUNT(colour_row); i++)
        if (strcasecmp(text, colour_row[i].name) == 0) {
            *rgb = colour_row[i].rgb;
            return true;
        }
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *rgb = (uint32_t) strtoul(text + 1, NULL, 16);
    return true;
}

const char *mu_colour_hex(struct mu_arena *arena, struct mu_bytes colour)
{
    uint32_t rgb;
    if (!colour_of(mu_bytes_dup(arena, mu_bytes_trim(colour)), &rgb))
        return NULL;
    return mu_arena_printf(arena, "#%06x", rgb);
}

/* sRGB to linear light; the cubic is within 0.003 of the curve. */
static double linear(uint32_t byte)
{
    double c = byte / 255.0;
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

/* WCAG 2.1, contrast ratio: from a relative luminance of 0.179 on black is easier to read. */
static bool is_light(uint32_t rgb)
{
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 0xff)
               + 0.0722 * linear(rgb & 0xff)
           > 0.179;
}

struct mu_colours mu_marking_colours(struct mu_arena *arena, const struct mu_resolved *label)
{
    uint32_t rgb;
    const char *text = label->classification != MU_NONE
                           ? label->policy->classification[label->classification].color
                           : NULL;
    if (text == NULL || label->policy->is.unmarked || !colour_of(text, &rgb))
        return (struct mu_colours){ NULL, NULL };
    return (struct mu_colours){ .foreground = is_light(rgb) ? "#000000" : "#ffffff",
                                .background = mu_arena_printf(arena, "#%06x", rgb) };
}
