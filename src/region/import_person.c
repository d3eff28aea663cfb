#include "region/import_parts.h"

#include <string.h>

#include "base/banned.h"

// --- numbers ------------------------------------------------------------------------------------

// Day, or day + 40 (D-number); month, or month + 40 (H-number), + 65 and + 80 (made up for tests).
static bool is_date(const int d[11]) {
	const int day = (10 * d[0] + d[1]) % 40, month = 10 * d[2] + d[3];
	const bool plain = month >= 1 && month <= 12, shifted = month >= 41 && month <= 52;
	const bool made_up = (month >= 66 && month <= 77) || (month >= 81 && month <= 92);
	return day >= 1 && day <= 31 && d[0] < 8 && (plain || shifted || made_up);
}

// Eleven digits (a space may stand after six), a date, and both control digits modulo 11:
// Skatteetaten, "Fødselsnummer", control digits k1 and k2.
static bool is_person_number(vrd_str text) {
	static const int first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1};
	static const int second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
	int d[11], sum1 = 0, sum2 = 0;
	size_t n = 0;
	text = vrd_str_trim(text);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == ' ' && n == 6 && i == 6)
			continue;
		if (text.p[i] < '0' || text.p[i] > '9' || n == 11)
			return false;
		d[n++] = text.p[i] - '0';
	}
	if (n != 11 || !is_date(d))
		return false;
	for (size_t i = 0; i < 10; i++)
		sum1 += first[i] * d[i];
	for (size_t i = 0; i < 11; i++)
		sum2 += second[i] * d[i];
	return sum1 % 11 == 0 && sum2 % 11 == 0;
}

// --- names of columns ---------------------------------------------------------------------------

// Letters only, small, with o for ø: "Fødselsnr." -> "fodselsnr".
static void letters_of(const char *text, size_t size, char *out) {
	size_t n = 0;
	for (; *text && n + 1 < size; text++) {
		const unsigned char c = (unsigned char)*text, next = (unsigned char)text[1];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			out[n++] = (char)(c | 0x20);
		else if (c == 0xC3 && (next == 0xB8 || next == 0x98)) // ø, Ø
			out[n++] = 'o';
	}
	out[n] = 0;
}

static bool is_person_column(const char *header) {
	static const char *const parts[] = {"lopenr",    "lopenum",   "fodselsn",
	                                    "personnum", "personnr",  "personid",
	                                    "pasientn",  "pasientid", "patientid"};
	static const char *const names[] = {"fnr", "pid", "nprid", "pasient", "patient", "dnr"};
	char letters[128];
	letters_of(header, sizeof letters, letters);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(letters, parts[i]))
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(letters, names[i]) == 0)
			return true;
	return false;
}

// --- files --------------------------------------------------------------------------------------

static const char count_first[] =
        "count persons before the import: varde keeps counts only, never persons";
static const char leave_out[] =
        "leave the column out of the file, or rename it when it names no person: episodes need no "
        "key of a person";

// Rows of episodes are what an import counts: only the key is too much.
static const char *remedy_of(const vrd_import *job) {
	return strcmp(job->opt->as, "episodes") == 0 ? leave_out : count_first;
}

static void check_table(const vrd_import *job, const vrd_csv_table *table) {
	for (size_t c = 0; c < table->n_columns; c++) {
		if (is_person_column(table->columns[c])) {
			vrd_diag_add(
			        job->diag, VRD_ERROR, (vrd_place){.file = job->name, .line = 1},
			        "import.person-column", remedy_of(job),
			        "the column \"%s\" names persons, not groups", table->columns[c]);
			continue;
		}
		for (size_t r = 0; r < table->n_rows; r++) {
			const char *text = table->rows[r * table->n_columns + c];
			if (!is_person_number(vrd_str_of(text)))
				continue;
			// The number itself is not repeated: messages end up in logs.
			vrd_diag_add(job->diag, VRD_ERROR,
			             (vrd_place){.file = job->name, .line = table->lines[r]},
			             "import.person-number", remedy_of(job),
			             "the column \"%s\" holds what looks like national identity "
			             "numbers (11 digits with valid control digits)",
			             table->columns[c]);
			break;
		}
	}
}

// JSON: every text between quotes.
static void check_texts(const vrd_import *job) {
	size_t line = 1, from = 0;
	bool inside = false;
	for (size_t i = 0; i < job->len; i++) {
		const char c = job->bytes[i];
		line += c == '\n';
		if (inside && c == '\\') {
			i++;
		} else if (c == '"') {
			if (inside && is_person_number((vrd_str){job->bytes + from, i - from})) {
				vrd_diag_add(job->diag, VRD_ERROR,
				             (vrd_place){.file = job->name, .line = line},
				             "import.person-number", remedy_of(job),
				             "a text looks like a national identity number (11 "
				             "digits with valid control digits)");
				return;
			}
			inside = !inside;
			from = i + 1;
		}
	}
}

vrd_status vrd_import_refuse_persons(const vrd_import *job, vrd_err *err) {
	const size_t before = job->diag->n_errors;
	const size_t n = strlen(job->name);
	if (n > 5 && strcmp(job->name + n - 5, ".json") == 0) {
		check_texts(job);
	} else {
		// Every cell as text: columns that the entry ignores are copied too. A file that is
		// no table is refused by the reading that follows.
		vrd_arena scratch = {0};
		vrd_csv_table table;
		if (vrd_csv_read_table(&scratch, job->bytes, job->len, job->name, &table, NULL,
		                       NULL) == VRD_OK)
			check_table(job, &table);
		vrd_arena_clear(&scratch);
	}
	if (job->diag->n_errors == before)
		return VRD_OK;
	return vrd_fail(err, VRD_DATA, "%s holds data about persons: %s", job->name,
	                remedy_of(job));
}
