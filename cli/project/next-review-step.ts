import type { AppVersionAnswer, ProjectAnswer } from "../api/portal-api.ts";

export interface ReviewStanding {
	project: { state: ProjectAnswer["state"]; rejectionReason: string | null };
	version: {
		number: number;
		state: AppVersionAnswer["state"];
		rejectionReason: string | null;
	};
	/** What this command has handed in itself, so that coming back from a review is told from never having been there. */
	handedIn: { project: boolean; version: boolean };
}

export type ReviewStep =
	| { step: "submitProject" }
	| { step: "submitVersion" }
	| { step: "wait" }
	| { step: "ready" }
	| { step: "stop"; sentence: string };

/** What brings a version with an image closer to being used: hand it in, wait, go ahead, or give up and say why. */
export function nextReviewStep({
	project,
	version,
	handedIn,
}: ReviewStanding): ReviewStep {
	const name = `Version ${version.number}`;
	if (version.state === "rejected")
		return stop(
			`${name} was rejected: ${version.rejectionReason ?? "no reason was given."}`,
		);
	if (version.state === "withdrawn" || version.state === "failed")
		return stop(`${name} is ${version.state}. Push a new one.`);
	if (version.state === "building") return { step: "wait" };
	switch (project.state) {
		case "draft":
			return handedIn.project
				? stop(
						`The project was sent back: ${project.rejectionReason ?? "it was taken back."}`,
					)
				: { step: "submitProject" };
		case "submitted":
			return { step: "wait" };
		case "suspended":
		case "finished":
			return stop(`The project is ${project.state}; nothing runs.`);
		case "approved":
			break;
	}
	if (version.state === "approved") return { step: "ready" };
	if (version.state === "submitted") return { step: "wait" };
	return handedIn.version
		? stop(`${name} was taken back.`)
		: { step: "submitVersion" };
}

const stop = (sentence: string): ReviewStep => ({ step: "stop", sentence });
