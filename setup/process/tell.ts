/** A line on what set-up does, for whoever waits. On standard error: standard output is for results. */
export function tell(sentence: string): void {
	process.stderr.write(`  ${sentence}\n`);
}
