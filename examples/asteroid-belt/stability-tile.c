/*
 * One tile of a map of the asteroid belt: for a grid of orbits, by size (a,
 * to the right) and eccentricity (e, upwards), what Jupiter makes of them.
 *
 * usage: stability-tile COLUMN ROW COLUMNS ROWS PIXELS YEARS
 *   the map is COLUMNS x ROWS tiles of PIXELS x PIXELS orbits; row 0 is its
 *   top. Writes tile.png and tile.csv (a,e,spread,largest_e,mars_year,jupiter_year).
 *
 * The same bytes on every device: only + - * / and square roots are used,
 * which IEEE 754 rounds in one way only, and the compiler is told not to fuse
 * a multiplication with an addition (-ffp-contract=off). Vector units compute
 * each orbit in a lane of its own, so that their width does not matter.
 */
#include "tile-checkpoint.h"
#include "tile-png.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lengths in au, masses in suns, G = 1: a year is 2 pi units of time. */
static const double YEAR = 6.283185307179586;
static const double STEP = 0.1 * 6.283185307179586;
static const double JUPITER_MASS = 1 / 1047.3486, JUPITER_A = 5.2044, JUPITER_E = 0.0489;
/* Inside this distance (its Hill radius) Jupiter throws an asteroid out of its orbit. */
static const double JUPITER_REACH = 0.355;
/* The farthest that Mars is from the sun. */
static const double MARS_APHELION = 1.666;

/* What the map shows. */
static const double A_FROM = 2.15, A_TO = 3.55, E_FROM = 0.0, E_TO = 0.35;

/*
 * One step is drift, kick, drift ... drift: Omelyan, Mryglod and Folk's fourth
 * order scheme (2002), symplectic, so that energy does not creep away. With
 * this step it misplaces a resonance by less than a pixel, also in the worst
 * corner of the map; a quarter of the step draws the same map. (Leapfrog with
 * half the step bends the resonances visibly.)
 */
enum { STAGES = 4 };
static const double XI = 0.1786178958448091, LAMBDA = -0.2123418310626054,
                    CHI = -0.06626458266981849;

enum { MAX_PIXELS = 128, MAX_ORBITS = MAX_PIXELS * MAX_PIXELS, STEPS_A_SAMPLE = 4 };

#if defined(__x86_64__)
#define FOR_EACH_VECTOR_UNIT \
	__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_VECTOR_UNIT
#endif

/* Orbits under way, one element each. */
struct orbits {
	int count;
	int pixel[MAX_ORBITS];
	double x[MAX_ORBITS], y[MAX_ORBITS], vx[MAX_ORBITS], vy[MAX_ORBITS];
	/* the square of the least distance to Jupiter since the last sample */
	double nearest[MAX_ORBITS];
	/* size and squared eccentricity at the last sample */
	double a[MAX_ORBITS], e2[MAX_ORBITS];
};

/* What has been seen of each orbit so far; years are 0 when it has not happened. */
struct fate {
	double smallest_a, largest_a, largest_e;
	int mars_year, jupiter_year;
};

struct body {
	double x, y, vx, vy;
};

/* Jupiter begins at its aphelion, opposite to the asteroids, which begin at perihelion. */
static struct body start_jupiter(void) {
	double r = JUPITER_A * (1 + JUPITER_E);
	return (struct body){-r, 0, 0, -sqrt((1 + JUPITER_MASS) * (1 - JUPITER_E) / r)};
}

static void drift_jupiter(struct body *j, double time) {
	j->x += time * j->vx;
	j->y += time * j->vy;
}

static void kick_jupiter(struct body *j, double time) {
	double r2 = j->x * j->x + j->y * j->y;
	double pull = (1 + JUPITER_MASS) / (r2 * sqrt(r2));
	j->vx -= time * pull * j->x;
	j->vy -= time * pull * j->y;
}

FOR_EACH_VECTOR_UNIT
static void drift(struct orbits *restrict o, double time) {
	for (int i = 0; i < o->count; i++) {
		o->x[i] += time * o->vx[i];
		o->y[i] += time * o->vy[i];
	}
}

