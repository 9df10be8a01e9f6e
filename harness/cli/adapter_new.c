/* `muster adapter new`: a template in the newcomer's language, with what is needed to run it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "cli/adapter.h"

/* {dir} is the whole path of the new folder. */
static const struct language {
    const char *name;
    const char *file[3]; /* in fixtures/adapters/<name>; the first is where one's own system goes */
    const char *build;   /* in the new folder; NULL: nothing is to be built */
    const char *command; /* as the SUT file says it: seen from its folder   */
    const char *way;     /* of the SUT file; "pipes" is not said            */
    const char *place;   /* in the first file                               */
} language[] = {
    { "c",
      { "system.c", "adapter.c" },
      "cc -O2 -o adapter adapter.c system.c -ljansson -lcrypto",
      "./adapter",
      "pipes",
      "read_label()" },
    { "python", { "adapter.py" }, NULL, "./adapter.py", "pipes", "read_label()" },
    { "sh", { "adapter.sh" }, NULL, "./adapter.sh", "filter", "read_label" },
    { "node", { "adapter.js" }, NULL, "./adapter.js", "pipes", "readLabel()" },
    { "java",
      { "Adapter.java", "Json.java" },
      "javac -d . Adapter.java Json.java",
      "java -cp {dir} Adapter",
      "pipes",
      "readLabel()" },
};

static const struct language *find(const struct mu_arguments *args, struct mu_err *err)
{
    const char *word[MU_COUNT(language)];
    size_t chosen;
    for (size_t i = 0; i < MU_COUNT(language); i++)
        word[i] = language[i].name;
    if (args->value[MU_OPT_LANG] == NULL) {
        (void) mu_fail(err, MU_ERR_USAGE, "say with --lang in which language: %s",
                       mu_option(MU_OPT_LANG)->files);
        return NULL;
    }
    if (!mu_argument_word(args, MU_OPT_LANG, word, MU_COUNT(word), 0, &chosen, err))
        return NULL;
    return &language[chosen];
}

/* `text` with {dir} filled in. */
static const char *fill(struct mu_arena *arena, const char *text, const char *dir)
{
    const char *at = strstr(text, "{dir}");
    if (at == NULL)
        return text;
    return mu_arena_printf(arena, "%.*s%s%s", (int) (at - text), text, dir, at + 5);
}

static const char *sut_file(struct mu_arena *arena, const struct language *l, const char *dir)
{
    struct mu_buf out = { .arena = arena };
    bool filter = strcmp(l->way, "filter") == 0;
    mu_buf_puts(&out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<!-- What is known of your system: harness/docs/sut-files.md. -->\n"
                "<sut xmlns=\"urn:muster:sut:1\" id=\"mine\" name=\"NAME IT HERE\" version=\"0\" "
                "owner=\"WHOSE IT IS\">\n");
    mu_buf_printf(&out, "  <adapter id=\"a\"%s command=\"%s\"/>\n", filter ? " way=\"filter\"" : "",
                  fill(arena, l->command, dir));
    mu_buf_puts(&out, "  <role name=\"validator\" adapter=\"a\"/>\n"
                      "  <claim capability=\"label.4774\"/>\n</sut>\n");
    return mu_buf_text(&out);
}

static const char *commands(struct mu_arena *arena, const struct language *l, const char *dir)
{
    struct mu_buf out = { .arena = arena };
    const char *prefix = strcmp(l->way, "filter") == 0 ? "exec-filter:" : "";
    if (l->build != NULL)
        mu_buf_printf(&out, "%s\n", l->build);
    mu_buf_printf(&out, "muster adapter check %s%s\n", prefix, fill(arena, l->command, dir));
    mu_buf_puts(&out, "muster run --profile validator-4774 --sut sut.xml --out run\n");
    mu_buf_puts(&out, "muster report run --short\n");
    return mu_buf_text(&out);
}

static const char *readme(struct mu_arena *arena, const struct language *l, const char *dir)
{
    return mu_arena_printf(
        arena,
        "# An adapter\n\nCall your system in `%s` of `%s`, and say in the hello and in `sut.xml` "
        "what "
        "it is called. Until then the template\nanswers with a small reader of its own, which "
        "knows "
        "neither the schema nor a policy: many cases fail, as they should.\n\n```\n%s```\n\n"
        "`muster adapter check` says what is wrong with the protocol, the run what is wrong with "
        "the "
        "system. The page is\n`harness/docs/adapters.md`.\n",
        l->place, l->file[0], commands(arena, l, dir));
}

static bool put(const char *dir, const char *name, struct mu_bytes text, unsigned mode,
                struct mu_arena *arena, struct mu_err *err)
{
    const char *path = mu_file_join(arena, dir, name);
    if (access(path, F_OK) == 0)
        return mu_fail(err, MU_ERR_USAGE, "'%s' is there already", path);
    TRY(mu_file_replace(path, text, 0644, err));
    if (mode != 0644 && chmod(path, mode) != 0)
        return mu_fail_sys(err, "cannot make '%s' executable", path);
    return true;
}

static bool put_template(const struct mu_data *data, const struct language *l, const char *name,
                         const char *dir, struct mu_arena *arena, struct mu_err *err)
{
    struct mu_bytes text;
    const char *relative = mu_arena_printf(arena, "fixtures/adapters/%s/%s", l->name, name);
    const char *path = mu_data_find(data, arena, relative);
    if (path == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no file '%s' was found", relative);
    TRY(mu_file_read(arena, path, MU_OPERATOR_FILE_MAX, &text, err));
    bool script = text.n > 2 && memcmp(text.p, "#!", 2) == 0;
    return put(dir, name, text, script ? 0755 : 0644, arena, err);
}

bool mu_cli_adapter_new(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct mu_data data;
    const struct language *l = find(args, err);
    const char *out = args->value[MU_OPT_OUT];
    TRY(l != NULL);
    mu_data_init(args->arena, &data);
    if (out == NULL)
        out = mu_arena_printf(args->arena, "adapter-%s", l->name);
    TRY(mu_file_make_dir(out, 0755, err));
    const char *dir = mu_file_real(args->arena, out);
    for (size_t i = 0; l->file[i] != NULL; i++)
        TRY(put_template(&data, l, l->file[i], dir, args->arena, err));
    TRY(put(dir, "sut.xml", mu_bytes_of(sut_file(args->arena, l, dir)), 0644, args->arena, err));
    TRY(put(dir, "README.md", mu_bytes_of(readme(args->arena, l, dir)), 0644, args->arena, err));
    printf("%s: put your system into %s of %s, then\n\ncd %s\n%s", out, l->place, l->file[0], out,
           commands(args->arena, l, dir));
    *status = MU_EXIT_OK;
    return true;
}
