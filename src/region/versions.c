#include "region/versions.h"

#include "base/file.h"
#include "region/log.h"
#include "region/schemas.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static const size_t most_bytes = (size_t)8 << 20; // what the reader of YAML takes

static const char *log_name(vrd_arena *mem, const char *scenario) {
	return vrd_arena_printf(mem, "scenario-%s", scenario);
}

static const char *file_of(vrd_region *region, const char *scenario) {
	return vrd_arena_printf(region->mem, "scenarios/%s.yaml", scenario);
}

// Whether a text says status: locked; false when it is no scenario at all.
static bool says_locked(const char *text, size_t len) {
	vrd_arena mem = {0};
	vrd_diag quiet;
	const vrd_node *node = NULL;
	vrd_diag_init(&quiet, &mem, 1);
	const bool locked = vrd_yaml_read(&mem, text, len, "", &vrd_scenario_schema, &node, &quiet,
	                                  NULL) == VRD_OK &&
	                    strcmp(vrd_node_text(node, "status", ""), "locked") == 0;
	vrd_arena_clear(&mem);
	return locked;
}

static bool is_text_of(const vrd_version *version, const char *text, size_t len) {
	return version->len == len && memcmp(version->text, text, len) == 0;
}

vrd_status vrd_scenario_bytes(vrd_region *region, const char *scenario, const char **bytes,
                              size_t *len, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char **names;
	size_t n, i = 0;
	VRD_TRY(vrd_scenario_list(region, &names, &n, err));
	while (i < n && strcmp(names[i], scenario) != 0)
		i++;
	if (i == n) { // it knows what to say
		vrd_scenario none;
		VRD_TRY(vrd_scenario_read(region, scenario, &none, NULL, err));
		VRD_TRY(vrd_fail(err, VRD_NOINPUT, "there is no scenario \"%s\"", scenario));
	}
	const char *file = file_of(region, scenario);
	const char *path = file == NULL ? NULL : vrd_path_join(region->mem, region->dir, file);
	if (path == NULL)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(scenario), 1));
	VRD_TRY(vrd_file_read(region->mem, path, most_bytes, bytes, len, err));
out:
	return rc;
}

// --- reading ------------------------------------------------------------------------------------

// False when the entry is no version.
static bool read_version(vrd_arena *mem, const vrd_entry *entry, vrd_version *out, bool *failed) {
	const char *text, *why = "", *status = "";
	size_t len;
	json_t *root = json_loads(entry->data, 0, NULL);
	const bool good = json_unpack(root, "{s:s%, s?s, s?s}", "text", &text, &len, "why", &why,
	                              "status", &status) == 0;
	if (good) {
		*out = (vrd_version){.time = entry->time,
		                     .who = entry->who,
		                     .what = entry->what,
		                     .why = vrd_arena_strdup(mem, why),
		                     .text = vrd_arena_strndup(mem, text, len),
		                     .len = len,
		                     .locked = strcmp(status, "locked") == 0,
		                     .hash = entry->hash};
		*failed = *failed || out->why == NULL || out->text == NULL;
	}
	json_decref(root);
	return good;
}

// A reason that was given later stands after the version's own.
static void read_note(vrd_arena *mem, const vrd_entry *entry, vrd_version *versions, size_t n,
                      bool *failed) {
	const char *why = "";
	json_int_t number = 0;
	json_t *root = json_loads(entry->data, 0, NULL);
	if (strcmp(entry->what, "note") == 0 &&
	    json_unpack(root, "{s:s, s:I}", "why", &why, "version", &number) == 0 && number >= 1 &&
	    (size_t)number <= n) {
		vrd_version *v = &versions[number - 1];
		v->why = vrd_arena_printf(mem, "%s%s%s (%s)", v->why ? v->why : "",
		                          v->why && *v->why ? "; " : "", why, entry->who);
		*failed = *failed || v->why == NULL;
	}
	json_decref(root);
}

vrd_status vrd_versions_read(vrd_region *region, const char *scenario, const vrd_version **out,
                             size_t *n, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_entry *entries;
	vrd_version *versions;
	size_t n_entries, count = 0;
	bool failed = false;
	const char *name = log_name(region->mem, scenario);
	if (name == NULL)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(scenario), 1));
	VRD_TRY(vrd_log_read(region->mem, region->dir, name, &entries, &n_entries, diag, err));
	VRD_TRY(VRD_NEW(region->mem, versions, n_entries));
	for (size_t i = 0; i < n_entries; i++) {
		if (read_version(region->mem, &entries[i], &versions[count], &failed)) {
			versions[count].number = count + 1;
			count++;
		} else {
			read_note(region->mem, &entries[i], versions, count, &failed);
		}
	}
	if (failed)
		VRD_TRY(vrd_no_memory(err, region->mem, n_entries, sizeof *versions));
	*out = versions;
	*n = count;
