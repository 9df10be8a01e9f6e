/* Functions for the rules about policy files: what would be quadratic in XPath 1.0. */
#include <stdlib.h>

#include "base/text_safe.h"
#include "policy/marking.h"
#include "policy/names.h"
#include "rules/functions.h"

/* --- repeated ------------------------------------------------------------------------------------- */

/* When two values are the same. */
enum how { EXACT, FOLDED, COLOUR };

static enum how how_of(struct mu_bytes word)
{
    if (mu_bytes_equal(word, MU_BYTES("insensitive")))
        return FOLDED;
    return mu_bytes_equal(word, MU_BYTES("colour")) ? COLOUR : EXACT;
}

static bool make_key(struct mu_arena *arena, struct mu_key *key, const char *value, enum how how)
{
    const char *number = how == COLOUR ? mu_colour_hex(arena, mu_bytes_of(value)) : NULL;
    return mu_key_make(key, number != NULL ? number : value, how != EXACT);
}

/* The values of one attribute below one parent. */
struct mu_repeats {
    const xmlNode *parent;
    const xmlChar *element, *attribute;
    enum how how;
    struct mu_names *names;
    const xmlNode **first; /* which element had the value first, by its number in `names` */
    struct mu_repeats *next;
};

static bool is_like(const xmlNode *a, const xmlNode *b)
{
    return b->type == XML_ELEMENT_NODE && xmlStrEqual(a->name, b->name)
           && (a->ns == NULL) == (b->ns == NULL)
           && (a->ns == NULL || xmlStrEqual(a->ns->href, b->ns->href));
}

static struct mu_repeats *gather(struct mu_arena *arena, const xmlNode *element,
                                 const xmlChar *attribute, enum how how)
{
    struct mu_repeats *r = mu_new(arena, struct mu_repeats);
    size_t count = 0;
    for (const xmlNode *e = element->parent->children; e != NULL; e = e->next)
        count += is_like(element, e);
    *r = (struct mu_repeats){ .parent = element->parent,
                              .element = element->name,
                              .attribute = attribute,
                              .how = how,
                              .names = mu_names_new(arena, count),
                              .first = mu_arena_array(arena, count + 1, sizeof *r->first) };
    uint32_t i = 0;
    for (const xmlNode *e = element->parent->children; e != NULL; e = e->next) {
        const char *value =
            is_like(element, e) ? mu_xml_attribute(arena, e, (const char *) attribute) : NULL;
        struct mu_key key;
        if (value == NULL || !make_key(arena, &key, value, how))
            continue;
        r->first[i] = e;
        if (mu_names_add(r->names, 0, &key, i) == UINT32_MAX)
            i++;
    }
    return r;
}

static const struct mu_repeats *repeats_of(struct mu_judging *j, const xmlNode *element,
                                           const xmlChar *attribute, enum how how)
{
    for (struct mu_repeats *r = j->repeats; r != NULL; r = r->next)
        if (r->parent == element->parent && r->how == how && xmlStrEqual(r->element, element->name)
            && xmlStrEqual(r->attribute, attribute))
            return r;
    struct mu_repeats *made = gather(j->arena, element, attribute, how);
    made->next = j->repeats;
    j->repeats = made;
    return made;
}

void mu_function_repeated(struct mu_call *call)
{
    const xmlNodeSet *nodes = call->arg[0].nodes;
    const xmlNode *node = nodes != NULL && nodes->nodeNr > 0 ? nodes->nodeTab[0] : NULL;
    if (node == NULL || node->type != XML_ATTRIBUTE_NODE || node->parent->parent == NULL)
        return;
    struct mu_arena *arena = call->judging->arena;
    enum how how = call->args > 1 ? how_of(call->arg[1].text) : EXACT;
    const struct mu_repeats *r = repeats_of(call->judging, node->parent, node->name, how);
    struct mu_key key;
    if (!make_key(arena, &key, mu_bytes_dup(arena, mu_xml_text(arena, node)), how))
        return;
    uint32_t first = mu_names_find(r->names, 0, &key);
    call->truth = first != UINT32_MAX && r->first[first] != node->parent;
}

/* --- policy-defect -------------------------------------------------------------------------------- */

enum kind { MISSING, SHARED, KINDS };

struct note {
    const xmlNode *node;
    const char *text[KINDS]; /* NULL: nothing */
};

struct mu_policy_notes {
    struct mu_arena *arena;
    const struct mu_policy *policy;
    struct mu_list notes;  /* struct note, sorted by node when all are there */
    const char **shared;   /* one a value of the policy: what it shares with an earlier one */
    const xmlNode *latest; /* of the last note       */
};

