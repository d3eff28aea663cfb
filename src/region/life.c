#include "region/life.h"

#include "population/age.h"

#include <math.h>

static vrd_status recode_sexes(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(cube, "sex");
	const vrd_dim *fresh;
	vrd_category *cats;
	if (axis == VRD_NONE)
		return VRD_OK;
	const vrd_dim *own = cube->dims[axis];
	VRD_TRY(VRD_NEW(mem, cats, own->n));
	for (size_t i = 0; i < own->n; i++) {
		const char *code = vrd_sex_code(vrd_str_of(own->cats[i].code));
		if (!code)
			VRD_TRY(vrd_fail(err, VRD_DATA,
			                 "sex \"%s\" cannot be read; expected F, M or all",
			                 own->cats[i].code));
		cats[i] = (vrd_category){.code = code, .parent = VRD_NONE, .decimals = -1};
	}
	VRD_TRY(vrd_dim_new(mem, "sex", NULL, VRD_ROLE_NONE, own->n, cats, &fresh, err));
	VRD_TRY(vrd_cube_replace_dim(mem, cube, "sex", fresh, cube, err));
out:
	return rc;
}

vrd_status vrd_life_canonical(vrd_arena *mem, vrd_cube *cube, vrd_err *err) {
	vrd_status rc = VRD_OK;
	const size_t axis = vrd_cube_axis(cube, "year"), sex = vrd_cube_axis(cube, "sex");
	int64_t year;
	if (axis == VRD_NONE)
		VRD_TRY(vrd_fail(err, VRD_DATA,
		                 "life expectancy needs the dimension year; name its column with "
		                 "columns: {COLUMN: year}"));
	VRD_TRY(recode_sexes(mem, cube, err));
	const vrd_dim *years = cube->dims[axis];
	for (size_t i = 0; i < years->n; i++)
		if (!vrd_parse_int64(vrd_str_of(years->cats[i].code), &year) || year < 1800 ||
		    year > 2200)
			VRD_TRY(vrd_fail(err, VRD_DATA, "\"%s\" is not a year",
			                 years->cats[i].code));
	for (size_t i = 0; i < cube->n_cells; i++) {
		const double x = cube->values[i];
		if (!(x > 0 && x < 60))
			VRD_TRY(vrd_fail(
			        err, VRD_DATA,
			        "remaining life expectancy at 65 of %s%s%s is %s%g: give years "
			        "between 0 and 60 for every year and sex",
			        years->cats[i / cube->stride[axis] % years->n].code,
			        sex == VRD_NONE ? "" : ", sex ",
			        sex == VRD_NONE
			                ? ""
			                : cube->dims[sex]
			                          ->cats[i / cube->stride[sex] % cube->dims[sex]->n]
			                          .code,
			        isnan(x) ? "not there: " : "", x));
	}
out:
	return rc;
}
