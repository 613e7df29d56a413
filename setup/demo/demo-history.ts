import { join } from "node:path";
import { createDatabase } from "../../server/database/db.ts";
import { EmbeddedDatabase } from "../../server/database/embedded-database.ts";
import { createLogger } from "../../server/logger.ts";
import { generateSeries } from "../../server/predictor/duty/duty-generator.ts";
import type { GeneratedKind } from "../../server/predictor/duty/generated-kinds.ts";
import { loadSecrets } from "../../server/secrets.ts";
import {
	DUTY_STEP_SECONDS,
	dayOf,
} from "../../server/telemetry/duty-day-codec.ts";
import { importDuty } from "../../server/telemetry/duty-day-store.ts";
import { demoFolder } from "./demo-folder.ts";

const DAYS = 14;
const DAY_SECONDS = 86_400;

/**
 * Gives demo devices the two weeks that they would have had: the same generated
 * duty that is played to their agents from now on, so that there is something to
 * forecast from. Called before the agents run; days that are there already stay.
 */
export async function writeDemoHistory(
	devices: readonly { deviceId: string; duty: GeneratedKind; seed: number }[],
	now: Date,
): Promise<void> {
	const logger = createLogger("error");
	const secrets = await loadSecrets(demoFolder, {});
	const embedded = await EmbeddedDatabase.start({
		folder: join(demoFolder, "postgres"),
		password: secrets.databasePassword,
		logger,
	});
	const { db, close } = createDatabase({
		url: embedded.url,
		poolSize: 2,
		logger,
	});
	const start = dayOf(now.getTime()) / 1000 - DAYS * DAY_SECONDS;
	const days = (now.getTime() / 1000 - start) / DAY_SECONDS;
	try {
		for (const { deviceId, duty, seed } of devices)
			await importDuty(
				db,
				deviceId,
				generateSeries(duty, seed, {
					start,
					days,
					stepSeconds: DUTY_STEP_SECONDS,
				}),
				now,
			);
	} finally {
		await close();
		await embedded.stop();
	}
}
