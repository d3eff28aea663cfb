#include "region/example.h"

#include "base/file.h"
#include "region/example_parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

void vrd_example_region_yaml(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(
	        out,
	        "schema: 1\n"
	        "name: Helse Sør-Øst (illustrative)\n"
	        "language: nb\n"
	        "illustrative: true\n"
	        "planning_level: catchment\n"
	        "base_years: [2025]\n"
	        "horizon: 2040\n"
	        "exposure: mid\n"
	        "bed_day_definition: nights\n"
	        "occupancy: 0.85\n"
	        "suppression: {threshold: 5, hide_zero: false}\n"
	        "data:\n"
	        "  - kind: population\n"
	        "    file: data/population-2025.csv\n"
	        "    variant: count\n"
	        "    source: Illustrasjon, regnet tilbake fra framskrivingen; sum fra SSB tabell "
	        "14288\n"
	        "    license: CC BY 4.0 (SSB)\n"
	        "  - kind: population\n"
	        "    file: data/population.csv\n"
	        "    variant: MMMM\n"
	        "    main: true\n"
	        "    weight: 0.6\n"
	        "    source: Sum fra Regional utviklingsplan 2027-2040 og SSB tabell 14288; alder "
	        "og "
	        "kjønn er illustrasjon\n"
	        "    license: CC BY 4.0 (SSB)\n"
	        "  - kind: population\n"
	        "    file: data/population-llml.csv\n"
	        "    variant: LLML\n"
	        "    weight: 0.2\n"
	        "    source: Illustrasjon; sum etter SSB tabell 14288, lavt alternativ\n"
	        "    license: CC BY 4.0 (SSB)\n"
	        "  - kind: population\n"
	        "    file: data/population-hhmh.csv\n"
	        "    variant: HHMH\n"
	        "    weight: 0.2\n"
	        "    source: Illustrasjon; sum etter SSB tabell 14288, høyt alternativ\n"
	        "    license: CC BY 4.0 (SSB)\n"
	        "  - kind: activity\n"
	        "    file: data/activity.csv\n"
	        "    absent: zero\n"
	        "    columns: {contacts: measure=contacts, bed_days: measure=bed_days}\n"
	        "    source: Illustrasjon; sum fra nøkkeltall 2025 i Regional utviklingsplan "
	        "2027-2040; liggedøgn og dagbehandling er eksempelverdier\n"
	        "  - kind: flows\n"
	        "    file: data/flows.csv\n"
	        "    absent: zero\n"
	        "    source: Eksempelverdier\n"
	        "  - kind: occupancy\n"
	        "    file: data/occupancy.csv\n"
	        "    source: Eksempelverdier\n"
	        "  - kind: life_expectancy\n"
	        "    file: data/life-expectancy.csv\n"
	        "    source: Illustrasjon; nivå etter Regional utviklingsplan 2027-2040 avsnitt "
	        "2.3, "
	        "økning omtrent som i FNs framskriving (2024)\n"
	        "  - kind: control\n"
	        "    file: data/control.csv\n"
	        "    source: Regional utviklingsplan 2027-2040 del 1 og SSB tabell 14288\n");
}

