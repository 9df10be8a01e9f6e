/* The signatures over a manifest: each file is read in a sealed job, which says a line for everybody who
 * signed: words with tabs between them. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/verify.h"
#include "format/cms.h"

#define WORDS 10

struct listing {
    struct mu_verify *v;
    unsigned number; /* of the file looked for last */
};

/* --- the job ---------------------------------------------------------------------------------------- */

static void put(struct mu_buf *out, const char *text)
{
    mu_buf_puts(out, text != NULL ? text : "");
    mu_buf_putc(out, '\t');
}

static void put_signer(struct mu_buf *out, const struct mu_cms_signer *s)
{
    const char *const word[WORDS] = { "signer",  s->subject, s->issuer,    s->key,   s->certificate,
                                      s->digest, s->role,    s->signed_at, s->wrong, s->distrust };
    for (size_t i = 0; i < WORDS; i++)
        put(out, word[i]);
    mu_buf_putc(out, '\n');
}

static bool make(void *self, struct mu_arena *arena, const struct mu_batch_item *item,
                 struct mu_buf *result, bool *many, struct mu_err *err)
{
    const struct mu_verify *v = ((const struct listing *) self)->v;
    struct mu_err why;
    struct mu_bytes der;
    struct mu_cms_signer *signer;
    size_t signers = 0;
    (void) err;
    *many = false;
    if (!mu_file_read_fd(arena, item->fd, item->name, MU_SIGNATURE_MAX, &der, &why)
        || !mu_cms_check(arena, der, v->manifest_text, v->anchors, v->at, &signer, &signers, &why))
        mu_buf_printf(result, "broken\t%s\t\n", why.msg);
    for (size_t i = 0; i < signers; i++)
        put_signer(result, &signer[i]);
    return true;
}

/* --- the parent ------------------------------------------------------------------------------------- */

