/*
 * limits.h - every limit of the program, with its unit and the reason for it.
 *
 * An input that passes one of these is MU_ERR_LIMIT naming the limit; a profile may set a lower one.
 */
#ifndef MU_BASE_LIMITS_H
#define MU_BASE_LIMITS_H

#define MU_KIB ((size_t) 1024)
#define MU_MIB ((size_t) 1024 * 1024)
#define MU_GIB ((size_t) 1024 * 1024 * 1024)

/* Files that the operator wrote. */
#define MU_OPERATOR_FILE_MAX  (16 * MU_MIB)      /* bytes; a suite of 20,000 cases is 12 MiB    */
#define MU_OPERATOR_DEPTH_MAX 32                 /* elements; our vocabularies need 8           */
#define MU_INSTANCES_MAX      ((size_t) 1 << 24) /* instances of one suite: what a token counts */
#define MU_RAISES_MAX                                                                              \
    1000 /* labels that came in and made a run go higher; a policy has fewer steps */
#define MU_MARKS_TOLD 1024 /* labels that a job remembers to have told of: more than a suite has  */
#define MU_TERMS_MAX  64   /* terms of one selection: one bit each in a 64-bit mask */
#define MU_ID_MAX     63   /* bytes of an id: [a-z0-9][a-z0-9-]*                    */

/* Policies. A flat cost per label needs whole policies in memory; real ones have some 300 categories. */
#define MU_POLICY_VALUES_MAX      100000 /* categories of one policy */
#define MU_POLICY_TAGS_MAX        10000  /* tags of one policy, and tag sets                     */
#define MU_POLICY_ALIASES_MAX     1000   /* other names of its classifications: four each        */
#define MU_POLICY_EQUIVALENTS_MAX 2000   /* policies that it lists: a schema compares pairs      */
#define MU_SCHEME_ROWS_MAX        4096   /* rows of schemes.xml; ours has some 200               */

/* Messages. */
#define MU_MESSAGE_MAX      (64 * MU_MIB) /* bytes; the profile sets its own lower one          */
#define MU_HEADER_BLOCK_MAX (1 * MU_MIB)  /* bytes of one header block; Postfix cuts at 102,400 */
#define MU_HEADERS_MAX      1000          /* header fields in one block                         */
#define MU_PARTS_MAX        1000          /* MIME entities in one message                       */
#define MU_MIME_DEPTH_MAX   20            /* nested multiparts and message/rfc822               */
#define MU_BOUNDARY_MAX     70            /* octets; RFC 2046 5.1.1                             */
#define MU_PARAMETERS_MAX   512           /* parameters of one header field, by name            */
#define MU_SEGMENTS_MAX     2000          /* RFC 2231 segments of one header field              */
#define MU_DEFECTS_MAX      200           /* defects kept a message; the rest are counted       */

/* Foreign XML: the gate (reference measurements: libxml2 takes seconds past these). */
#define MU_XML_MAX            (1 * MU_MIB) /* bytes of a label                                   */
#define MU_XML_DEPTH_MAX      64           /* elements                                           */
#define MU_XML_ATTRIBUTES_MAX 64           /* on one element: libxml2 compares them pairwise     */
#define MU_XML_NAMESPACES_MAX 64           /* declarations in scope: inclusive C14N is quadratic */
#define MU_XML_ELEMENTS_MAX   100000       /* in one document                                    */
#define MU_XPATH_OPERATIONS   1000000UL    /* for one evaluation of one test                     */

/* Markings. */
#define MU_MARKING_MAX         (128 * MU_KIB) /* bytes of one marking; 500 phrases of 256           */
#define MU_MARKING_ITEMS_MAX   2048   /* values in one marking: how deep reading descends    */
#define MU_MARKING_STEPS_MAX   400000 /* look-ups of phrases for one marking in one policy   */
#define MU_MARKING_ENDINGS_MAX 64     /* complete readings looked at: the second tells enough */
#define MU_PORTION_MAX         512    /* bytes between the parentheses of a portion mark     */
#define MU_PORTIONS_MAX        20000  /* portion marks of one text                           */
#define MU_ROLLUP_MAX          1000   /* different portion marks of a message that are rolled up */
#define MU_PAGES_MAX           2000   /* pages of one document that are looked at             */

