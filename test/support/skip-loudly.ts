/** What a test needs is missing: with CI set that is a failure, otherwise nobody can overlook it. */
export function skipLoudly(sentence: string): undefined {
	if (process.env.CI) throw new Error(sentence);
	console.warn(`\n!!! SKIPPED: ${sentence}\n`);
	return undefined;
}
