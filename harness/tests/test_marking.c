#include "marking_support.h"

/* --- label and marking, both ways --------------------------------------------------------- */

/* ADatP-4774 Tables 17 and 18 with the vocabulary of the exercise policy, and more of the kind. */
static const struct {
    int policy;
    const char *label, *en, *fr;
} vector[] = {
    { NATO,
      "UNCLASSIFIED; P Context: NATO, Releasable; P Releasable To: NATO, ISAF, KFOR, "
      "RESOLUTE SUPPORT",
      "NATO UNCLASSIFIED Releasable to ISAF, KFOR, RESOLUTE SUPPORT",
      "NATO SANS CLASSIFICATION Communicable à ISAF, KFOR, RESOLUTE SUPPORT" },
    { NATO, "UNCLASSIFIED; P Context: NATO", "NATO UNCLASSIFIED", "NATO SANS CLASSIFICATION" },
    { NATO, "UNCLASSIFIED; P Context: NATO; I Administrative: STAFF", "NATO UNCLASSIFIED - STAFF",
      "NATO SANS CLASSIFICATION - STAFF" },
    { NATO, "RESTRICTED; P Context: NATO, Releasable; P Releasable To: NATO, JPN, CHE, UKR",
      "NATO RESTRICTED Releasable to Japan, Switzerland, Ukraine",
      "NATO DIFFUSION RESTREINTE Communicable à Japon, Suisse, Ukraine" },
    { NATO, "CONFIDENTIAL; P Context: EAPC, Releasable; P Releasable To: EAPC, ISAF",
      "NATO/EAPC CONFIDENTIAL Releasable to ISAF", "NATO/EAPC CONFIDENTIEL Communicable à ISAF" },
    { NATO, "CONFIDENTIAL; P Context: KFOR; P Only: NATO, IRL, SWE, UKR",
      "NATO/KFOR CONFIDENTIAL NATO, Ireland, Sweden, Ukraine Only",
      "NATO/KFOR CONFIDENTIEL NATO, Irlande, Suède, Ukraine uniquement" },
    { NATO,
      "RESTRICTED; P Context: NATO, Releasable; P Only: CAN, DEU, ESP, FRA, ITA, NLD, NOR, "
      "GBR, USA; P Releasable To: NATO, SWE",
      "NATO RESTRICTED Canada, France, Germany, Italy, Netherlands, Norway, Spain, United Kingdom, "
      "USA Only Releasable to Sweden",
      "" },
    { NATO, "TOP SECRET; P Context: NATO", "COSMIC TOP SECRET", "COSMIC TRES SECRET" },
    { NATO, "TOP SECRET; P Context: NATO; R Special Category Designators: ATOMAL, CRYPTO",
      "COSMIC TOP SECRET ATOMAL CRYPTO", "COSMIC TRES SECRET ATOMAL CRYPTO" },
    { NATO, "SECRET; P Context: NATO", "NATO SECRET", "NATO SECRET" },
    { NATO, "SECRET; P Context: NATO, Releasable; P Releasable To: NATO, EU Council",
      "NATO SECRET Releasable to Council of the EU", "" },
    { EU, "RESTREINT UE/EU RESTRICTED; P Releasable To: EU", "RESTREINT UE/EU RESTRICTED",
      "RESTREINT UE/EU RESTRICTED" },
    { EU, "TRÈS SECRET UE/EU TOP SECRET; R Special Handling: HARBOUR; P Releasable To: EU Council",
      "TRÈS SECRET UE/EU TOP SECRET HARBOUR RELEASABLE TO Council of the EU",
      "TRÈS SECRET UE/EU TOP SECRET HARBOUR RELEASABLE TO Conseil de l'UE" },
    { EU, "UNCLASSIFIED; I Distribution: LIMITE", "LIMITE", "LIMITE" },
    { ARKANIA,
      "CROWN SEALED; R Compartment: CRYPTO, LANTERN; I Handling: BY HAND, NO COPY; "
      "P Release: ARKANIA, EU",
      "ARKANIA CROWN SEALED CRYPTO/LANTERN (BY HAND, NO COPY) FOR ARKANIA, EU", "" },
    { VELMAR,
      "COMMAND & STAFF; R Projects: Granite & Sons; I Projects: Archive, AB/12 from Desk 4; "
      "R Eyes: Chancellor, Überbringer; I Desks: Post Room; P Release: VELMAR, NATO",
      "VELMAR COMMAND & STAFF Granite & Sons {Archive; Reference AB/12 from Desk 4} Chancellor and "
      "Überbringer eyes [Post Room] to VELMAR + NATO",
      "" },
    { VELMAR, "FREE; R Projects: Falcon; P Release: VELMAR", "VELMAR FREE Falcon to VELMAR", "" },
    { VELMAR, "FREE; R Projects: FALCON; P Release: VELMAR", "VELMAR FREE FALCON to VELMAR", "" },
    { PUBLIC, "UNMARKED", "", "" },
};

