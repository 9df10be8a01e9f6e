#include <stdint.h>

#include "format/mail_scan.h"
#include "format/parameter.h"

/* The field being read: its lines so far. */
struct field {
    size_t offset;
    size_t first_n; /* octets of its first line without line end */
    uint32_t lines, longest;
};

struct block {
    struct mu_header *header;
    size_t n, room;
    uint32_t index;
    size_t first_odd; /* offset of the first line that is no field; SIZE_MAX */
};

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_blank(struct mu_bytes b)
{
    for (size_t i = 0; i < b.n; i++)
        if (!is_wsp(b.p[i]))
            return false;
    return true;
}

static char lower(char c)
{
    return (char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static const char *lower_copy(struct mu_arena *arena, struct mu_bytes b)
{
    char *copy = mu_arena_alloc(arena, b.n + 1);
    for (size_t i = 0; i < b.n; i++)
        copy[i] = lower(b.p[i]);
    return copy;
}

/* The name in lower case where it is an element name, [a-z][a-z0-9-]{0,63}; else NULL. */
static const char *key_of(struct mu_arena *arena, struct mu_bytes name)
{
    if (name.n == 0 || name.n > 64 || lower(name.p[0]) < 'a' || lower(name.p[0]) > 'z')
        return NULL;
    for (size_t i = 1; i < name.n; i++) {
        char c = lower(name.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return NULL;
    }
    return lower_copy(arena, name);
}

/* RFC 5322 2.2: printable US-ASCII but the colon, which ended it. */
static bool is_name(struct mu_bytes name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] <= ' ' || name.p[i] > '~')
            return false;
    return name.n > 0;
}

/* Each fold (line end and the white space after it) one space. */
static struct mu_bytes unfold(struct mu_arena *arena, struct mu_bytes raw)
{
    char *text = mu_arena_alloc(arena, raw.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        const char *lf = memchr(raw.p + i, '\n', raw.n - i);
        size_t end = lf != NULL ? (size_t) (lf - raw.p) : raw.n;
        size_t run = end - i - (lf != NULL && end > i && raw.p[end - 1] == '\r');
        memcpy(text + n, raw.p + i, run);
        n += run;
        for (i = end + 1; i < raw.n && is_wsp(raw.p[i]);)
            i++;
        if (lf != NULL)
            text[n++] = ' ';
    }
    return mu_bytes_trim((struct mu_bytes){ text, n });
}

size_t mu_mail_eight_bit(struct mu_bytes b, size_t *first)
{
    size_t i = 0, count = 0;
    uint64_t word;
    for (; b.n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, b.p + i, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    for (; i < b.n; i++)
        if ((unsigned char) b.p[i] > 127 && count++ == 0)
            *first = i;
    return count;
}

static struct mu_header *add_header(struct mu_mail_scan *s, struct block *block)
{
    if (block->n == block->room) {
        block->room = block->room > 0 ? block->room * 2 : s->depth == 1 ? 32 : 4;
        struct mu_header *grown = mu_arena_array(s->arena, block->room, sizeof *grown);
        if (block->n > 0)
            memcpy(grown, block->header, block->n * sizeof *grown);
        block->header = grown;
    }
    return &block->header[block->n++];
}

/* Name and what follows the colon. A line without one is kept as a field without a name. */
static void split_field(struct mu_mail_scan *s, struct block *block, const struct field *field,
                        struct mu_header *header)
{
    const char *text = s->p + field->offset;
    const char *colon = memchr(text, ':', field->first_n);
    size_t name_n = colon != NULL ? (size_t) (colon - text) : 0;
    size_t skip = colon != NULL ? name_n + 1 : 0;

    header->raw = (struct mu_bytes){ text + skip, header->octets - skip };
    header->value_offset = field->offset + skip;
    if (colon == NULL) {
        header->name = (struct mu_bytes){ text, 0 };
        mu_mail_note(s, MU_MAIL_NO_COLON, field->offset, 1);
        if (block->first_odd == SIZE_MAX)
            block->first_odd = field->offset;
        return;
    }
    while (name_n > 0 && is_wsp(text[name_n - 1]))
        name_n--;
    if (text + name_n < colon)
        mu_mail_note(s, MU_MAIL_SPACE_BEFORE_COLON, field->offset + name_n, 1);
    header->name = (struct mu_bytes){ text, name_n };
    if (!is_name(header->name))
        mu_mail_note(s, MU_MAIL_BAD_NAME, field->offset, 1);
    header->key = key_of(s->arena, header->name);
}

/* The field ended where the scan now stands, or at `end`. */
static void finish_field(struct mu_mail_scan *s, struct block *block, const struct field *field,
                         size_t end)
{
    if (field->lines == 0)
        return;
    struct mu_bytes whole = { s->p + field->offset, end - field->offset };
    size_t first, block_at = mu_mail_top(s)->part.offset;
    mu_mail_note_nul(s, field->offset, whole.n);
    if (mu_mail_eight_bit(whole, &first) > 0) {
        s->mail->eight_bit_headers++;
        mu_mail_note(s, MU_MAIL_EIGHT_BIT_HEADER, field->offset + first, 1);
    }
    block->index++;
    if (block->n >= MU_HEADERS_MAX || end - block_at > MU_HEADER_BLOCK_MAX) {
        mu_mail_note(s, MU_MAIL_HEADER_LIMIT, field->offset, 1);
        return;
    }
    struct mu_header *header = add_header(s, block);
    header->offset = field->offset;
    header->octets = whole.n;
    header->index = block->index;
    header->lines = field->lines;
    header->longest_line = field->longest;
    split_field(s, block, field, header);
    header->value = field->lines == 1 ? mu_bytes_trim(header->raw) : unfold(s->arena, header->raw);
}

/* Take the next line into the block; false when it was the empty line after it. */
static bool read_line(struct mu_mail_scan *s, struct block *block, struct field *field)
{
    size_t end = s->at;
    struct mu_mail_line line = mu_mail_take_line(s);
    struct mu_bytes text = { s->p + line.offset, line.n };
    struct mu_mail_frame *f = mu_mail_top(s);

    if (line.n > f->header_longest)
        f->header_longest = (uint32_t) line.n;
    if (line.n > 0 && is_wsp(text.p[0]) && field->lines > 0) {
        field->lines++;
        if (line.n > field->longest)
            field->longest = (uint32_t) line.n;
        if (is_blank(text))
            mu_mail_note(s, MU_MAIL_BLANK_FOLD, line.offset, 1);
        return true;
    }
    finish_field(s, block, field, end);
    *field = (struct field){ line.offset, line.n, line.n > 0, (uint32_t) line.n };
    return line.n > 0;
}

void mu_mail_read_header(struct mu_mail_scan *s)
{
    struct block block = { .first_odd = SIZE_MAX };
    struct field field = { 0 };
    bool more = true;

    while (more && s->at < s->n && !mu_mail_at_delimiter(s, s->at))
        more = read_line(s, &block, &field);
    finish_field(s, &block, &field, s->at);
    /* A header block alone, without body, needs no empty line (RFC 5322 3.5). */
    if (more && block.first_odd != SIZE_MAX)
        mu_mail_note(s, MU_MAIL_NO_BLANK_LINE, block.first_odd, 1);
    mu_mail_top(s)->part.header = block.header;
    mu_mail_top(s)->part.headers = block.n;
}

static bool is_space(char c)
{
    return is_wsp(c) || c == '\r' || c == '\n';
}

static bool is_token_char(char c)
{
    return c > ' ' && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static size_t token_length(struct mu_bytes b, size_t at)
{
    size_t n = 0;
    while (at + n < b.n && is_token_char(b.p[at + n]))
        n++;
    return n;
}

/* RFC 2045 5.1: type "/" subtype, then nothing or ";". *after is where the parameters begin. */
static bool read_media_type(struct mu_bytes raw, struct mu_bytes *type, size_t *after)
{
    size_t at = 0;
    while (at < raw.n && is_space(raw.p[at]))
        at++;
    size_t main_n = token_length(raw, at);
    if (main_n == 0 || at + main_n == raw.n || raw.p[at + main_n] != '/')
        return false;
    size_t sub_n = token_length(raw, at + main_n + 1);
    if (sub_n == 0)
        return false;
    *type = (struct mu_bytes){ raw.p + at, main_n + 1 + sub_n };
    for (at += type->n; at < raw.n && is_space(raw.p[at]);)
        at++;
    *after = at < raw.n ? at + 1 : raw.n;
    return at == raw.n || raw.p[at] == ';' || raw.p[at] == '(';
}

/* RFC 2046 5.1.1: bchars, 1 to 70, no space at the end. */
static bool is_boundary(struct mu_bytes b)
{
    for (size_t i = 0; i < b.n; i++) {
        char c = b.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL)))
            return false;
    }
    return b.n > 0 && b.n <= MU_BOUNDARY_MAX && b.p[b.n - 1] != ' ';
}

