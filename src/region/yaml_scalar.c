// Texts and values as YAML that every reader takes back as what they are.
#include "region/yaml_edit.h"

#include <math.h>
#include <string.h>

#include "base/banned.h"

static bool is_word_of_yaml(const char *text) {
	static const char *const words[] = {"true", "false", "null", "yes", "no", "on", "off"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t k = 0;
		while (words[i][k] != '\0' && (text[k] | 0x20) == words[i][k])
			k++;
		if (words[i][k] == '\0' && text[k] == '\0')
			return true;
	}
	return false;
}

static bool is_letter_or_digit(char c) {
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

// Plain where every reader of YAML, in a block or between brackets, takes it as this text.
static bool is_plain(const char *text, size_t n) {
	double x;
	if (n == 0 || text[n - 1] == ' ' || is_word_of_yaml(text) ||
	    vrd_parse_double((vrd_str){text, n}, '.', &x))
		return false;
	size_t length;
	for (size_t i = 0; i < n; i += length) {
		const uint32_t c = vrd_utf8_decode(text + i, n - i, &length);
		const bool letter =
		        (c < 0x80 && is_letter_or_digit((char)c)) || (c >= 0xC0 && c < 0x2000);
		const bool inner = i > 0 && c < 0x80 && strchr(" _./+=-()%';!?", (int)c) != NULL;
		if (length == 0 || (!letter && !inner) || (c == ' ' && text[i + 1] == ' '))
			return false;
	}
	return true;
}

// Past this many blanks in a row every further one is escaped: the reader refuses long rows.
enum { most_blanks = 100 };

void vrd_yaml_put_scalar(vrd_buf *out, const char *text) {
	const size_t n = strlen(text);
	if (is_plain(text, n)) {
		vrd_buf_puts(out, text);
		return;
	}
	size_t length, blanks = 0;
	vrd_buf_putc(out, '"');
	for (size_t i = 0; i < n; i += length == 0 ? 1 : length) {
		const uint32_t c = vrd_utf8_decode(text + i, n - i, &length);
		blanks = c == ' ' ? blanks + 1 : 0;
		if (c == '\n')
			vrd_buf_puts(out, "\\n");
		else if (c == '"' || c == '\\')
			vrd_buf_printf(out, "\\%c", (char)c);
		else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || blanks > most_blanks)
			vrd_buf_printf(out, "\\x%02X", (unsigned)c);
		else if (c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF)
			vrd_buf_printf(out, "\\u%04X", (unsigned)c);
		else
			vrd_buf_add(out, text + i, length == 0 ? 1 : length);
	}
	vrd_buf_putc(out, '"');
}

void vrd_yaml_put_node(vrd_buf *out, const vrd_node *node) {
	if (node->kind == VRD_NODE_SCALAR && !isnan(node->number)) {
		vrd_buf_puts(out, node->text);
		return;
	}
	if (node->kind == VRD_NODE_SCALAR) {
		if (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0)
			vrd_buf_puts(out, node->text);
		else
			vrd_yaml_put_scalar(out, node->text);
		return;
	}
	vrd_buf_putc(out, node->kind == VRD_NODE_LIST ? '[' : '{');
	for (size_t i = 0; i < node->n; i++) {
		vrd_buf_puts(out, i == 0 ? "" : ", ");
		if (node->kind == VRD_NODE_MAP) {
			vrd_yaml_put_scalar(out, node->keys[i]);
			vrd_buf_puts(out, ": ");
		}
		vrd_yaml_put_node(out, &node->items[i]);
	}
	vrd_buf_putc(out, node->kind == VRD_NODE_LIST ? ']' : '}');
}