/* The pull of the sun and of Jupiter, seen from the sun, which Jupiter pulls too. */
FOR_EACH_VECTOR_UNIT
static void kick(struct orbits *restrict o, double time, double jx, double jy) {
	double j2 = jx * jx + jy * jy;
	double indirect = JUPITER_MASS / (j2 * sqrt(j2));
	for (int i = 0; i < o->count; i++) {
		double x = o->x[i], y = o->y[i], dx = x - jx, dy = y - jy;
		double r2 = x * x + y * y, d2 = dx * dx + dy * dy;
		double r3 = r2 * sqrt(r2), d3 = d2 * sqrt(d2);
		double inverse = 1 / (r3 * d3); /* one division instead of two */
		double sun = inverse * d3, jupiter = JUPITER_MASS * inverse * r3;
		o->vx[i] -= time * (sun * x + jupiter * dx + indirect * jx);
		o->vy[i] -= time * (sun * y + jupiter * dy + indirect * jy);
		o->nearest[i] = d2 < o->nearest[i] ? d2 : o->nearest[i];
	}
}

static void advance(struct orbits *o, struct body *jupiter) {
	const double drifts[STAGES] = {XI, CHI, 1 - 2 * (CHI + XI), CHI};
	const double kicks[STAGES] = {(1 - 2 * LAMBDA) / 2, LAMBDA, LAMBDA, (1 - 2 * LAMBDA) / 2};
	for (int stage = 0; stage < STAGES; stage++) {
		drift_jupiter(jupiter, STEP * drifts[stage]);
		drift(o, STEP * drifts[stage]);
		kick(o, STEP * kicks[stage], jupiter->x, jupiter->y);
		kick_jupiter(jupiter, STEP * kicks[stage]);
	}
	drift_jupiter(jupiter, STEP * XI);
	drift(o, STEP * XI);
}

/* The ellipse on which each asteroid would go on if Jupiter vanished now. */
FOR_EACH_VECTOR_UNIT
static void measure(struct orbits *restrict o) {
	for (int i = 0; i < o->count; i++) {
		double x = o->x[i], y = o->y[i];
		double vx = o->vx[i], vy = o->vy[i], h = x * vy - y * vx;
		double inverse_a = 2 / sqrt(x * x + y * y) - (vx * vx + vy * vy);
		o->a[i] = 1 / inverse_a;
		o->e2[i] = 1 - h * h * inverse_a;
	}
}

static void remove_orbit(struct orbits *o, int i) {
	int last = --o->count;
	o->pixel[i] = o->pixel[last];
	o->x[i] = o->x[last];
	o->y[i] = o->y[last];
	o->vx[i] = o->vx[last];
	o->vy[i] = o->vy[last];
	o->nearest[i] = o->nearest[last];
	o->a[i] = o->a[last];
	o->e2[i] = o->e2[last];
}

/* Writes down what the last sample shows; orbits that Jupiter has ended are followed no longer. */
static void note(struct orbits *o, struct fate *fates, int year) {
	for (int i = o->count - 1; i >= 0; i--) {
		struct fate *fate = &fates[o->pixel[i]];
		if (o->nearest[i] < JUPITER_REACH * JUPITER_REACH || !(o->a[i] > 0)) {
			fate->jupiter_year = year;
			remove_orbit(o, i);
			continue;
		}
		double a = o->a[i], e = sqrt(o->e2[i] > 0 ? o->e2[i] : 0);
		if (a < fate->smallest_a)
			fate->smallest_a = a;
		if (a > fate->largest_a)
			fate->largest_a = a;
		if (e > fate->largest_e)
			fate->largest_e = e;
		if (fate->mars_year == 0 && a * (1 - e) < MARS_APHELION)
			fate->mars_year = year;
		o->nearest[i] = INFINITY;
	}
}

