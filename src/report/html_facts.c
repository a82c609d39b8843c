/* Knows the report as tables of a page: the same facts as the text and the JSON object. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/meanings.h"
#include "report/page.h"
#include "report/svg.h"

/* What parts names of files. */
#define PARTS "./_"

static void put(bc_html *h, const char *text)
{
    bci_put(&h->b, text, strlen(text));
}

/* <data value="EXACT">FOR PEOPLE</data> */
static void put_value(bc_html *h, const bci_fact *f, const bci_meaning *m)
{
    bci_buffer exact = { 0 }, shown = { 0 };

    bci_fact_put_exact(&exact, f);
    bci_meaning_put(&shown, f, m);
    put(h, "<data value=\"");
    bci_page_text(h, exact.text);
    put(h, "\">");
    bci_page_text(h, shown.text);
    put(h, "</data>");
    h->b.is_short_of_memory |= exact.is_short_of_memory || shown.is_short_of_memory;
    free(exact.text);
    free(shown.text);
}

/* Words so long that a column of a narrow screen may have to break them; `ends` end one. */
static bool has_long_word(const char *text, const char *ends)
{
    enum { LONG = 13 };
    size_t n = 0;

    for (; text && *text; text++) {
        n = strchr(ends, *text) ? 0 : n + 1;
        if (n > LONG)
            return true;
    }
    return false;
}

/* <tag scope="..."> of a cell; scope may be NULL: it has no name then. */
static void open_cell(bc_html *h, const char *tag, const char *scope, const char *text)
{
    bci_putf(&h->b, "<%s", tag);
    if (scope)
        bci_putf(&h->b, " scope=\"%s\"", scope);
    put(h, has_long_word(text, scope ? " -" PARTS : " -") ? " class=\"long\">" : ">");
}

/* A text that may be parted behind the signs that part names of files, but not 1.25. */
static void put_parted(bc_html *h, const char *text)
{
    while (text && *text) {
        const size_t n = strcspn(text, PARTS), all = n + (text[n] != 0);

        bci_svg_escaped(&h->b, text, all);
        text += all;
        if (*text && !(*text >= '0' && *text <= '9'))
            put(h, "<wbr/>");
    }
}

static void put_fact(bc_html *h, const bci_fact *f)
{
    const bci_meaning *m = bci_meaning_of(f);

    bci_putf(&h->b, "<tr data-fact=\"%s%s%s\"><th scope=\"row\">", f->section,
             *f->section ? "." : "", f->key);
    bci_page_text(h, m ? m->label : f->key);
    put(h, "</th>");
    open_cell(h, "td", NULL, f->type == BCI_STRING ? f->string : NULL);
    put_value(h, f, m);
    put(h, "</td><td>");
    bci_page_text(h, m ? m->meaning : "");
    put(h, "</td></tr>\n");
}

static bool is_one_of(const char *section, const char *const *sections)
{
    for (; *sections; sections++)
        if (strcmp(section, *sections) == 0)
            return true;
    return false;
}

static void open_table(bc_html *h, const char *classes, const char *caption)
{
    bci_putf(&h->b, "<table class=\"%s\">\n<caption>", classes);
    bci_page_text(h, caption);
    put(h, "</caption>\n");
}

