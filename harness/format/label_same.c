#include "format/label.h"

#include <stdlib.h>

#include "base/text_safe.h"

/* What comparison sees: collapsed, ASCII letters in lower case (p 5-2: case insensitive). */
static const char *folded(struct mu_arena *arena, const char *text)
{
    if (text == NULL)
        return "";
    const char *flat = mu_label_collapse(arena, text);
    char *out = mu_arena_strndup(arena, flat, strlen(flat));
    for (char *p = out; *p != '\0'; p++)
        *p = (char) (*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
    return out;
}

static const char *shown(struct mu_arena *arena, const char *text)
{
    if (text == NULL)
        return "absent";
    return mu_arena_printf(arena, "'%s'", mu_text_line(arena, mu_bytes_of(text)));
}

/* A category of either label. Equal ones share a rank, so that hostile labels with long tag names
 * and many values do not compare the names again and again. */
struct tag {
    const char *type, *name; /* folded */
    const struct mu_category *category;
    size_t rank;
    bool right; /* of the second label */
};

static int by_name(const void *a, const void *b)
{
    const struct tag *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order != 0 ? order : strcmp(left->type, right->type);
}

static size_t add_tags(struct mu_arena *arena, const struct mu_label *label, bool right,
                       struct tag *tag)
{
    for (size_t i = 0; i < label->categories; i++) {
        const struct mu_category *c = &label->category[i];
        tag[i] = (struct tag){ .type = folded(arena, c->type),
                               .name = folded(arena, c->tag_name),
                               .category = c,
                               .right = right };
    }
    return label->categories;
}

/* The categories of both labels, ranked by tag name and type. */
static struct tag *tags(struct mu_arena *arena, const struct mu_label *a, const struct mu_label *b)
{
    size_t count = a->categories + b->categories;
    struct tag *tag = mu_arena_array(arena, count + 1, sizeof *tag);
    size_t n = add_tags(arena, a, false, tag);
    add_tags(arena, b, true, tag + n);
    qsort(tag, count, sizeof *tag, by_name);
    for (size_t i = 1; i < count; i++)
        tag[i].rank = tag[i - 1].rank + (by_name(&tag[i - 1], &tag[i]) != 0);
    return tag;
}

/* One value of one category. */
struct entry {
    size_t rank;
    const char *folded; /* "" for a category without values */
    const struct mu_category *category;
    const char *value; /* as written; NULL: a category without values */
};

static int by_value(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    if ((left->value == NULL) != (right->value == NULL))
        return left->value == NULL ? -1 : 1;
    return strcmp(left->folded, right->folded);
}

/* The values of one label, sorted, each once. */
static size_t entries(struct mu_arena *arena, const struct tag *tag, size_t tags, bool right,
                      struct entry **out)
{
    size_t room = 0, n = 0, kept = 0;
    for (size_t i = 0; i < tags; i++)
        room += tag[i].category->values + 1;
    struct entry *entry = mu_arena_array(arena, room + 1, sizeof *entry);
    for (size_t i = 0; i < tags; i++) {
        const struct mu_category *c = tag[i].category;
        if (tag[i].right != right)
            continue;
        if (c->values == 0)
            entry[n++] = (struct entry){ tag[i].rank, "", c, NULL };
        for (size_t j = 0; j < c->values; j++)
            entry[n++] = (struct entry){ tag[i].rank, folded(arena, c->value[j]), c, c->value[j] };
    }
    qsort(entry, n, sizeof *entry, by_value);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_value(&entry[kept - 1], &entry[i]) != 0)
            entry[kept++] = entry[i];
    *out = entry;
    return kept;
}

static const char *entry_text(struct mu_arena *arena, const struct entry *entry)
{
    const struct mu_category *c = entry->category;
    const char *type = mu_text_line(arena, mu_bytes_of(c->type != NULL ? c->type : "?"));
    const char *tag = shown(arena, c->tag_name);
    if (entry->value == NULL)
        return mu_arena_printf(arena, "%s %s without values", type, tag);
    return mu_arena_printf(arena, "%s %s %s", type, tag, shown(arena, entry->value));
}

static bool same_categories(struct mu_arena *arena, const struct mu_label *a,
                            const struct mu_label *b, const char **difference)
{
    const struct tag *tag = tags(arena, a, b);
    size_t count = a->categories + b->categories;
    struct entry *left, *right;
    size_t n = entries(arena, tag, count, false, &left);
    size_t m = entries(arena, tag, count, true, &right);
    for (size_t i = 0; i < n || i < m; i++) {
        int order = i >= n ? 1 : i >= m ? -1 : by_value(&left[i], &right[i]);
        if (order == 0)
            continue;
        const struct entry *odd = order < 0 ? &left[i] : &right[i];
        if (difference != NULL)
            *difference = mu_arena_printf(arena, "category: %s%s%s", order > 0 ? "absent / " : "",
                                          entry_text(arena, odd), order < 0 ? " / absent" : "");
        return false;
    }
    return true;
}

bool mu_label_same(struct mu_arena *arena, const struct mu_label *a, const struct mu_label *b,
                   const char **difference)
{
    const struct {
        const char *what, *a, *b;
    } row[] = {
        { "policy", a->policy, b->policy },
        { "classification", a->classification, b->classification },
        { "privacy mark", a->privacy_mark, b->privacy_mark },
    };
    for (size_t i = 0; i < MU_COUNT(row); i++) {
        if (strcmp(folded(arena, row[i].a), folded(arena, row[i].b)) == 0)
            continue;
        if (difference != NULL)
            *difference = mu_arena_printf(arena, "%s: %s / %s", row[i].what, shown(arena, row[i].a),
                                          shown(arena, row[i].b));
        return false;
    }
    return same_categories(arena, a, b, difference);
}
