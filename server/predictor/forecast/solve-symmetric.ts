/**
 * Solves A x = b for a symmetric, positive definite A, of which only the lower half is read (Cholesky). `a` is written
 * over. Nearly singular matrices give a finite answer.
 */
export function solveSymmetric(a: Float64Array, b: Float64Array): Float64Array {
	const size = b.length;
	for (let i = 0; i < size; i++)
		for (let j = 0; j <= i; j++) {
			let sum = a[i * size + j] as number;
			for (let k = 0; k < j; k++)
				sum -= (a[i * size + k] as number) * (a[j * size + k] as number);
			a[i * size + j] =
				i === j
					? Math.sqrt(Math.max(sum, 1e-12))
					: sum / (a[j * size + j] as number);
		}
	const x = Float64Array.from(b);
	for (let i = 0; i < size; i++) {
		for (let k = 0; k < i; k++)
			x[i] = (x[i] as number) - (a[i * size + k] as number) * (x[k] as number);
		x[i] = (x[i] as number) / (a[i * size + i] as number);
	}
	for (let i = size - 1; i >= 0; i--) {
		for (let k = i + 1; k < size; k++)
			x[i] = (x[i] as number) - (a[k * size + i] as number) * (x[k] as number);
		x[i] = (x[i] as number) / (a[i * size + i] as number);
	}
	return x;
}