static void add_note(struct mu_policy_notes *n, const xmlNode *node, enum kind kind,
                     const char *text)
{
    struct note *last = n->notes.item;
    if (n->latest == node) {
        last[n->notes.count - 1].text[kind] = text;
        return;
    }
    struct note *note = mu_list_add(n->arena, &n->notes, sizeof *note);
    note->node = n->latest = node;
    note->text[kind] = text;
}

static const char *shown(struct mu_policy_notes *n, const char *name)
{
    return mu_text_line(n->arena, mu_bytes_of(name != NULL ? name : ""));
}

/* --- values that share a name or a number */

/* May a label of this classification have the value? */
static bool may_have(const struct mu_value *value, uint32_t classification)
{
    if (value->required_class != MU_NONE && value->required_class != classification)
        return false;
    return !mu_class_in(&value->excluded, classification);
}

/* An earlier value of the chain that a label of some classification may have as well; MU_NONE. */
static uint32_t earlier(const struct mu_policy *p, uint32_t *holder, uint32_t value)
{
    uint32_t found = MU_NONE;
    for (uint32_t c = 0; c < p->classifications; c++) {
        if (!may_have(&p->value[value], c))
            continue;
        if (holder[c] == MU_NONE)
            holder[c] = value;
        else if (found == MU_NONE)
            found = holder[c];
    }
    return found;
}

/* "name of line 7", "name and lacv of line 7", "name of line 7 and lacv of line 9". */
static const char *join(struct mu_policy_notes *n, const char *before, const char *what,
                        uint32_t line)
{
    const char *now = mu_arena_printf(n->arena, "%s of line %u", what, line);
    if (before == NULL)
        return now;
    size_t word = strcspn(before, " ");
    bool same = strcmp(before + word, now + strlen(what)) == 0;
    return mu_arena_printf(n->arena, "%.*s and %s", same ? (int) word : (int) strlen(before),
                           before, now);
}

static void follow(struct mu_policy_notes *n, uint32_t first, bool lacv, uint64_t *seen)
{
    const struct mu_value *value = n->policy->value;
    uint32_t holder[MU_CLASSES_MAX];
    memset(holder, 0xff, sizeof holder); /* MU_NONE */
    for (uint32_t i = first; i != MU_NONE; i = lacv ? value[i].same_lacv : value[i].same_name) {
        uint32_t other = earlier(n->policy, holder, i);
        seen[i / 64] |= (uint64_t) 1 << i % 64;
        if (other == MU_NONE)
            continue;
        n->shared[i] = join(n, n->shared[i], lacv ? "lacv" : "name", value[other].line);
    }
}

static void find_shared(struct mu_policy_notes *n)
{
    const struct mu_policy *p = n->policy;
    n->shared = mu_arena_array(n->arena, p->values + 1, sizeof *n->shared);
    for (int lacv = 0; lacv < 2; lacv++) {
        uint64_t *seen = mu_arena_array(n->arena, p->values / 64 + 1, sizeof *seen);
        for (uint32_t i = 0; i < p->values; i++) {
            uint32_t next = lacv ? p->value[i].same_lacv : p->value[i].same_name;
            if (next != MU_NONE && (seen[i / 64] >> i % 64 & 1) == 0)
                follow(n, i, lacv != 0, seen);
        }
    }
}

/* --- what is referred to and is not there */

static bool has_tag(const struct mu_policy *p, const struct mu_category_ref *ref)
{
    const struct mu_tag_set *set = &p->set[ref->set];
    for (uint32_t i = set->first; i < set->first + set->count; i++)
        if (p->tag[i].type == ref->type)
            return true;
    return false;
}

static void check_ref(struct mu_policy_notes *n, const xmlNode *node,
                      const struct mu_category_ref *ref)
{
    const char *set = shown(n, ref->set_name), *type = mu_tag_type_name(ref->type);
    if (ref->set == MU_NONE)
        add_note(n, node, MISSING, mu_arena_printf(n->arena, "the tag set '%s'", set));
    else if (!has_tag(n->policy, ref))
        add_note(n, node, MISSING,
                 mu_arena_printf(n->arena, "a tag of type %s in '%s'", type, set));
    else if (!ref->all && ref->lacv != NULL && ref->values == 0)
        add_note(n, node, MISSING,
                 mu_arena_printf(n->arena, "lacv '%s' of type %s in '%s'", shown(n, ref->lacv),
                                 type, set));
}

