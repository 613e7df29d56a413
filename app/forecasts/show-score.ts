/** `0.081`, or a dash when there is none. */
export const showScore = (score: number | null): string =>
	score === null ? "–" : score.toFixed(3);

/** `93 %`, `0.4 %`: one decimal below ten; a dash when there is none. */
export const showPercent = (share: number | null): string =>
	share === null
		? "–"
		: `${Number((share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0))} %`;