START_TEST(label_and_marking_both_ways)
{
    const struct mu_policy *p = policy[vector[_i].policy];
    struct mu_label *label = label_of(p, vector[_i].label);
    const char *const want[] = { vector[_i].en, vector[_i].fr };
    for (size_t k = 0; k < 2; k++) {
        const char *text = render(p, label, MU_AT_PAGE_TOP, k == 0 ? "en" : "fr");
        ck_assert_msg(want[k][0] == '\0' || strcmp(text, want[k]) == 0, "got '%s', want '%s'", text,
                      want[k]);
        for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
            struct mu_marking_reading r = parse(text, (enum mu_marking_match) match);
            ck_assert_msg(r.label != NULL, "'%s': %s at %zu", text, r.why, r.at);
            ck_assert_msg(strcmp(written(r.label), written(label)) == 0, "'%s': got %s\nwant %s",
                          text, written(r.label), written(label));
            ck_assert_msg(!r.ambiguous && r.why == NULL, "'%s' is ambiguous", text);
            ck_assert_ptr_eq(r.policy, p);
        }
    }
}
END_TEST

/* The language that the phrases tell. */
static const struct {
    const char *text, *language;
} spoken[] = {
    { "NATO RESTRICTED", "en" },
    { "NATO DIFFUSION RESTREINTE", "fr" },
    { "NATO SECRET", "" },
    { "NATO SECRET Releasable to KFOR", "en" },
    { "NATO SECRET Communicable à KFOR", "fr" },
    { "RESTREINT UE/EU RESTRICTED", "" },
    { "VELMAR FREE to VELMAR", "" },
};

START_TEST(language_is_told_by_the_phrases)
{
    for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
        struct mu_marking_reading r = parse(spoken[_i].text, (enum mu_marking_match) match);
        ck_assert_msg(r.label != NULL, "'%s': %s", spoken[_i].text, r.why);
        ck_assert_msg(strcmp(r.language, spoken[_i].language) == 0, "'%s': got '%s', want '%s'",
                      spoken[_i].text, r.language, spoken[_i].language);
    }
}
END_TEST

/* --- what is forgiven --------------------------------------------------------------------- */

static const struct {
    const char *text, *proper, *language;
} loose[] = {
    { "nato secret", "NATO SECRET", "" },
    { "Nato Restricted", "NATO RESTRICTED", "en" },
    { "  NATO \t\r\n SECRET  ", "NATO SECRET", "" },
    { "NATO\xc2\xa0SECRET", "NATO SECRET", "" },
    { "NATO\xe3\x80\x80\xe2\x80\x83SECRET", "NATO SECRET", "" },
    { "NATO RESTRICTED Releasable to Ukraine/Japan and Switzerland",
      "NATO RESTRICTED Releasable to Japan, Switzerland, Ukraine", "en" },
    { "NATO RESTRICTED Releasable to Switzerland Japan , Ukraine",
      "NATO RESTRICTED Releasable to Japan, Switzerland, Ukraine", "en" },
    { "NATO UNCLASSIFIED Releasable to KFOR - STAFF",
      "NATO UNCLASSIFIED - STAFF Releasable to KFOR", "en" },
    { "NATO/KFOR CONFIDENTIAL Ireland, Sweden, Ukraine, NATO ONLY",
      "NATO/KFOR CONFIDENTIAL NATO, Ireland, Sweden, Ukraine Only", "en" },
    { "NATO DIFFUSION RESTREINTE Releasable to Japon, Suisse",
      "NATO RESTRICTED Releasable to Japan, Switzerland", "mul" },
    { "TRE\xcc\x80S SECRET UE/EU TOP SECRET", "TRÈS SECRET UE/EU TOP SECRET", "" },
    { "TRES SECRET UE/EU TOP SECRET", "TRÈS SECRET UE/EU TOP SECRET", "" },
    { "très secret ue/eu top secret", "TRÈS SECRET UE/EU TOP SECRET", "" },
    { "NATO/KFOR CONFIDENTIEL Irlande, Suede uniquement",
      "NATO/KFOR CONFIDENTIEL Irlande, Suède uniquement", "fr" },
    { "ARKANIA SEALED FOR EU, ARKANIA (no copy)", "ARKANIA SEALED (NO COPY) FOR ARKANIA, EU", "" },
    { "VELMAR élevé Falcon to Velmar", "VELMAR ÉLEVÉ Falcon to VELMAR", "" },
};

