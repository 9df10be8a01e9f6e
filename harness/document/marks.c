/* What is marked in a message, where, and whether it agrees with the label: m:marked, m:portion,
 * m:rollup (portions.c), m:pages. */
#include "document/marks.h"
#include "base/limits.h"
#include "format/sio.h"

#define MARKING_READ_MAX (16 * MU_KIB) /* a marking that is longer is not read */
#define ABBREVIATION_MAX 64            /* bytes of a portion mark that stands for a marking */

void mu_node_classification(struct mu_node *t, xmlNode *node, const struct mu_policy *p,
                            uint32_t classification)
{
    mu_node_foreign(t, node, "policy", mu_bytes_of(p->name));
    if (classification == MU_NONE)
        return;
    const struct mu_classification *c = &p->classification[classification];
    mu_node_foreign(t, node, "classification", mu_bytes_of(c->name));
    mu_node_word(t, node, "rank", mu_arena_printf(t->arena, "%lld", (long long) c->hierarchy));
}

/* --- markings ---------------------------------------------------------------------------------------- */

#define LANGUAGES 3

/* What the label is displayed as at one place, in each language; made when it is first asked for,
 * because most markings are the first one. */
struct wanted {
    const struct mu_own *own;
    enum mu_marking_code place;
    size_t made;
    const char *text[LANGUAGES]; /* NULL where the policy cannot say */
};

static struct wanted wanted_at(const struct mu_own *own, enum mu_marking_code place)
{
    return (struct wanted){ .own = own, .place = place };
}

static const char *wanted_in(struct mu_node *t, struct wanted *w, size_t language)
{
    static const char *const name[LANGUAGES] = { "en", "fr", "" };
    const char *why;
    for (; w->own->known && w->made <= language; w->made++)
        w->text[w->made] =
            mu_marking_render(t->arena, &w->own->label, w->place, name[w->made], &why);
    return w->text[language];
}

/* As it is, or read and compared; once for each text that is wanted. */
static bool fits(struct mu_node *t, struct wanted *w, const char *text)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        const char *wanted = wanted_in(t, w, i);
        if (wanted != NULL && strcmp(wanted, text) == 0)
            return true;
    }
    for (size_t i = 0; i < LANGUAGES; i++) {
        bool again = w->text[i] == NULL || w->text[i][0] == '\0';
        for (size_t k = 0; k < i && !again; k++)
            again = w->text[k] != NULL && strcmp(w->text[k], w->text[i]) == 0;
        if (!again && mu_marking_same(t->arena, t->kit->policies, text, w->text[i]))
            return true;
    }
    return false;
}

/* The same marking stands in several places of most messages: the last one is kept. */
static struct mu_marking_reading read_marking(struct mu_node *t, const char *text)
{
    if (t->marking == NULL || strcmp(t->marking, text) != 0) {
        t->reading = mu_new(t->arena, struct mu_marking_reading);
        t->marking = text;
        mu_marking_parse(t->arena, t->kit->policies, text, MU_MATCH_TOLERANT, t->reading);
    }
    return *t->reading;
}

/* A portion mark where a marking is due: "NR", "(NR)". */
static bool is_abbreviation(struct mu_node *t, const char *text)
{
    struct mu_portion *found;
    if (text[0] == '\0' || strlen(text) > ABBREVIATION_MAX)
        return false;
    const char *mark = text[0] == '(' ? text : mu_arena_printf(t->arena, "(%s)", text);
    struct mu_bytes bytes = mu_bytes_of(mark);
    size_t count = mu_portions_find(t->arena, t->kit->policies, bytes, &found);
    return count == 1 && found[0].classification != MU_NONE && found[0].mark.n == bytes.n;
}

static void read_facts(struct mu_node *t, xmlNode *node, const struct mu_marking_reading *reading)
{
    const struct mu_policy *p = reading->policy;
    mu_node_classification(t, node, p, mu_policy_classification(p, reading->label->classification));
    mu_node_flag(t, node, "nato", p->is.nato);
    mu_node_foreign(t, node, "language", mu_bytes_of(reading->language));
}

/* One marking that somebody reads as one. `sure`: the place holds a marking and nothing else, so what
 * cannot be read as a marking is told, too. A NUL, or more than anybody would write, is no marking. */