/* Conversations. */
#define MU_LINE_MAX        8192         /* bytes of one command or reply with CRLF; RFC 5321: 512 */
#define MU_REPLY_LINES_MAX 128          /* lines of one reply                                     */
#define MU_RECIPIENTS_MAX  100          /* RCPT in one transaction; RFC 5321 4.5.3.1.8            */
#define MU_MESSAGES_MAX    100          /* transactions in one accepted connection                */
#define MU_TRANSCRIPT_MAX  (1 * MU_MIB) /* bytes of dialogue kept for one connection              */
#define MU_TLS_POST_MAX    64           /* TLS reads in a row that bring nothing                  */
#define MU_CERT_LIST_MAX   102400       /* bytes of a peer's chain                                */

/* Jobs. */
#define MU_JOBS_MAX           64             /* cases at once                              */
#define MU_RECEPTIONS_MAX     256            /* accepted connections at once               */
#define MU_JOB_ARENA_MAX      (512 * MU_MIB) /* bytes a job may take from its arena        */
#define MU_JOB_CPU_S          60             /* seconds of processor time                  */
#define MU_JOB_FILE_MAX       (256 * MU_MIB) /* bytes a job may write into its evidence    */
#define MU_JOB_DESCRIPTORS    128            /* open descriptors                           */
#define MU_JOB_RECORDS_MAX    20000          /* records of one job; more is a runaway      */
#define MU_TRIGGER_OUTPUT_MAX (1 * MU_MIB)   /* bytes kept of what a SUT's command printed */
#define MU_PACKET_FDS         16             /* descriptors that travel with one packet    */
#define MU_RECORD_PACKET      (64 * MU_KIB)  /* bytes of records that a job sends at once  */
#define MU_RECORD_CARRY       (48 * MU_KIB)  /* bytes of evidence that travel with one     */
#define MU_FOLDERS_MAX        2000 /* attempts planned; the evidence of more goes into a tar  */
#define MU_STORE_GATHERED     (1 * MU_MIB)   /* bytes of the tar that are written at once  */
#define MU_EVIDENCE_HELD      (256 * MU_KIB) /* bytes of one served case held until its verdict */
#define MU_EVIDENCE_HELD_ALL                                                                       \
    (64 * MU_MIB)        /* memory for that of all cases: past the one or the other a file goes into
                     its folder                                                            */
#define MU_ORDERS_MAX 64 /* cases told to a job in one packet          */
#define MU_SEAT_WAITS                                                                              \
    80                        /* descriptors that a job waits for at once: a link, and a
                                                channel for each case job                   */
#define MU_GRACE_MS     500   /* how much longer the coordinator waits than the job */
#define MU_OPERATION_MS 5000  /* default deadline of one operation                  */
#define MU_CASE_MS      30000 /* default deadline of one case                       */

/* Programs that serve cases: adapters. */
#define MU_PROGRAMS_MAX  256 /* of one run: instances of a pool counted one by one         */
#define MU_IN_FLIGHT_MAX 256 /* cases given to one of them at once                         */
#define MU_IN_FLIGHT     32  /* the same where nobody says how many                        */
#define MU_AHEAD_FROM    8   /* with so many at once, as many again wait at its job        */
#define MU_BREAKS_MS                                                                               \
    10000 /* waited in vain for one that hung, in all: then what it has in hand is lost */
#define MU_PROGRAM_READY_MS   60000 /* from its start to its greeting: virtual machines are slow  */
#define MU_PROGRAM_STARTS     3     /* in a row without one case brought to its end; then no more */
#define MU_PROGRAM_BACKOFF_MS 10   /* before the second start; ten times as much before the third */
#define MU_PROGRAM_LEAVE_MS   1000 /* from bye to SIGTERM, and from SIGTERM to SIGKILL           */
#define MU_PROGRAM_CRASH_MS                                                                        \
    500 /* to SIGTERM for one that hung up: its own end says more, and is near */
#define MU_PROGRAM_CANCEL_MS                                                                       \
    1500 /* how much longer than the job the coordinator waits for a case:
                                       it may cancel an operation first                           */
#define MU_PROGRAM_DATA_MAX (8 * MU_GIB)   /* bytes that it may really write to in memory         */
#define MU_PROGRAM_FILE_MAX (256 * MU_MIB) /* bytes of one file that it writes                  */
#define MU_PROGRAM_FILES    4096           /* open descriptors                                  */
#define MU_OUTPUT_KEPT      (64 * MU_KIB)  /* bytes kept of what it prints, first and last      */
#define MU_OUTPUT_CUT       (4 * MU_MIB)   /* bytes printed after which the middle is dropped   */
#define MU_OUTPUT_LOOK_MS   200            /* how often that is looked at                       */

