/* muster note: what people say of a verdict, as a record behind the end of the run. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/names.h"
#include "base/text_safe.h"
#include "cli/manifest.h"
#include "cli/words.h"
#include "cli/world.h"
#include "report/model.h"
#include "run/append.h"

struct note {
    const char *run, *wanted, *kind, *by, *why;
    enum mu_verdict verdict; /* of an override */
    const char *name;        /* of the instance, once it is found */
};

/* --- what was typed ----------------------------------------------------------------------------------- */

/* One line that a reader sees as it was typed. */
static bool check_text(struct mu_arena *arena, const char *option, const char *text, size_t max,
                       struct mu_err *err)
{
    struct mu_buf seen = { .arena = arena };
    if (text == NULL || text[strspn(text, " ")] == '\0')
        return mu_fail(err, MU_ERR_USAGE, "'muster note' wants --%s: a note says %s", option,
                       strcmp(option, "by") == 0 ? "who gives it" : "why it is given");
    if (strlen(text) > max)
        return mu_fail(err, MU_ERR_USAGE, "--%s takes at most %zu bytes, not %zu", option, max,
                       strlen(text));
    mu_text_safe(&seen, mu_bytes_of(text), MU_TEXT_XML, max);
    return (strpbrk(text, "\n\t") == NULL && mu_bytes_equal(mu_buf_bytes(&seen), mu_bytes_of(text)))
           || mu_fail(err, MU_ERR_USAGE,
                      "--%s takes one line of text; this holds characters that cannot be seen: "
                      "'%.80s'",
                      option, mu_text_line(arena, mu_bytes_of(text)));
}

static bool read_verdict(const struct mu_arguments *args, enum mu_verdict *verdict,
                         struct mu_err *err)
{
    static const char *word[MU_VERDICTS];
    size_t i;
    for (int v = 0; v < MU_VERDICTS; v++)
        word[v] = mu_verdict_name((enum mu_verdict) v);
    TRY(mu_argument_word(args, MU_OPT_OVERRIDE, word, MU_VERDICTS, MU_PASS, &i, err));
    *verdict = (enum mu_verdict) i;
    return true;
}

static bool read_kind(const struct mu_arguments *args, struct note *note, struct mu_err *err)
{
    static const struct {
        enum mu_option_id id;
        const char *kind;
    } row[] = {
        { MU_OPT_DISPUTE, "dispute" },
        { MU_OPT_OVERRIDE, "override" },
        { MU_OPT_WITHDRAW, "withdraw" },
    };
    unsigned given = 0;
    for (size_t i = 0; i < MU_COUNT(row); i++)
        if (args->value[row[i].id] != NULL) {
            note->kind = row[i].kind;
            given++;
        }
    if (given != 1)
        return mu_fail(err, MU_ERR_USAGE,
                       "'muster note' wants one of --dispute, --override VERDICT and --withdraw%s",
                       given > 1 ? ", not several" : "");
    return read_verdict(args, &note->verdict, err);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The last run that was begun here: their names begin with the time. */
static const char *last_run(struct mu_arena *arena)
{
    struct dirent **entry;
    const char *last = NULL;
    int n = scandir("muster-runs", &entry, NULL, by_name);
    for (int i = 0; i < n; i++) {
        const char *path = mu_file_join(arena, "muster-runs", entry[i]->d_name);
        if (entry[i]->d_name[0] != '.'
            && access(mu_file_join(arena, path, MU_JOURNAL_NAME), R_OK) == 0)
            last = path;
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return last;
}

static bool read_note(const struct mu_arguments *args, struct note *note, struct mu_err *err)
{
    bool both = args->operands == 2;
    *note = (struct note){ .run = both ? args->operand[0] : last_run(args->arena),
                           .wanted = args->operand[both],
                           .by = args->value[MU_OPT_BY],
                           .why = args->value[MU_OPT_WHY] };
    TRY(read_kind(args, note, err));
    TRY(check_text(args->arena, "by", note->by, MU_NOTE_BY_MAX, err));
    TRY(check_text(args->arena, "why", note->why, MU_NOTE_WHY_MAX, err));
    if (strpbrk(note->wanted, "*?") != NULL)
        return mu_fail(err, MU_ERR_USAGE,
                       "a note is about one case: '%.100s' is a pattern; name the case or give its "
                       "number in the report",
                       note->wanted);
    return note->run != NULL
           || mu_fail(err, MU_ERR_USAGE,
                      "'muster note' wants RUN CASE: there is no run in ./muster-runs");
}

/* --- which case it is: in a sealed job, which reads what a system said --------------------------------- */

static const char *nearest(struct mu_arena *arena, const struct mu_result *m, const char *wanted)
{
    size_t n = 0;
    const char **name = mu_arena_array(arena, (size_t) 2 * m->total + 1, sizeof *name);
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        name[n++] = i->name;
        if (i == i->of->first)
            name[n++] = i->of->id;
    }
    return mu_name_nearest_in(wanted, name, n);
}

static bool find_number(const struct mu_result *m, const char *wanted,
                        const struct mu_instance **found, struct mu_err *err)
{
    unsigned long number = strlen(wanted) < 10 ? strtoul(wanted, NULL, 10) : 0;
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next)
        if (i->index == number) {
            *found = i;
            return true;
        }
    return mu_fail(err, MU_ERR_USAGE, "there is no case number %.20s: the report has 1 to %u",
                   wanted, m->total);
}