static void start_orbit(struct orbits *o, int pixel, double a, double e) {
	int i = o->count++;
	o->pixel[i] = pixel;
	o->x[i] = a * (1 - e);
	o->y[i] = 0;
	o->vx[i] = 0;
	o->vy[i] = sqrt((1 + e) / (a * (1 - e)));
	o->nearest[i] = INFINITY;
}

struct tile {
	int column, row, columns, rows, pixels, years;
};

/* Everything that has to be known to go on, beside what `main` makes anew. */
struct moment {
	struct tile tile;
	long step;
	struct body jupiter;
};

enum { PARTS = 11 };

/* No more of each array than a tile of this size can need. */
static void list_parts(struct part *parts, const struct tile *t, struct moment *m, struct orbits *o,
                       struct fate *fates) {
	size_t orbits = (size_t)t->pixels * t->pixels, numbers = orbits * sizeof(double);
	const struct part list[PARTS] = {
	    {m, sizeof *m},      {&o->count, sizeof o->count}, {o->pixel, orbits * sizeof(int)},
	    {o->x, numbers},     {o->y, numbers},              {o->vx, numbers},
	    {o->vy, numbers},    {o->nearest, numbers},        {o->a, numbers},
	    {o->e2, numbers},    {fates, orbits * sizeof *fates},
	};
	memcpy(parts, list, sizeof list);
}

static bool is_sound(const struct moment *m, const struct orbits *o, const struct tile *t, long steps) {
	if (memcmp(&m->tile, t, sizeof *t) != 0 || m->step < 0 || m->step > steps)
		return false;
	if (o->count < 0 || o->count > t->pixels * t->pixels)
		return false;
	for (int i = 0; i < o->count; i++)
		if (o->pixel[i] < 0 || o->pixel[i] >= t->pixels * t->pixels)
			return false;
	return true;
}

/* Goes on from where another device was, if there is anything; a state that is not sound changes nothing. */
static void resume(struct moment *m, struct orbits *o, struct fate *fates, long steps) {
	static struct moment read_moment;
	static struct orbits read_orbits;
	static struct fate read_fates[MAX_ORBITS];
	struct part parts[PARTS];
	list_parts(parts, &m->tile, &read_moment, &read_orbits, read_fates);
	if (!checkpoint_read(parts, PARTS) || !is_sound(&read_moment, &read_orbits, &m->tile, steps))
		return;
	*m = read_moment;
	*o = read_orbits;
	memcpy(fates, read_fates, sizeof read_fates);
}

/* Follows all orbits for so many years. */
static void follow(struct orbits *o, struct fate *fates, const struct tile *t) {
	long steps = lround(t->years * YEAR / STEP), every = steps / 20 + 1;
	struct moment now = {.tile = *t, .step = 0, .jupiter = start_jupiter()};
	struct part parts[PARTS];
	list_parts(parts, t, &now, o, fates);
	resume(&now, o, fates, steps);
	checkpoint_ready();
	while (now.step < steps) {
		if (checkpoint_wanted())
			checkpoint_write(parts, PARTS);
		long step = ++now.step;
		advance(o, &now.jupiter);
		if (step % STEPS_A_SAMPLE == 0) {
			measure(o);
			note(o, fates, 1 + (int)(step * STEP / YEAR));
		}
		if (step % every == 0) {
			printf("LULL_PROGRESS %.2f\n", (double)step / (double)steps);
			fflush(stdout);
		}
	}
}

/* log2, near enough for a colour, and the same everywhere: exact exponent, straight in between. */
static double rough_log2(double value) {
	int exponent;
	double mantissa = frexp(value, &exponent);
	return exponent - 2 + 2 * mantissa;
}

