#include "format/ber.h"

#include "base/limits.h"

static unsigned octet(struct mu_bytes all, size_t at)
{
    return (unsigned char) all.p[at];
}

/* --- headers ----------------------------------------------------------------------------------------- */

/* X.690 8.1.2: identifier octets. Tags of more than 28 bits are nobody's. */
static enum mu_ber_defect_kind read_tag(const struct mu_ber_cursor *in, size_t *at,
                                        struct mu_ber *e)
{
    unsigned first = octet(in->all, (*at)++);
    e->class = (enum mu_ber_class)(first >> 6);
    e->constructed = (first & 0x20) != 0;
    e->tag = first & 0x1f;
    if (e->tag != 0x1f)
        return MU_BER_OK;
    e->tag = 0;
    for (size_t n = 0;; n++) {
        if (*at == in->end)
            return MU_BER_TRUNCATED;
        unsigned next = octet(in->all, (*at)++);
        if (n == 4 || (n == 0 && next == 0x80))
            return MU_BER_BAD_TAG;
        e->tag = e->tag << 7 | (next & 0x7f);
        if (next < 0x80)
            break;
    }
    e->long_tag = e->tag < 0x1f;
    return MU_BER_OK;
}

/* X.690 8.1.3: the long form; `count` octets of it follow. */
static enum mu_ber_defect_kind read_long(const struct mu_ber_cursor *in, size_t *at, unsigned count,
                                         struct mu_ber *e, size_t *length)
{
    if (count == 0x7f)
        return MU_BER_BAD_LENGTH;
    if (count > in->end - *at)
        return MU_BER_TRUNCATED;
    *length = 0;
    e->long_length = octet(in->all, *at) == 0;
    for (; count > 0; count--) {
        if (*length > SIZE_MAX >> 8)
            return MU_BER_TRUNCATED;
        *length = *length << 8 | octet(in->all, (*at)++);
    }
    if (*length < 0x80)
        e->long_length = true;
    return MU_BER_OK;
}

/* Identifier and length of what stands at `at`; `last` is set where the length is definite. */
static enum mu_ber_defect_kind read_header(const struct mu_ber_cursor *in, size_t at,
                                           struct mu_ber *e)
{
    *e = (struct mu_ber){ .at = at };
    enum mu_ber_defect_kind why = read_tag(in, &at, e);
    if (why != MU_BER_OK)
        return why;
    if (e->class == MU_BER_UNIVERSAL && e->tag == MU_BER_END)
        return MU_BER_BAD_END;
    if (at == in->end)
        return MU_BER_TRUNCATED;
    unsigned first = octet(in->all, at++);
    size_t length = first;
    if (first == 0x80) {
        e->indefinite = true;
        e->first = at;
        return e->constructed ? MU_BER_OK : MU_BER_BAD_LENGTH;
    }
    if (first > 0x80)
        why = read_long(in, &at, first & 0x7f, e, &length);
    if (why != MU_BER_OK)
        return why;
    if (length > in->end - at)
        return MU_BER_TRUNCATED;
    e->first = at;
    e->last = e->past = at + length;
    return MU_BER_OK;
}

/* X.690 8.1.5: the end-of-contents that closes `e`; what has a length is jumped over. */
static enum mu_ber_defect_kind find_end(const struct mu_ber_cursor *in, struct mu_ber *e)
{
    size_t at = e->first;
    for (size_t open = 1;;) {
        if (in->end - at < 2)
            return MU_BER_TRUNCATED;
        struct mu_ber inner;
        if (octet(in->all, at) == 0) {
            if (octet(in->all, at + 1) != 0)
                return MU_BER_BAD_END;
            at += 2;
            if (--open == 0)
                break;
            continue;
        }
        enum mu_ber_defect_kind why = read_header(in, at, &inner);
        if (why != MU_BER_OK)
            return why;
        at = inner.indefinite ? inner.first : inner.past;
        open += inner.indefinite;
        if (open > MU_BER_DEPTH_MAX)
            return MU_BER_TOO_DEEP;
    }
    e->last = at - 2;
    e->past = at;
    return MU_BER_OK;
}

bool mu_ber_next(struct mu_ber_cursor *in, struct mu_ber *e, enum mu_ber_defect_kind *why)
{
    enum mu_ber_defect_kind found = MU_BER_OK;
    bool taken = false;
    if (in->at < in->end) {
        struct mu_ber got;
        found = read_header(in, in->at, &got);
        if (found == MU_BER_OK && got.indefinite)
            found = find_end(in, &got);
        taken = found == MU_BER_OK;
        if (taken) {
            in->at = got.past;
            *e = got;
        }
    }
    if (why != NULL)
        *why = found;
    return taken;
}

/* --- the first pass ---------------------------------------------------------------------------------- */

static void note_header(const struct mu_ber *e, struct mu_ber_report *report)
{
    if (e->long_tag)
        mu_ber_note(report, MU_BER_LONG_TAG, e->at);
    if (e->indefinite)
        mu_ber_note(report, MU_BER_INDEFINITE, e->at);
    if (e->long_length)
        mu_ber_note(report, MU_BER_LONG_LENGTH, e->at);
}

/* Every element of `in` and what is in it; at most MU_BER_DEPTH_MAX calls deep. */
static bool check_row(struct mu_ber_cursor in, unsigned depth, struct mu_ber_report *report)
{
    struct mu_ber e;
    enum mu_ber_defect_kind why;
    while (mu_ber_next(&in, &e, &why)) {
        note_header(&e, report);
        if (!e.constructed)
            continue;
        if (depth == MU_BER_DEPTH_MAX) {
            mu_ber_note(report, MU_BER_TOO_DEEP, e.at);
            return false;
        }
        TRY(check_row(mu_ber_inside(in.all, &e), depth + 1, report));
    }
    if (why != MU_BER_OK)
        mu_ber_note(report, why, in.at);
    return why == MU_BER_OK;
}

