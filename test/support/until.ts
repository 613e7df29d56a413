/**
 * Waits until the condition holds, asking again at short intervals; what it answered with is handed on. Fails with the
 * sentence given, never by an endless wait.
 */
export async function until<T>(
	sentence: string,
	condition: () => Promise<T | undefined | false>,
	timeoutMs = 15_000,
): Promise<T> {
	const end = Date.now() + timeoutMs;
	for (;;) {
		const answer = await condition();
		if (answer) return answer;
		if (Date.now() > end) throw new Error(`Waited in vain until ${sentence}.`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}