/* From dark (steady) over violet and orange to light (a swings by 0.3 au), in steps of a colour table. */
static void colour(const struct fate *fate, unsigned char *rgb) {
	static const double stops[6][3] = {{8, 10, 32},    {52, 21, 94},   {140, 41, 129},
	                                   {222, 73, 104}, {254, 159, 109}, {252, 253, 191}};
	static const double crossing[3] = {70, 190, 180}, thrown_out[3] = {236, 240, 244};
	double spread = fate->largest_a - fate->smallest_a;
	double level = (rough_log2(spread > 1e-6 ? spread : 1e-6) + 8.5) / 7;
	level = (level < 0 ? 0 : level > 0.9999 ? 0.9999 : level) * 5;
	int stop = (int)level;
	for (int c = 0; c < 3; c++) {
		double shade = stops[stop][c] + (level - stop) * (stops[stop + 1][c] - stops[stop][c]);
		if (fate->jupiter_year > 0)
			shade = thrown_out[c];
		else if (fate->mars_year > 0)
			shade = 0.65 * shade + 0.35 * crossing[c];
		rgb[c] = (unsigned char)(shade + 0.5);
	}
}

static double orbit_a(int column, int columns) {
	return A_FROM + (A_TO - A_FROM) * (column + 0.5) / columns;
}

static double orbit_e(int row, int rows) {
	return E_TO - (E_TO - E_FROM) * (row + 0.5) / rows;
}

static double pixel_a(const struct tile *t, int pixel) {
	return orbit_a(t->column * t->pixels + pixel % t->pixels, t->columns * t->pixels);
}

static double pixel_e(const struct tile *t, int pixel) {
	return orbit_e(t->row * t->pixels + pixel / t->pixels, t->rows * t->pixels);
}

static int write_table(const struct tile *t, const struct fate *fates) {
	FILE *file = fopen("tile.csv", "w");
	if (file == NULL)
		return -1;
	fprintf(file, "a,e,spread,largest_e,mars_year,jupiter_year\n");
	for (int p = 0; p < t->pixels * t->pixels; p++)
		fprintf(file, "%.6g,%.6g,%.6g,%.6g,%d,%d\n", pixel_a(t, p), pixel_e(t, p),
		        fates[p].largest_a - fates[p].smallest_a, fates[p].largest_e,
		        fates[p].mars_year, fates[p].jupiter_year);
	return fclose(file);
}

static int write_picture(const struct tile *t, const struct fate *fates) {
	static unsigned char rgb[3 * MAX_ORBITS];
	for (int p = 0; p < t->pixels * t->pixels; p++)
		colour(&fates[p], &rgb[3 * p]);
	return write_png("tile.png", rgb, t->pixels, t->pixels);
}

static int fail(const char *sentence) {
	fprintf(stderr, "stability-tile: %s\n", sentence);
	return 1;
}

/* A whole number from text, or -1. */
static int whole(const char *text) {
	char *end;
	long value = strtol(text, &end, 10);
	return end != text && *end == '\0' && value >= 0 && value <= 1000000 ? (int)value : -1;
}

int main(int argc, char **argv) {
	static struct orbits orbits;
	static struct fate fates[MAX_ORBITS];
	if (argc != 7)
		return fail("usage: stability-tile COLUMN ROW COLUMNS ROWS PIXELS YEARS");
	struct tile t = {whole(argv[1]), whole(argv[2]), whole(argv[3]),
	                 whole(argv[4]), whole(argv[5]), whole(argv[6])};
	if (t.column < 0 || t.row < 0 || t.column >= t.columns || t.row >= t.rows)
		return fail("0 <= COLUMN < COLUMNS and 0 <= ROW < ROWS are wanted");
	if (t.pixels < 1 || t.pixels > MAX_PIXELS || t.years < 1)
		return fail("PIXELS has to be from 1 to 128, YEARS from 1 to 1000000");

	for (int p = 0; p < t.pixels * t.pixels; p++) {
		double a = pixel_a(&t, p), e = pixel_e(&t, p);
		fates[p] = (struct fate){.smallest_a = a, .largest_a = a, .largest_e = e};
		start_orbit(&orbits, p, a, e);
	}
	follow(&orbits, fates, &t);
	if (write_table(&t, fates) != 0 || write_picture(&t, fates) != 0)
		return fail("the tile could not be written");
	return 0;
}
