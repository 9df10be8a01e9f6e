#include "format/mail.h"

#include <stdint.h>

#include "format/mail_scan.h"

static const char *const kind_name[] = {
    [MU_MAIL_BARE_LF] = "bare-lf",
    [MU_MAIL_BARE_CR] = "bare-cr",
    [MU_MAIL_NUL] = "nul",
    [MU_MAIL_EIGHT_BIT_HEADER] = "eight-bit-header",
    [MU_MAIL_LONG_LINE] = "long-line",
    [MU_MAIL_NO_COLON] = "no-colon",
    [MU_MAIL_BAD_NAME] = "bad-name",
    [MU_MAIL_SPACE_BEFORE_COLON] = "space-before-colon",
    [MU_MAIL_BLANK_FOLD] = "blank-fold",
    [MU_MAIL_NO_BLANK_LINE] = "no-blank-line",
    [MU_MAIL_UNTERMINATED_LINE] = "unterminated-line",
    [MU_MAIL_HEADER_LIMIT] = "header-limit",
    [MU_MAIL_PART_LIMIT] = "part-limit",
    [MU_MAIL_DEPTH_LIMIT] = "depth-limit",
    [MU_MAIL_NO_BOUNDARY] = "no-boundary",
    [MU_MAIL_MISSING_BOUNDARY] = "missing-boundary",
    [MU_MAIL_UNCLOSED_BOUNDARY] = "unclosed-boundary",
    [MU_MAIL_BAD_BOUNDARY] = "bad-boundary",
    [MU_MAIL_BAD_CONTENT_TYPE] = "bad-content-type",
    [MU_MAIL_BAD_ENCODING] = "bad-encoding",
    [MU_MAIL_BASE64] = "base64",
    [MU_MAIL_QUOTED_PRINTABLE] = "quoted-printable",
    [MU_MAIL_EIGHT_BIT_BODY] = "eight-bit-body",
};
_Static_assert(MU_COUNT(kind_name) == MU_MAIL_KINDS, "every kind has a name");
_Static_assert(MU_DEFECTS_MAX + MU_MAIL_KINDS < 256, "a slot is one byte");

/* Past MU_DEFECTS_MAX a defect joins the first one of its kind, whatever its place; a kind that was
 * not met before still gets its entry, so that a flood of one cannot hide another. */
static size_t defect_index(struct mu_mail_scan *s, enum mu_mail_kind kind, size_t offset)
{
    struct mu_mail *mail = s->mail;
    for (size_t i = 0; mail->defects >= MU_DEFECTS_MAX && i < mail->defects; i++)
        if (s->defect[i].kind == kind_name[kind])
            return i;
    if (mail->defects == s->defect_room) {
        s->defect_room = s->defect_room == 0 ? 8 : s->defect_room * 2;
        struct mu_defect *grown = mu_arena_array(s->arena, s->defect_room, sizeof *grown);
        if (mail->defects > 0)
            memcpy(grown, s->defect, mail->defects * sizeof *grown);
        mail->defect = s->defect = grown;
    }
    s->defect[mail->defects] = (struct mu_defect){
        .kind = kind_name[kind],
        .part = mu_mail_top(s)->place,
        .offset = offset,
    };
    return mail->defects++;
}

void mu_mail_note(struct mu_mail_scan *s, enum mu_mail_kind kind, size_t offset, uint32_t count)
{
    unsigned char *slot = &mu_mail_top(s)->slot[kind];
    if (*slot == 0)
        *slot = (unsigned char) (defect_index(s, kind, offset) + 1);
    s->defect[*slot - 1].count += count;
}

static void note_bare_cr(struct mu_mail_scan *s, const char *text, size_t n)
{
    const char *cr = text;
    while ((cr = memchr(cr, '\r', n - (size_t) (cr - text))) != NULL) {
        s->mail->bare_cr++;
        mu_mail_note(s, MU_MAIL_BARE_CR, (size_t) (cr - s->p), 1);
        cr++;
    }
}

