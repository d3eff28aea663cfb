#include "num/dense.h"
#include "num/law.h"

// Everything is a function of t = ln(u/(1-u)), the logit of the uniform. With c = u - 1/2,
//
//	M = S(c) + T(c) t,   S = a1 + a4 c + a5 c^2 + a7 c^3 ..., T = a2 + a3 c + a6 c^2 + a8 c^3 ...
//
// In t nothing is lost near u = 0 and u = 1, where T(-1/2) and T(1/2) are the slopes of M.

static const double ln9 = 2.1972245773362196;
static const double reach = 36.7368005696771; // logit of 1 - 2^-53, the largest uniform

enum { N_POWERS = VRD_DIST_ITEMS / 2 };

// Which coefficients belong to c^0, c^1, ... Those past the last are 0.
static const int item_of_s[N_POWERS] = {0, 3, 4, 6, 8, 10};
static const int item_of_t[N_POWERS] = {1, 2, 5, 7, 9, 11};

static double polynomial(const vrd_dist *dist, const int item_of[N_POWERS], double c) {
	double sum = 0;
	for (size_t p = (dist->n + 1) / 2; p-- > 0;)
		sum = sum * c + dist->item[item_of[p]];
	return sum;
}

static double slope_of(const vrd_dist *dist, const int item_of[N_POWERS], double c) {
	double sum = 0;
	for (size_t p = (dist->n + 1) / 2; p-- > 1;)
		sum = sum * c + (double)p * dist->item[item_of[p]];
	return sum;
}

static double logit(double u) {
	return log(u) - log1p(-u);
}

static double c_of(double t) {
	return 0.5 * tanh(0.5 * t);
}

static double m_at(const vrd_dist *dist, double c, double t) {
	return polynomial(dist, item_of_s, c) + t * polynomial(dist, item_of_t, c);
}

// dM/dt; du/dt = u (1 - u).
static double rise_at(const vrd_dist *dist, double t) {
	const double c = c_of(t), e = exp(-fabs(t));
	const double by_c = slope_of(dist, item_of_s, c) + t * slope_of(dist, item_of_t, c);
	return by_c * e / ((1 + e) * (1 + e)) + polynomial(dist, item_of_t, c);
}

// ---- The scale of the bounds ------------------------------------------------------------------

static double to_line(const vrd_dist *dist, double x) {
	const bool lower = isfinite(dist->a), upper = isfinite(dist->b);
	if (lower && upper)
		return log(x - dist->a) - log(dist->b - x);
	if (lower)
		return log(x - dist->a);
	return upper ? -log(dist->b - x) : x;
}

static double from_line(const vrd_dist *dist, double m) {
	const bool lower = isfinite(dist->a), upper = isfinite(dist->b);
	const double width = dist->b - dist->a;
	if (lower && upper)
		return m < 0 ? dist->a + width * (exp(m) / (1 + exp(m)))
		             : dist->b - width * (exp(-m) / (1 + exp(-m)));
	if (lower)
		return dist->a + exp(m);
	return upper ? dist->b - exp(-m) : m;
}

double vrd_metalog_quantile(const vrd_dist *dist, double u) {
	const double m = m_at(dist, u - 0.5, logit(u));
	return vrd_inside(from_line(dist, m), dist->a, dist->b);
}

// Newton's method on M(t) = m within a bracket that only shrinks.
double vrd_metalog_cdf(const vrd_dist *dist, double x) {
	if (!(x > dist->a))
		return x <= dist->a ? 0 : NAN;
	if (x >= dist->b)
		return 1;
	const double m = to_line(dist, x);
	double low = -745, high = 745, t = 0;
	for (int i = 0; i < 200; ++i) {
		const double miss = m_at(dist, c_of(t), t) - m;
		if (miss > 0)
			high = t;
		else
			low = t;
		double next = t - miss / rise_at(dist, t);
		if (!(next > low && next < high))
			next = 0.5 * (low + high);
		const bool done = fabs(next - t) <= 1e-15 * fmax(1, fabs(t));
		t = next;
		if (done)
			break;
	}
	return t < 0 ? exp(t) / (1 + exp(t)) : 1 / (1 + exp(-t));
}

