import { EventEmitter } from "node:events";
import type { ProcessChannel } from "./process-channel.ts";

/** Asks whoever holds an upload, in whichever process, to let go of it: somebody waits, often the same client again. */
export interface UploadReleases {
	ask(uploadId: string): void;
	/** Returns the function that ends it. */
	onAsked(listener: (uploadId: string) => void): () => void;
}

export function createUploadReleases(
	channel: Pick<ProcessChannel, "send" | "on">,
): UploadReleases {
	const here = new EventEmitter().setMaxListeners(0);
	channel.on("uploads", (ids) => {
		for (const id of ids) here.emit("asked", id);
	});
	return {
		ask(uploadId) {
			here.emit("asked", uploadId);
			channel.send("uploads", [uploadId]);
		},
		onAsked(listener) {
			here.on("asked", listener);
			return () => void here.off("asked", listener);
		},
	};
}