struct mu_mail_line mu_mail_take_line(struct mu_mail_scan *s)
{
    const char *text = s->p + s->at;
    const char *lf = memchr(text, '\n', s->n - s->at);
    size_t n = lf != NULL ? (size_t) (lf - text) : s->n - s->at;
    struct mu_mail_line line = { s->at, n };

    s->at += n + (lf != NULL);
    if (lf == NULL) {
        mu_mail_note(s, MU_MAIL_UNTERMINATED_LINE, line.offset, 1);
    } else if (n > 0 && lf[-1] == '\r') {
        line.n--;
    } else {
        s->mail->bare_lf++;
        mu_mail_note(s, MU_MAIL_BARE_LF, (size_t) (lf - s->p), 1);
    }
    note_bare_cr(s, text, line.n);
    if (line.n > MU_MAIL_LINE_MAX)
        mu_mail_note(s, MU_MAIL_LONG_LINE, line.offset, 1);
    if (line.n > s->mail->longest_line)
        s->mail->longest_line = (uint32_t) line.n;
    s->lines++;
    s->before_empty = s->empty;
    s->empty = line.n == 0;
    return line;
}

void mu_mail_note_nul(struct mu_mail_scan *s, size_t offset, size_t n)
{
    const char *end = s->p + offset + n;
    const char *nul = n > 0 ? memchr(s->p + offset, '\0', n) : NULL;
    while (nul != NULL) {
        s->mail->nul++;
        mu_mail_note(s, MU_MAIL_NUL, (size_t) (nul - s->p), 1);
        nul++;
        nul = nul < end ? memchr(nul, '\0', (size_t) (end - nul)) : NULL;
    }
}

/* Look at the body octets up to `end`, which belong to the top frame, for NUL and eighth bits. */
static void check_octets(struct mu_mail_scan *s, size_t end)
{
    if (end <= s->checked)
        return;
    const char *encoding = mu_mail_top(s)->part.encoding;
    size_t first, count = 0;
    mu_mail_note_nul(s, s->checked, end - s->checked);
    if (strcmp(encoding, "8bit") != 0 && strcmp(encoding, "binary") != 0)
        count = mu_mail_eight_bit((struct mu_bytes){ s->p + s->checked, end - s->checked }, &first);
    if (count > 0)
        mu_mail_note(s, MU_MAIL_EIGHT_BIT_BODY, s->checked + first, (uint32_t) count);
    s->checked = end;
}

static void adopt(struct mu_mail_scan *s, struct mu_mail_frame *parent, const struct mu_part *part)
{
    size_t n = parent->part.parts;
    if (n == parent->room) {
        parent->room = n == 0 ? 4 : n * 2;
        struct mu_part *grown = mu_arena_array(s->arena, parent->room, sizeof *grown);
        if (n > 0)
            memcpy(grown, parent->child, n * sizeof *grown);
        parent->part.part = parent->child = grown;
    }
    parent->child[parent->part.parts++] = *part;
}

