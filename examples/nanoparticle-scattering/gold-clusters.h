#ifndef GOLD_CLUSTERS_H
#define GOLD_CLUSTERS_H

/* Positions of the atoms of a cluster, in ångström. */
struct cluster {
	int atoms;
	double *x, *y, *z;
};

/*
 * Builds a gold cluster with this many complete shells around its central
 * atom: "cuboctahedron", "icosahedron" or "decahedron". All three have the
 * same number of atoms, (10n^3 + 15n^2 + 11n + 3) / 3. Returns 0, or -1 when
 * there is no such shape or no memory; the caller frees with cluster_free.
 */
int cluster_build(struct cluster *cluster, const char *shape, int shells);

void cluster_free(struct cluster *cluster);

#endif