START_TEST(tolerance_and_its_opposite)
{
    struct mu_marking_reading r = parse(loose[_i].text, MU_MATCH_TOLERANT);
    struct mu_marking_reading proper = parse(loose[_i].proper, MU_MATCH_STRICT);
    ck_assert_msg(r.label != NULL, "'%s': %s at %zu", loose[_i].text, r.why, r.at);
    ck_assert_msg(proper.label != NULL, "'%s': %s at %zu", loose[_i].proper, proper.why, proper.at);
    ck_assert_str_eq(written(r.label), written(proper.label));
    ck_assert_msg(strcmp(r.language, loose[_i].language) == 0, "'%s': got '%s'", loose[_i].text,
                  r.language);
    ck_assert(mu_marking_same(arena, &all, loose[_i].text, loose[_i].proper));
    r = parse(loose[_i].text, MU_MATCH_STRICT);
    ck_assert_msg(r.label == NULL && r.why != NULL, "strict takes '%s'", loose[_i].text);
}
END_TEST

/* Two policies at hand that mark alike: the first is given, and that there are others is said. */
START_TEST(two_policies_one_marking)
{
    struct mu_policies both = { .policy = mu_arena_array(arena, 2, sizeof *both.policy),
                                .count = 2 };
    struct mu_marking_reading r;
    both.policy[0] = policy[VELMAR];
    both.policy[1] = policy[VELMAR];
    mu_marking_parse(arena, &both, "VELMAR FREE to VELMAR", MU_MATCH_STRICT, &r);
    ck_assert(r.label != NULL && r.ambiguous);
    both.policy[1] = policy[NATO];
    mu_marking_parse(arena, &both, "VELMAR FREE to VELMAR", MU_MATCH_STRICT, &r);
    ck_assert(r.label != NULL && !r.ambiguous && r.policy == policy[VELMAR]);
}
END_TEST

/* --- what is refused ---------------------------------------------------------------------- */

static const struct {
    const char *name, *text, *why;
    size_t at;
} refused[] = {
    { "Cyrillic ES", "NATO SE\xd0\xa1RET", "only look like", 5 },
    { "Greek NU",
      "\xce\x9d"
      "ATO SECRET",
      "only look like", 0 },
    { "all Cyrillic", "N\xd0\x90\xd0\xa2\xd0\x9e SECRET", "only look like", 0 },
    { "fullwidth", "\xef\xbc\xae\xef\xbc\xa1\xef\xbc\xb4\xef\xbc\xaf SECRET", "only look like", 0 },
    { "fullwidth word",
      "NATO \xef\xbc\xb3\xef\xbc\xa5\xef\xbc\xa3\xef\xbc\xb2\xef\xbc\xa5\xef\xbc\xb4",
      "only look like", 5 },
    { "long s",
      "NATO \xc5\xbf"
      "ECRET",
      "only look like", 5 },
    { "soft hyphen", "NATO SEC\xc2\xadRET", "invisible", 8 },
    { "zero width space", "NATO SEC\xe2\x80\x8bRET", "invisible", 8 },
    { "zero width joiner", "NATO\xe2\x80\x8d SECRET", "invisible", 4 },
    { "bidi override", "\xe2\x80\xaeNATO SECRET", "invisible", 0 },
    { "bidi isolate", "NATO SECRET\xe2\x81\xa6", "invisible", 11 },
    { "BOM", "\xef\xbb\xbfNATO SECRET", "invisible", 0 },
    { "control", "NATO\x01SECRET", "invisible", 4 },
    { "struck out",
      "NATO S\xcc\xb6"
      "E\xcc\xb6"
      "C\xcc\xb6RET",
      "no accents", 0 },
    { "no UTF-8", "NATO \xff SECRET", "no UTF-8", 5 },
    { "NATO for COSMIC", "NATO TOP SECRET", "TOP SECRET is marked 'COSMIC'", 0 },
    { "NATO for COSMIC, in French", "NATO TRES SECRET", "TOP SECRET is marked 'COSMIC'", 0 },
    { "COSMIC with SECRET", "COSMIC SECRET", "SECRET is marked 'NATO'", 0 },
    { "COSMIC with RESTRICTED", "COSMIC RESTRICTED", "RESTRICTED is marked 'NATO'", 0 },
    { "a context that TOP SECRET excludes", "NATO/KFOR TOP SECRET", "marked 'COSMIC'", 0 },
    { "it goes on", "NATO SECRET and more", "'more'", 16 },
    { "it goes on without a space", "NATO SECRETS", "'SECRETS' is no classification", 5 },
    { "full stop", "NATO SECRET.", "'.'", 11 },
    { "too early", "NATO", "ends too early", 4 },
    { "too early in a list", "NATO SECRET Releasable to", "ends too early", 25 },
    { "too early behind a comma", "NATO SECRET Releasable to Japan,", "'", 31 },
    { "no suffix", "NATO SECRET Ireland", "ends too early", 19 },
    { "another set's value", "NATO UNCLASSIFIED - Japan", "'Japan'", 20 },
    { "Releasable itself", "NATO SECRET Releasable", "'Releasable'", 12 },
    { "a name instead of its phrase", "NATO SECRET Releasable to JPN", "'JPN'", 26 },
    { "no owner", "SECRET", "no policy", 0 },
    { "nothing like it", "Dear all, see below", "no policy", 0 },
    { "a prefix twice", "NATO SECRET Releasable to Japan Releasable to Ukraine", "", 32 },
    { "blank", " \t\n", NULL, 0 },
};