static xmlNode *marked(struct mu_node *t, const struct mu_own *own, const char *at,
                       enum mu_marking_code place, struct mu_bytes text, int64_t offset, bool sure)
{
    struct mu_marking_reading reading = { .label = NULL };
    text = mu_bytes_trim(text);
    bool readable = text.n <= MARKING_READ_MAX && memchr(text.p, '\0', text.n) == NULL;
    if (text.n == 0 || (!readable && !sure))
        return NULL;
    const char *string = readable ? mu_bytes_dup(t->arena, text) : "";
    if (readable)
        reading = read_marking(t, string);
    if (reading.label == NULL && !sure)
        return NULL;
    xmlNode *node = mu_node_element(t, t->root, t->m, "marked");
    mu_node_word(t, node, "at", at);
    if (offset >= 0)
        mu_node_number(t, node, "offset", (uint64_t) offset);
    mu_node_flag(t, node, "known", reading.label != NULL);
    if (reading.label != NULL)
        read_facts(t, node, &reading);
    else
        mu_node_flag(t, node, "abbreviated", is_abbreviation(t, string));
    struct wanted wanted = wanted_at(own, place);
    if (wanted_in(t, &wanted, 0) != NULL)
        mu_node_flag(t, node, "same", readable && fits(t, &wanted, string));
    mu_node_text(t, node, text, MU_TEXT_MAX);
    return node;
}

/* "(NATO RESTRICTED) Convoy", "[NR] Convoy": what stands in brackets at either end of a subject. */
static void subject(struct mu_node *t, const struct mu_own *own, const struct mu_mail *mail)
{
    const struct mu_header *h = mu_header_find(&mail->top, "subject");
    struct mu_bytes text = h != NULL ? mu_bytes_trim(h->value) : MU_BYTES("");
    if (text.n < 3)
        return;
    const char *end = text.p[0] == '('   ? memchr(text.p, ')', text.n)
                      : text.p[0] == '[' ? memchr(text.p, ']', text.n)
                                         : NULL;
    if (end != NULL)
        (void) marked(t, own, "subject", MU_AT_SUBJECT,
                      mu_bytes_slice(text, 1, (size_t) (end - text.p) - 1),
                      (int64_t) h->value_offset, false);
    char last = text.p[text.n - 1];
    const char *start = last == ')'   ? memrchr(text.p, '(', text.n)
                        : last == ']' ? memrchr(text.p, '[', text.n)
                                      : NULL;
    if (start == NULL || start == text.p)
        return;
    size_t at = (size_t) (start - text.p) + 1;
    (void) marked(t, own, "subject", MU_AT_SUBJECT, mu_bytes_slice(text, at, text.n - at - 1),
                  (int64_t) h->value_offset, false);
}

/* Keywords are anybody's words, a list: the whole field may be a marking, or one phrase of it. */
static void keywords(struct mu_node *t, const struct mu_own *own, const struct mu_mail *mail)
{
    for (size_t i = 0; i < mail->top.headers; i++) {
        const struct mu_header *h = &mail->top.header[i];
        if (h->key == NULL || strcmp(h->key, "keywords") != 0)
            continue;
        if (marked(t, own, "keywords", MU_AT_X_HEADER, h->value, (int64_t) h->value_offset, false))
            continue;
        struct mu_bytes rest = h->value;
        for (size_t k = 0; rest.n > 0 && k < MU_KEYWORDS_MAX; k++) {
            size_t n = mu_bytes_find(rest, MU_BYTES(","), 0);
            n = n < rest.n ? n : rest.n;
            (void) marked(t, own, "keywords", MU_AT_X_HEADER, mu_bytes_slice(rest, 0, n),
                          (int64_t) h->value_offset, false);
            rest = mu_bytes_from(rest, n + 1);
        }
    }
}

static const xmlNode *line_of(const xmlNode *part, const char *name)
{
    for (const xmlNode *n = part->children; n != NULL; n = n->next)
        if (mu_xml_is(n, MU_MESSAGE_NS, name))
            return n;
    return NULL;
}

/* The first part that has lines: what a reader sees first. */
static const xmlNode *text_part(const xmlNode *parent)
{
    for (const xmlNode *n = parent->children; n != NULL; n = n->next) {
        if (!mu_xml_is(n, MU_MESSAGE_NS, "part"))
            continue;
        if (line_of(n, "first-line") != NULL)
            return n;
        const xmlNode *inner = text_part(n);
        if (inner != NULL)
            return inner;
    }
    return NULL;
}