static const xmlNode *first(const xmlNode *node, const char *name)
{
    return node != NULL ? mu_xml_child(node, MU_SPIF_NS, name) : NULL;
}

static const xmlNode *next(const xmlNode *node, const char *name)
{
    return mu_xml_next(node, MU_SPIF_NS, name);
}

/* The loader numbered the elements in the order in which they stand. */
static void check_required(struct mu_policy_notes *n, const xmlNode *node,
                           const struct mu_required *required)
{
    const xmlNode *r = first(node, "requiredCategory");
    for (; r != NULL; r = next(r, "requiredCategory"), required++) {
        const struct mu_category_ref *ref = required->group;
        for (const xmlNode *g = first(r, "categoryGroup"); g != NULL; g = next(g, "categoryGroup"))
            check_ref(n, g, ref++);
    }
}

static void check_class(struct mu_policy_notes *n, const xmlNode *node, const char *name)
{
    if (name != NULL && mu_policy_classification(n->policy, name) == MU_NONE)
        add_note(n, node, MISSING,
                 mu_arena_printf(n->arena, "the classification '%s'", shown(n, name)));
}

static void check_value(struct mu_policy_notes *n, const xmlNode *node, uint32_t i)
{
    const struct mu_value *value = &n->policy->value[i];
    if (n->shared[i] != NULL)
        add_note(n, node, SHARED, n->shared[i]);
    check_class(n, node, mu_xml_attribute(n->arena, node, "requiredClass"));
    for (const xmlNode *e = first(node, "excludedClass"); e != NULL; e = next(e, "excludedClass"))
        check_class(n, e, mu_bytes_dup(n->arena, mu_xml_text(n->arena, e)));
    check_required(n, node, value->required);
    const struct mu_category_ref *ref = value->exclusion;
    const xmlNode *e = first(node, "excludedCategory");
    for (; e != NULL; e = next(e, "excludedCategory"))
        check_ref(n, e, ref++);
}

static void check_tree(struct mu_policy_notes *n, const xmlNode *spif)
{
    const xmlNode *list = first(spif, "securityClassifications");
    uint32_t i = 0;
    for (const xmlNode *c = first(list, "securityClassification"); c != NULL;
         c = next(c, "securityClassification"))
        check_required(n, c, n->policy->classification[i++].required);
    i = 0;
    list = first(spif, "securityCategoryTagSets");
    for (const xmlNode *s = first(list, "securityCategoryTagSet"); s != NULL;
         s = next(s, "securityCategoryTagSet"))
        for (const xmlNode *t = first(s, "securityCategoryTag"); t != NULL;
             t = next(t, "securityCategoryTag"))
            for (const xmlNode *v = first(t, "tagCategory"); v != NULL; v = next(v, "tagCategory"))
                check_value(n, v, i++);
}

static int by_node(const void *a, const void *b)
{
    const struct note *x = a, *y = b;
    return (x->node > y->node) - (x->node < y->node);
}

static const struct mu_policy_notes *notes_of(struct mu_judging *j)
{
    if (j->notes != NULL || j->document == NULL || j->document->policy == NULL)
        return j->notes;
    struct mu_policy_notes *n = mu_new(j->arena, struct mu_policy_notes);
    *n = (struct mu_policy_notes){ .arena = j->arena, .policy = j->document->policy };
    const xmlNode *root = xmlDocGetRootElement(j->document->doc);
    const xmlNode *policy = mu_xml_child(root, MU_MESSAGE_NS, "policy");
    find_shared(n);
    if (policy != NULL && first(policy, "SPIF") != NULL)
        check_tree(n, first(policy, "SPIF"));
    if (n->notes.count > 0)
        qsort(n->notes.item, n->notes.count, sizeof(struct note), by_node);
    j->notes = n;
    return n;
}

void mu_function_policy_defect(struct mu_call *call)
{
    const xmlNodeSet *nodes = call->arg[0].nodes;
    const struct mu_policy_notes *n = notes_of(call->judging);
    bool shared = mu_bytes_equal(call->arg[1].text, MU_BYTES("shared"));
    if (n == NULL || n->notes.count == 0 || nodes == NULL || nodes->nodeNr == 0)
        return;
    struct note wanted = { .node = nodes->nodeTab[0] };
    const struct note *note =
        bsearch(&wanted, n->notes.item, n->notes.count, sizeof wanted, by_node);
    const char *text = note != NULL ? note->text[shared ? SHARED : MISSING] : NULL;
    if (text != NULL)
        call->text = mu_bytes_of(text);
}
