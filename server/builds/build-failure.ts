import { AppError } from "../errors.ts";
import { EngineError } from "./follow-engine-stream.ts";

/** Why a build is ended from outside. */
export type BuildFailure =
	| "stopping" // the server
	| "cancelled" // by the researcher, or another process took it over
	| "timeLimit"
	| "killedServer"; // it began too often without ending

export type BuildVerdict =
	/** Nobody is to be told: whoever ended it knows. */
	| { kind: "nothing" }
	/** It shall be begun again, by us or another process. */
	| { kind: "release" }
	/** `fault`: ours, to be logged; the researcher cannot mend it. */
	| { kind: "fail"; sentence: string; fault: boolean };

const fail = (sentence: string, fault = false): BuildVerdict => ({
	kind: "fail",
	sentence,
	fault,
});

/** What to do about a build that threw `error`, while `signal` may have ended it. */
export async function explainBuildFailure(
	error: unknown,
	signal: AbortSignal,
	engineIsThere: () => Promise<boolean>,
): Promise<BuildVerdict> {
	if (signal.aborted) return explainAbort(signal.reason as BuildFailure);
	if (error instanceof AppError) return fail(error.message);
	if (error instanceof EngineError) return fail(error.message);
	const answer = engineAnswer(error);
	if (answer !== undefined) return fail(answer);
	if (!(await engineIsThere())) return { kind: "release" };
	return fail("Something went wrong on our side. It has been logged.", true);
}

function explainAbort(reason: BuildFailure): BuildVerdict {
	if (reason === "cancelled") return { kind: "nothing" };
	if (reason === "stopping") return { kind: "release" };
	if (reason === "timeLimit")
		return fail("Making the image took longer than this server allows.");
	return fail(
		"The server stopped more than once while it made this image. It may need more memory or disk than the server has.",
	);
}

/** The sentence of an engine that answered with an error code. */
function engineAnswer(error: unknown): string | undefined {
	const { statusCode, message = "" } = (error ?? {}) as {
		statusCode?: number;
		message?: string;
	};
	if (statusCode === undefined) return undefined;
	const sentence = message.replace(/^\(HTTP code \d+\) .*? - /s, "").trim();
	return sentence || `The engine answered with code ${statusCode}.`;
}
