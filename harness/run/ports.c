#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "run/coordinator.h"

bool mu_ports_listen(const struct mu_address *address, int *out, struct mu_err *err)
{
    int on = 1, fd = socket(address->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return mu_fail_sys(err, "cannot make a socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *) &address->sa, address->size) != 0
        || listen(fd, SOMAXCONN) != 0) {
        mu_fail_sys(err, "cannot listen at %s", address->text);
        close(fd);
        return false;
    }
    *out = fd;
    return true;
}

/* Deliveries into a Maildir end in a rename or link into new/; what lay there before is not ours. */
static bool watch(const struct mu_endpoint *endpoint, int *folder, int *out, struct mu_err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/new", endpoint->path);
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return mu_fail_sys(err, "cannot open Maildir folder '%s'", path);
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0 || inotify_add_watch(fd, path, IN_MOVED_TO | IN_CREATE) < 0) {
        mu_fail_sys(err, "cannot watch Maildir folder '%s'", path);
        close(dir);
        return false;
    }
    *folder = dir;
    *out = fd;
    return true;
}

/* Where the SUT file has port 0 the kernel has chosen one. */
static bool tell_port(const struct mu_coordinator *run, size_t a, struct mu_err *err)
{
    struct mu_address got = { .size = sizeof got.sa };
    if (run->host->listens == NULL
        || mu_address_port(&run->host->address(run->host->self, a)->address) != 0)
        return true;
    if (getsockname(run->listener[a], (struct sockaddr *) &got.sa, &got.size) != 0)
        return mu_fail_sys(err, "cannot see where we listen");
    run->host->listens(run->host->self, a, mu_address_port(&got));
    return true;
}

bool mu_ports_open(struct mu_coordinator *run, struct mu_err *err)
{
    const struct mu_run_host *host = run->host;
    if (host->addresses > MU_ADDRESSES_MAX)
        return mu_fail(err, MU_ERR_LIMIT, "more than %d addresses", MU_ADDRESSES_MAX);
    for (size_t a = 0; a < MU_ADDRESSES_MAX; a++)
        run->listener[a] = run->maildir[a] = -1;
    for (size_t a = 0; a < host->addresses; a++) {
        const struct mu_endpoint *endpoint = host->address(host->self, a);
        if (endpoint->path != NULL)
            TRY(watch(endpoint, &run->maildir[a], &run->listener[a], err));
        else
            TRY(mu_ports_listen(&endpoint->address, &run->listener[a], err)
                && tell_port(run, a, err));
    }
    return true;
}

void mu_ports_close(struct mu_coordinator *run)
{
    while (run->waitings > 0)
        close(run->waiting[--run->waitings].fd);
    for (size_t a = 0; a < MU_ADDRESSES_MAX; a++) {
        mu_fd_close(&run->listener[a]);
        mu_fd_close(&run->maildir[a]);
        run->listener[a] = run->maildir[a] = -1;
    }
}

/* The parcel socket of the case that runs alone, so that a reception can tell it how a connection
 * went that brought no message. */
static int owner_of(const struct mu_coordinator *run)
{
    for (size_t i = 0; i < run->jobs; i++)
        if (run->exclusive == (int64_t) run->job[i].attempt.item)
            return run->job[i].parcels;
    return -1;
}

static bool start_reception(struct mu_coordinator *run, size_t a, int fd, struct mu_err *err)
{
    struct mu_job_start start = {
        .host = run->host,
        .isolation = run->options->isolation,
        .run_key = run->run_key,
        .seed = run->options->seed,
        .deadline_ms = 2 * MU_CASE_MS,
        .operation_ms = MU_CASE_MS,
        .no_evidence = run->options->no_evidence,
        .veil = run->jobs_veil,
        .key_log = run->options->key_log,
        .exclusive = run->exclusive,
        .owner = owner_of(run),
        .accepted = fd,
    };
    return mu_job_start(&start, MU_JOB_RECEPTION, a, &run->reception[run->receptions++], err);
}

static bool accept_connection(struct mu_coordinator *run, size_t a, bool *more, struct mu_err *err)
{
    int on = 1;
    MU_CLEANUP(mu_fd_close)
    int fd = accept4(run->listener[a], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    *more = fd >= 0;
    if (fd < 0)
        return true; /* EAGAIN, or a peer that was gone before we looked */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return start_reception(run, a, fd, err);
}

static bool is_busy(const struct mu_coordinator *run, size_t a)
{
    for (size_t i = 0; i < run->receptions; i++)
        if (run->reception[i].attempt.item == a)
            return true;
    return false;
}

/* One file of a Maildir after the other: a marker proves that nothing came before it only when what
 * came before it has been read. */
bool mu_ports_next(struct mu_coordinator *run, struct mu_err *err)
{
    size_t kept = 0;
    bool ok = true;
    for (size_t i = 0; i < run->waitings; i++) {
        struct mu_delivered d = run->waiting[i];
        if (!ok || run->receptions == MU_RECEPTIONS_MAX || is_busy(run, d.address)) {
            run->waiting[kept++] = d;
            continue;
        }
        ok = start_reception(run, d.address, d.fd, err);
        close(d.fd);
    }
    run->waitings = kept;
    return ok;
}

/* How many names one read can bring: the shortest event that is read has 16 bytes of name. */
#define NAMES_MAX ((sizeof(struct inotify_event) + 256) / (sizeof(struct inotify_event) + 16) + 1)

static bool open_delivered(struct mu_coordinator *run, size_t a, bool *more, struct mu_err *err)
{
    union {
        struct inotify_event event;
        char room[sizeof(struct inotify_event) + 256];
    } u;
    /* One event a read: the buffer has room for one name of the longest kind. */
    ssize_t n = read(run->listener[a], &u, sizeof u);
    *more = n > 0;
    if (n <= 0 || u.event.len == 0)
        return true;
    ssize_t used = 0;
    while (used < n) {
        struct inotify_event event;
        memcpy(&event, u.room + used, sizeof event);
        const char *name = u.room + used + sizeof event;
        used += (ssize_t) sizeof event + event.len;
        int fd = event.len == 0 ? -1
                                : openat(run->maildir[a], name,
                                         O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd >= 0)
            run->waiting[run->waitings++] = (struct mu_delivered){ a, fd };
    }
    return mu_ports_next(run, err);
}

bool mu_ports_accept(struct mu_coordinator *run, size_t a, struct mu_err *err)
{
    bool more = true;
    if (run->maildir[a] >= 0) {
        while (more && run->waitings + NAMES_MAX <= MU_RECEPTIONS_MAX)
            TRY(open_delivered(run, a, &more, err));
        return true;
    }
    while (more && run->receptions < MU_RECEPTIONS_MAX)
        TRY(accept_connection(run, a, &more, err));
    return true;
}

int mu_ports_dial(const struct mu_coordinator *run, uint32_t e)
{
    if (e >= run->host->endpoints) {
        errno = EINVAL;
        return -1;
    }
    struct mu_address address = run->host->endpoint(run->host->self, e)->address;
    if (mu_endpoint_opener(run, e) != NULL) {
        if (run->opened[e] == 0) {
            errno = EHOSTDOWN;
            return -1;
        }
        mu_address_set_port(&address, run->opened[e]);
    }
    return mu_ports_connect(&address);
}

int mu_ports_connect(const struct mu_address *address)
{
    int on = 1, fd = socket(address->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *) &address->sa, address->size) != 0
        && errno != EINPROGRESS) {
        int sys = errno;
        close(fd);
        errno = sys;
        return -1;
    }
    return fd;
}
