/*
 * lattice_tables.h - two exercise policies as tables, typed from NATO-EXERCISE and EU-EXERCISE by hand
 * for the second opinion of lattice_oracle.h; the engine's reading of the files has no part in them.
 *
 * A label is a point of the lattice: a level, and a set of bits for each tag set. Parties
 * (organisations, activities, nations) have the same bit wherever they occur.
 */
#ifndef MU_TESTS_LATTICE_TABLES_H
#define MU_TESTS_LATTICE_TABLES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BIT(n)   ((uint64_t) 1 << (n))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { U, R, C, S, TS, LEVELS };

/* The tag sets. EU-EXERCISE has three of them: Special Handling, Distribution, Releasable To. */
enum { CONTEXT, DESIGNATORS, ADMINISTRATIVE, ONLY, RELEASE, SETS };

/* clang-format off */
enum party {
    NATO, EAPC, KFOR, ISAF, RESOLUTE, PFP, GEORGIA, UKRAINE, RELEASABLE,
    COUNCIL, COMMISSION, EEAS, EU, COALITION,
    ALB, AUS, AUT, BEL, BGR, CAN, CHE, CYP, CZE, DEU, DNK, ESP, EST, FIN, FRA, GBR, GEO, GRC, HRV,
    HUN, IRL, ISL, ITA, JPN, KOR, LTU, LUX, LVA, MKD, MLT, MNE, NLD, NOR, NZL, POL, PRT, ROU, SVK,
    SVN, SWE, TUR, UKR, USA, XAR, XVE,
    PARTIES,
};
/* clang-format on */

enum { ATOMAL, CRYPTO, SIOP, BOHEMIA, VINTAGE };
enum { EU_CRYPTO, HARBOUR, LANTERN };

#define CONTEXTS  (BIT(RELEASABLE) - 1) /* the eight of which a label has exactly one */
#define EU_BODIES (BIT(COUNCIL) | BIT(COMMISSION) | BIT(EEAS))
#define NATIONS   ((BIT(PARTIES) - 1) & ~(BIT(ALB) - 1))
#define MEMBERS_OF_EU                                                                              \
    (BIT(AUT) | BIT(BEL) | BIT(BGR) | BIT(CYP) | BIT(CZE) | BIT(DEU) | BIT(DNK) | BIT(ESP)         \
     | BIT(EST) | BIT(FIN) | BIT(FRA) | BIT(GRC) | BIT(HRV) | BIT(HUN) | BIT(IRL) | BIT(ITA)       \
     | BIT(LTU) | BIT(LUX) | BIT(LVA) | BIT(MLT) | BIT(NLD) | BIT(POL) | BIT(PRT) | BIT(ROU)       \
     | BIT(SVK) | BIT(SVN) | BIT(SWE))

/* What the EU can name: itself, NATO as a whole, its members and the two fictitious nations. */
#define OF_EU     (BIT(EU) | EU_BODIES | MEMBERS_OF_EU)
#define EU_PARTY  (OF_EU | BIT(NATO) | BIT(XAR) | BIT(XVE))
#define EU_SHARED (EU_PARTY & ~BIT(EU)) /* and NATO can, too */

/* A value: its name, and how it is shown in English and French. */
struct word {
    const char *name, *en, *fr;
};