void bc_html_facts(bc_html *h, const bc_report *r, const char *caption, const char *const *sections)
{
    open_table(h, "facts", caption);
    put(h, "<thead><tr><th scope=\"col\">name</th><th scope=\"col\">value</th>"
           "<th scope=\"col\">meaning</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < r->n; i++)
        if (r->facts[i].row == 0 && is_one_of(r->facts[i].section, sections))
            put_fact(h, &r->facts[i]);
    put(h, "</tbody>\n</table>\n");
    h->b.is_short_of_memory |= r->is_short_of_memory;
}

void bc_html_table(bc_html *h, const char *caption, const char *const *heads, size_t n_columns,
                   const char *const *cells, size_t n_rows)
{
    open_table(h, "plain", caption);
    put(h, "<thead><tr>");
    for (size_t c = 0; c < n_columns; c++) {
        open_cell(h, "th", "col", heads[c]);
        put_parted(h, heads[c]);
        put(h, "</th>");
    }
    put(h, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        const bool is_name = i % n_columns == 0;

        put(h, is_name ? "<tr>" : "");
        open_cell(h, is_name ? "th" : "td", is_name ? "row" : NULL, cells[i]);
        if (is_name)
            put_parted(h, cells[i]);
        else
            bci_page_text(h, cells[i]);
        put(h, is_name ? "</th>" : "</td>");
        put(h, i % n_columns == n_columns - 1 ? "</tr>\n" : "");
    }
    put(h, "</tbody>\n</table>\n");
}

/* --- bars */

typedef struct {
    const bci_fact *first; /* of the row */
    size_t n;
    const bci_fact *value; /* NULL: the row lacks it */
} bar;

static int by_value(const void *a, const void *b)
{
    const bar *one = a, *other = b;

    if (one->value->number != other->value->number)
        return one->value->number < other->value->number ? -1 : 1;
    return one->first < other->first ? -1 : one->first > other->first;
}

/* Is the fact in a row of the table? */
static bool is_in(const bci_fact *f, const char *table)
{
    return f->row && strcmp(f->section, table) == 0;
}

/* The rows of a table that have the number, to bars[]; their count. *n_without: those that have
 * not. */
static size_t collect(const bc_report *r, const char *table, const char *key, bar *bars,
                      size_t *n_without)
{
    size_t n = 0;

    *n_without = 0;
    for (size_t i = 0, next; i < r->n; i = next) {
        bar new = { .first = &r->facts[i] };

        for (next = i;
             next < r->n && is_in(&r->facts[next], table) && r->facts[next].row == r->facts[i].row;
             next++, new.n++)
            if (strcmp(r->facts[next].key, key) == 0 && r->facts[next].type == BCI_NUMBER)
                new.value = &r->facts[next];
        if (new.n == 0)
            next = i + 1;
        else if (new.value)
            bars[n++] = new;
        else
            ++*n_without;
    }
    return n;
}

static void put_bar(bc_html *h, const bar *row, double most)
{
    const double value = row->value->number;
    const double share = isinf(value) ? value > 0.0 : most > 0.0 ? fmax(value, 0.0) / most : 0.0;

    bci_putf(&h->b, "<tr data-row=\"%s.%zu\"><th scope=\"row\">", row->first->section,
             row->first->row - 1);
    bci_putf(&h->b, "<span data-fact=\"%s\">", row->first->key);
    put_value(h, row->first, NULL);
    put(h, "</span><small>");
    for (size_t i = 1; i < row->n; i++) {
        const bci_fact *f = &row->first[i];
        const bci_meaning *m = bci_meaning_of(f);

        if (f == row->value)
            continue;
        bci_putf(&h->b, "<span data-fact=\"%s\">%s%s", f->key, m ? m->label : f->key,
                 m && !*m->label ? "" : " ");
        put_value(h, f, m);
        put(h, "</span> ");
    }
    bci_putf(&h->b, "</small></th><td data-fact=\"%s\">", row->value->key);
    put_value(h, row->value, bci_meaning_of(row->value));
    bci_putf(&h->b, "<span class=\"bar\" style=\"width:%d%%\"></span></td></tr>\n",
             (int)(100.0 * share + 0.5));
}

void bc_html_bars(bc_html *h, const bc_report *r, const char *table, const char *caption,
                  const char *key, bool lowest_first, size_t n_most)
{
    bar *bars = malloc((r->n + 1) * sizeof *bars);
    size_t n_without = 0;
    double most = 0.0;

    if (!bars) {
        h->b.is_short_of_memory = true;
        return;
    }
    const size_t n = collect(r, table, key, bars, &n_without);
    const size_t n_shown = n < n_most ? n : n_most;

    if (lowest_first)
        qsort(bars, n, sizeof *bars, by_value);

    for (size_t i = 0; i < n_shown; i++)
        if (isfinite(bars[i].value->number))
            most = fmax(most, bars[i].value->number);
    if (n > 0) {
        const bci_meaning *name = bci_meaning_of(bars[0].first);
        const bci_meaning *value = bci_meaning_of(bars[0].value);

        open_table(h, "bars", caption);
        put(h, "<thead><tr><th scope=\"col\">");
        bci_page_text(h, name ? name->label : bars[0].first->key);
        put(h, "</th><th scope=\"col\">");
        bci_page_text(h, value ? value->label : key);
        put(h, "</th></tr></thead>\n<tbody>\n");
        for (size_t i = 0; i < n_shown; i++)
            put_bar(h, &bars[i], most);
        put(h, "</tbody>\n</table>\n");
    }
    if (n > n_shown)
        bci_putf(&h->b, "<p>%zu more %s %s figures; the report as JSON lists all.</p>\n",
                 n - n_shown, n - n_shown == 1 ? "has" : "have",
                 lowest_first ? "higher" : "smaller");
    if (n_without)
        bci_putf(&h->b, "<p>%zu more %s no such figure: nothing was rounded there.</p>\n",
                 n_without, n_without == 1 ? "has" : "have");
    free(bars);
}