bool mu_ber_check(struct mu_bytes all, struct mu_ber_report *report)
{
    if (all.n == 0 || all.n > MU_ESS_MAX) {
        mu_ber_note(report, all.n == 0 ? MU_BER_EMPTY : MU_BER_TOO_LARGE, 0);
        return false;
    }
    struct mu_ber_cursor in = mu_ber_start(all);
    struct mu_ber e;
    enum mu_ber_defect_kind why;
    if (!mu_ber_next(&in, &e, &why)) {
        mu_ber_note(report, why, 0);
        return false;
    }
    if (in.at < all.n)
        mu_ber_note(report, MU_BER_TRAILING, in.at);
    return check_row((struct mu_ber_cursor){ all, 0, in.at }, 1, report);
}

/* --- values ------------------------------------------------------------------------------------------ */

bool mu_ber_integer(struct mu_bytes all, const struct mu_ber *e, int64_t *value,
                    struct mu_ber_report *report)
{
    struct mu_bytes content = mu_ber_content(all, e);
    bool padded = content.n > 1
                  && ((octet(content, 0) == 0 && octet(content, 1) < 0x80)
                      || (octet(content, 0) == 0xff && octet(content, 1) >= 0x80));
    if (e->constructed || content.n == 0 || padded) {
        mu_ber_note(report, MU_BER_BAD_INTEGER, e->at);
        return false;
    }
    bool negative = octet(content, 0) >= 0x80;
    uint64_t bits = negative ? UINT64_MAX : 0;
    for (size_t i = 0; i < content.n && content.n <= sizeof bits; i++)
        bits = bits << 8 | octet(content, i);
    if (content.n > sizeof bits)
        *value = negative ? INT64_MIN : INT64_MAX;
    else
        memcpy(value, &bits, sizeof bits);
    return true;
}

/* X.690 8.6.4: a piece of a BIT STRING has an octet of unused bits, and only the last may have any. */
static bool put_piece(struct mu_buf *out, struct mu_bytes piece, bool bits)
{
    if (!bits || out->n == 0) {
        mu_buf_put_bytes(out, piece);
        return !bits || piece.n > 0;
    }
    if (piece.n == 0 || out->p[0] != 0)
        return false;
    out->p[0] = piece.p[0];
    mu_buf_put_bytes(out, mu_bytes_from(piece, 1));
    return true;
}

/* Pieces may be in pieces; the first pass has seen that they are not nested too deep. */
static bool gather(struct mu_bytes all, const struct mu_ber *e, bool bits, struct mu_buf *out)
{
    if (!e->constructed)
        return put_piece(out, mu_ber_content(all, e), bits);
    struct mu_ber_cursor in = mu_ber_inside(all, e);
    struct mu_ber piece;
    enum mu_ber_defect_kind why;
    while (mu_ber_next(&in, &piece, &why)) {
        TRY(mu_ber_is(&piece, MU_BER_UNIVERSAL, bits ? MU_BER_BITS : MU_BER_OCTETS));
        TRY(gather(all, &piece, bits, out));
    }
    return why == MU_BER_OK;
}

static bool string_of(struct mu_bytes all, const struct mu_ber *e, bool bits, struct mu_bytes *out,
                      struct mu_ber_report *report)
{
    if (!e->constructed) {
        *out = mu_ber_content(all, e);
        return true;
    }
    mu_ber_note(report, MU_BER_PIECES, e->at);
    struct mu_buf joined = { .arena = report->arena };
    TRY(gather(all, e, bits, &joined));
    *out = mu_buf_bytes(&joined);
    return true;
}

bool mu_ber_string(struct mu_bytes all, const struct mu_ber *e, struct mu_bytes *out,
                   struct mu_ber_report *report)
{
    if (string_of(all, e, false, out, report))
        return true;
    mu_ber_note(report, MU_BER_BAD_PIECES, e->at);
    return false;
}

static size_t count_bits(struct mu_bytes bits)
{
    size_t count = 0;
    for (size_t i = 1; i < bits.n; i++)
        for (unsigned left = octet(bits, i); left != 0; left &= left - 1)
            count++;
    return count;
}

bool mu_ber_bits(struct mu_bytes all, const struct mu_ber *e, bool named, uint64_t **number,
                 size_t *numbers, struct mu_ber_report *report)
{
    struct mu_bytes bits;
    bool sound = string_of(all, e, true, &bits, report) && bits.n > 0;
    unsigned unused = sound ? octet(bits, 0) : 0;
    if (!sound || unused > 7 || (bits.n == 1 && unused > 0)) {
        mu_ber_note(report, MU_BER_BAD_BITS, e->at);
        return false;
    }
    if (count_bits(bits) > MU_ESS_VALUES_MAX) {
        mu_ber_note(report, MU_BER_MANY_VALUES, e->at);
        return false;
    }
    unsigned last = octet(bits, bits.n - 1);
    if (unused > 0 && (last & ((1U << unused) - 1)) != 0)
        mu_ber_note(report, MU_BER_UNUSED_BITS, e->at);
    if (named && bits.n > 1 && (last >> unused & 1) == 0)
        mu_ber_note(report, MU_BER_ZERO_BITS, e->at);
    *number = mu_arena_array(report->arena, count_bits(bits) + 1, sizeof **number);
    *numbers = 0;
    for (size_t bit = 0; bit < 8 * (bits.n - 1) - unused; bit++)
        if ((octet(bits, 1 + bit / 8) >> (7 - bit % 8) & 1) != 0)
            (*number)[(*numbers)++] = bit;
    return true;
}