out:
	return rc;
}

const vrd_version *vrd_versions_lock(const vrd_version *versions, size_t n) {
	while (n > 0 && strcmp(versions[n - 1].what, "found") == 0)
		n--;
	return n > 0 && versions[n - 1].locked ? &versions[n - 1] : NULL;
}

// The versions of a log that is whole, else DATA.
static vrd_status read_whole(vrd_region *region, const char *scenario, const vrd_version **out,
                             size_t *n, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_diag own;
	vrd_diag_init(&own, region->mem, 0);
	VRD_TRY(vrd_versions_read(region, scenario, out, n, &own, err));
	VRD_TRY(vrd_diag_fail(&own, VRD_DATA, err));
out:
	return rc;
}

// --- recording ----------------------------------------------------------------------------------

static vrd_status add_version(vrd_region *region, const char *scenario, const char *text,
                              size_t len, const char *who, const char *what, const char *why,
                              vrd_err *err) {
	vrd_status rc = VRD_OK;
	char *data = NULL;
	json_t *root = json_object();
	const char *name = log_name(region->mem, scenario);
	if (vrd_utf8_invalid_at(text, len) < len || memchr(text, '\0', len) != NULL)
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "scenarios/%s.yaml: the file is not UTF-8 text and cannot be "
		                 "recorded; save it as UTF-8",
		                 scenario));
	if (why != NULL && vrd_utf8_invalid_at(why, strlen(why)) < strlen(why))
		VRD_TRY(vrd_fail(err, VRD_USAGE, "the reason is not UTF-8 text"));
	if (why != NULL && json_object_set_new(root, "why", json_string(why)) != 0)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(why), 1));
	const char *status = says_locked(text, len) ? "locked" : "draft";
	if (name == NULL || json_object_set_new(root, "status", json_string(status)) != 0 ||
	    json_object_set_new(root, "text", json_stringn(text, len)) != 0 ||
	    (data = json_dumps(root, JSON_COMPACT)) == NULL)
		VRD_TRY(vrd_no_memory(err, region->mem, len, 1));
	VRD_TRY(vrd_log_append(region->mem, region->dir, name, who, what, data, err));
out:
	free(data);
	json_decref(root);
	return rc;
}

static const char no_lock_remedy[] =
        "`varde scenario DIR lock NAME` locks the file as it is; or restore the log from a copy";

static const char changed_remedy[] =
        "`varde scenario DIR diff NAME` shows what differs; restore the locked version, or unlock "
        "it with a reason";

vrd_status vrd_version_record_text(vrd_region *region, const char *scenario, const char *text,
                                   size_t len, const char *who, const char *what, const char *why,
                                   size_t *number, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_version *versions;
	size_t n;
	VRD_TRY(read_whole(region, scenario, &versions, &n, err));
	const vrd_version *lock = vrd_versions_lock(versions, n);
	if (lock && !is_text_of(lock, text, len) && strcmp(what, "unlock") != 0)
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "scenarios/%s.yaml: the scenario is locked, and the file is not "
		                 "its version %zu (%s) [scenario.locked-changed]",
		                 scenario, lock->number, changed_remedy));
	const bool locking = strcmp(what, "lock") == 0;
	if (!lock && !locking && says_locked(text, len))
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "scenarios/%s.yaml: the file says that it is locked, and its log "
		                 "has no lock (%s) [scenario.locked-changed]",
		                 scenario, no_lock_remedy));
	if (n == 0 || !is_text_of(&versions[n - 1], text, len) || (locking && !lock)) {
		VRD_TRY(add_version(region, scenario, text, len, who, what, why, err));
		n++;
	}
	*number = n;
out:
	return rc;
}

vrd_status vrd_version_record(vrd_region *region, const char *scenario, const char *who,
                              const char *what, const char *why, size_t *number, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *text;
	size_t len;
	VRD_TRY(vrd_scenario_bytes(region, scenario, &text, &len, err));
	VRD_TRY(vrd_version_record_text(region, scenario, text, len, who, what, why, number, err));
out:
	return rc;
}