/* Batches: files that are checked. */
#define MU_BATCH_WINDOW 512  /* items begun and not yet told: how far one may lag behind   */
#define MU_BATCH_RENEW  1000 /* items that one job takes: what a leak can add up to        */
#define MU_BATCH_CPU_MS                                                                            \
    20000                          /* processor time after which a job is renewed, far from its
                                           limit of MU_JOB_CPU_S                                      */
#define MU_SHRINK_MS         20000 /* reducing one message: less than an item of a batch may take */
#define MU_SHRINK_CASE_MS    300000 /* reducing what a case sends, with the system under test  */
#define MU_SHRINK_TRIALS_MAX 20000  /* messages judged for it                              */
#define MU_BATCH_ITEM_MS     30000  /* one item; a message of 64 MiB takes a second               */
#define MU_BATCH_FLUSH_MS    2      /* how long a result waits for others to share a packet       */
#define MU_BATCH_RESULT                                                                            \
    (48 * MU_KIB)                 /* bytes of one result; findings past it are counted         */
#define MU_BATCH_SPANS    64      /* messages of an mbox found in one go                        */
#define MU_BATCH_STARTS   8       /* jobs in a row that die before they have done anything      */
#define MU_FOLDER_DEPTH   64      /* folders in folders that are looked into                    */
#define MU_FOLDER_ENTRIES 4000000 /* names in one folder: they are sorted in memory             */

/* Asks of adapters. */
#define MU_FILTER_OUTPUT_MAX                                                                       \
    (1 * MU_MIB)         /* bytes that a filter answers, as a line of an adapter    */
#define MU_ASK_LATE_MS 5 /* how much later than its deadline an operation is looked after       */

#define MU_MERGE_LINES_MAX                                                                         \
    16000000 /* lines of all streams of one merge: 24 octets of memory each  */
#define MU_MERGE_SOURCES_MAX                                                                       \
    256 /* folders of one merge, three descriptors each; a merge of merges takes more */
#define MU_NOTE_BY_MAX  200  /* bytes of the name of who says something of a verdict           */
#define MU_NOTE_WHY_MAX 2000 /* bytes of why; both are shown whole in every report             */
#define MU_SHARDS_MAX                                                                              \
    10000 /* parts of one run                                                    */
#define MU_CONTENT_KEY_LEAST 16   /* octets of a key of --content-key: what nobody guesses */
#define MU_CONTENT_KEY_MAX   4096 /* and at most                                           */
#define MU_NONCE_LEAST                                                                             \
    16                  /* hexadecimal digits of a nonce that is given: 64 bits, as a run's key  */
#define MU_NONCE_MAX 64 /* and at most                                                     */

/* The run stream. */
#define MU_GROUP_RECORDS       1024 /* lines that share one fdatasync: some 20 ms of a fast run */
#define MU_GROUP_MS            20   /* and how long the first of them may wait          */
#define MU_TEXT_MAX            4096 /* bytes of foreign text shown; the rest is counted */
#define MU_PLACES_MAX          8    /* places shown of one finding                      */
#define MU_EXCERPT_MAX         60   /* bytes shown of each side of a first difference   */
#define MU_ALTERATIONS_MAX     16   /* alterations of one message told; others counted  */
#define MU_RULES_MAX           4000 /* rules in one profile                             */
#define MU_ALPN_MAX            256  /* octets of the application protocols of a profile */
#define MU_PHASES_MAX          64   /* phases of rules: the bits of one word            */
#define MU_RUN_LINE_MAX        (1 * MU_MIB) /* bytes of one line of the run stream              */
#define MU_REPORT_EVIDENCE_MAX (8 * MU_MIB) /* bytes of one evidence file that a report reads   */
#define MU_REPORT_DETAIL_MAX   200  /* cases shown in full; more: those that passed are folded */
#define MU_REPORT_LINES_MAX    1000 /* and after them so many in one line; the rest in the table */
#define MU_REPORT_TABLE_MAX                                                                        \
    1500                       /* rows of one open table; more: folds, or the first view is slow */
