/* read-json < REPORT: one line "section.key=value" for every value, in order, "rows.0.key=value"
 * for those of an object in an array; fails when the input is not one JSON object, names a key
 * twice or holds a null. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static int print_value(const char *path, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING: printf("%s=%s\n", path, json_string_value(value)); return 0;
    case JSON_INTEGER: printf("%s=%lld\n", path, (long long)json_integer_value(value)); return 0;
    case JSON_REAL: printf("%s=%.9g\n", path, json_real_value(value)); return 0;
    case JSON_TRUE: printf("%s=true\n", path); return 0;
    case JSON_FALSE: printf("%s=false\n", path); return 0;
    case JSON_NULL: fprintf(stderr, "read-json: %s is null\n", path); return 1;
    case JSON_OBJECT:
    case JSON_ARRAY: break;
    }
    fprintf(stderr, "read-json: %s is no plain value\n", path);
    return 1;
}

static int print_array(const char *prefix, json_t *array);

static int print_object(const char *prefix, json_t *object)
{
    const char *key;
    json_t *value;
    int failed = json_object_size(object) == 0;

    if (failed)
        fprintf(stderr, "read-json: %s is empty\n", *prefix ? prefix : "the object");
    json_object_foreach(object, key, value)
    {
        char path[256];

        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", key);
        failed |= json_is_object(value)  ? print_object(path, value)
                  : json_is_array(value) ? print_array(path, value)
                                         : print_value(path, value);
    }
    return failed;
}

static int print_array(const char *prefix, json_t *array)
{
    size_t i;
    json_t *value;
    int failed = json_array_size(array) == 0;

    if (failed)
        fprintf(stderr, "read-json: %s is empty\n", prefix);
    json_array_foreach(array, i, value)
    {
        char path[320];

        snprintf(path, sizeof path, "%s.%zu", prefix, i);
        failed |= json_is_object(value) ? print_object(path, value) : print_value(path, value);
    }
    return failed;
}

int main(void)
{
    json_error_t where;
    json_t *root = json_loadf(stdin, JSON_REJECT_DUPLICATES, &where);

    if (!json_is_object(root)) {
        fprintf(stderr, "read-json: line %d: %s\n", where.line, root ? "no object" : where.text);
        return 1;
    }
    const int failed = print_object("", root);

    json_decref(root);
    return failed;
}