// ---- Fits -------------------------------------------------------------------------------------

// The least dM/dt that a draw can meet, and where: on a grid in t, then by golden section around
// each of its low points. M has few bends, and they are wide in t.
static double least_rise(const vrd_dist *dist, double *where) {
	enum { N = 1024 };
	const double golden = 0.6180339887498949, step = 2 * reach / N;
	double least = INFINITY;
	for (int k = 0; k <= N; ++k) {
		const double t = -reach + k * step, here = rise_at(dist, t);
		double from = fmax(t - step, -reach), to = fmin(t + step, reach);
		if (here < least) {
			least = here;
			*where = t;
		}
		if (here > rise_at(dist, from) || here > rise_at(dist, to))
			continue;
		while (to - from > 1e-9) {
			const double p = to - golden * (to - from), q = from + golden * (to - from);
			if (rise_at(dist, p) < rise_at(dist, q))
				to = q;
			else
				from = p;
		}
		if (rise_at(dist, from) < least) {
			least = rise_at(dist, from);
			*where = from;
		}
	}
	return least;
}

// The exponent of the tail toward infinity: P(|X| > x) falls as x^(-1/heaviness). 0 with no bound
// or two, when no power law is there.
static double heaviness(const vrd_dist *dist) {
	if (isfinite(dist->a) == isfinite(dist->b))
		return 0;
	return polynomial(dist, item_of_t, isfinite(dist->a) ? 0.5 : -0.5);
}

// A hundred-thousandth of the law may crowd so near a bound that doubles cannot tell it from the
// bound.
static bool crowds_a_bound(const vrd_dist *dist) {
	const double t = logit(1e-5), width = dist->b - dist->a;
	const double first = m_at(dist, c_of(t), t), last = m_at(dist, c_of(-t), -t);
	const bool lower = isfinite(dist->a), upper = isfinite(dist->b);
	const double unit = lower && upper ? width : 1;
	const double near_b = lower && upper ? fmax(width, fabs(dist->b)) : fabs(dist->b);
	return (lower && exp(first) <= 0x1p-53 * fabs(dist->a) / unit) ||
	       (upper && exp(-last) <= 0x1p-53 * near_b / unit);
}

static vrd_status check_tails(const vrd_dist *dist, vrd_err *err) {
	if (crowds_a_bound(dist))
		return vrd_fail(
		        err, VRD_DATA,
		        "the metalog on [%.10g, %.10g] with P10 %.10g and P90 %.10g lies so "
		        "near a bound that draws would repeat there; move its quantiles "
		        "inside, or ask for a fixed value",
		        dist->a, dist->b, dist->low, dist->high);
	if (heaviness(dist) >= 1)
		return vrd_fail(err, VRD_DATA,
		                "the metalog on [%.10g, %.10g] with P10 %.10g, P50 %.10g and P90 "
		                "%.10g has a tail so heavy that it has no mean; give the other "
		                "bound too, or a narrower interval",
		                dist->a, dist->b, dist->low, dist->mode, dist->high);
	return VRD_OK;
}

// Feasible exactly when the median lies in the middle two thirds, on the scale of the bounds
// (Keelin 2016, section 3.4).
vrd_status vrd_metalog_fit_three(vrd_dist *dist, vrd_err *err) {
	if (!(dist->mode > dist->low && dist->mode < dist->high))
		return vrd_fail(err, VRD_DATA,
		                "a metalog needs a P50 between its P10 %.10g and its P90 %.10g, "
		                "got %.10g",
		                dist->low, dist->high, dist->mode);
	const double z10 = to_line(dist, dist->low), z50 = to_line(dist, dist->mode),
	             z90 = to_line(dist, dist->high);
	const double share = (z50 - z10) / (z90 - z10);
	if (!(share > 0.16658 && share < 0.83342))
		return vrd_fail(err, VRD_DATA,
		                "no metalog on [%.10g, %.10g] has P10 %.10g, P50 %.10g and P90 "
		                "%.10g: the P50 lies %.4g of the way on the scale of the bounds, "
		                "outside (0.16658, 0.83342); move it nearer the middle",
		                dist->a, dist->b, dist->low, dist->mode, dist->high, share);
	dist->n = 3;
	dist->item[0] = z50;
	dist->item[1] = (z90 - z10) / (2 * ln9);
	dist->item[2] = ((z90 - z50) - (z50 - z10)) / (0.8 * ln9);
	return check_tails(dist, err);
}