static const struct word party[] = {
    [NATO] = { "NATO", "NATO", "NATO" },
    [EAPC] = { "EAPC", "EAPC", "EAPC" },
    [KFOR] = { "KFOR", "KFOR", "KFOR" },
    [ISAF] = { "ISAF", "ISAF", "ISAF" },
    [RESOLUTE] = { "RESOLUTE SUPPORT", "RESOLUTE SUPPORT", "RESOLUTE SUPPORT" },
    [PFP] = { "PFP", "PFP", "PFP" },
    [GEORGIA] = { "GEORGIA", "NATO-Georgia", "OTAN-Géorgie" },
    [UKRAINE] = { "UKRAINE", "NATO-Ukraine", "OTAN-Ukraine" },
    [RELEASABLE] = { "Releasable", "?", "?" },
    [COUNCIL] = { "EU Council", "Council of the EU", "Conseil de l'UE" },
    [COMMISSION] = { "EU Commission", "European Commission", "Commission européenne" },
    [EEAS] = { "EEAS", "EEAS", "SEAE" },
    [EU] = { "EU", "?", "?" },
    [COALITION] = { "COALITION-26", "Exercise Coalition 2026", "Coalition de l'exercice 2026" },
    [ALB] = { "ALB", "Albania", "Albanie" },
    [AUS] = { "AUS", "Australia", "Australie" },
    [AUT] = { "AUT", "Austria", "Autriche" },
    [BEL] = { "BEL", "Belgium", "Belgique" },
    [BGR] = { "BGR", "Bulgaria", "Bulgarie" },
    [CAN] = { "CAN", "Canada", "Canada" },
    [CHE] = { "CHE", "Switzerland", "Suisse" },
    [CYP] = { "CYP", "Cyprus", "Chypre" },
    [CZE] = { "CZE", "Czechia", "Tchéquie" },
    [DEU] = { "DEU", "Germany", "Allemagne" },
    [DNK] = { "DNK", "Denmark", "Danemark" },
    [ESP] = { "ESP", "Spain", "Espagne" },
    [EST] = { "EST", "Estonia", "Estonie" },
    [FIN] = { "FIN", "Finland", "Finlande" },
    [FRA] = { "FRA", "France", "France" },
    [GBR] = { "GBR", "United Kingdom", "Royaume-Uni" },
    [GEO] = { "GEO", "Georgia", "Géorgie" },
    [GRC] = { "GRC", "Greece", "Grèce" },
    [HRV] = { "HRV", "Croatia", "Croatie" },
    [HUN] = { "HUN", "Hungary", "Hongrie" },
    [IRL] = { "IRL", "Ireland", "Irlande" },
    [ISL] = { "ISL", "Iceland", "Islande" },
    [ITA] = { "ITA", "Italy", "Italie" },
    [JPN] = { "JPN", "Japan", "Japon" },
    [KOR] = { "KOR", "Republic of Korea", "République de Corée" },
    [LTU] = { "LTU", "Lithuania", "Lituanie" },
    [LUX] = { "LUX", "Luxembourg", "Luxembourg" },
    [LVA] = { "LVA", "Latvia", "Lettonie" },
    [MKD] = { "MKD", "North Macedonia", "Macédoine du Nord" },
    [MLT] = { "MLT", "Malta", "Malte" },
    [MNE] = { "MNE", "Montenegro", "Monténégro" },
    [NLD] = { "NLD", "Netherlands", "Pays-Bas" },
    [NOR] = { "NOR", "Norway", "Norvège" },
    [NZL] = { "NZL", "New Zealand", "Nouvelle-Zélande" },
    [POL] = { "POL", "Poland", "Pologne" },
    [PRT] = { "PRT", "Portugal", "Portugal" },
    [ROU] = { "ROU", "Romania", "Roumanie" },
    [SVK] = { "SVK", "Slovakia", "Slovaquie" },
    [SVN] = { "SVN", "Slovenia", "Slovénie" },
    [SWE] = { "SWE", "Sweden", "Suède" },
    [TUR] = { "TUR", "Türkiye", "Türkiye" },
    [UKR] = { "UKR", "Ukraine", "Ukraine" },
    [USA] = { "USA", "USA", "États-Unis" },
    [XAR] = { "XAR", "Arkania", "Arkanie" },
    [XVE] = { "XVE", "Velmar", "Velmar" },
};

#define SAME(name)                                                                                 \
    {                                                                                              \
        name, name, name                                                                           \
    }

static const struct word designator[] = { SAME("ATOMAL"), SAME("CRYPTO"), SAME("SIOP"),
                                          SAME("BOHEMIA"), SAME("VINTAGE") };