static void lines(struct mu_node *t, const struct mu_own *own)
{
    static const struct {
        const char *name;
        enum mu_marking_code place;
    } row[] = { { "first-line", MU_AT_FIRST_LINE }, { "last-line", MU_AT_LAST_LINE } };
    const xmlNode *part = text_part(t->root);
    for (size_t i = 0; part != NULL && i < MU_COUNT(row); i++) {
        const xmlNode *line = line_of(part, row[i].name);
        struct mu_bytes text = line != NULL ? mu_xml_text(t->arena, line) : MU_BYTES("");
        if (text.n > 0 && text.n < MU_TEXT_MAX) /* a longer one was cut: no marking, half of one */
            (void) marked(t, own, row[i].name, row[i].place, text, -1, false);
    }
}

/* A label of its own in the header of a part (RFC 7444 knows none there), or the first line of a text
 * behind the first: what is attached says how sensitive it is. */
static void attachment(struct mu_node *t, const xmlNode *part, bool first)
{
    static const struct mu_own nobody = { .known = false };
    const xmlNode *sio = mu_xml_child(part, MU_HEADER_NS, "sio-label");
    const xmlNode *text = sio != NULL ? mu_xml_child(sio, MU_PARAMETER_NS, "marking") : NULL;
    if (text == NULL && !first)
        text = line_of(part, "first-line");
    struct mu_bytes said = text != NULL ? mu_xml_text(t->arena, text) : MU_BYTES("");
    xmlNode *node = said.n > 0 && said.n < MU_TEXT_MAX
                        ? marked(t, &nobody, "attachment", MU_AT_PAGE_TOP, said, -1, false)
                        : NULL;
    if (node != NULL)
        mu_node_word(t, node, "part", mu_xml_attribute(t->arena, part, "path"));
}

static void attachments(struct mu_node *t, const xmlNode *parent, const xmlNode *first)
{
    for (const xmlNode *n = parent->children; n != NULL; n = n->next) {
        if (!mu_xml_is(n, MU_MESSAGE_NS, "part"))
            continue;
        if (parent != t->root)
            attachment(t, n, n == first);
        attachments(t, n, first);
    }
}

/* --- documents of the EU --------------------------------------------------------------------------------- */

static struct mu_bytes next_page(struct mu_bytes *rest)
{
    const char *end = memchr(rest->p, '\f', rest->n);
    size_t n = end != NULL ? (size_t) (end - rest->p) : rest->n;
    struct mu_bytes page = mu_bytes_slice(*rest, 0, n);
    *rest = mu_bytes_from(*rest, n + 1);
    return page;
}

static struct mu_bytes next_line(struct mu_bytes *rest)
{
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end != NULL ? (size_t) (end - rest->p) : rest->n;
    struct mu_bytes line = mu_bytes_trim(mu_bytes_slice(*rest, 0, n));
    *rest = mu_bytes_from(*rest, n + 1);
    return line;
}

/* Does a line of the page begin with one of the words, and go on with a digit, or with anything? */
struct beginnings {
    const char *word[5]; /* up to the first NULL */
    bool digit;
};

static bool begins(struct mu_bytes line, const struct beginnings *b)
{
    for (size_t i = 0; i < MU_COUNT(b->word) && b->word[i] != NULL; i++) {
        struct mu_bytes w = mu_bytes_of(b->word[i]);
        if (mu_bytes_start_nocase(line, w) && line.n > w.n
            && (!b->digit || (line.p[w.n] >= '0' && line.p[w.n] <= '9')))
            return true;
    }
    return false;
}

static bool has_line(struct mu_bytes page, const struct beginnings *b)
{
    while (page.n > 0)
        if (begins(next_line(&page), b))
            return true;
    return false;
}

/* The marking in the first line of a page. Most pages say what the page before them says. */
struct page_top {
    struct wanted wanted;
    struct mu_bytes last;
    bool last_fits;
};

static bool is_marked(struct mu_node *t, struct mu_bytes page, struct page_top *top)
{
    struct mu_bytes rest = mu_bytes_trim(page);
    if (rest.n == 0)
        return false;
    struct mu_bytes line = next_line(&rest);
    if (line.n > MARKING_READ_MAX || memchr(line.p, '\0', line.n) != NULL)
        return false;
    if (top->last.p == NULL || !mu_bytes_equal(top->last, line)) {
        top->last = line;
        top->last_fits = fits(t, &top->wanted, mu_bytes_dup(t->arena, line));
    }
    return top->last_fits;
}

