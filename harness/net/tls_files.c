#include "net/tls_files.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/file.h"
#include "base/limits.h"

enum kind { CHAIN, KEY, STORE };

/*
 * Decoding a key costs 0.6 ms and a certificate 0.2 ms; a suite needs a dozen contexts over the same
 * files. What was read stays here until its arena goes. Contexts are made at start-up, before the
 * first fork, and nowhere else; that is the only time when this list changes.
 */
struct entry {
    struct entry *next;
    const struct mu_arena *arena;
    enum kind kind;
    const char *path, *more;
    void *object;
};

static struct entry *known;

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void *recall(const struct mu_arena *arena, enum kind kind, const char *path,
                    const char *more)
{
    for (struct entry *e = known; e != NULL; e = e->next)
        if (e->arena == arena && e->kind == kind && same(e->path, path) && same(e->more, more))
            return e->object;
    return NULL;
}

static void free_chain(void *object)
{
    sk_X509_pop_free(object, X509_free);
}

static void free_key(void *object)
{
    EVP_PKEY_free(object);
}

static void free_store(void *object)
{
    X509_STORE_free(object);
}

static void (*const free_object[])(void *object) = {
    [CHAIN] = free_chain, [KEY] = free_key, [STORE] = free_store
};

static void forget(void *object)
{
    struct entry *e = object;
    for (struct entry **link = &known; *link != NULL; link = &(*link)->next) {
        if (*link == e) {
            *link = e->next;
            break;
        }
    }
    free_object[e->kind](e->object);
}

static void keep(struct mu_arena *arena, enum kind kind, const char *path, const char *more,
                 void *object)
{
    struct entry *e = mu_new(arena, struct entry);
    *e = (struct entry){ .next = known, .arena = arena, .kind = kind, .object = object };
    e->path = mu_arena_strndup(arena, path, strlen(path));
    e->more = more != NULL ? mu_arena_strndup(arena, more, strlen(more)) : NULL;
    known = e;
    mu_arena_defer(arena, forget, e);
}

static bool wrong(const char *path, const char *what, struct mu_err *err)
{
    ERR_clear_error();
    return mu_fail_where(err, (struct mu_where){ .input = path }, MU_ERR_PROFILE,
                         "no %s in PEM form can be read here", what);
}

static bool open_pem(struct mu_arena *arena, const char *path, BIO **in, struct mu_err *err)
{
    struct mu_bytes pem;
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &pem, err));
    *in = BIO_new_mem_buf(pem.p, (int) pem.n);
    return *in != NULL || wrong(path, "PEM data", err);
}

/* Keys of test PKIs have no pass phrase; without this the library would ask the terminal. */
static int no_password(char *buf, int size, int writing, void *unused)
{
    (void) writing;
    (void) unused;
    assert(size > 0);
    buf[0] = '\0';
    return 0;
}

bool mu_tls_chain(struct mu_arena *arena, const char *path, STACK_OF(X509) * *chain,
                  struct mu_err *err)
{
    STACK_OF(X509) *found = recall(arena, CHAIN, path, NULL);
    if (found == NULL) {
        BIO *in;
        TRY(open_pem(arena, path, &in, err));
        found = sk_X509_new_null();
        X509 *x;
        while ((x = PEM_read_bio_X509(in, NULL, no_password, NULL)) != NULL)
            sk_X509_push(found, x);
        unsigned long why = ERR_peek_last_error();
        BIO_free(in);
        /* The end of the file is the only good reason to stop. */
        bool end = ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
        if (!end || sk_X509_num(found) == 0) {
            free_chain(found);
            return wrong(path, "certificate", err);
        }
        ERR_clear_error();
        keep(arena, CHAIN, path, NULL, found);
    }
    *chain = found;
    return true;
}

bool mu_tls_anchors(struct mu_arena *arena, const char *path, STACK_OF(X509) * *anchors,
                    struct mu_err *err)
{
    return mu_tls_chain(arena, path, anchors, err);
}

bool mu_tls_key(struct mu_arena *arena, const char *path, EVP_PKEY **key, struct mu_err *err)
{
    EVP_PKEY *found = recall(arena, KEY, path, NULL);
    if (found == NULL) {
        BIO *in;
        TRY(open_pem(arena, path, &in, err));
        found = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
        BIO_free(in);
        if (found == NULL)
            return wrong(path, "private key", err);
        keep(arena, KEY, path, NULL, found);
    }
    *key = found;
    return true;
}

static bool add_crls(struct mu_arena *arena, const char *path, X509_STORE *store,
                     struct mu_err *err)
{
    BIO *in;
    size_t n = 0;
    TRY(open_pem(arena, path, &in, err));
    X509_CRL *crl;
    while ((crl = PEM_read_bio_X509_CRL(in, NULL, no_password, NULL)) != NULL) {
        n += X509_STORE_add_crl(store, crl) == 1;
        X509_CRL_free(crl);
    }
    BIO_free(in);
    ERR_clear_error();
    return n > 0 || wrong(path, "revocation list", err);
}

bool mu_tls_store(struct mu_arena *arena, const char *anchors, const char *crl, X509_STORE **store,
                  struct mu_err *err)
{
    X509_STORE *found = recall(arena, STORE, anchors, crl);
    if (found == NULL) {
        STACK_OF(X509) * root;
        TRY(mu_tls_chain(arena, anchors, &root, err));
        found = X509_STORE_new();
        for (int i = 0; i < sk_X509_num(root); i++)
            X509_STORE_add_cert(found, sk_X509_value(root, i));
        if (crl != NULL && !add_crls(arena, crl, found, err)) {
            X509_STORE_free(found);
            return false;
        }
        keep(arena, STORE, anchors, crl, found);
    }
    *store = found;
    return true;
}
