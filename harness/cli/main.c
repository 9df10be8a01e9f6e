/* main.c - finds the command, runs it, turns its end into an exit status. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "cli/command.h"
#include "cli/version.h"

#define COMMAND_ARENA ((size_t) 4 << 30)

static enum mu_exit status_of(enum mu_err_code code)
{
    bool ours = code == MU_ERR_USAGE || code == MU_ERR_PROFILE || code == MU_ERR_LIMIT;
    return ours ? MU_EXIT_USAGE : MU_EXIT_TROUBLE;
}

static enum mu_exit complain(const struct mu_err *err)
{
    char text[600];
    mu_err_text(err, text, sizeof text);
    fprintf(stderr, "muster: %s\n", text);
    return status_of(err->code);
}

/* The command that argv begins with; *words is how many words its name has. */
static const struct mu_command *find_command(int argc, char **argv, int *words)
{
    const struct mu_command *c;
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++) {
        char two[64];
        snprintf(two, sizeof two, "%s %s", argv[1], argc > 2 ? argv[2] : "");
        bool both = strchr(c->name, ' ') != NULL;
        *words = both ? 2 : 1;
        if (strcmp(c->name, both ? two : argv[1]) == 0)
            return c;
    }
    return NULL;
}

static const char *command_name(const void *self, size_t i)
{
    (void) self;
    const struct mu_command *c = mu_command_at(i);
    return c != NULL ? c->name : NULL;
}

/* The first command of two words whose first word was typed. */
static const char *begun_command(const char *word)
{
    const struct mu_command *c;
    size_t n = strlen(word);
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
            return c->name;
    return NULL;
}

static enum mu_exit unknown_command(int argc, char **argv)
{
    char typed[64];
    snprintf(typed, sizeof typed, "%s%s%s", argv[1], argc > 2 && argv[2][0] != '-' ? " " : "",
             argc > 2 && argv[2][0] != '-' ? argv[2] : "");
    const char *begun = begun_command(argv[1]);
    const char *near = mu_name_nearest(typed, command_name, NULL);
    if (near == NULL)
        near = begun != NULL ? begun : mu_name_nearest(argv[1], command_name, NULL);
    fprintf(stderr, "muster: unknown command '%s'", begun != NULL ? typed : argv[1]);
    if (near != NULL)
        fprintf(stderr, "; did you mean '%s'?", near);
    fputc('\n', stderr);
    return MU_EXIT_USAGE;
}

static enum mu_exit run_command(const struct mu_command *command, int argc, char **argv)
{
    struct mu_err err;
    struct mu_arguments args = { .program = "muster", .environment = environ };
    args.arena = mu_arena_new(COMMAND_ARENA);
    enum mu_exit status = MU_EXIT_OK;
    if (!mu_arguments_parse(command, argc, argv, &args, &err)) {
        status = complain(&err);
        fprintf(stderr, "muster: 'muster %s --help' says what it takes\n", command->name);
    } else if (args.value[MU_OPT_HELP] != NULL) {
        mu_print_help(command);
    } else if (!command->run(&args, &status, &err)) {
        status = complain(&err);
    }
    mu_arena_free(args.arena);
    return status;
}

/* What could not be written was not said. */
static int finish(enum mu_exit status)
{
    bool written = fflush(stdout) == 0 && ferror(stdout) == 0;
    if (!written && status == MU_EXIT_OK) {
        fputs("muster: cannot write to standard output\n", stderr);
        status = MU_EXIT_TROUBLE;
    }
    return (int) status;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* `muster adapter` and `muster adapter --help`: the first word of several commands, and no second. */
static bool is_group(int argc, char **argv)
{
    return begun_command(argv[1]) != NULL && (argc == 2 || (argc == 3 && asks_for_help(argv[2])));
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        mu_print_usage(NULL);
        return MU_EXIT_USAGE;
    }
    if (asks_for_help(argv[1])) {
        mu_print_usage(NULL);
        return finish(MU_EXIT_OK);
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("muster " MU_VERSION);
        return finish(MU_EXIT_OK);
    }
    int words;
    const struct mu_command *command = find_command(argc, argv, &words);
    if (command == NULL && is_group(argc, argv)) {
        mu_print_usage(argv[1]);
        return finish(argc == 2 ? MU_EXIT_USAGE : MU_EXIT_OK);
    }
    if (command == NULL)
        return (int) unknown_command(argc, argv);
    return finish(run_command(command, argc - words, argv + words));
}
