#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "num/rng.h"
#include "num/sensitivity.h"
#include "near.h"
#include "prop.h"

// ---- Sobol ------------------------------------------------------------------------------------

static const double pi = 3.14159265358979323846;

enum { N_FACTORS = 3 };
typedef double function(const double x[N_FACTORS]); // of factors uniform on (0, 1)

static void estimate(function *f, size_t n, size_t n_boot, uint64_t seed, vrd_sobol out[]) {
	vrd_arena mem = {0};
	vrd_err *err = NULL;
	double *fa, *fb, *fab;
	assert_int_equal(VRD_NEW(&mem, fa, n), VRD_OK);
	assert_int_equal(VRD_NEW(&mem, fb, n), VRD_OK);
	assert_int_equal(VRD_NEW(&mem, fab, n * N_FACTORS), VRD_OK);
	for (size_t i = 0; i < n; ++i) {
		double a[N_FACTORS], b[N_FACTORS];
		for (uint64_t k = 0; k < N_FACTORS; ++k) {
			a[k] = vrd_uniform(seed, k, i, 0);
			b[k] = vrd_uniform(seed, k, i, 1);
		}
		fa[i] = f(a);
		fb[i] = f(b);
		for (size_t k = 0; k < N_FACTORS; ++k) {
			const double own = a[k];
			a[k] = b[k];
			fab[k * n + i] = f(a);
			a[k] = own;
		}
	}
	vrd_err why = {0};
	if (vrd_sobol_indices(&mem, n, N_FACTORS, fa, fb, fab, n_boot, seed, out, &why) != VRD_OK)
		fail_msg("%s", why.text);
	vrd_arena_clear(&mem);
}

static void assert_indices(function *f, const double first[N_FACTORS],
                           const double total[N_FACTORS]) {
	vrd_sobol found[N_FACTORS];
	estimate(f, 8192, 100, 11, found);
	for (size_t k = 0; k < N_FACTORS; ++k) {
		assert_near(found[k].first, first[k], 4 * found[k].first_error + 1e-14);
		assert_near(found[k].total, total[k], 4 * found[k].total_error + 1e-14);
		assert_true(found[k].first_error < 0.03 && found[k].total_error < 0.03);
	}
}

static double ishigami(const double u[N_FACTORS]) {
	double x[N_FACTORS];
	for (size_t k = 0; k < N_FACTORS; ++k)
		x[k] = pi * (2 * u[k] - 1);
	const double s = sin(x[1]);
	return sin(x[0]) + 7 * s * s + 0.1 * x[2] * x[2] * x[2] * x[2] * sin(x[0]);
}

// docs/methods: projection, section 17.
static void ishigami_has_the_documented_indices(void **state) {
	(void)state;
	static const double first[] = {0.313905, 0.442411, 0},
	                    total[] = {0.557589, 0.442411, 0.243684};
	assert_indices(ishigami, first, total);
}

// Variances 1/12, 4/12, 0 of a sum far from 0: shares 1/5, 4/5, 0, and total = first.
static double additive(const double u[N_FACTORS]) {
	return 1e6 + u[0] - 2 * u[1];
}

static void sum_of_factors_has_their_shares_of_the_variance(void **state) {
	(void)state;
	static const double share[] = {0.2, 0.8, 0};
	assert_indices(additive, share, share);
	vrd_sobol found[N_FACTORS];
	estimate(additive, 256, 10, 3, found);
	assert_true(found[2].first == 0 && found[2].total == 0 && found[2].total_error == 0);
}

// prod (1 + c_k (u_k - 1/2)), v_k = c_k^2/12: V = prod(1 + v_k) - 1, V S_k = v_k, V T_k = v_k times
// the other (1 + v_j).
static const double c[N_FACTORS] = {1, 2, 3};
static double multiplicative(const double u[N_FACTORS]) {
	double product = 1;
	for (size_t k = 0; k < N_FACTORS; ++k)
		product *= 1 + c[k] * (u[k] - 0.5);
	return product;
}

static void product_of_factors_has_its_closed_form(void **state) {
	(void)state;
	double first[N_FACTORS], total[N_FACTORS], all = 1;
	for (size_t k = 0; k < N_FACTORS; ++k)
		all *= 1 + c[k] * c[k] / 12;
	for (size_t k = 0; k < N_FACTORS; ++k) {
		const double v = c[k] * c[k] / 12;
		first[k] = v / (all - 1);
		total[k] = v * all / (1 + v) / (all - 1);
	}
	assert_indices(multiplicative, first, total);
}