static void read_content_type(struct mu_mail_scan *s, const struct mu_header *header)
{
    struct mu_part *part = &mu_mail_top(s)->part;
    struct mu_parameters list;
    struct mu_bytes type;
    size_t after;

    if (!read_media_type(header->raw, &type, &after)) {
        mu_mail_note(s, MU_MAIL_BAD_CONTENT_TYPE, header->value_offset, 1);
        return;
    }
    part->type = lower_copy(s->arena, type);
    if (after == header->raw.n)
        return;
    mu_parameters_read(s->arena, mu_bytes_from(header->raw, after), header->value_offset + after,
                       &list);
    const struct mu_parameter *charset = mu_parameter_find(&list, "charset");
    const struct mu_parameter *boundary = mu_parameter_find(&list, "boundary");
    if (charset != NULL)
        part->charset = charset->value;
    if (boundary == NULL || strncmp(part->type, "multipart/", 10) != 0)
        return;
    part->boundary = boundary->value;
    if (!is_boundary(boundary->value))
        mu_mail_note(s, MU_MAIL_BAD_BOUNDARY, boundary->offset, 1);
}

static void read_encoding(struct mu_mail_scan *s, const struct mu_header *header)
{
    static const char *const known[] = { "7bit", "8bit", "binary", "base64", "quoted-printable" };
    struct mu_part *part = &mu_mail_top(s)->part;
    for (size_t i = 0; i < MU_COUNT(known); i++) {
        if (mu_bytes_equal_nocase(header->value, mu_bytes_of(known[i]))) {
            part->encoding = known[i];
            return;
        }
    }
    part->encoding = lower_copy(s->arena, header->value);
    part->unknown_encoding = true;
    mu_mail_note(s, MU_MAIL_BAD_ENCODING, header->value_offset, 1);
}