static vrd_status check_quantiles(size_t n, const double u[], const double x[], double a, double b,
                                  vrd_err *err) {
	if (!(a < b))
		return vrd_fail(err, VRD_DATA, "the bounds [%.10g, %.10g] hold nothing", a, b);
	if (!(n >= 3 && n <= VRD_DIST_ITEMS))
		return vrd_fail(err, VRD_DATA, "a metalog goes through 3 to %d quantiles, got %zu",
		                VRD_DIST_ITEMS, n);
	for (size_t i = 0; i < n; ++i) {
		if (!(u[i] > 0 && u[i] < 1))
			return vrd_fail(err, VRD_DATA,
			                "the probability of a quantile lies between 0 and 1, got "
			                "%.10g",
			                u[i]);
		if (!(x[i] > a && x[i] < b) || !isfinite(x[i]))
			return vrd_fail(err, VRD_DATA,
			                "quantile %.10g is %.10g, not inside (%.10g, %.10g)", u[i],
			                x[i], a, b);
		if (i > 0 && !(u[i] > u[i - 1] && x[i] > x[i - 1]))
			return vrd_fail(err, VRD_DATA,
			                "quantiles must rise: quantile %.10g is %.10g after "
			                "quantile %.10g, %.10g",
			                u[i], x[i], u[i - 1], x[i - 1]);
	}
	return VRD_OK;
}

// An odd n gets one term more, which nobody reads.
static void fill_terms(size_t n, double u, double row[]) {
	const double c = u - 0.5, t = logit(u);
	double power = 1;
	for (size_t p = 0; 2 * p < n; ++p, power *= c) {
		row[item_of_s[p]] = power;
		row[item_of_t[p]] = power * t;
	}
}

// One linear equation a quantile; solved twice, the second time for what rounding left over. Terms
// are odd or even in c, so quantiles mirrored around the median need one even term for each pair
// and the median: 7 and 11 have one too few, and the equations no solution.
static bool solve_terms(size_t n, const double u[], const double z[], double a[VRD_DIST_ITEMS]) {
	double terms[VRD_DIST_ITEMS][VRD_DIST_ITEMS], matrix[VRD_DIST_ITEMS * VRD_DIST_ITEMS];
	for (size_t i = 0; i < n; ++i)
		fill_terms(n, u[i], terms[i]);
	for (int round = 0; round < 2; ++round) {
		double rest[VRD_DIST_ITEMS];
		for (size_t i = 0; i < n; ++i) {
			rest[i] = z[i];
			for (size_t k = 0; k < n; ++k) {
				rest[i] -= terms[i][k] * a[k];
				matrix[i * n + k] = terms[i][k];
			}
		}
		if (!vrd_dense_solve(n, matrix, rest))
			return false;
		for (size_t k = 0; k < n; ++k)
			a[k] += rest[k];
	}
	return true;
}

static bool meets(const vrd_dist *dist, size_t n, const double u[], const double x[]) {
	for (size_t i = 0; i < n; ++i) {
		if (!(fabs(vrd_metalog_quantile(dist, u[i]) - x[i]) <= 1e-10 * (x[n - 1] - x[0])))
			return false;
	}
	return true;
}

