import { randomUUID } from "node:crypto";
import { ERRORS, type Lock, type Locker } from "@tus/utils";
import type { Db } from "../../database/db.ts";
import type { UploadReleases } from "../../events/upload-releases.ts";
import type { Logger } from "../../logger.ts";
import { claimUpload, releaseUpload } from "./upload-claim-store.ts";

const CLAIM_SECONDS = 30;
const RENEW_MS = 10_000;
const TRY_AGAIN_MS = 100;
/** As long as tus waits by itself. */
const LONGEST_WAIT_MS = 30_000;

/**
 * One request at a time for an upload, whichever server processes they come to: two that wrote into its file together would
 * spoil it. Held as a claim on the upload's row, not as a connection or a transaction, since a request may take hours.
 *
 *   free ── claimed ──► held ── renewed ──► held ── unlocked, or its process died and the claim ran out ──► free
 *
 * Whoever waits asks the holder to let go, as the protocol says: mostly it is the same client, whose connection broke
 * without the server having noticed. A holder that lost its claim stops as well.
 */
export function createUploadLocker(
	db: Db,
	releases: UploadReleases,
	log: Logger,
): Locker {
	const held = new Map<string, () => void>();
	releases.onAsked((id) => held.get(id)?.());
	return {
		newLock(id): Lock {
			const holder = randomUUID();
			let timer: NodeJS.Timeout | undefined;
			let mine: (() => void) | undefined;
			const renew = (letGo: () => void) =>
				void claimUpload(db, id, holder, CLAIM_SECONDS).then(
					(isOurs) => isOurs || letGo(),
					// The claim lasts a while; the next time may succeed.
					(error: unknown) =>
						log.warn({ err: error }, "An upload's claim was not renewed."),
				);
			return {
				async lock(signal, requestRelease) {
					const letGo = () => void requestRelease();
					const end = performance.now() + LONGEST_WAIT_MS;
					while (!(await claimUpload(db, id, holder, CLAIM_SECONDS))) {
						if (signal.aborted || performance.now() > end)
							throw ERRORS.ERR_LOCK_TIMEOUT;
						releases.ask(id);
						await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
					}
					mine = letGo;
					held.set(id, letGo);
					timer = setInterval(renew, RENEW_MS, letGo);
				},
				async unlock() {
					clearInterval(timer);
					if (held.get(id) === mine) held.delete(id);
					await releaseUpload(db, id, holder);
				},
			};
		},
	};
}