/* By number, by name, or by the id of a case that has one instance. */
static bool find_case(struct mu_arena *arena, const struct mu_result *m, const char *wanted,
                      const struct mu_instance **found, struct mu_err *err)
{
    unsigned of_case = 0;
    if (*wanted != '\0' && wanted[strspn(wanted, "0123456789")] == '\0')
        return find_number(m, wanted, found, err);
    *found = NULL;
    for (const struct mu_instance *i = m->instance; i != NULL; i = i->next) {
        bool named = strcmp(i->name, wanted) == 0;
        if (named || strcmp(i->of->id, wanted) == 0) {
            *found = i;
            of_case++;
        }
        if (named)
            return true;
    }
    if (of_case == 1)
        return true;
    if (of_case > 1)
        return mu_fail(err, MU_ERR_USAGE, "case '%s' has %u instances; say which, as '%s'", wanted,
                       of_case, (*found)->name);
    const char *near = nearest(arena, m, wanted);
    return mu_fail(err, MU_ERR_USAGE, "the run has no case '%s'%s%s%s",
                   mu_text_line(arena, mu_bytes_of(wanted)), near != NULL ? "; did you mean '" : "",
                   near != NULL ? near : "", near != NULL ? "'?" : "");
}

static bool stands_by(const struct mu_instance *instance, const char *by)
{
    for (const struct mu_opinion *o = instance->opinion; o != NULL; o = o->next)
        if (!o->withdrawn && strcmp(o->kind, "withdraw") != 0 && strcmp(o->by, by) == 0)
            return true;
    return false;
}

/* What would say nothing is a slip. */
static bool check_sense(const struct note *note, const struct mu_instance *instance,
                        struct mu_err *err)
{
    if (strcmp(note->kind, "withdraw") == 0 && !stands_by(instance, note->by))
        return mu_fail(err, MU_ERR_USAGE,
                       "nothing that '%s' said of '%s' stands: there is nothing "
                       "to withdraw",
                       note->by, instance->name);
    if (strcmp(note->kind, "override") == 0 && note->verdict == instance->verdict)
        return mu_fail(err, MU_ERR_USAGE,
                       "the verdict of '%s' is %s already; --withdraw takes an override back",
                       instance->name, mu_verdict_name(note->verdict));
    return true;
}

static bool look_up(struct mu_arena *arena, void *what, const struct mu_report_source *source,
                    int out, struct mu_err *err)
{
    const struct note *note = what;
    const struct mu_instance *instance;
    struct mu_result *result;
    TRY(mu_report_load(arena, source, &result, err));
    TRY(find_case(arena, result, note->wanted, &instance, err));
    TRY(check_sense(note, instance, err));
    const char *says =
        mu_arena_printf(arena, "%s\n%s", instance->name, mu_verdict_name(instance->verdict));
    return mu_file_write_all(out, mu_bytes_of(says), err);
}

