/*
 * The three ways in which a small gold particle likes to close its shells.
 *
 *   cuboctahedron  a piece of the crystal (face-centred cubic)
 *   icosahedron    twenty tetrahedra around a point (Mackay 1962)
 *   decahedron     five tetrahedra around an axis (Ino 1969, truncated)
 *
 * The last two cannot fill space without a little strain: atoms of one shell
 * of an icosahedron are 5.1 % farther apart than the shells, and the wedges
 * of a decahedron are opened from 70.5 to 72 degrees.
 */
#include "gold-clusters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Between neighbours in bulk gold: lattice constant 4.0782 Å over sqrt 2. */
static const double NEIGHBOUR = 2.8837;

static int magic_number(int n) {
	return (10 * n * n * n + 15 * n * n + 11 * n + 3) / 3;
}

static void put(struct cluster *c, double x, double y, double z) {
	c->x[c->atoms] = x;
	c->y[c->atoms] = y;
	c->z[c->atoms] = z;
	c->atoms++;
}

static void build_cuboctahedron(struct cluster *c, int n) {
	const double unit = NEIGHBOUR / sqrt(2.0);
	for (int x = -n; x <= n; x++)
		for (int y = -n; y <= n; y++)
			for (int z = -n; z <= n; z++)
				if ((x + y + z) % 2 == 0 && abs(x) + abs(y) + abs(z) <= 2 * n)
					put(c, unit * x, unit * y, unit * z);
}

struct point {
	double x, y, z;
};

static double distance(struct point a, struct point b) {
	return sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) +
	            (a.z - b.z) * (a.z - b.z));
}

/* The twelve corners of an icosahedron whose edge is 2: (0, ±1, ±φ), turned. */
static void icosahedron_corners(struct point corner[12]) {
	const double phi = (1 + sqrt(5.0)) / 2;
	for (int k = 0; k < 4; k++) {
		double one = k & 1 ? 1 : -1, golden = k & 2 ? phi : -phi;
		corner[3 * k] = (struct point){0, one, golden};
		corner[3 * k + 1] = (struct point){one, golden, 0};
		corner[3 * k + 2] = (struct point){golden, 0, one};
	}
}

static void build_icosahedron(struct cluster *c, int n) {
	struct point v[12];
	icosahedron_corners(v);
	/* The mean of the distance along a shell and across shells is NEIGHBOUR. */
	const double radius = sqrt(1 + pow((1 + sqrt(5.0)) / 2, 2));
	const double unit = NEIGHBOUR / ((2 + radius) / 2);
	const double edge = 2 + 1e-9;

	put(c, 0, 0, 0);
	for (int m = 1; m <= n; m++)
		for (int i = 0; i < 12; i++) {
			put(c, unit * m * v[i].x, unit * m * v[i].y, unit * m * v[i].z);
			for (int j = i + 1; j < 12; j++) {
				if (distance(v[i], v[j]) > edge)
					continue;
				for (int b = 1; b < m; b++)
					put(c, unit * ((m - b) * v[i].x + b * v[j].x),
					    unit * ((m - b) * v[i].y + b * v[j].y),
					    unit * ((m - b) * v[i].z + b * v[j].z));
				for (int k = j + 1; k < 12; k++) {
					if (distance(v[i], v[k]) > edge || distance(v[j], v[k]) > edge)
						continue;
					for (int b = 1; b < m; b++)
						for (int d = 1; b + d < m; d++) {
							int a = m - b - d;
							put(c, unit * (a * v[i].x + b * v[j].x + d * v[k].x),
							    unit * (a * v[i].y + b * v[j].y + d * v[k].y),
							    unit * (a * v[i].z + b * v[j].z + d * v[k].z));
						}
				}
			}
		}
}

/* A column of atoms along the axis, centred. */
static void put_column(struct cluster *c, double x, double y, int atoms) {
	for (int k = 0; k < atoms; k++)
		put(c, x, y, NEIGHBOUR * (k - (atoms - 1) / 2.0));
}

static void build_decahedron(struct cluster *c, int n) {
	const double column = NEIGHBOUR * sqrt(3.0) / 2, turn = 2 * acos(-1.0) / 5;
	put_column(c, 0, 0, 2 * n + 1);
	for (int ring = 1; ring <= n; ring++)
		for (int sector = 0; sector < 5; sector++)
			for (int b = 0; b < ring; b++) {
				double here = turn * sector, next = turn * (sector + 1);
				put_column(c, column * ((ring - b) * cos(here) + b * cos(next)),
				           column * ((ring - b) * sin(here) + b * sin(next)),
				           2 * n + 1 - ring);
			}
}

int cluster_build(struct cluster *c, const char *shape, int shells) {
	void (*build)(struct cluster *, int) =
	    strcmp(shape, "cuboctahedron") == 0 ? build_cuboctahedron
	    : strcmp(shape, "icosahedron") == 0 ? build_icosahedron
	    : strcmp(shape, "decahedron") == 0  ? build_decahedron
	                                        : NULL;
	if (build == NULL)
		return -1;
	size_t bytes = (size_t)magic_number(shells) * sizeof(double);
	*c = (struct cluster){0, malloc(bytes), malloc(bytes), malloc(bytes)};
	if (c->x == NULL || c->y == NULL || c->z == NULL) {
		cluster_free(c);
		return -1;
	}
	build(c, shells);
	return 0;
}

void cluster_free(struct cluster *c) {
	free(c->x);
	free(c->y);
	free(c->z);
}