// The spread of estimates over seeds is what the bootstrap says from one of them.
static void bootstrap_errors_are_those_of_repetition(void **state) {
	(void)state;
	enum { N_SEEDS = 100 };
	double sum = 0, squares = 0, error = 0;
	for (uint64_t seed = 1; seed <= N_SEEDS; ++seed) {
		vrd_sobol found[N_FACTORS];
		estimate(multiplicative, 500, 50, seed, found);
		sum += found[2].first;
		squares += found[2].first * found[2].first;
		error += found[2].first_error;
	}
	const double mean = sum / N_SEEDS;
	const double sd = sqrt((squares - N_SEEDS * mean * mean) / (N_SEEDS - 1));
	assert_true(error / N_SEEDS > 0.7 * sd && error / N_SEEDS < 1.4 * sd);
}

static void same_seed_gives_the_same_errors(void **state) {
	(void)state;
	vrd_sobol one[N_FACTORS], two[N_FACTORS], none[N_FACTORS];
	estimate(ishigami, 300, 20, 5, one);
	estimate(ishigami, 300, 20, 5, two);
	estimate(ishigami, 300, 0, 5, none);
	assert_memory_equal(one, two, sizeof one);
	assert_true(none[0].first == one[0].first && none[0].first_error == 0);
}

// Two rows by hand: f(A) = 0, 2; f(B) = 4, 2; mean 2, variance 2; steps 4 and 2 of factor 1.
static void two_rows_are_those_computed_by_hand(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_sobol found[1];
	assert_int_equal(vrd_sobol_indices(&mem, 2, 1, (const double[]){0, 2},
	                                   (const double[]){4, 2}, (const double[]){4, 4}, 0, 1,
	                                   found, NULL),
	                 VRD_OK);
	assert_near(found[0].first, (2.0 * 4 + 0 * 2) / 2 / 2, 1e-15);
	assert_near(found[0].total, (16.0 + 4) / 4 / 2, 1e-15);
	vrd_arena_clear(&mem);
}

static void constant_function_has_no_indices(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_sobol found[1] = {{.first = 7}};
	const double f[] = {0.1, 0.1, 0.1};
	assert_int_equal(vrd_sobol_indices(&mem, 3, 1, f, f, f, 10, 1, found, NULL), VRD_OK);
	assert_true(found[0].first == 0 && found[0].total == 0);
	assert_true(found[0].first_error == 0 && found[0].total_error == 0);
	vrd_arena_clear(&mem);
}

static void too_few_points_and_wrong_values_are_refused(void **state) {
	(void)state;
	vrd_arena mem = {0};
	vrd_err err = {0};
	vrd_sobol found[1];
	const double good[] = {1, 2}, bad[] = {1, NAN};
	assert_int_equal(vrd_sobol_indices(&mem, 1, 1, good, good, good, 0, 1, found, &err),
	                 VRD_DATA);
	assert_non_null(strstr(err.text, "at least 2 points, got 1"));
	assert_int_equal(vrd_sobol_indices(&mem, 2, 1, good, bad, good, 0, 1, found, &err),
	                 VRD_DATA);
	assert_non_null(strstr(err.text, "value 2 of f(B)"));
	assert_int_equal(vrd_sobol_indices(&mem, 2, 1, good, good, bad, 0, 1, found, &err),
	                 VRD_DATA);
	assert_non_null(strstr(err.text, "value 2 of f(A_B)"));
	vrd_arena_clear(&mem);
	vrd_arena_init(&mem, 16);
	assert_int_equal(vrd_sobol_indices(&mem, 2, 1, good, good, good, 0, 1, found, &err),
	                 VRD_NOMEM);
	vrd_arena_clear(&mem);
}

// ---- Shapley ----------------------------------------------------------------------------------

// docs/methods: projection, section 16. 100 alone, 120, 90, and 108 together.
static void product_of_two_is_shared_as_documented(void **state) {
	(void)state;
	const double v[] = {100, 120, 90, 108};
	double phi[2];
	vrd_shapley_exact(2, v, phi);
	assert_true(phi[0] == 19 && phi[1] == -11);
}

// The glove game: player 0 has the left one, 1 and 2 a right one each; a pair is worth 1.
static void glove_game_has_its_textbook_value(void **state) {
	(void)state;
	const double v[] = {0, 0, 0, 1, 0, 1, 0, 1};
	double phi[3];
	vrd_shapley_exact(3, v, phi);
	assert_near(phi[0], 2.0 / 3, 1e-15);
	assert_near(phi[1], 1.0 / 6, 1e-15);
	assert_near(phi[2], 1.0 / 6, 1e-15);
}