static bool is_there(int dir, const char *name)
{
    return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool next(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    struct listing *l = self;
    (void) arena;
    while (l->number < MU_SIGNATURES_MAX) {
        const char *name = mu_manifest_signature_name(l->v->args->arena, ++l->number);
        if (!is_there(l->v->dir, name))
            continue;
        for (unsigned i = l->v->next_number; i < l->number; i++)
            mu_verify_problem(l->v, mu_manifest_signature_name(l->v->args->arena, i),
                              mu_arena_printf(l->v->args->arena, "is gone, and %s is there", name));
        l->v->next_number = l->number + 1;
        *item = (struct mu_batch_item){ .name = name, .fd = -1, .octets = -1 };
        return true;
    }
    return false;
}

static void open_item(void *self, struct mu_arena *arena, struct mu_batch_item *item)
{
    const struct listing *l = self;
    (void) arena;
    item->fd = mu_manifest_open(l->v->dir, item->name);
    if (item->fd < 0)
        item->why = "is no plain file of this folder";
}

static bool split(struct mu_arena *arena, struct mu_bytes line, const char *word[WORDS])
{
    for (size_t i = 0; i < WORDS; i++) {
        size_t n = mu_bytes_find(line, MU_BYTES("\t"), 0);
        if (n == SIZE_MAX)
            return false;
        word[i] = mu_arena_strndup(arena, line.p, n);
        line = mu_bytes_from(line, n + 1);
    }
    return true;
}

static struct mu_verify_signature *add(struct mu_verify *v, const char *file)
{
    struct mu_verify_signature *s = mu_new(v->args->arena, struct mu_verify_signature);
    *s = (struct mu_verify_signature){ file, "", "", "", "", "", "", "", "", "", NULL };
    *v->last_signature = s;
    v->last_signature = &s->next;
    return s;
}

static void hear(struct mu_verify *v, const char *file, struct mu_bytes line)
{
    const char *w[WORDS];
    struct mu_verify_signature *s = add(v, file);
    if (!split(v->args->arena, line, w)) {
        size_t from = mu_bytes_find(line, MU_BYTES("\t"), 0);
        struct mu_bytes why = mu_bytes_trim(mu_bytes_from(line, from == SIZE_MAX ? 0 : from));
        s->wrong = mu_bytes_dup(v->args->arena, why);
    } else
        *s = (struct mu_verify_signature){ file, w[1], w[2], w[3], w[4], w[5],
                                           w[6], w[7], w[8], w[9], NULL };
    if (s->wrong[0] != '\0')
        mu_verify_problem(v, file, s->wrong);
    else if (s->distrust[0] != '\0')
        mu_verify_problem(v, file,
                          mu_arena_printf(v->args->arena, "%s is not to be trusted: %s", s->subject,
                                          s->distrust));
    else
        v->good++;
}

static bool take(void *self, const struct mu_batch_item *item, struct mu_bytes result,
                 const char *killed, struct mu_err *err)
{
    struct listing *l = self;
    (void) err;
    if (killed != NULL || item->why != NULL) {
        add(l->v, item->name)->wrong = "cannot be read";
        mu_verify_problem(l->v, item->name,
                          mu_arena_printf(l->v->args->arena, "cannot be read: %s",
                                          killed != NULL ? killed : item->why));
        return true;
    }
    while (result.n > 0) {
        size_t n = mu_bytes_find(result, MU_BYTES("\n"), 0);
        n = n < result.n ? n : result.n;
        hear(l->v, item->name, mu_bytes_slice(result, 0, n));
        result = mu_bytes_from(result, n + 1);
    }
    return true;
}

/* Who is asked whom to trust, and finds nobody who signed, has been told less than he wanted. */
static void check_signed(struct mu_verify *v)
{
    if (v->anchors.n > 0 && v->good == 0)
        mu_verify_problem(v, MU_MANIFEST_NAME, "is signed by nobody who is to be trusted");
}

bool mu_verify_signatures(struct mu_verify *v, struct mu_err *err)
{
    struct listing l = { .v = v };
    struct mu_batch_end end;
    const struct mu_batch batch = { .self = &l,
                                    .jobs = 1,
                                    .item_ms = MU_SIGNATURE_MS,
                                    .isolation = MU_ISOLATION_FULL,
                                    .next = next,
                                    .open = open_item,
                                    .make = make,
                                    .take = take };
    v->next_number = 1;
    fflush(NULL);
    if (mu_manifest_signed(v->dir) && v->manifest_text.n == 0)
        mu_verify_problem(v, mu_manifest_signature_name(v->args->arena, 1),
                          "signs a " MU_MANIFEST_NAME " that cannot be read");
    else if (mu_manifest_signed(v->dir))
        TRY(mu_batch_run(&batch, &end, err));
    check_signed(v);
    return true;
}

/* --- what is said ----------------------------------------------------------------------------------- */

void mu_verify_say_line(const char *file)
{
    printf("  openssl cms -verify -binary -inform DER -in %s -content " MU_MANIFEST_NAME
           " -CAfile CA.pem -out /dev/null\n",
           file);
}

static void say_signature(const struct mu_verify *v, const struct mu_verify_signature *s)
{
    printf("%s: %s%s%s, %s%s, %s, key %s, %s\n", s->file, s->subject,
           s->role[0] != '\0' ? ", as " : "", s->role,
           s->signed_at[0] != '\0' ? "at " : "at no time", s->signed_at, s->digest, s->key,
           s->wrong[0] != '\0'      ? "does NOT hold"
           : v->anchors.n == 0      ? "holds; whom to trust was not asked (--ca FILE)"
           : s->distrust[0] != '\0' ? "holds and is NOT trusted"
                                    : "holds and is trusted");
}

void mu_verify_say_signatures(const struct mu_verify *v)
{
    for (const struct mu_verify_signature *s = v->signature; s != NULL; s = s->next)
        if (s->key[0] != '\0')
            say_signature(v, s);
    if (v->signature != NULL) {
        printf("by hand, in the folder: sha256sum of the files in " MU_MANIFEST_NAME ", and\n");
        mu_verify_say_line(v->signature->file);
    } else if (v->noted_line > 0)
        printf("signed by nobody; the head that was noted is that of line %llu\n",
               (unsigned long long) v->noted_line);
    else
        printf(
            "signed by nobody: who can write here can make all of it anew. 'muster sign', or note "
            "the head elsewhere\n");
}