void vrd_example_readme(const vrd_example_people *people, vrd_buf *out) {
	(void)people;
	vrd_buf_puts(
	        out,
	        "# Helse Sør-Øst (illustrasjon)\n\n"
	        "Denne mappa er laget av `varde example` for å vise hvordan varde virker. Tallene "
	        "er "
	        "**ikke** data om\n"
	        "pasienter, og forutsetningene er **ikke** anslag. Bruk dem ikke til å planlegge "
	        "noe.\n\n"
	        "## Hva som er hentet\n\n"
	        "- Folketall per opptaksområde 2026 og 2040 og andelen på 80 år og eldre: Helse "
	        "Sør-Øst, "
	        "Regional utviklingsplan\n"
	        "  2027-2040, del 1 (høringsversjon juni 2026), avsnitt 2.1.\n"
	        "- Innleggelser, polikliniske konsultasjoner, telefon og video og "
	        "avtalespesialister "
	        "2025: samme plan,\n"
	        "  avsnitt 1.\n"
	        "- Regionens folketall ellers, kommunene delt etter fylke, og lavt og høyt "
	        "alternativ: "
	        "SSB tabell 14288.\n"
	        "- Bydelene i Oslo 1. januar 2026: SSB tabell 10826. Alder og kjønn er jevne "
	        "kurver "
	        "etter SSB tabell 07459,\n"
	        "  10826 og 13599. SSBs tall har lisensen CC BY 4.0.\n\n"
	        "## Hva som er laget\n\n"
	        "- Alder og kjønn i hvert område, folketallet 2025 (regnet tilbake) og 2041, og "
	        "årene mellom.\n"
	        "- Fordelingen av aktiviteten på område, alder, kjønn, fag og omsorgsnivå; "
	        "liggedøgn og dagbehandling;\n"
	        "  små forskjeller i nivå mellom opptaksområdene.\n"
	        "- Hvem som behandler hvem, belegg, gjenstående levealder ved 65 år, og alle "
	        "forutsetninger i `scenarios/`.\n"
	        "- Kartet: april 2026 gjelder også bakover til 2020. Fra 1. januar 2031 hører "
	        "Grorud "
	        "og Stovner til\n"
	        "  Oslo universitetssykehus og Sagene til Lovisenberg. Året er et eksempel.\n\n"
	        "## Prøv\n\n"
	        "    varde check .\n"
	        "    varde run . --scenario main\n"
	        "    varde run . --scenario outgoing-hospital\n"
	        "    varde run . --scenario no-change\n");
}

static const char *const folders[] = {"geography", "data", "scenarios"};
static const struct {
	const char *path;
	vrd_example_file *write;
} files[] = {
        {"README.md", vrd_example_readme},
        {"region.yaml", vrd_example_region_yaml},
        {"geography/areas.csv", vrd_example_areas_csv},
        {"geography/maps.csv", vrd_example_maps_csv},
        {"geography/providers.csv", vrd_example_providers_csv},
        {"data/services.csv", vrd_example_services_csv},
        {"data/care.csv", vrd_example_care_csv},
        {"data/population-2025.csv", vrd_example_population_2025_csv},
        {"data/population.csv", vrd_example_population_csv},
        {"data/population-llml.csv", vrd_example_population_llml_csv},
        {"data/population-hhmh.csv", vrd_example_population_hhmh_csv},
        {"data/activity.csv", vrd_example_activity_csv},
        {"data/flows.csv", vrd_example_flows_csv},
        {"data/occupancy.csv", vrd_example_occupancy_csv},
        {"data/life-expectancy.csv", vrd_example_life_expectancy_csv},
        {"data/control.csv", vrd_example_control_csv},
        {"scenarios/main.yaml", vrd_example_main_yaml},
        {"scenarios/no-change.yaml", vrd_example_no_change_yaml},
        {"scenarios/efficient.yaml", vrd_example_efficient_yaml},
        {"scenarios/outgoing-hospital.yaml", vrd_example_outgoing_yaml},
};
#define N_FOLDERS (sizeof folders / sizeof *folders)
#define N_FILES (sizeof files / sizeof *files)

static vrd_status fail_errno(vrd_err *err, int code, const char *dir) {
	char reason[128];
	if (strerror_r(code, reason, sizeof reason) != 0)
		(void)snprintf(reason, sizeof reason, "error %d", code);
	const bool denied = code == EACCES || code == EPERM || code == EROFS;
	const bool full = code == ENOSPC || code == EDQUOT || code == EIO;
	return vrd_fail(err,
	                denied ? VRD_NOPERM
	                : full ? VRD_IO
	                       : VRD_NOCREATE,
	                "cannot make the folder \"%s\": %s", dir, reason);
}