/* The name of the instance and, behind a line feed, its verdict. */
static bool find_name(struct mu_arena *arena, struct note *note, const char **verdict,
                      struct mu_err *err)
{
    struct mu_bytes says;
    MU_CLEANUP(mu_fd_close) int answer = memfd_create("note", MFD_CLOEXEC);
    if (answer < 0)
        return mu_fail_sys(err, "cannot make a memory file");
    TRY(mu_report_sealed(note->run, look_up, note, answer, err));
    TRY(mu_file_read_fd(arena, answer, "note", 2 * MU_NOTE_WHY_MAX, &says, err));
    size_t lf = mu_bytes_find(says, MU_BYTES("\n"), 0);
    if (lf == SIZE_MAX)
        return mu_fail(err, MU_ERR_IO, "the job that looked for the case said nothing");
    note->name = mu_arena_strndup(arena, says.p, lf);
    *verdict = mu_arena_strndup(arena, says.p + lf + 1, says.n - lf - 1);
    return true;
}

/* --- the record ----------------------------------------------------------------------------------------- */

static bool write_note(struct mu_journal *journal, const struct note *note, struct mu_err *err)
{
    char now[32];
    time_t t = time(NULL);
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &tm);
    struct mu_json *j = mu_journal_begin(journal, "note");
    mu_json_text(j, "case", note->name);
    mu_json_text(j, "kind", note->kind);
    if (strcmp(note->kind, "override") == 0)
        mu_json_text(j, "verdict", mu_verdict_name(note->verdict));
    mu_json_text(j, "by", note->by);
    mu_json_text(j, "why", note->why);
    mu_json_text(j, "at", now);
    return mu_journal_end(journal, err);
}

static bool append(struct mu_arena *arena, struct note *note, const char **verdict,
                   struct mu_err *err)
{
    struct mu_appending appending;
    struct mu_err ignored;
    TRY(mu_append_open(&appending, arena, note->run, err));
    bool ok = find_name(arena, note, verdict, err) && write_note(&appending.journal, note, err);
    return mu_append_close(&appending, ok, ok ? err : &ignored) && ok;
}

static void print(const struct note *note, const char *verdict)
{
    bool override = strcmp(note->kind, "override") == 0;
    printf("%s: %s is %s, and %s%s by %s\n", note->run, note->name, verdict,
           override                             ? "overridden: "
           : strcmp(note->kind, "dispute") == 0 ? "disputed"
                                                : "what was said of it is withdrawn",
           override ? mu_verdict_name(note->verdict) : "", note->by);
}

/* Reports that stand in the folder know nothing of the note. Those of a signed run stay as they were
 * signed. */
static bool renew_reports(const struct mu_arguments *args, const struct note *note,
                          struct mu_err *err)
{
    struct mu_world world;
    TRY(mu_world_start(&world, args, err));
    struct mu_err is_signed;
    if (!mu_manifest_may_change(args->arena, note->run, NULL, &is_signed)) {
        printf(
            "the run is signed, and its reports stay as they are; for reports that show the note: "
            "muster report %s --out DIR\n",
            note->run);
        return true;
    }
    struct mu_report_order order = { .run = note->run,
                                     .sheets = mu_data_find(&world.data, args->arena, "reports") };
    if (order.sheets == NULL)
        return mu_fail(err, MU_ERR_USAGE, "no folder 'reports' with stylesheets was found");
    TRY(mu_event_words_load(args->arena, &world.data, NULL, &order.words, err));
    TRY(mu_renew_reports(args->arena, &order, err));
    printf("report: %s/report.html\n", note->run);
    return true;
}

bool mu_cli_note(const struct mu_arguments *args, enum mu_exit *status, struct mu_err *err)
{
    struct note note;
    const char *verdict;
    TRY(read_note(args, &note, err));
    TRY(append(args->arena, &note, &verdict, err));
    print(&note, verdict);
    TRY(renew_reports(args, &note, err));
    *status = MU_EXIT_OK;
    return true;
}
