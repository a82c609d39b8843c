/* Knows which options and operands name files. */
#include "files.h"

#include <string.h>

#include "bitcrush/study.h"
#include "tool.h"

void files_add_options(bc_file_plan *p, const options *o)
{
    bc_setting rows[OPTION_ROOM];
    const bc_settings settings = { rows, options_settings(o, rows) };

    bc_file_plan_add_settings(p, &settings);
    if (o->plot)
        bc_file_plan_add(p, BC_PLAN_WRITE, "plot", o->plot, NULL);
    if (o->sheet)
        bc_file_plan_add(p, BC_PLAN_WRITE, "sheet", o->sheet, NULL);
}

bc_status files_check(bc_file_plan *p, const options *o, bc_error *err)
{
    const bc_reading reading = tool_reading(o);

    return bc_file_plan_check(p, &reading, err);
}

bc_status files_check_named(const options *o, int n, const char *what, const char *out,
                            bool may_replace, bc_error *err)
{
    bc_file_plan p = { 0 };

    for (int i = 0; i < n; i++)
        bc_file_plan_add(&p, BC_PLAN_READ, "input", o->operands[i], NULL);
    if (out)
        bc_file_plan_add(&p, BC_PLAN_WRITE, what, out, NULL);
    if (may_replace)
        bc_file_plan_allow_self(&p);
    files_add_options(&p, o);
    return files_check(&p, o, err);
}

bc_status files_check_streams(const options *o, bc_error *err)
{
    bc_setting settings[OPTION_ROOM];
    const size_t n = options_settings(o, settings);
    int n_streams = 0;

    for (int i = 0; i < o->n_operands; i++)
        n_streams += strcmp(o->operands[i], "-") == 0;
    for (size_t i = 0; i < n; i++)
        n_streams +=
            strcmp(settings[i].value, "-") == 0 && bc_file_of_setting(&settings[i]) != NULL;
    return n_streams > 1
               ? tool_fail(err, BC_E_USAGE, "-: standard input can be read once, expected it once")
               : BC_OK;
}