#define MU_WATCH_FIRST_MS 250  /* until --watch looks whether there is something to show   */
#define MU_WATCH_MS       2000 /* and the least between two pages                          */
#define MU_WATCH_COST     10 /* a page that took long to make is let stand so many times as long */
#define MU_COMPARE_SHOWN_MAX                                                                       \
    1000 /* cases of one table of a comparison on a page; its JSON names all */
#define MU_HISTORY_RUNS_MAX 500  /* runs of one history: each is an open file     */
#define MU_HISTORY_FOLDERS  4096 /* folders looked into on the way to them        */
#define MU_HISTORY_DEPTH    4    /* folders below the one that was named          */
#define MU_CEILING_ANSWER_MAX                                                                      \
    (MU_INSTANCES_MAX + MU_KIB)   /* bytes: one an instance, and what stands before them */
#define MU_REDACT_KEY_MIN   16    /* octets of a key for keyed digests: nobody guesses 128 bits */
#define MU_REPORT_SHOWN_MAX 16384 /* bytes of one transcript on a page; evidence keeps all   */

#define MU_KEYWORDS_MAX 100 /* phrases of one Keywords field that may be a marking              */

/* Manifests and signatures of runs. */
#define MU_DIGEST_PIECE     (64 * MU_KIB)  /* bytes of a file that are hashed at once             */
#define MU_MANIFEST_MAX     (512 * MU_MIB) /* bytes of manifest.json: 4 million files             */
#define MU_MANIFEST_DEPTH   16             /* folders in folders of a run; we make three          */
#define MU_SIGNATURES_MAX   64             /* files manifest.cms, manifest-2.cms, ...             */
#define MU_SIGNERS_MAX      16             /* in one of them                                      */
#define MU_SIGNATURE_MAX    (1 * MU_MIB)   /* bytes of one of them; two certificates take 3 KiB   */
#define MU_SIGNATURE_MS     10000          /* reading one                                         */
#define MU_ROLE_MAX         120            /* bytes of what a signer says he is                   */
#define MU_PASSPHRASE_MAX   1024           /* bytes; what openssl takes                           */
#define MU_SIGNING_RSA_BITS 2048           /* of an RSA key, at least (SP 800-57: 112 bits)       */

/* Patterns of rules. */
#define MU_PATTERN_STEPS                                                                           \
    4096 /* steps of one pattern after its counts are written out: a text costs */
         /* at most so many looks an octet                                      */
#define MU_PATTERN_DEPTH                                                                           \
    64 /* brackets inside each other, and choices of one bracket              */

/* Streams and SMTP. */
#define MU_STREAM_BUFFER       (32 * MU_KIB) /* bytes read ahead from one peer               */
#define MU_STREAM_WRITE        (64 * MU_KIB) /* bytes collected before they are sent         */
#define MU_TLS_CHAIN_DEPTH     6             /* intermediates above a leaf                   */
#define MU_TLS_PEERS_MAX       10            /* certificates of one peer that are described  */
#define MU_TLS_SANS_MAX        64            /* alternative names of one certificate kept    */
#define MU_TLS_NUMBERS_MAX     256           /* entries of one list in a ClientHello kept    */
#define MU_SMTP_ERRORS_MAX     20            /* refused commands before our server hangs up  */
#define MU_SMTP_PARAMETERS_MAX 1024          /* octets of the parameters of one MAIL or RCPT */
#define MU_SMTP_GOODBYE_MS     200           /* longest wait for the reply to QUIT           */

