/* The XML of a label or clearance: what is read is what is written. */
#include "tests/fuzz/markup.h"
#include "tests/fuzz/xml.h"

static struct mu_schema *schema;

static void fuzz_start(void)
{
    struct mu_err err;
    mu_xml_start();
    if (!mu_schema_load(fuzz_forever(), MU_SOURCE_DIR "/profiles/schemas/adatp-4774.xsd", &schema,
                        &err)) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
}

static void fuzz_one(struct mu_arena *arena, struct mu_bytes input)
{
    struct mu_schema_error error[4];
    size_t errors = 0;
    xmlNode *root = fuzz_parse(arena, input);
    if (root == NULL)
        return;
    fuzz_tree(arena, input.n, root);
    enum mu_validity valid = mu_schema_validate(schema, root->doc, error, MU_COUNT(error), &errors);
    HOLDS((valid == MU_VALID) == (errors == 0));
    HOLDS(valid != MU_VALID || mu_label_is_root(root) || mu_clearance_is_root(root));
}
