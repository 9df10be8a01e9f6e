#include "base/names.h"

#include <string.h>

#include "base/limits.h"

bool mu_name_is_id(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= MU_ID_MAX && name[0] != '-'
           && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

#define DISTANCE_MAX 64 /* bytes of a name that are compared */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein, one row at a time. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t row[DISTANCE_MAX + 1];
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

const char *mu_name_nearest(const char *name, const char *(*known)(const void *self, size_t i),
                            const void *self)
{
    size_t n = strnlen(name, DISTANCE_MAX), best = n / 3 + 2;
    const char *nearest = NULL, *candidate;
    for (size_t i = 0; (candidate = known(self, i)) != NULL; i++) {
        size_t d = distance(name, n, candidate, strnlen(candidate, DISTANCE_MAX));
        if (d < best) {
            best = d;
            nearest = candidate;
        }
    }
    return nearest;
}

struct list {
    const char *const *name;
    size_t count;
};

static const char *from_list(const void *self, size_t i)
{
    const struct list *list = self;
    return i < list->count ? list->name[i] : NULL;
}

const char *mu_name_nearest_in(const char *name, const char *const *known, size_t count)
{
    struct list list = { known, count };
    return mu_name_nearest(name, from_list, &list);
}

bool mu_name_matches(const char *text, const char *glob)
{
    const char *star = NULL, *resume = text;
    while (*text != '\0') {
        if (*glob == '?' || (*glob == *text && *glob != '*')) {
            glob++;
            text++;
        } else if (*glob == '*') {
            star = glob++;
            resume = text;
        } else if (star != NULL) {
            glob = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return *glob == '\0';
}