/* Checks of adapters. */
#define MU_SAP_CHECK_TEXT       240 /* bytes of why a check does not hold                  */
#define MU_SAP_CHECK_SHOWN      160 /* bytes shown of what was sent and of what came       */
#define MU_SAP_CHECK_HEARD      (4 * MU_MIB) /* bytes not yet taken as lines                        */
#define MU_SAP_CHECK_ASIDE      64     /* requests sent together, and replies put aside       */
#define MU_SAP_CHECK_MS         1000   /* for one answer, where nothing else is said          */
#define MU_SAP_CHECK_START      10     /* times that for the first: a start takes long        */
#define MU_SAP_CHECK_SITTING_MS 120000 /* for all that is asked of one process                */
#define MU_SAP_CHECK_SILENCES   3      /* answers in a row that do not come: it has hung      */
#define MU_SAP_RECORD_MAX       (1024 * MU_MIB) /* bytes of a record that is replayed                 */
#define MU_RECORD_HELD          (64 * MU_KIB) /* bytes on their way through a recorder               */
#define MU_RECORD_HEAD_MAX      MU_MIB   /* bytes of the first line of a record               */
#define MU_RECORD_DRAIN_MS      500      /* for a harness to hang up on an adapter that ended */
#define MU_SAP_LIVES_MAX        65536    /* lives in one record                               */
#define MU_SAP_REPLAY_STUCK_MS  1000     /* nothing more is asked: the end of a life has come */
#define MU_SAP_REPLAY_SAID      20       /* questions without an answer that are named          */
#define MU_SAP_REPLAY_MS        86400000 /* a harness that has said nothing for a day is gone   */
#define MU_SAP_SKEW_MS          2000     /* how far a clock may be off                          */
#define MU_SAP_NOISE_MAX        (64 * MU_KIB) /* bytes that an adapter may print before it is noisy  */
/* The adapter protocol. */
#define MU_SAP_LINE_MAX      MU_RUN_LINE_MAX /* bytes of one line with its LF                    */
#define MU_SAP_LINE_LEAST    (128 * MU_KIB)  /* a peer takes at least a piece of a blob          */
#define MU_SAP_DEPTH_MAX     32              /* arrays and objects inside each other             */
#define MU_SAP_INLINE_MAX    (64 * MU_KIB)   /* octets of one piece; more travel as a blob       */
#define MU_SAP_BLOB_MAX      MU_MESSAGE_MAX  /* octets of one blob                               */
#define MU_SAP_BLOBS_MAX     16              /* blobs that our own adapters keep                 */
#define MU_SAP_IN_FLIGHT_MAX 1024            /* requests not yet answered                        */
#define MU_SAP_PREAMBLE_MAX  64              /* lines before hello that are no JSON              */
#define MU_SAP_CAPS_MAX      256             /* capabilities of one adapter                      */
#define MU_SAP_TOKEN_MAX     63              /* bytes of the blind name of a case                */
#define MU_SAP_EVENTS_MAX    256             /* events kept until somebody asks for them         */
#define MU_SAP_EVENT_BYTES   (4 * MU_MIB)    /* and their bytes; more are counted                */
#define MU_SAP_FIRST_TIMES   10  /* as long as any answer the first may take: programs load first */
#define MU_SAP_CANCEL_MS     500 /* for an answer after cancel                       */
#define MU_SAP_BYE_MS        500 /* for the answer to bye                            */

/* The control plane over TLS. */
#define MU_BRIDGE_BUFFER      (64 * MU_KIB) /* bytes on their way in one direction                    */
#define MU_BRIDGE_SESSIONS    64    /* connections that one listening bridge serves at once   */
#define MU_BRIDGE_TRIES       10    /* dials in vain in a row before a bridge gives up        */
#define MU_BRIDGE_WAIT_MS     250   /* before the second dial; twice as long each time        */
#define MU_BRIDGE_WAIT_MAX_MS 10000 /* and at most so long                                    */
#define MU_BRIDGE_END_MS      1000  /* for what an adapter still says when its peer has ended */
#define MU_BRIDGE_LEAVE_MS    5000  /* for an adapter to end by itself after that; then SIGTERM */
#define MU_CONTROL_SHAKE_MS   10000 /* one handshake, over a slow line to another enclave     */
#define MU_CONTROL_IDLE_S     30    /* then keep-alive probes: firewalls forget idle connections */

/* ASN.1 of labels and clearances. */
#define MU_BER_DEPTH_MAX      16 /* nested elements; a label with categories needs 6        */
#define MU_ESS_MAX            (64 * MU_KIB) /* octets of one label or clearance                     */
#define MU_ESS_CATEGORIES_MAX 64    /* RFC 2634 3.2: ub-security-categories; more are reported */
#define MU_ESS_CLASS_MAX      256   /* RFC 2634 3.2: ub-integer-options                        */
#define MU_ESS_MARK_MAX       128   /* RFC 2634 3.2: ub-privacy-mark-length                    */
#define MU_ESS_VALUES_MAX     16384 /* values of one category; the largest policies have 5,000 */
#define MU_ESS_BIT_MAX        65535 /* highest bit that we write: 8 KiB of bit string          */
#define MU_OID_DIGITS_MAX     39    /* of one arc: 128 bits, a UUID under 2.25                 */
#define MU_OID_MAX            1024  /* characters of an object identifier                      */

#endif
