/* The jobs of a batch: started when there is work, given orders, listened to, replaced. */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "run/batch_inside.h"

#define LOOK_MS 1000 /* how often jobs are looked at that say nothing */

struct work {
    const struct mu_batch *batch;
    struct mu_batch_page *page;
};

static bool run_job(void *of, struct mu_seat *seat, struct mu_err *err)
{
    const struct work *work = of;
    return mu_batch_serve(work->batch, work->page, seat, err);
}

static bool start(struct mu_batch_state *b, struct mu_hand *hand, struct mu_err *err)
{
    if (hand->page == NULL) {
        void *page = mmap(NULL, sizeof *hand->page, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return mu_fail_sys(err, "cannot share a page with a job");
        hand->page = page;
    }
    atomic_store(&hand->page->begun, 0);
    struct work work = { b->batch, hand->page };
    struct mu_job_start how = { .isolation = b->batch->isolation,
                                .deadline_ms = b->batch->item_ms,
                                .operation_ms = b->batch->item_ms,
                                .no_evidence = true,
                                .accepted = -1,
                                .owner = -1,
                                .batch = run_job,
                                .of = &work };
    TRY(mu_job_start(&how, MU_JOB_BATCH, 0, &hand->job, err));
    hand->live = true;
    hand->leaving = false;
    hand->slots = 0;
    hand->answered = hand->begun_seen = 0;
    hand->since_ms = mu_clock_ms();
    hand->said[0] = '\0';
    return true;
}

/* --- orders --------------------------------------------------------------------------------------- */

/* Few for each at the end, so that all of them end together; few for each of many. */
static size_t order_size(const struct mu_batch_state *b)
{
    size_t share = mu_batch_waiting(b) / (2 * b->batch->jobs) + 1;
    size_t most = (size_t) 4 * MU_JOBS_MAX / b->batch->jobs;
    size_t size = share < most ? share : most;
    return size < MU_PACKET_FDS ? size : MU_PACKET_FDS;
}

static bool give(struct mu_batch_state *b, struct mu_hand *hand)
{
    struct mu_order order = { .count = 0 };
    int fd[MU_PACKET_FDS];
    size_t size = order_size(b);
    struct mu_slot *slot;
    if (hand->slots == 0)
        hand->since_ms = mu_clock_ms();
    while (order.count < size && (slot = mu_batch_pick(b)) != NULL) {
        order.one[order.count].split = slot == &b->split;
        order.one[order.count].number = slot->item.number;
        order.one[order.count].offset = slot == &b->split ? b->split_at : slot->item.offset;
        order.one[order.count].octets = slot->item.octets;
        fd[order.count++] = slot->item.fd;
        hand->slot[hand->slots++] = slot;
    }
    /* A job that is gone is found out by its socket; what it was given is given to another. */
    if (order.count > 0)
        (void) mu_packet_send_fds(hand->job.fd, &order, sizeof order, fd, order.count);
    return order.count > 0;
}

bool mu_hands_dispatch(struct mu_batch_state *b, struct mu_err *err)
{
    /* First each gets something, then each a second order to go on with. */
    for (size_t full = 0; full <= MU_PACKET_FDS; full += MU_PACKET_FDS)
        for (size_t i = 0; i < b->batch->jobs && mu_batch_waiting(b) > 0; i++) {
            struct mu_hand *hand = &b->hand[i];
            if (!hand->live)
                TRY(start(b, hand, err));
            if (!hand->leaving && hand->slots <= full && !give(b, hand))
                return true;
        }
    return true;
}

bool mu_hands_busy(const struct mu_batch_state *b)
{
    for (size_t i = 0; i < b->batch->jobs; i++)
        if (b->hand[i].live && (b->hand[i].slots > 0 || b->hand[i].leaving))
            return true;
    return false;
}

/* --- answers -------------------------------------------------------------------------------------- */

/* One packet of a job. False in *sane: it says what no job of ours would. */
static bool take_packet(struct mu_batch_state *b, struct mu_hand *hand, size_t n, bool *sane,
                        struct mu_err *err)
{
    for (size_t at = 0; at < n;) {
        struct mu_reply head;
        *sane = n - at >= sizeof head;
        if (!*sane)
            return true;
        memcpy(&head, b->packet + at, sizeof head);
        at += sizeof head;
        size_t padded = ((size_t) head.size + 7) & ~(size_t) 7;
        bool item = head.kind != MU_REPLY_LEAVE;
        *sane = padded <= n - at && (!item || hand->slots > 0);
        if (!*sane)
            return true;
        hand->leaving = hand->leaving || !item;
        if (item) {
            struct mu_slot *slot = hand->slot[0];
            memmove(hand->slot, hand->slot + 1, --hand->slots * sizeof slot);
            hand->answered++;
            TRY(mu_batch_answer(b, slot, head.kind, (struct mu_bytes){ b->packet + at, head.size },
                                err));
        }
        at += padded;
    }
    return true;
}

/* Our own trouble in a job, told by records. */
static bool is_record(struct mu_hand *hand, const char *packet, size_t n)
{
    struct mu_record record;
    if (n < offsetof(struct mu_record, text) || n > sizeof record)
        return false;
    memcpy(&record, packet, n);
    if (!mu_record_valid(&record, n))
        return false;
    if (record.type == MU_RECORD_NOTE)
        snprintf(hand->said, sizeof hand->said, "%s", mu_record_text(&record, 0));
    return true;
}

/* Everything that it has sent; *gone when it has left or must go, *why unless that was in order. */
static bool listen_to(struct mu_batch_state *b, struct mu_hand *hand, bool *gone, const char **why,
                      struct mu_err *err)
{
    for (;;) {
        int fd;
        ssize_t n = mu_packet_receive(hand->job.fd, b->packet, sizeof b->packet, MSG_DONTWAIT, &fd);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (n < 0 && errno == ECONNRESET)
            continue; /* it left orders unread; said once, and before what it has sent */
        bool sane = n <= (ssize_t) sizeof b->packet;
        if (n > 0 && sane && !is_record(hand, b->packet, (size_t) n))
            TRY(take_packet(b, hand, (size_t) n, &sane, err));
        if (n <= 0 || !sane) {
            *gone = true;
            *why = sane ? NULL : "its job said what it must not";
            return true;
        }
    }
}

/* Which of its items the job was at; SIZE_MAX: it had begun none. One that says so again and again
 * does not own up to what it does. */
static size_t victim_of(const struct mu_batch_state *b, const struct mu_hand *hand)
{
    uint64_t begun = atomic_load(&hand->page->begun);
    if (begun == hand->answered && b->idle_deaths < MU_BATCH_STARTS / 2)
        return SIZE_MAX;
    uint64_t at = begun > hand->answered ? begun - hand->answered - 1 : 0;
    return at < hand->slots ? (size_t) at : 0;
}

static const char *end_of(const struct mu_hand *hand, int status, char *text, size_t size)
{
    if (hand->said[0] != '\0')
        snprintf(text, size, "%s", hand->said);
    else if (WIFSIGNALED(status))
        snprintf(text, size, "its job was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(text, size, "its job left early with status %d", WEXITSTATUS(status));
    return text;
}

/* The job is gone or must go: the item that it was at has had its chance, the others go elsewhere. */
static bool bury(struct mu_batch_state *b, struct mu_hand *hand, const char *why,
                 struct mu_err *err)
{
    int status;
    char text[300];
    size_t victim = victim_of(b, hand);
    bool in_order = hand->leaving && why == NULL;
    mu_job_end(&hand->job, &status);
    hand->live = false;
    why = why != NULL ? why : end_of(hand, status, text, sizeof text);
    b->idle_deaths = in_order || victim != SIZE_MAX ? 0 : b->idle_deaths + 1;
    for (size_t i = hand->slots; i-- > 0;)
        if (i == victim && !in_order)
            mu_batch_killed(b, hand->slot[i], why);
        else
            mu_batch_put_back(b, hand->slot[i]);
    hand->slots = 0;
    b->end->renewed += in_order;
    if (b->idle_deaths >= MU_BATCH_STARTS)
        return mu_fail(err, MU_ERR_IO, "a job cannot work: %s", why);
    return true;
}

static bool is_late(const struct mu_batch_state *b, struct mu_hand *hand)
{
    uint64_t begun = atomic_load(&hand->page->begun) + hand->answered, now = mu_clock_ms();
    if (hand->slots == 0 || begun != hand->begun_seen) {
        hand->begun_seen = begun;
        hand->since_ms = now;
    }
    return now - hand->since_ms > b->batch->item_ms;
}

bool mu_hands_wait(struct mu_batch_state *b, struct mu_err *err)
{
    struct pollfd pfd[MU_JOBS_MAX];
    for (size_t i = 0; i < b->batch->jobs; i++)
        pfd[i] =
            (struct pollfd){ .fd = b->hand[i].live ? b->hand[i].job.fd : -1, .events = POLLIN };
    int wait_ms = b->batch->item_ms < LOOK_MS ? (int) b->batch->item_ms : LOOK_MS;
    if (poll(pfd, b->batch->jobs, wait_ms) < 0 && errno != EINTR)
        return mu_fail_sys(err, "cannot wait for jobs");
    for (size_t i = 0; i < b->batch->jobs; i++) {
        struct mu_hand *hand = &b->hand[i];
        const char *why = NULL;
        char late[60];
        bool gone = false;
        if (!hand->live)
            continue;
        if (pfd[i].revents != 0)
            TRY(listen_to(b, hand, &gone, &why, err));
        if (!gone && is_late(b, hand)) {
            gone = true;
            snprintf(late, sizeof late, "it took more than %u ms", b->batch->item_ms);
            why = late;
        }
        if (gone)
            TRY(bury(b, hand, why, err));
    }
    return true;
}

void mu_hands_end(struct mu_batch_state *b)
{
    for (size_t i = 0; i < b->batch->jobs; i++) {
        int status;
        if (b->hand[i].live)
            mu_job_end(&b->hand[i].job, &status);
        if (b->hand[i].page != NULL)
            munmap(b->hand[i].page, sizeof *b->hand[i].page);
    }
}