vrd_status vrd_dist_fit_quantiles(size_t n, const double u[], const double x[], double a, double b,
                                  vrd_dist *out, vrd_err *err) {
	vrd_status rc;
	vrd_dist dist = {.kind = VRD_DIST_METALOG, .a = a, .b = b, .n = n};
	double z[VRD_DIST_ITEMS], where = 0;
	VRD_TRY(check_quantiles(n, u, x, a, b, err));
	for (size_t i = 0; i < n; ++i)
		z[i] = to_line(&dist, x[i]);
	if (!solve_terms(n, u, z, dist.item) || !meets(&dist, n, u, x))
		return vrd_fail(err, VRD_DATA,
		                "no metalog goes through these %zu quantiles (%.10g to %.10g): "
		                "some lie too near each other, or all are mirrored around the "
		                "median (7 and 11 may not be); leave one out",
		                n, x[0], x[n - 1]);
	if (!(least_rise(&dist, &where) > 0))
		return vrd_fail(
		        err, VRD_DATA,
		        "the metalog through these %zu quantiles (%.10g to %.10g) falls "
		        "near quantile %.4g; move the quantiles around it, or leave one out",
		        n, x[0], x[n - 1], 0.5 + c_of(where));
	dist.low = vrd_metalog_quantile(&dist, 0.1);
	dist.mode = vrd_metalog_quantile(&dist, 0.5);
	dist.high = vrd_metalog_quantile(&dist, 0.9);
	VRD_TRY(check_tails(&dist, err));
	*out = dist;
out:
	return rc;
}

// ---- Moments ----------------------------------------------------------------------------------
//
// E[(X - centre)^power] is an integral over u, of a function with infinite slopes at both ends. In
// t it is smooth and falls off as exp(-rate |t|), where `rate` is 1 but for a heavy tail; with
// t = sinh(v) it falls off double-exponentially whatever the rate, and the trapezoidal rule then
// gains digits in proportion to the number of its nodes (Takahasi and Mori 1974). Nodes are doubled
// until nothing changes.

// (x - centre) times the power-th root of du/dt, which keeps a heavy tail from overflowing.
static double weighted_deviation(const vrd_dist *dist, double centre, int power, double t) {
	const bool lower = isfinite(dist->a), upper = isfinite(dist->b);
	const double c = c_of(t), far = fabs(t);
	const double rest = -2 * log1p(exp(-far)) / power;
	const double root = exp(-far / power + rest);
	if (lower == upper)
		return (from_line(dist, m_at(dist, c, t)) - centre) * root;
	const double sign = lower ? 1 : -1, end = lower ? dist->a : dist->b;
	const double slope = sign * copysign(1, t) * polynomial(dist, item_of_t, c);
	const double away =
	        exp(sign * polynomial(dist, item_of_s, c) + rest + far * (slope - 1.0 / power));
	return sign * away + (end - centre) * root;
}

static double node(const vrd_dist *dist, double centre, int power, double v) {
	const double d = weighted_deviation(dist, centre, power, sinh(v));
	return cosh(v) * (power == 2 ? d * d : d);
}

static double moment(const vrd_dist *dist, double centre, int power) {
	const double rate = 1 - power * fmax(heaviness(dist), 0);
	if (rate <= 0)
		return INFINITY;
	const double v_max = asinh(60 / rate);
	double sum = node(dist, centre, power, 0), size = fabs(sum), step = 1, integral = NAN;
	for (int level = 0; level < 12; ++level) {
		const int stride = level == 0 ? 1 : 2; // the even nodes are there already
		for (int k = 1; k * step <= v_max; k += stride) {
			const double above = node(dist, centre, power, k * step);
			const double below = node(dist, centre, power, -k * step);
			sum += above + below;
			size += fabs(above) + fabs(below);
		}
		const double before = integral;
		integral = step * sum;
		if (level > 2 && fabs(integral - before) <= 1e-13 * step * size)
			break;
		step *= 0.5;
	}
	return integral;
}

double vrd_metalog_mean(const vrd_dist *dist) {
	const double median = from_line(dist, m_at(dist, 0, 0));
	return median + moment(dist, median, 1);
}

double vrd_metalog_variance(const vrd_dist *dist) {
	return moment(dist, vrd_metalog_mean(dist), 2);
}
