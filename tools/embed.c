// Turns files into a C array, so that the program carries them: made and run by the build.
//
//	embed OUT.c HEADER NAME FILE...
//
// OUT.c includes HEADER, which declares `extern const vrd_embedded NAME[]` and `extern const size_t
// NAME_n`. A file is named by its path's last part without its ending. Bytes are written as numbers,
// since a string literal may have 4095 characters only.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what, const char *path) {
	(void)fprintf(stderr, "embed: %s %s: %s\n", what, path, strerror(errno));
	return EXIT_FAILURE;
}

static int put_bytes(FILE *out, size_t index, const char *path, size_t *len) {
	FILE *in = fopen(path, "rb");
	if (!in)
		return fail("cannot open", path);
	(void)fprintf(out, "static const unsigned char file_%zu[] = {", index);
	*len = 0;
	for (int c; (c = getc(in)) != EOF; (*len)++)
		(void)fprintf(out, "%s%d,", *len % 20 ? "" : "\n\t", c);
	(void)fputs("\n\t0};\n", out);
	const int failed = ferror(in);
	(void)fclose(in);
	return failed ? fail("cannot read", path) : EXIT_SUCCESS;
}

static void put_entry(FILE *out, size_t index, const char *path, size_t len) {
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	const size_t n = dot ? (size_t)(dot - name) : strlen(name);
	(void)fprintf(out, "\t{\"%.*s\", (const char *)file_%zu, %zu},\n", (int)n, name, index,
	              len);
}

static int embed(FILE *out, const char *header, const char *array, size_t n, char **files) {
	size_t *len = calloc(n, sizeof *len);
	int rc = len ? EXIT_SUCCESS : fail("no memory for", "the list");
	(void)fprintf(out, "// Made by tools/embed.c.\n#include \"%s\"\n\n", header);
	for (size_t i = 0; i < n && rc == EXIT_SUCCESS; i++)
		rc = put_bytes(out, i, files[i], &len[i]);
	if (rc == EXIT_SUCCESS) {
		(void)fprintf(out, "\nconst vrd_embedded %s[] = {\n", array);
		for (size_t i = 0; i < n; i++)
			put_entry(out, i, files[i], len[i]);
		(void)fprintf(out, "};\nconst size_t %s_n = %zu;\n", array, n);
	}
	free(len);
	return rc;
}

int main(int argc, char **argv) {
	if (argc < 5) {
		(void)fputs("usage: embed OUT.c HEADER NAME FILE...\n", stderr);
		return 64;
	}
	FILE *out = fopen(argv[1], "w");
	if (!out)
		return fail("cannot write", argv[1]);
	int rc = embed(out, argv[2], argv[3], (size_t)argc - 4, argv + 4);
	const int failed = ferror(out);
	if ((fclose(out) != 0 || failed) && rc == EXIT_SUCCESS)
		rc = fail("cannot write", argv[1]);
	if (rc != EXIT_SUCCESS)
		(void)remove(argv[1]);
	return rc;
}
