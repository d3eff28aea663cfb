// Tables of texts: what cubes, which hold numbers, cannot say. One set of cells becomes a table for
// a terminal, CSV or JSON.
#pragma once

#include "base/text.h"

// Fields are public. `key` names the column in CSV and JSON, `head` in the table.
typedef struct {
	const char *key, *head;
	bool number; // right-aligned; not quoted in JSON, where an empty cell is null
} vrd_text_column;

typedef struct {
	size_t n_columns;
	const vrd_text_column *columns;
	size_t n_rows;
	const char *const *cells; // [row * n_columns + column], never NULL
} vrd_text_table;

// Aligned columns; long texts are broken into lines at blanks, control characters become blanks.
void vrd_text_table_put(const vrd_text_table *table, vrd_buf *out);
// The same with texts broken at so many columns of the terminal, one number for each column of the
// table; 0: as above.
void vrd_text_table_put_within(const vrd_text_table *table, const size_t *widest, vrd_buf *out);
// Comma, LF, a header of keys; quotes where they are needed.
void vrd_text_table_csv(const vrd_text_table *table, vrd_buf *out);
// A list of objects, one on each line.
void vrd_text_table_json(const vrd_text_table *table, vrd_buf *out);