static void values_of_nobody_and_one_are_known(void **state) {
	(void)state;
	double phi[1] = {7};
	vrd_shapley_exact(0, (const double[]){5}, phi);
	assert_true(phi[0] == 7);
	vrd_shapley_exact(1, (const double[]){5, 8}, phi);
	assert_true(phi[0] == 3);
}

// All orders of the players, one after the other.
static void each_order(size_t n, size_t k, size_t order[], const double v[], double phi[],
                       double *n_orders) {
	if (k == n) {
		size_t set = 0;
		for (size_t i = 0; i < n; ++i) {
			const size_t with = set | (size_t)1 << order[i];
			phi[order[i]] += v[with] - v[set];
			set = with;
		}
		*n_orders += 1;
		return;
	}
	for (size_t i = k; i < n; ++i) {
		const size_t kept = order[k];
		order[k] = order[i];
		order[i] = kept;
		each_order(n, k + 1, order, v, phi, n_orders);
		order[i] = order[k];
		order[k] = kept;
	}
}

// Whole numbers, so that the mean over all orders is exact but for its last division.
static bool shapley_is_the_mean_over_all_orders(prop_gen *gen) {
	enum { MOST = 6 };
	const size_t n = prop_size(gen), n_sets = (size_t)1 << n;
	double v[1 << MOST], phi[MOST], mean[MOST] = {0}, n_orders = 0, sum = 0;
	size_t order[MOST];
	for (size_t set = 0; set < n_sets; ++set)
		v[set] = prop_whole(gen, -1000, 1000);
	for (size_t i = 0; i < n; ++i)
		order[i] = i;
	each_order(n, 0, order, v, mean, &n_orders);
	vrd_shapley_exact(n, v, phi);
	for (size_t i = 0; i < n; ++i) {
		double weighted = 0;
		for (size_t set = 0; set < n_sets; ++set)
			weighted += vrd_shapley_weight(n, set, i) * v[set];
		PROP_HOLDS(gen, fabs(phi[i] - mean[i] / n_orders) < 1e-11, "player %zu: %.17g", i,
		           phi[i]);
		PROP_HOLDS(gen, fabs(weighted - phi[i]) < 1e-11, "weights: %.17g, not %.17g",
		           weighted, phi[i]);
		sum += phi[i];
	}
	PROP_HOLDS(gen, fabs(sum - (v[n_sets - 1] - v[0])) < 1e-11, "sum %.17g", sum);
	return true;
}

static void shapley_values_are_means_over_all_orders(void **state) {
	(void)state;
	prop_check("Shapley", shapley_is_the_mean_over_all_orders, 100, 6);
}

// Twelve players: a product of factors, two of them equal, one of them 1.
static void neutral_player_gets_nothing_and_equal_players_the_same(void **state) {
	(void)state;
	enum { N = 12 };
	static const double factor[N] = {1.1, 0.9, 1.3, 1,    0.8, 1.02,
	                                 1.1, 0.7, 1.5, 0.99, 1.2, 0.95};
	static double v[1 << N];
	double phi[N], sum = 0;
	for (size_t set = 0; set < sizeof v / sizeof *v; ++set) {
		v[set] = 100;
		for (size_t i = 0; i < N; ++i)
			v[set] *= (set >> i & 1) != 0 ? factor[i] : 1;
	}
	vrd_shapley_exact(N, v, phi);
	for (size_t i = 0; i < N; ++i)
		sum += phi[i];
	assert_true(phi[3] == 0);
	assert_near(phi[0], phi[6], 1e-11);
	assert_near(sum, v[(1 << N) - 1] - 100, 1e-10);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ishigami_has_the_documented_indices),
	        cmocka_unit_test(sum_of_factors_has_their_shares_of_the_variance),
	        cmocka_unit_test(product_of_factors_has_its_closed_form),
	        cmocka_unit_test(bootstrap_errors_are_those_of_repetition),
	        cmocka_unit_test(same_seed_gives_the_same_errors),
	        cmocka_unit_test(two_rows_are_those_computed_by_hand),
	        cmocka_unit_test(constant_function_has_no_indices),
	        cmocka_unit_test(too_few_points_and_wrong_values_are_refused),
	        cmocka_unit_test(product_of_two_is_shared_as_documented),
	        cmocka_unit_test(glove_game_has_its_textbook_value),
	        cmocka_unit_test(values_of_nobody_and_one_are_known),
	        cmocka_unit_test(shapley_values_are_means_over_all_orders),
	        cmocka_unit_test(neutral_player_gets_nothing_and_equal_players_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
