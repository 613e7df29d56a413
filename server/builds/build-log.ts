import type { Db } from "../database/db.ts";
import type { PageEvents } from "../events/page-events.ts";
import { appendBuildLog } from "./build-claim-store.ts";

/** The end of a build's output that is kept. */
export const BUILD_LOG_CHARACTERS = 200_000;
const FLUSH_MS = 300;
/** More than this waiting to be stored: the middle of it is left out, so that a build may print for ever. */
const MOST_WAITING = 100_000;

export interface BuildLog {
	write(text: string): void;
	/** Stores and sends what is still waiting. */
	close(): Promise<void>;
}

/**
 * Takes what a build prints, stores it and shows it to whoever looks, a few times a second. Stored before it is shown:
 * who opens the page now reads the rest from the database.
 */
export function openBuildLog(
	{ db, events }: { db: Db; events: PageEvents },
	appVersionId: string,
	onError: (error: unknown) => void,
): BuildLog {
	let waiting = "";
	let storing = Promise.resolve();
	let timer: NodeJS.Timeout | undefined;
	const flush = () => {
		timer = undefined;
		const text = waiting;
		waiting = "";
		if (!text) return;
		storing = storing
			.then(async () => {
				await appendBuildLog(db, appVersionId, text, BUILD_LOG_CHARACTERS);
				events.publish(`appVersion:${appVersionId}`, {
					kind: "buildOutput",
					text,
				});
			})
			.catch(onError);
	};
	return {
		write(text) {
			waiting = shorten(waiting + cleanOutput(text));
			timer ??= setTimeout(flush, FLUSH_MS);
		},
		async close() {
			clearTimeout(timer);
			flush();
			await storing;
		},
	};
}

function shorten(text: string): string {
	if (text.length <= MOST_WAITING) return text;
	const kept = MOST_WAITING / 2;
	return `${text.slice(0, kept)}\n[… ${text.length - MOST_WAITING} characters left out …]\n${text.slice(-kept)}`;
}

/** Text that a page can show and the database can keep: without terminal colours, control characters, half surrogates. */
export function cleanOutput(text: string): string {
	return (
		text
			// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals
			.replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
			.replaceAll(/\r+\n?/g, "\n")
			.replaceAll(/[^\P{Cc}\n\t]/gu, "")
			.replaceAll(/\p{Surrogate}/gu, "\ufffd")
	);
}