vrd_status vrd_version_note(vrd_region *region, const char *scenario, size_t number,
                            const char *who, const char *why, vrd_err *err) {
	vrd_status rc = VRD_OK;
	char *data = NULL;
	json_t *root = NULL;
	const char *name = log_name(region->mem, scenario);
	if (vrd_utf8_invalid_at(why, strlen(why)) < strlen(why))
		VRD_TRY(vrd_fail(err, VRD_USAGE, "the reason is not UTF-8 text"));
	root = json_pack("{s:I, s:s}", "version", (json_int_t)number, "why", why);
	data = root == NULL ? NULL : json_dumps(root, JSON_COMPACT);
	if (name == NULL || data == NULL)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(why), 1));
	VRD_TRY(vrd_log_append(region->mem, region->dir, name, who, "note", data, err));
out:
	free(data);
	json_decref(root);
	return rc;
}

// --- writing ------------------------------------------------------------------------------------

// Hands problems on; as warnings when nothing depends on them.
static void hand_on(const vrd_diag *from, bool grave, vrd_diag *to) {
	for (size_t i = 0; i < from->n; i++) {
		const vrd_problem *p = &from->items[i];
		const vrd_severity severity =
		        p->severity == VRD_ERROR && !grave ? VRD_WARNING : p->severity;
		vrd_diag_add(to, severity, p->place, p->rule, p->remedy, "%s", p->text);
	}
}

// A new text is a scenario by the schema, with the name that its file has.
static vrd_status check_text(vrd_region *region, const char *scenario, const char *text, size_t len,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_node *node;
	vrd_diag own;
	const char *file = file_of(region, scenario);
	vrd_diag_init(&own, region->mem, 0);
	if (file == NULL)
		return vrd_no_memory(err, region->mem, strlen(scenario), 1);
	rc = vrd_yaml_read(region->mem, text, len, file, &vrd_scenario_schema, &node, &own, err);
	if (rc == VRD_OK && strcmp(vrd_node_text(node, "name", ""), scenario) != 0) {
		vrd_diag_add(&own, VRD_ERROR, vrd_node_get(node, "name")->place, "scenario.name",
		             "rename the file or the scenario",
		             "the scenario in \"%s\" calls itself \"%s\"", file,
		             vrd_node_text(node, "name", ""));
		rc = vrd_diag_fail(&own, VRD_CONFIG, err);
	}
	hand_on(&own, true, diag);
	return rc;
}

static vrd_status write_text(vrd_region *region, const char *scenario, const char *text, size_t len,
                             vrd_err *err) {
	const char *file = file_of(region, scenario);
	const char *path = file == NULL ? NULL : vrd_path_join(region->mem, region->dir, file);
	if (path == NULL)
		return vrd_no_memory(err, region->mem, strlen(scenario), 1);
	return vrd_file_write_atomic(path, text, len, err);
}

vrd_status vrd_scenario_write(vrd_region *region, const char *scenario, const char *text,
                              size_t len, bool unlocking, const char *who, const char *what,
                              const char *why, vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_version *versions;
	const char *present;
	size_t n, present_len;
	VRD_TRY(vrd_scenario_bytes(region, scenario, &present, &present_len, err));
	VRD_TRY(read_whole(region, scenario, &versions, &n, err));
	const vrd_version *last = n > 0 ? &versions[n - 1] : NULL;
	const bool same = present_len == len && memcmp(present, text, len) == 0;
	const vrd_version *lock = vrd_versions_lock(versions, n);
	const bool locked = lock || says_locked(present, present_len);
	const bool mends = lock && is_text_of(lock, text, len);
	if (locked && !unlocking && !mends)
		VRD_TRY(vrd_fail(err, VRD_CONFIG,
		                 "scenarios/%s.yaml: the scenario is locked, nothing is changed "
		                 "(`varde scenario %s unlock %s --why TEXT` makes it a draft) "
		                 "[scenario.locked]",
		                 scenario, region->dir, scenario));
	VRD_TRY(check_text(region, scenario, text, len, diag, err));
	if (same && last && is_text_of(last, text, len))
		goto out;
	if (!same && (!last || !is_text_of(last, present, present_len)))
		VRD_TRY(add_version(region, scenario, present, present_len, who, "found", NULL,
		                    err));
	if (!same)
		VRD_TRY(write_text(region, scenario, text, len, err));
	VRD_TRY(add_version(region, scenario, text, len, who, what, why, err));
out:
	return rc;
}

static bool is_name(const char *name) {
	const size_t n = strlen(name);
	if (n == 0 || n > 100 || name[0] == '.' || name[0] == '-' ||
	    vrd_utf8_invalid_at(name, n) < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)name[i] <= 0x20 || strchr("/\\:*?\"<>|\x7F", name[i]) != NULL)
			return false;
	}
	return true;
}