static const struct word administrative[] = { SAME("MANAGEMENT"), SAME("STAFF"),
                                              SAME("PERSONAL"),   SAME("MEDICAL"),
                                              SAME("COMMERCIAL"), SAME("LEGAL") };
static const struct word handling[] = { SAME("CRYPTO"), SAME("HARBOUR"), SAME("LANTERN") };
static const struct word distribution[] = { SAME("LIMITE") };

struct tag {
    const char *name, *oid, *type; /* name NULL: the policy has no such set */
    const struct word *word;
    size_t words;
    uint64_t known;                             /* the values of it that the policy defines */
    uint64_t silent;                            /* and those that are never shown           */
    const char *before[2], *after[2], *between; /* English, French */
};

struct domain {
    const char *name, *oid;
    struct word level[LEVELS];
    struct tag tag[SETS];
};

#define LISTED(table) .word = (table), .words = COUNT(table)

static const struct domain nato = {
    .name = "NATO-EXERCISE",
    .oid = "2.25.244114806238300826609242628922146805886",
    .level = { { "UNCLASSIFIED", "UNCLASSIFIED", "SANS CLASSIFICATION" },
               { "RESTRICTED", "RESTRICTED", "DIFFUSION RESTREINTE" },
               { "CONFIDENTIAL", "CONFIDENTIAL", "CONFIDENTIEL" },
               { "SECRET", "SECRET", "SECRET" },
               { "TOP SECRET", "TOP SECRET", "TRES SECRET" } },
    .tag = {
        [CONTEXT] = { "Context", "2.25.307279856001172935654949817088613418118", "PERMISSIVE",
                      LISTED(party), CONTEXTS | BIT(RELEASABLE), CONTEXTS | BIT(RELEASABLE),
                      { "", "" }, { "", "" }, "" },
        [DESIGNATORS] = { "Special Category Designators",
                          "2.25.185213380680501459494672470065379082890", "RESTRICTIVE",
                          LISTED(designator), 0x1f, 0, { "", "" }, { "", "" }, " " },
        [ADMINISTRATIVE] = { "Administrative", "2.25.28157940980569285276283131203565917231",
                             "INFORMATIVE", LISTED(administrative), 0x3f, 0,
                             { "- ", "- " }, { "", "" }, ", " },
        [ONLY] = { "Only", "2.25.65539871740694146494169449727652517778", "PERMISSIVE",
                   LISTED(party), CONTEXTS | NATIONS, 0,
                   { "", "" }, { " Only", " uniquement" }, ", " },
        [RELEASE] = { "Releasable To", "2.25.161917594149345712444441550400861896442", "PERMISSIVE",
                      LISTED(party), CONTEXTS | EU_BODIES | BIT(COALITION) | NATIONS, 0,
                      { "Releasable to ", "Communicable à " }, { "", "" }, ", " },
    },
};

static const struct domain eu = {
    .name = "EU-EXERCISE",
    .oid = "2.25.145588865650374672849198596150655222509",
    .level = { { "UNCLASSIFIED", "", "" },
               SAME("RESTREINT UE/EU RESTRICTED"),
               SAME("CONFIDENTIEL UE/EU CONFIDENTIAL"),
               SAME("SECRET UE/EU SECRET"),
               SAME("TRÈS SECRET UE/EU TOP SECRET") },
    .tag = {
        [DESIGNATORS] = { "Special Handling", "2.25.334432399486576604334612437443714632220",
                          "RESTRICTIVE", LISTED(handling), 0x7, 0, { "", "" }, { "", "" }, " " },
        [ADMINISTRATIVE] = { "Distribution", "2.25.189245181110674384896880306755514386615",
                             "INFORMATIVE", LISTED(distribution), 0x1, 0,
                             { "", "" }, { "", "" }, " " },
        [RELEASE] = { "Releasable To", "2.25.234107567452455484604774375932647056931", "PERMISSIVE",
                      LISTED(party), EU_PARTY, BIT(EU),
                      { "RELEASABLE TO ", "RELEASABLE TO " }, { "", "" }, ", " },
    },
};

#endif
