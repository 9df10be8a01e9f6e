#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/version.h"

static void print_option(const struct mu_option *o)
{
    char left[64];
    if (o->letter != '\0')
        snprintf(left, sizeof left, "-%c, --%s%s%s", o->letter, o->name,
                 o->argument != NULL ? "=" : "", o->argument != NULL ? o->argument : "");
    else
        snprintf(left, sizeof left, "    --%s%s%s", o->name, o->argument != NULL ? "=" : "",
                 o->argument != NULL ? o->argument : "");
    printf("  %-28s %s\n", left, o->help);
}

void mu_print_usage(const char *group)
{
    size_t n = group != NULL ? strlen(group) : 0;
    printf("usage: muster %s%sCOMMAND [OPTION...]\n\n", n > 0 ? group : "", n > 0 ? " " : "");
    const struct mu_command *c;
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (n == 0 || (strncmp(c->name, group, n) == 0 && strchr(" ", c->name[n]) != NULL))
            printf("  %-14s %s\n", c->name, c->summary);
    puts("\n'muster COMMAND --help' says more. The manual is muster(1).");
}

void mu_print_help(const struct mu_command *command)
{
    bool options = command->option[0] != MU_OPTIONS;
    printf("usage: muster %s%s%s%s\n\n%s\n", command->name, options ? " [OPTION...]" : "",
           command->operands[0] != '\0' ? " " : "", command->operands, command->summary);
    if (command->detail[0] != '\0')
        printf("\n%s\n", command->detail);
    if (options)
        puts("\noptions:");
    for (const enum mu_option_id *o = command->option; *o != MU_OPTIONS; o++)
        print_option(mu_option(*o));
}

/* Backslashes, leading dots and dashes have a meaning in roff. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
}

static void roff_option(const struct mu_option *o)
{
    puts(".TP");
    fputs("\\fB", stdout);
    if (o->letter != '\0')
        printf("\\-%c\\fR, \\fB", o->letter);
    fputs("\\-\\-", stdout);
    roff(o->name);
    fputs("\\fR", stdout);
    if (o->argument != NULL)
        printf("=\\fI%s\\fR", o->argument);
    putchar('\n');
    roff(o->help);
    putchar('\n');
}

static const struct {
    const char *status, *meaning;
} exit_row[] = {
    { "0", "as expected" },
    { "1", "new failures: cases failed that no expectation covers; a check did not hold; access "
           "denied, a "
           "label refused" },
    { "2", "usage, bad input file, nothing selected" },
    { "3", "harness, adapter or I/O errors; the reason is printed" },
    { "4", "an expectation is stale, expired or too wide" },
    { "5", "more inconclusive cases than allowed" },
    { "6", "interrupted; partial results are valid" },
};

void mu_print_manual(void)
{
    printf(".TH MUSTER 1 \"\" \"muster %s\" \"User commands\"\n", MU_VERSION);
    puts(".SH NAME\nmuster \\- interoperability test harness for classified\\-message exchange");
    puts(".SH SYNOPSIS\n\\fBmuster\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]");
    puts(
        ".SH DESCRIPTION\nMuster plays the partner of a system under test over TLS, reads what "
        "comes back with the eyes of the standards, and says, clause by clause, whether the system "
        "would be found fit at an interoperability event.\n.SH COMMANDS");
    const struct mu_command *c;
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++) {
        printf(".SS \"muster %s %s\"\n", c->name, c->operands);
        roff(c->summary);
        printf(".\n");
        if (c->detail[0] != '\0') {
            puts(".PP");
            roff(c->detail);
            putchar('\n');
        }
        for (const enum mu_option_id *o = c->option; *o != MU_OPTIONS; o++)
            roff_option(mu_option(*o));
    }
    puts(".SH EXIT STATUS\nWhen several apply: 2, 6, 3, 1, 4, 5, 0.");
    for (size_t i = 0; i < MU_COUNT(exit_row); i++)
        printf(".TP\n\\fB%s\\fR\n%s\n", exit_row[i].status, exit_row[i].meaning);
    puts(".SH ENVIRONMENT\n.TP\n\\fBMUSTER_DATA\\fR\nfolder that holds profiles, fixtures and "
         "reports, "
         "looked at first\n.TP\n\\fBNO_COLOR\\fR\nwhen set, nothing is coloured");
}

/* The second words of the commands whose first word is `group`, of `n` bytes. */
static void print_seconds(const char *group, size_t n)
{
    const struct mu_command *c;
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (strncmp(c->name, group, n) == 0 && c->name[n] == ' ')
            printf(" %s", c->name + n + 1);
}

/* Is command i the first of two words that begins with its first word, and no command of its own? */
static bool is_group(size_t i)
{
    const struct mu_command *c = mu_command_at(i), *other;
    const char *space = strchr(c->name, ' ');
    size_t n = space != NULL ? (size_t) (space - c->name) : 0;
    for (size_t k = 0; space != NULL && (other = mu_command_at(k)) != NULL; k++) {
        bool same = strncmp(other->name, c->name, n) == 0;
        if (same && (other->name[n] == '\0' || (other->name[n] == ' ' && k < i)))
            return false;
    }
    return space != NULL;
}

static void completion_of(const struct mu_command *c)
{
    printf("    '%s') words='--help", c->name);
    print_seconds(c->name, strlen(c->name));
    for (const enum mu_option_id *o = c->option; *o != MU_OPTIONS; o++)
        printf(" --%s", mu_option(*o)->name);
    puts("' ;;");
}

static bool is_word_list(const char *files)
{
    return files != NULL && strcmp(files, "file") != 0 && strcmp(files, "dir") != 0;
}

void mu_print_completion(void)
{
    const struct mu_command *c;
    puts("# bash completion for muster, made from its option table\n_muster()\n{\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words command\n"
         "    COMPREPLY=()\n    case $prev in");
    for (int i = 0; i < MU_OPTIONS; i++) {
        const struct mu_option *o = mu_option((enum mu_option_id) i);
        if (o->files == NULL)
            continue;
        if (is_word_list(o->files))
            printf("    --%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", o->name,
                   o->files);
        else
            printf("    --%s) COMPREPLY=($(compgen -%c -- \"$cur\")); return ;;\n", o->name,
                   o->files[0] == 'd' ? 'd' : 'f');
    }
    puts("    esac\n    command=${COMP_WORDS[1]}");
    puts("    ((COMP_CWORD > 2)) && case \"$command ${COMP_WORDS[2]}\" in");
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (strchr(c->name, ' ') != NULL)
            printf("    '%s') command='%s' ;;\n", c->name, c->name);
    fputs("    esac\n    if ((COMP_CWORD == 1)); then words='", stdout);
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (strchr(c->name, ' ') == NULL)
            printf("%s ", c->name);
        else if (is_group(i))
            printf("%.*s ", (int) strcspn(c->name, " "), c->name);
    puts("'\n    else case $command in");
    puts("    'list') words='rules cases operators sins adapters functions formats lint profiles "
         "capabilities "
         "--profile --help' ;;");
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (strcmp(c->name, "list") != 0)
            completion_of(c);
    for (size_t i = 0; (c = mu_command_at(i)) != NULL; i++)
        if (is_group(i)) {
            size_t n = strcspn(c->name, " ");
            printf("    '%.*s') words='", (int) n, c->name);
            print_seconds(c->name, n);
            puts("' ;;");
        }
    puts("    esac; fi\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "    [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$cur\"))\n}\n"
         "complete -F _muster muster");
}