vrd_status vrd_scenario_create(vrd_region *region, const char *scenario, const char *text,
                               size_t len, const char *who, const char *what, const char *why,
                               vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	if (!is_name(scenario))
		VRD_TRY(vrd_fail(err, VRD_USAGE,
		                 "\"%s\" is no name for a scenario: write letters, digits, - and _",
		                 scenario));
	const char *file = file_of(region, scenario), *name = log_name(region->mem, scenario);
	const char *path = file == NULL ? NULL : vrd_path_join(region->mem, region->dir, file);
	const char *log = name == NULL ? NULL : vrd_log_path(region->mem, name);
	const char *log_path = log == NULL ? NULL : vrd_path_join(region->mem, region->dir, log);
	if (path == NULL || log_path == NULL)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(scenario), 1));
	if (vrd_path_exists(path))
		VRD_TRY(vrd_fail(err, VRD_NOCREATE,
		                 "%s exists and is not overwritten: choose another name", file));
	if (vrd_path_exists(log_path))
		VRD_TRY(vrd_fail(err, VRD_NOCREATE,
		                 "%s has the versions of another \"%s\": choose another name, or "
		                 "move it away",
		                 log, scenario));
	VRD_TRY(check_text(region, scenario, text, len, diag, err));
	VRD_TRY(write_text(region, scenario, text, len, err));
	VRD_TRY(add_version(region, scenario, text, len, who, what, why, err));
out:
	return rc;
}

// --- checking -----------------------------------------------------------------------------------

vrd_status vrd_version_check(vrd_region *region, const char *scenario, const char *text, size_t len,
                             vrd_diag *diag, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const vrd_version *versions;
	size_t n;
	vrd_diag own;
	vrd_diag_init(&own, region->mem, 0);
	VRD_TRY(vrd_versions_read(region, scenario, &versions, &n, &own, err));
	const bool broken = own.n_errors > 0;
	const vrd_version *lock = broken ? NULL : vrd_versions_lock(versions, n);
	if (lock && !is_text_of(lock, text, len))
		vrd_diag_add(&own, VRD_ERROR, (vrd_place){.file = file_of(region, scenario)},
		             "scenario.locked-changed", changed_remedy,
		             "the scenario is locked, and the file is not its version %zu",
		             lock->number);
	else if (!broken && !lock && says_locked(text, len))
		vrd_diag_add(&own, VRD_ERROR, (vrd_place){.file = file_of(region, scenario)},
		             "scenario.locked-changed", no_lock_remedy,
		             "the file says that it is locked, and its log has no lock");
	const bool grave = !broken || says_locked(text, len);
	hand_on(&own, grave, diag);
	if (grave)
		VRD_TRY(vrd_diag_fail(&own, VRD_CONFIG, err));
out:
	return rc;
}

vrd_status vrd_versions_check(vrd_region *region, vrd_diag *diag, vrd_err *err) {
	static const char suffix[] = ".jsonl";
	vrd_status rc = VRD_OK;
	const char **names, *dir = vrd_path_join(region->mem, region->dir, "log"), *text;
	const vrd_entry *entries;
	size_t n, n_entries, len;
	if (dir == NULL)
		VRD_TRY(vrd_no_memory(err, region->mem, strlen(region->dir), 1));
	VRD_TRY(vrd_dir_list(region->mem, dir, suffix, &names, &n, err));
	for (size_t i = 0; i < n; i++) {
		const char *name =
		        vrd_arena_strndup(region->mem, names[i], strlen(names[i]) - strlen(suffix));
		if (name == NULL)
			VRD_TRY(vrd_no_memory(err, region->mem, strlen(names[i]), 1));
		VRD_TRY(vrd_log_read(region->mem, region->dir, name, &entries, &n_entries, diag,
		                     err));
	}
	VRD_TRY(vrd_log_check_heads(region->mem, region->dir, diag, err));
	VRD_TRY(vrd_scenario_list(region, &names, &n, err));
	for (size_t i = 0; i < n; i++) {
		vrd_diag own; // the logs have been told
		vrd_diag_init(&own, region->mem, 0);
		if (vrd_scenario_bytes(region, names[i], &text, &len, NULL) != VRD_OK)
			continue; // the check of scenarios tells why
		if (vrd_version_check(region, names[i], text, len, &own, NULL) != VRD_OK)
			for (size_t j = 0; j < own.n; j++)
				if (strcmp(own.items[j].rule, "scenario.locked-changed") == 0)
					vrd_diag_add(diag, VRD_ERROR, own.items[j].place,
					             own.items[j].rule, own.items[j].remedy, "%s",
					             own.items[j].text);
	}
out:
	return rc;
}