static void check_body(struct mu_mail_scan *s, const struct mu_mail_frame *f)
{
    const struct mu_part *part = &f->part;
    size_t at = SIZE_MAX;
    if (f->form == MU_MAIL_MULTIPART && !f->boundary_seen)
        mu_mail_note(s, MU_MAIL_MISSING_BOUNDARY, part->body_offset, 1);
    else if (f->form == MU_MAIL_MULTIPART && !part->closed)
        mu_mail_note(s, MU_MAIL_UNCLOSED_BOUNDARY, part->body_offset + part->body.n, 1);
    if (f->form != MU_MAIL_LEAF)
        return;
    if (strcmp(part->encoding, "base64") == 0
        && (at = mu_mail_base64_defect(part->body)) != SIZE_MAX)
        mu_mail_note(s, MU_MAIL_BASE64, part->body_offset + at, 1);
    if (strcmp(part->encoding, "quoted-printable") == 0
        && (at = mu_mail_quoted_printable_defect(part->body)) != SIZE_MAX)
        mu_mail_note(s, MU_MAIL_QUOTED_PRINTABLE, part->body_offset + at, 1);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Close the top frame, whose body ends at `end`, after `lines` lines of the message; `cut` says that
 * a delimiter follows, to which the line end before it belongs (RFC 2046 5.1.1). */
static void close_top(struct mu_mail_scan *s, size_t end, uint32_t lines, bool cut)
{
    struct mu_mail_frame *f = mu_mail_top(s);
    struct mu_part *part = &f->part;
    size_t from = part->body_offset;

    part->body = (struct mu_bytes){ s->p + from, end > from ? end - from : 0 };
    part->lines = lines - f->first_line;
    if (cut && part->lines > 0 && s->before_empty)
        part->lines--;
    check_body(s, f);
    s->depth--;
    s->multiparts -= f->form == MU_MAIL_MULTIPART;
    if (s->depth == 0) {
        s->mail->top = *part;
        return;
    }
    struct mu_mail_frame *parent = mu_mail_top(s);
    uint32_t longest = larger(part->longest_line, f->header_longest);
    parent->part.longest_line = larger(parent->part.longest_line, longest);
    adopt(s, parent, part);
}

static const char *child_path(struct mu_mail_scan *s)
{
    const struct mu_part *parent = &mu_mail_top(s)->part;
    return mu_arena_printf(s->arena, "%s.%zu", parent->path, parent->parts + 1);
}

/* May the top frame, a container by its type, be looked into? */
static bool may_enter(struct mu_mail_scan *s)
{
    size_t at = mu_mail_top(s)->part.body_offset;
    if (s->depth > MU_MIME_DEPTH_MAX)
        mu_mail_note(s, MU_MAIL_DEPTH_LIMIT, at, 1);
    else if (mu_mail_top(s)->form == MU_MAIL_MESSAGE && s->entities >= MU_PARTS_MAX)
        mu_mail_note(s, MU_MAIL_PART_LIMIT, at, 1);
    else
        return true;
    return false;
}

/* Push the entity that begins here and, where it is a message, the one inside it. */
static void open_entity(struct mu_mail_scan *s, const char *path, const char *default_type)
{
    for (;;) {
        struct mu_mail_frame *f = &s->frame[s->depth++];
        *f = (struct mu_mail_frame){ .place = s->depth == 1 ? "" : path };
        f->part.path = path;
        f->part.offset = s->at;
        s->entities++;
        mu_mail_read_header(s);
        f->part.body_offset = s->checked = s->at;
        f->first_line = s->lines;
        if (s->depth == 1) { /* its header block was the place "", its body is "1" */
            f->place = path;
            memset(f->slot, 0, sizeof f->slot);
        }
        mu_mail_read_type(s, default_type);
        if (f->form != MU_MAIL_LEAF && !may_enter(s))
            f->form = MU_MAIL_LEAF;
        s->multiparts += f->form == MU_MAIL_MULTIPART;
        if (f->form != MU_MAIL_MESSAGE)
            return;
        path = child_path(s);
        default_type = "text/plain";
    }
}

struct delimiter {
    unsigned depth; /* of the frame whose boundary it is, 1-based; 0: of none */
    bool closing;
    bool suspect; /* of none, but it begins like one, or its multipart was closed before */
};

/* After the boundary: nothing, or "--", and then white space only (RFC 2046 5.1.1). The RFC lets a
 * reader be content with the beginning of the line; then "--ab" would end a part within "--abc". */
static bool is_tail(struct mu_bytes tail, bool *closing)
{
    *closing = tail.n >= 2 && tail.p[0] == '-' && tail.p[1] == '-';
    for (size_t i = *closing ? 2 : 0; i < tail.n; i++)
        if (tail.p[i] != ' ' && tail.p[i] != '\t')
            return false;
    return true;
}

static struct delimiter match(const struct mu_mail_scan *s, struct mu_bytes line)
{
    struct delimiter d = { 0, false, false };
    for (unsigned depth = s->depth; depth > 0; depth--) {
        const struct mu_mail_frame *f = &s->frame[depth - 1];
        struct mu_bytes boundary = f->part.boundary;
        if (f->form != MU_MAIL_MULTIPART || line.n < 2 + boundary.n
            || memcmp(line.p + 2, boundary.p, boundary.n) != 0)
            continue;
        if (!is_tail(mu_bytes_from(line, 2 + boundary.n), &d.closing) || f->part.closed) {
            d.suspect = true;
            continue;
        }
        d.depth = depth;
        d.suspect = false;
        break;
    }
    return d;
}

static bool has_dashes(const struct mu_mail_scan *s, size_t offset)
{
    return s->multiparts > 0 && s->n - offset >= 2 && s->p[offset] == '-'
           && s->p[offset + 1] == '-';
}

bool mu_mail_at_delimiter(const struct mu_mail_scan *s, size_t offset)
{
    if (!has_dashes(s, offset))
        return false;
    const char *text = s->p + offset;
    const char *lf = memchr(text, '\n', s->n - offset);
    struct mu_bytes line = { text, lf != NULL ? (size_t) (lf - text) : s->n - offset };
    if (lf != NULL && line.p[line.n - 1] == '\r')
        line.n--;
    return match(s, line).depth > 0;
}

/* The line belongs to the multipart at `d.depth`: what is open inside it ends before the line. */
static void pass_delimiter(struct mu_mail_scan *s, struct mu_mail_line line, struct delimiter d)
{
    size_t end = line.offset;
    if (end > 0 && s->p[end - 1] == '\n')
        end -= end > 1 && s->p[end - 2] == '\r' ? 2 : 1;
    check_octets(s, line.offset);
    while (s->depth > d.depth)
        close_top(s, end, s->lines - 1, true);

    struct mu_mail_frame *f = mu_mail_top(s);
    f->boundary_seen = true;
    f->part.longest_line = larger(f->part.longest_line, (uint32_t) line.n);
    if (d.closing)
        f->part.closed = true;
    else if (s->entities >= MU_PARTS_MAX)
        mu_mail_note(s, MU_MAIL_PART_LIMIT, line.offset, 1);
    else
        open_entity(s, child_path(s),
                    strcmp(f->part.type, "multipart/digest") == 0 ? "message/rfc822"
                                                                  : "text/plain");
}

static void read_body_line(struct mu_mail_scan *s)
{
    bool dashes = has_dashes(s, s->at);
    struct mu_mail_line line = mu_mail_take_line(s);
    if (dashes) {
        struct delimiter d = match(s, (struct mu_bytes){ s->p + line.offset, line.n });
        if (d.depth > 0) {
            pass_delimiter(s, line, d);
            return;
        }
        if (d.suspect)
            mu_mail_note(s, MU_MAIL_BAD_BOUNDARY, line.offset, 1);
    }
    struct mu_part *part = &mu_mail_top(s)->part;
    part->longest_line = larger(part->longest_line, (uint32_t) line.n);
}

const struct mu_mail *mu_mail_read(struct mu_arena *arena, struct mu_bytes message)
{
    struct mu_mail_scan s;
    memset(&s, 0, offsetof(struct mu_mail_scan, frame)); /* a frame is set when it is pushed */
    s.arena = arena;
    s.p = message.n > 0 ? message.p : "";
    s.n = message.n;
    s.mail = mu_new(arena, struct mu_mail);
    s.mail->bytes = message;

    open_entity(&s, "1", "text/plain");
    while (s.at < s.n)
        read_body_line(&s);
    check_octets(&s, s.n);
    while (s.depth > 0)
        close_top(&s, s.n, s.lines, false);
    return s.mail;
}

const struct mu_header *mu_header_find(const struct mu_part *part, const char *key)
{
    for (size_t i = 0; i < part->headers; i++)
        if (part->header[i].key != NULL && strcmp(part->header[i].key, key) == 0)
            return &part->header[i];
    return NULL;
}
