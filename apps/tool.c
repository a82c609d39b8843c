/* Knows what all verbs do around their work: warnings, reports, plots. */
#include "tool.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitcrush/output.h"
#include "stop.h"
#include "words.h"

static const char *own_name = "bitcrush";

void tool_begin(const char *name)
{
    own_name = name;
}

void tool_say(bc_error *err)
{
    words_explain(err, NULL);
    fprintf(stderr, "%s: %s\n", own_name, err->text);
}

bc_reading tool_reading(const options *o)
{
    static const bc_setting_row rows[] = {
        { "max-memory", BC_SETTING_SIZE, BC_FIELD(bc_reading, max_memory), 0, 0, NULL },
        { "max-pixels", BC_SETTING_COUNT, BC_FIELD(bc_reading, max_pixels), 1, 1e15, NULL },
        { "salvage", BC_SETTING_FLAG, BC_FIELD(bc_reading, salvage), 0, 0, NULL },
    };
    enum { N_ROWS = sizeof rows / sizeof *rows };
    bc_setting room[OPTION_ROOM];
    const bc_settings given = options_taken(o, rows, N_ROWS, room);
    bc_reading reading = { .stop = &tool_stop_asked, .input = o->input };
    const bc_status st = bc_settings_fill(rows, N_ROWS, &given, &reading, NULL);

    (void)st; /* what is wrong was said when it was parsed */
    return reading;
}

void tool_warn_salvaged(const char *path, const char *damage)
{
    bc_error said;

    if (*damage && bc_error_say(&said, BC_E_FORMAT, "%.200s: damaged, what is there is taken: %s",
                                strcmp(path, "-") == 0 ? "standard input" : path, damage))
        tool_say(&said);
}

bc_status tool_usage(bc_error *err, const char *what, const char *got, const char *expected)
{
    return bc_error_say(err, BC_E_USAGE, "%s%s%s: %s", what, *got ? " " : "", got, expected);
}

bc_status tool_arguments(bc_error *err, bool is_few, const char *expected)
{
    return bc_error_say(err, BC_E_USAGE, "too %s arguments: expected %s", is_few ? "few" : "many",
                        expected);
}

bool tool_has_colour(const options *o, FILE *to)
{
    const char *no_color = getenv("NO_COLOR");
    const bool may = !(no_color && *no_color) && isatty(fileno(to));

    return o->color == WHEN_ALWAYS || (o->color == WHEN_AUTO && may);
}

FILE *tool_report_stream(const options *o, const char *out)
{
    const char *const data[] = { out, o->report, o->plot, o->sheet };

    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        if (data[i] && strcmp(data[i], "-") == 0)
            return stderr;
    return stdout;
}

bool tool_nobody_reads(FILE *to)
{
    struct pollfd p = { .fd = fileno(to), .events = POLLOUT };

    return poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP);
}

bc_status tool_report(const bc_report *r, const options *o, const char *out, bc_error *err)
{
    FILE *to = tool_report_stream(o, out);
    const bool colour = tool_has_colour(o, to);
    char *text = NULL;

    if (o->quiet)
        return BC_OK;
    const bc_status st =
        o->json ? bc_report_json(r, &text, err) : bc_report_text(r, colour, &text, err);

    if (st)
        return st;
    const bool ok = fprintf(to, o->json ? "%s\n" : "%s", text) >= 0 && fflush(to) == 0;

    free(text);
    return ok || tool_nobody_reads(to) ? BC_OK
                                       : tool_fail(err, BC_E_WRITE, "the report cannot be written");
}

bool tool_is_dry(const options *o)
{
    return options_given(o, "dry-run") || options_given(o, "sizes-only");
}

options tool_refused(const options *o)
{
    options own = *o;

    own.report = own.plot = NULL;
    own.is_refused = true;
    return own;
}

bc_status tool_save_plot(const options *o, bc_plot *p, bc_status st, bc_error *err)
{
    char *svg = NULL;

    if (!st)
        st = bc_plot_svg(p, &svg, err);
    if (!st)
        st = bc_output_write(o->plot, options_setting(o, "force") != NULL, svg, strlen(svg), err);
    free(svg);
    bc_plot_free(p);
    return st;
}
