/*
 * What X-rays see of a powder of equal gold particles, by Debye's equation:
 *
 *   S(q) = 1 + 2/N * sum over pairs of atoms of sin(q r) / (q r)
 *
 * usage: debye-scattering SHAPE SHELLS FROM TO STEP
 *   writes scattering.csv (shape,shells,atoms,q,intensity) for FROM <= q < TO
 *   in inverse ångström. LULL_THREADS says how many threads to use; DEBYE_BLOCK
 *   fixes the block size that is otherwise measured.
 *
 * The sum is taken in an order that suits the machine: as many partial sums
 * as there are threads and vector lanes, in blocks of the size that proves
 * quickest here. Addition of floating-point numbers is not associative, and
 * the vector sines of glibc differ in the last bit between instruction sets:
 * so two honest devices agree to about 12 digits, not to 17.
 */
#include "gold-clusters.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_POINTS = 256, MAX_BLOCK = 4096, MAX_THREADS = 64, MAX_SHELLS = 40 };

/* On x86 one copy of the hot loops for each generation of vector units. */
#if defined(__x86_64__)
#define FOR_EACH_VECTOR_UNIT \
	__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_VECTOR_UNIT
#endif

struct job {
	struct cluster cluster;
	int points, block;
	double q[MAX_POINTS];
	atomic_int next_row, rows_done;
};

struct worker {
	pthread_t thread;
	struct job *job;
	double sum[MAX_POINTS];
};

FOR_EACH_VECTOR_UNIT
static void distances(const struct cluster *c, int i, int from, int count,
                      double *restrict r, double *restrict inverse) {
	for (int k = 0; k < count; k++) {
		double dx = c->x[from + k] - c->x[i];
		double dy = c->y[from + k] - c->y[i];
		double dz = c->z[from + k] - c->z[i];
		r[k] = sqrt(dx * dx + dy * dy + dz * dz);
		inverse[k] = 1 / r[k];
	}
}

FOR_EACH_VECTOR_UNIT
static double sine_sum(double q, int count, const double *restrict r,
                       const double *restrict inverse) {
	double sum = 0;
	for (int k = 0; k < count; k++)
		sum += sin(q * r[k]) * inverse[k];
	return sum;
}

/* Adds all pairs of atom i with the atoms after it. */
static void add_row(const struct job *job, int i, int block, double *sum) {
	double r[MAX_BLOCK], inverse[MAX_BLOCK];
	for (int from = i + 1; from < job->cluster.atoms; from += block) {
		int left = job->cluster.atoms - from;
		int count = left < block ? left : block;
		distances(&job->cluster, i, from, count, r, inverse);
		for (int p = 0; p < job->points; p++)
			sum[p] += sine_sum(job->q[p], count, r, inverse) / job->q[p];
	}
}

static double seconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The block size with which this processor's caches do a few rows quickest. */
static int measure_block(const struct job *job) {
	static const int candidates[] = {128, 512, 2048};
	double quickest = INFINITY;
	int best = candidates[0];
	for (int k = 0; k < 3; k++) {
		double unused[MAX_POINTS] = {0}, begin = seconds();
		for (int i = 0; i < 8 && i < job->cluster.atoms; i++)
			add_row(job, i, candidates[k], unused);
		double taken = seconds() - begin;
		if (taken < quickest) {
			quickest = taken;
			best = candidates[k];
		}
	}
	return best;
}

/* Row i has N - i - 1 pairs; what is done of all the pairs after so many rows. */
static double fraction_done(const struct job *job, int rows) {
	double left = 1 - (double)rows / job->cluster.atoms;
	return 1 - left * left;
}

static void *work(void *argument) {
	struct worker *worker = argument;
	struct job *job = worker->job;
	int every = job->cluster.atoms / 20 + 1, i;
	while ((i = atomic_fetch_add(&job->next_row, 1)) < job->cluster.atoms) {
		add_row(job, i, job->block, worker->sum);
		int done = atomic_fetch_add(&job->rows_done, 1) + 1;
		if (done % every == 0) {
			printf("LULL_PROGRESS %.2f\n", fraction_done(job, done));
			fflush(stdout);
		}
	}
	return NULL;
}

/* Runs all workers to their end; the sum of their sums is in sum. -1 when a thread cannot be had. */
static int sum_all_pairs(struct job *job, int threads, double *sum) {
	static struct worker workers[MAX_THREADS];
	int started = 0, failed = 0;
	for (; started < threads && !failed; started++) {
		workers[started].job = job;
		failed = pthread_create(&workers[started].thread, NULL, work, &workers[started]);
	}
	for (int t = 0; t < started - failed; t++) {
		pthread_join(workers[t].thread, NULL);
		for (int p = 0; p < job->points; p++)
			sum[p] += workers[t].sum[p];
	}
	return failed ? -1 : 0;
}

static int write_table(const struct job *job, const char *shape, int shells, const double *sum) {
	FILE *file = fopen("scattering.csv", "w");
	if (file == NULL)
		return -1;
	fprintf(file, "shape,shells,atoms,q,intensity\n");
	for (int p = 0; p < job->points; p++)
		fprintf(file, "%s,%d,%d,%.6g,%.17g\n", shape, shells, job->cluster.atoms, job->q[p],
		        1 + 2 * sum[p] / job->cluster.atoms);
	return fclose(file);
}

static int fail(const char *sentence) {
	fprintf(stderr, "debye-scattering: %s\n", sentence);
	return 1;
}

/* A number from text, which has to be all of the text. */
static int parse_number(const char *text, double *value) {
	char *end;
	errno = 0;
	*value = strtod(text, &end);
	return errno == 0 && end != text && *end == '\0' ? 0 : -1;
}

static int setting(const char *name, int otherwise, int max) {
	const char *text = getenv(name);
	double value;
	if (text == NULL || parse_number(text, &value) != 0 || value < 1)
		return otherwise;
	return value > max ? max : (int)value;
}

int main(int argc, char **argv) {
	static struct job job;
	double shells, from, to, step;
	if (argc != 6 || parse_number(argv[2], &shells) || parse_number(argv[3], &from) ||
	    parse_number(argv[4], &to) || parse_number(argv[5], &step))
		return fail("usage: debye-scattering SHAPE SHELLS FROM TO STEP");
	if (!(shells >= 1 && shells <= MAX_SHELLS && shells == (int)shells))
		return fail("SHELLS has to be a whole number from 1 to 40");
	if (!(from > 0 && to > from && step > 0 && (to - from) / step <= MAX_POINTS))
		return fail("0 < FROM < TO is wanted, and at most 256 steps between them");

	job.points = (int)lround((to - from) / step);
	for (int p = 0; p < job.points; p++)
		job.q[p] = from + p * step;
	if (cluster_build(&job.cluster, argv[1], (int)shells) != 0)
		return fail("SHAPE has to be cuboctahedron, icosahedron or decahedron");

	double sum[MAX_POINTS] = {0};
	job.block = setting("DEBYE_BLOCK", 0, MAX_BLOCK);
	if (job.block == 0)
		job.block = measure_block(&job);
	int threads = setting("LULL_THREADS", 1, MAX_THREADS);
	fprintf(stderr, "%d atoms, %d values of q, %d threads, blocks of %d\n", job.cluster.atoms,
	        job.points, threads, job.block);
	if (sum_all_pairs(&job, threads, sum) != 0)
		return fail("a thread could not be started");
	if (write_table(&job, argv[1], (int)shells, sum) != 0)
		return fail("scattering.csv could not be written");
	cluster_free(&job.cluster);
	return 0;
}