/* Composite types are 7bit, 8bit or binary (RFC 2045 6.4). */
static bool is_identity(const struct mu_part *part)
{
    return strcmp(part->encoding, "7bit") == 0 || strcmp(part->encoding, "8bit") == 0
           || strcmp(part->encoding, "binary") == 0;
}

static void find_form(struct mu_mail_scan *s)
{
    struct mu_mail_frame *f = mu_mail_top(s);
    struct mu_part *part = &f->part;
    bool multipart = strncmp(part->type, "multipart/", 10) == 0;
    bool message =
        strcmp(part->type, "message/rfc822") == 0 || strcmp(part->type, "message/global") == 0;

    part->closed = !multipart;
    if ((multipart || message) && !is_identity(part) && !part->unknown_encoding)
        mu_mail_note(s, MU_MAIL_BAD_ENCODING, part->body_offset, 1);
    if (multipart && part->boundary.n == 0)
        mu_mail_note(s, MU_MAIL_NO_BOUNDARY, part->body_offset, 1);
    else if (multipart)
        f->form = MU_MAIL_MULTIPART;
    else if (message && is_identity(part))
        f->form = MU_MAIL_MESSAGE;
}

void mu_mail_read_type(struct mu_mail_scan *s, const char *default_type)
{
    struct mu_part *part = &mu_mail_top(s)->part;
    const struct mu_header *type = mu_header_find(part, "content-type");
    const struct mu_header *encoding = mu_header_find(part, "content-transfer-encoding");

    part->type = default_type;
    part->encoding = "7bit";
    if (type != NULL)
        read_content_type(s, type);
    if (encoding != NULL)
        read_encoding(s, encoding);
    find_form(s);
}
