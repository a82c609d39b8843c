/* Pages as text: what is put in comes out escaped, whole, and in order. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bitcrush/html.h"

static bc_html *begin(const char *title, const char *lead)
{
    bc_html *h = NULL;

    assert_int_equal(bc_html_new(title, lead, &h, NULL), BC_OK);
    return h;
}

static char *finish(bc_html *h, size_t *n_media)
{
    static char *text;
    size_t n = 0;

    assert_int_equal(bc_html_finish(h, &text, &n, n_media, NULL), BC_OK);
    bc_html_free(h);
    assert_int_equal(strlen(text), n);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no %s", part);
}

static void texts_are_escaped(void **state)
{
    static const char hostile[] = "</title><script>\"&'\x01\xff";
    static const char *const cells[] = { hostile, NULL };
    size_t n_media;
    bc_html *h = begin(hostile, hostile);

    (void)state;
    bc_html_section(h, hostile);
    bc_html_heading(h, hostile);
    bc_html_paragraph(h, hostile);
    bc_html_command(h, hostile);
    bc_html_table(h, hostile, cells, 2, cells, 1);
    bc_html_picture(h, &(bc_html_media){ .type = "image/png", .alt = hostile, .caption = hostile });
    char *text = finish(h, &n_media);
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, "<script>")); at++)
        n++;
    assert_int_equal(n, 1); /* the page's own */
    has(text, "<title>&lt;/title&gt;&lt;script&gt;&quot;&amp;'\xef\xbf\xbd\xef\xbf\xbd</title>");
    has(text, "alt=\"&lt;/title&gt;&lt;script&gt;&quot;&amp;'");
    free(text);
}

/* The vectors of RFC 4648, section 10. */
static void media_are_base64(void **state)
{
    static const struct {
        const char *bytes, *base64;
    } rows[] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bc_html *h = begin("t", NULL);
        char expected[64] = "";
        size_t n_media;

        bc_html_player(h, &(bc_html_media){ .type = "audio/wav",
                                            .data = (const uint8_t *)rows[i].bytes,
                                            .n = strlen(rows[i].bytes),
                                            .alt = "a" });
        char *text = finish(h, &n_media);

        strcat(strcat(strcat(expected, " src=\"data:audio/wav;base64,"), rows[i].base64), "\"");
        has(text, expected);
        assert_int_equal(n_media, strlen(expected));
        free(text);
    }
}

static void facts_have_name_value_and_meaning(void **state)
{
    static const char *const metrics[] = { "metrics", NULL };
    bc_report *r = NULL;
    bc_html *h = begin("t", NULL);
    size_t n_media;

    (void)state;
    assert_int_equal(bc_report_new(&r, NULL), BC_OK);
    bc_report_number(r, "metrics", "snr_db", 26.2751234567);
    bc_report_number(r, "metrics", "psnr_db", (double)INFINITY);
    bc_report_integer(r, "metrics", "clipped", 18446744073709551615u);
    bc_report_string(r, "metrics", "worst_tensor", "<b>");
    bc_report_string(r, "input", "path", "elsewhere");
    bc_html_facts(h, r, "Figures", metrics);
    char *text = finish(h, &n_media);

    has(text, "<tr data-fact=\"metrics.snr_db\"><th scope=\"row\">SNR</th><td>"
              "<data value=\"26.2751234567\">26.28 dB</data></td><td>Power of the signal");
    has(text, "<data value=\"inf\">infinite dB</data>");
    has(text, "<data value=\"18446744073709551615\">18446744073709551615</data>");
    has(text, "<data value=\"&lt;b&gt;\">&lt;b&gt;</data>");
    assert_null(strstr(text, "elsewhere"));
    bc_report_free(r);
    free(text);
}

/* Twelve rows with figures 12 to 1 and one without: the lowest come first, the rest is counted. */
static void bars_are_sorted_and_the_rest_is_counted(void **state)
{
    bc_report *r = NULL;
    bc_html *h = begin("t", NULL);
    size_t n_media;

    (void)state;
    assert_int_equal(bc_report_new(&r, NULL), BC_OK);
    for (int i = 12; i >= 0; i--) {
        char name[16] = "t00";

        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        bc_report_row(r, "tensors");
        bc_report_string(r, "tensors", "name", name);
        bc_report_number(r, "tensors", "snr_db", i ? (double)i : (double)NAN);
    }
    bc_html_bars(h, r, "tensors", "SNR", "snr_db", true, 10);
    char *text = finish(h, &n_media);
    const char *first = strstr(text, "t01"), *last = strstr(text, "t10");

    assert_non_null(first);
    assert_non_null(last);
    has(first, "t02");
    has(first, "t09");
    assert_null(strstr(last, "t02"));
    assert_null(strstr(last, "t09"));
    assert_null(strstr(text, "t11"));
    has(text, "<p>2 more have higher figures");
    has(text, "<p>1 more has no such figure");
    has(text, "<span class=\"bar\" style=\"width:100%\">");
    has(text, "<span class=\"bar\" style=\"width:10%\">");
    bc_report_free(r);
    free(text);
}

static void a_plot_is_there_wide_and_narrow_without_a_name_of_a_language(void **state)
{
    static const double y[] = { 1.0, 2.0, 3.0 };
    bc_plot *p = NULL;
    bc_html *h = begin("t", NULL);
    size_t n_media;

    (void)state;
    assert_int_equal(bc_plot_new("Title", NULL, &p, NULL), BC_OK);
    bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .label = "x" } });
    bc_plot_add(p, &(bc_plot_series){ .kind = BC_PLOT_LINE, .label = "a line", .n = 3, .y = y });
    bc_html_plot(h, p, "What it shows");
    char *text = finish(h, &n_media);

    has(text, "<svg class=\"bcp wide\" role=\"img\" viewBox=\"0 0 900 ");
    has(text, "<svg class=\"bcp narrow\" role=\"img\" viewBox=\"0 0 352 ");
    has(text, "<figcaption>What it shows</figcaption>");
    assert_null(strstr(text, "xmlns"));
    bc_plot_free(p);
    free(text);
}

static void the_fault_of_a_plot_is_that_of_the_page(void **state)
{
    bc_plot *p = NULL;
    bc_html *h = begin("t", NULL);
    char *text = NULL;
    size_t n, n_media;
    bc_error err;

    (void)state;
    assert_int_equal(bc_plot_new("Title", NULL, &p, NULL), BC_OK);
    bc_plot_add_panel(p, &(bc_plot_panel){ .x = { .low = 2.0, .high = 1.0 } });
    bc_html_plot(h, p, NULL);
    assert_int_equal(bc_html_finish(h, &text, &n, &n_media, &err), BC_E_USAGE);
    assert_non_null(strstr(err.text, "low < high"));
    bc_html_free(h);
    bc_plot_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(media_are_base64),
        cmocka_unit_test(facts_have_name_value_and_meaning),
        cmocka_unit_test(bars_are_sorted_and_the_rest_is_counted),
        cmocka_unit_test(a_plot_is_there_wide_and_narrow_without_a_name_of_a_language),
        cmocka_unit_test(the_fault_of_a_plot_is_that_of_the_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