START_TEST(what_is_no_marking)
{
    for (int match = MU_MATCH_STRICT; match <= MU_MATCH_TOLERANT; match++) {
        struct mu_marking_reading r = parse(refused[_i].text, (enum mu_marking_match) match);
        if (refused[_i].why == NULL) /* only what forgives white space sees no marking at all */
            ck_assert_int_eq(r.policy == policy[PUBLIC], match == MU_MATCH_TOLERANT);
        if (refused[_i].why == NULL)
            continue;
        ck_assert_msg(r.label == NULL, "%s: read as %s", refused[_i].name, written(r.label));
        ck_assert_msg(r.why != NULL && strstr(r.why, refused[_i].why) != NULL,
                      "%s: '%s' not in '%s'", refused[_i].name, refused[_i].why, r.why);
        ck_assert_msg(r.at == refused[_i].at, "%s: got %zu, want %zu (%s)", refused[_i].name, r.at,
                      refused[_i].at, r.why);
    }
}
END_TEST

START_TEST(nothing_is_only_the_marking_of_unmarked_policies)
{
    struct mu_policies rest = { .policy = policy, .count = PUBLIC };
    struct mu_marking_reading r;
    mu_marking_parse(arena, &rest, "", MU_MATCH_STRICT, &r);
    ck_assert(r.label == NULL && strstr(r.why, "empty") != NULL);
    rest.count = 0;
    mu_marking_parse(arena, &rest, "NATO SECRET", MU_MATCH_STRICT, &r);
    ck_assert(r.label == NULL && strstr(r.why, "no policy") != NULL);
}
END_TEST

/* --- saying the same ---------------------------------------------------------------------- */

static const struct {
    const char *a, *b;
    bool same;
} pair[] = {
    { "NATO RESTRICTED", "NATO DIFFUSION RESTREINTE", true },
    { "NATO SECRET", "NATO CONFIDENTIAL", false },
    { "NATO SECRET", "SECRET UE/EU SECRET", false },
    { "NATO SECRET Releasable to Japan, Ukraine", "NATO SECRET Communicable à Ukraine, Japon",
      true },
    { "NATO SECRET Releasable to Japan", "NATO SECRET", false },
    { "NATO SECRET ATOMAL CRYPTO", "NATO SECRET CRYPTO/ATOMAL", true },
    { "TRES SECRET UE/EU TOP SECRET", "TRÈS SECRET UE/EU TOP SECRET", true },
    { "PINK, GREEN and BLUE", "blue / pink / green", true },
    { "PINK, GREEN", "PINK", false },
    { "PINK GREEN", "GREEN PINK", false },
    { "NATO SE\xd0\xa1RET", "NATO SECRET", false },
    { "NATO SEC\xc2\xadRET", "NATO SECRET", false },
    { "", "", true },
    { "", "NATO SECRET", false },
    { "VELMAR FREE Falcon to VELMAR", "VELMAR FREE FALCON to VELMAR", false },
};

START_TEST(same_or_not)
{
    ck_assert_msg(mu_marking_same(arena, &all, pair[_i].a, pair[_i].b) == pair[_i].same,
                  "'%s', '%s'", pair[_i].a, pair[_i].b);
    ck_assert(mu_marking_same(arena, &all, pair[_i].b, pair[_i].a) == pair[_i].same);
}
END_TEST

int main(void)
{
    TCase *tc = marking_case("reading and rendering");
    tcase_add_loop_test(tc, label_and_marking_both_ways, 0, MU_COUNT(vector));
    tcase_add_loop_test(tc, language_is_told_by_the_phrases, 0, MU_COUNT(spoken));
    tcase_add_loop_test(tc, tolerance_and_its_opposite, 0, MU_COUNT(loose));
    tcase_add_test(tc, two_policies_one_marking);
    tcase_add_loop_test(tc, what_is_no_marking, 0, MU_COUNT(refused));
    tcase_add_test(tc, nothing_is_only_the_marking_of_unmarked_policies);
    tcase_add_loop_test(tc, same_or_not, 0, MU_COUNT(pair));
    return run(tc);
}
