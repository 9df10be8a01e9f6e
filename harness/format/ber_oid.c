#include "base/limits.h"
#include "format/ber.h"

/* An arc in decimal digits, least first: arcs under 2.25 have 128 bits. Zero has no digits. */
struct arc {
    unsigned char digit[MU_OID_DIGITS_MAX];
    size_t n;
};

/* arc = arc * factor + add; false: too many digits. */
static bool scale(struct arc *arc, unsigned factor, unsigned add)
{
    for (size_t i = 0; i < arc->n; i++) {
        add += arc->digit[i] * factor;
        arc->digit[i] = (unsigned char) (add % 10);
        add /= 10;
    }
    for (; add > 0; add /= 10) {
        if (arc->n == MU_OID_DIGITS_MAX)
            return false;
        arc->digit[arc->n++] = (unsigned char) (add % 10);
    }
    return true;
}

/* arc = arc / divisor; returns the remainder. */
static unsigned divide(struct arc *arc, unsigned divisor)
{
    unsigned rest = 0;
    for (size_t i = arc->n; i-- > 0;) {
        rest = rest * 10 + arc->digit[i];
        arc->digit[i] = (unsigned char) (rest / divisor);
        rest %= divisor;
    }
    while (arc->n > 0 && arc->digit[arc->n - 1] == 0)
        arc->n--;
    return rest;
}

/* The caller knows that arc >= less, and less < 100. */
static void subtract(struct arc *arc, unsigned less)
{
    unsigned borrow = 0;
    for (size_t i = 0; i < arc->n && (less > 0 || borrow > 0); i++, less /= 10) {
        unsigned take = less % 10 + borrow;
        borrow = arc->digit[i] < take;
        arc->digit[i] = (unsigned char) (arc->digit[i] + 10 * borrow - take);
    }
    while (arc->n > 0 && arc->digit[arc->n - 1] == 0)
        arc->n--;
}

static bool less_than(const struct arc *arc, unsigned limit)
{
    unsigned value = arc->n > 0 ? arc->digit[0] : 0;
    if (arc->n > 1)
        value += 10U * arc->digit[1];
    return arc->n <= 2 && value < limit;
}

static void put_arc(struct mu_buf *out, const struct arc *arc)
{
    if (arc->n == 0)
        mu_buf_putc(out, '0');
    for (size_t i = arc->n; i-- > 0;)
        mu_buf_putc(out, (char) ('0' + arc->digit[i]));
}

/* X.690 8.19.4: the first subidentifier holds two arcs. */
static void put_first(struct mu_buf *out, struct arc *arc)
{
    unsigned root = 0;
    while (root < 2 && !less_than(arc, 40)) {
        subtract(arc, 40);
        root++;
    }
    mu_buf_printf(out, "%u.", root);
    put_arc(out, arc);
}

const char *mu_ber_oid(struct mu_bytes all, const struct mu_ber *e, struct mu_ber_report *report)
{
    struct mu_bytes content = mu_ber_content(all, e);
    struct mu_buf out = { .arena = report->arena };
    struct arc arc = { .n = 0 };
    bool good = !e->constructed && content.n > 0 && (content.p[content.n - 1] & 0x80) == 0;
    for (size_t i = 0, start = 0; good && i < content.n; i++) {
        unsigned octet = (unsigned char) content.p[i];
        /* X.690 8.19.2: the fewest octets */
        good = (i > start || octet != 0x80) && scale(&arc, 128, octet & 0x7f) && out.n < MU_OID_MAX;
        if (octet >= 0x80)
            continue;
        if (start == 0)
            put_first(&out, &arc);
        else {
            mu_buf_putc(&out, '.');
            put_arc(&out, &arc);
        }
        arc.n = 0;
        start = i + 1;
    }
    if (!good)
        mu_ber_note(report, MU_BER_BAD_OID, e->at);
    return good ? mu_buf_text(&out) : NULL;
}

static bool read_arc(const char **text, struct arc *arc)
{
    const char *first = *text;
    arc->n = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        TRY(scale(arc, 10, (unsigned) (**text - '0')));
    size_t digits = (size_t) (*text - first);
    return digits == 1 || (digits > 1 && *first != '0');
}

static void put_subidentifier(struct mu_buf *out, struct arc *arc)
{
    char octet[MU_OID_DIGITS_MAX]; /* a digit has fewer bits than an octet of these */
    size_t n = 0;
    do {
        octet[n] = (char) (divide(arc, 128) | (n > 0 ? 0x80U : 0U));
        n++;
    } while (arc->n > 0);
    while (n > 0)
        mu_buf_putc(out, octet[--n]);
}

bool mu_ber_oid_content(struct mu_arena *arena, const char *text, struct mu_bytes *content)
{
    struct mu_buf out = { .arena = arena };
    struct arc arc;
    if (strlen(text) > MU_OID_MAX || *text < '0' || *text > '2' || text[1] != '.')
        return false;
    unsigned root = (unsigned) (*text - '0');
    text += 2;
    TRY(read_arc(&text, &arc) && (root == 2 || less_than(&arc, 40)) && scale(&arc, 1, 40 * root));
    put_subidentifier(&out, &arc);
    while (*text == '.') {
        text++;
        TRY(read_arc(&text, &arc));
        put_subidentifier(&out, &arc);
    }
    TRY(*text == '\0');
    *content = mu_buf_bytes(&out);
    return true;
}