// `dir` without slashes at its end; refuses names that cannot be a new folder beside others.
static vrd_status target_of(vrd_arena *mem, const char *dir, char **out, vrd_err *err) {
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	char *target = vrd_arena_strndup(mem, dir, n);
	if (!target)
		return vrd_no_memory(err, mem, n + 1, 1);
	const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
	if (*name == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return vrd_fail(
		        err, VRD_NOCREATE,
		        "the example needs a folder of its own, and \"%s\" names none: give it "
		        "a new name, such as hso",
		        dir);
	*out = target;
	return VRD_OK;
}

// Nothing may be lost: only an empty folder may be in the way. Names with a dot in front count too.
static vrd_status refuse_what_is_there(const char *target, vrd_err *err) {
	struct stat st;
	if (lstat(target, &st) != 0)
		return errno == ENOENT ? VRD_OK : fail_errno(err, errno, target);
	if (!S_ISDIR(st.st_mode))
		return vrd_fail(err, VRD_NOCREATE,
		                "\"%s\" is there already and is not a folder: choose another name",
		                target);
	DIR *stream = opendir(target);
	if (!stream)
		return fail_errno(err, errno, target);
	size_t n = 0;
	for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	if (n == 0)
		return VRD_OK;
	return vrd_fail(err, VRD_NOCREATE,
	                "the folder \"%s\" is not empty, and nothing in it is overwritten: choose "
	                "another name, or empty it first",
	                target);
}

// A new folder beside `target`, on the same file system, so that it can be renamed. Not mkdtemp:
// the umask decides who may read.
static vrd_status make_beside(vrd_arena *mem, const char *target, char **out, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const char *slash = strrchr(target, '/');
	const int parent = slash ? (int)(slash - target) + 1 : 0;
	if (parent > 1) {
		char *folder = vrd_arena_strndup(mem, target, (size_t)parent);
		if (!folder)
			VRD_TRY(vrd_no_memory(err, mem, (size_t)parent, 1));
		VRD_TRY(vrd_dir_make(folder, err));
	}
	for (unsigned i = 0; i < 1000; i++) {
		char *name = vrd_arena_printf(mem, "%.*s.%.100s.%ld-%u.tmp", parent, target,
		                              target + parent, (long)getpid(), i);
		if (!name)
			VRD_TRY(vrd_no_memory(err, mem, strlen(target), 1));
		if (mkdir(name, 0777) == 0) {
			*out = name;
			return VRD_OK;
		}
		if (errno != EEXIST)
			return fail_errno(err, errno, target);
	}
	rc = fail_errno(err, EEXIST, target);
out:
	return rc;
}

static vrd_status fill_folder(vrd_arena *mem, const char *folder, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_buf text = {0};
	const vrd_example_people *people;
	VRD_TRY(vrd_example_people_make(mem, &people, err));
	for (size_t i = 0; i < N_FOLDERS; i++) {
		const char *path = vrd_path_join(mem, folder, folders[i]);
		if (!path)
			VRD_TRY(vrd_no_memory(err, mem, strlen(folder), 1));
		VRD_TRY(vrd_dir_make(path, err));
	}
	for (size_t i = 0; i < N_FILES; i++) {
		const char *path = vrd_path_join(mem, folder, files[i].path);
		vrd_buf_reset(&text);
		files[i].write(people, &text);
		if (!path || text.failed)
			VRD_TRY(vrd_no_memory(err, mem, text.n, 1));
		VRD_TRY(vrd_file_write_atomic(path, text.p, text.n, err));
	}
out:
	vrd_buf_free(&text);
	return rc;
}

// Takes away what fill_folder may have made; there is nothing else in it.
static void remove_folder(vrd_arena *mem, const char *folder) {
	for (size_t i = 0; i < N_FILES + N_FOLDERS; i++) {
		const bool file = i < N_FILES;
		const char *path =
		        vrd_path_join(mem, folder, file ? files[i].path : folders[i - N_FILES]);
		if (path)
			(void)(file ? unlink(path) : rmdir(path));
	}
	(void)rmdir(folder);
}

vrd_status vrd_example_write(const char *dir, vrd_err *err) {
	vrd_status rc = VRD_OK;
	vrd_arena mem = {0};
	char *target = NULL, *made = NULL;
	VRD_TRY(target_of(&mem, dir, &target, err));
	VRD_TRY(refuse_what_is_there(target, err));
	VRD_TRY(make_beside(&mem, target, &made, err));
	VRD_TRY(fill_folder(&mem, made, err));
	if (rename(made, target) != 0)
		VRD_TRY(fail_errno(err, errno, target));
	made = NULL;
out:
	if (made)
		remove_folder(&mem, made);
	vrd_arena_clear(&mem);
	return rc;
}