/* (EU, Euratom) 2015/444 art. 25: what each page of a classified document bears, counted. White
 * space after the last form feed is no page. */
static void pages(struct mu_node *t, const struct mu_own *own, const struct mu_body *body)
{
    static const struct beginnings number = { { "Page ", "- " }, true };
    static const struct beginnings copy = {
        { "Copy ", "Copy No ", "Copy no. ", "Copie ", "Copie n\xc2\xb0 " }, true
    };
    static const struct beginnings registered = {
        { "Registration number ", "Registration number: ", "Reg. no. ", "Ref. " }, false
    };
    static const struct beginnings dated = { { "Date: ", "Date " }, true };
    struct page_top top = { .wanted = wanted_at(own, MU_AT_PAGE_TOP) };
    size_t count = 0, marked_pages = 0, numbered = 0, copies = 0;
    for (struct mu_bytes rest = mu_bytes_trim(body->decoded); rest.n > 0; count++) {
        struct mu_bytes page = next_page(&rest);
        if (count >= MU_PAGES_MAX)
            continue;
        marked_pages += is_marked(t, page, &top);
        numbered += has_line(page, &number);
        copies += has_line(page, &copy);
    }
    if (count == 0)
        return;
    xmlNode *node = mu_node_element(t, t->root, t->m, "pages");
    mu_node_word(t, node, "part", body->part->path);
    mu_node_classification(t, node, own->label.policy, own->label.classification);
    mu_node_number(t, node, "count", count);
    mu_node_number(t, node, "marked", marked_pages);
    mu_node_number(t, node, "numbered", numbered);
    mu_node_number(t, node, "copies", copies);
    mu_node_flag(t, node, "registered", has_line(body->decoded, &registered));
    mu_node_flag(t, node, "dated", has_line(body->decoded, &dated));
}

static void documents(struct mu_node *t, const struct mu_own *own,
                      const struct mu_body *const *body, size_t bodies)
{
    if (!own->known || !own->label.policy->is.document || own->label.classification == MU_NONE)
        return;
    for (size_t i = 0; i < bodies; i++)
        if (mu_node_is_plain(body[i]->part)
            && memchr(body[i]->decoded.p, '\f', body[i]->decoded.n) != NULL)
            pages(t, own, body[i]);
}

/* The leaves in their order. */
static const struct mu_body *const *bodies_of(struct mu_node *t, size_t *count)
{
    size_t n = 0;
    for (const struct mu_body *b = t->document->body; b != NULL; b = b->next)
        n++;
    const struct mu_body **body = mu_arena_array(t->arena, n + 1, sizeof *body);
    *count = n;
    for (const struct mu_body *b = t->document->body; b != NULL; b = b->next)
        body[--n] = b;
    return body;
}

static struct mu_own own_of(struct mu_node *t, const struct mu_label *label)
{
    struct mu_own own = { .known = false };
    const struct mu_policy *p =
        label != NULL ? mu_policies_find(t->kit->policies, label->policy, label->policy_uri) : NULL;
    if (p == NULL)
        return own;
    mu_resolve(t->arena, p, label, &own.label);
    own.known = true;
    return own;
}

/* The marking of a field goes with the label of that field; one without a label, with the message's. */
static void field(struct mu_node *t, const struct mu_own *own, const struct mu_node_sio *entry)
{
    if (entry->sio->marking == NULL)
        return;
    struct mu_own carried = { .known = false };
    if (entry->label != NULL)
        carried = own_of(t, entry->label);
    (void) marked(t, entry->label != NULL ? &carried : own, "sio-label", MU_AT_PAGE_TOP,
                  entry->sio->marking->value, (int64_t) mu_parameter_offset(entry->sio->marking, 0),
                  true);
}

void mu_node_marks(struct mu_node *t)
{
    const struct mu_document *d = t->document;
    if (t->kit == NULL || t->kit->policies == NULL || t->kit->policies->count == 0)
        return;
    struct mu_own own = own_of(t, d->label);
    for (const struct mu_node_sio *entry = t->sio; entry != NULL; entry = entry->next)
        field(t, &own, entry);
    subject(t, &own, d->mail);
    keywords(t, &own, d->mail);
    lines(t, &own);
    attachments(t, t->root, text_part(t->root));
    size_t bodies;
    const struct mu_body *const *body = bodies_of(t, &bodies);
    mu_node_portions(t, &own, body, bodies);
    documents(t, &own, body, bodies);
}
