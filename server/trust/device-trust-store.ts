import type { Db } from "../database/db.ts";

/**
 * What devices have proved, for each app version by itself: a device that counts primes without a fault has shown
 * nothing yet about folding proteins.
 *
 *   valid                   one more, and one more in a row
 *   invalid, errored, lost  one more, and the row begins again at nothing
 *
 * A verdict takes the row of (device, app version) and never the device's own. Whoever writes several takes them sorted
 * by (device, app version), after tasks and before totals of credit.
 */

/** How one task came out on its device, as the review saw it. An error is written with its report (task-store.ts). */
export interface Verdict {
	deviceId: string;
	appVersionId: string;
	kind: "valid" | "invalid" | "lost";
}

type Tally = Pick<Verdict, "deviceId" | "appVersionId"> &
	Record<Verdict["kind"], number>;

/** Adds verdicts to the devices' trust, in the caller's transaction. Any bad one among a device's ends what it had in a row. */
export async function recordVerdicts(
	db: Db,
	verdicts: readonly Verdict[],
	now: Date,
): Promise<void> {
	if (verdicts.length === 0) return;
	const tallies = tally(verdicts);
	const column = <K extends keyof Tally>(key: K) =>
		tallies.map((counts) => counts[key]);
	await db.$executeRaw`
		INSERT INTO "DeviceTrust" AS d
			("deviceId", "appVersionId", "validTasks", "invalidTasks", "lostTasks", "consecutiveValid", "updatedAt")
		SELECT v.device, v.version, v.valid, v.invalid, v.lost, CASE WHEN v.invalid + v.lost > 0 THEN 0 ELSE v.valid END, ${now}::timestamptz
		FROM unnest(${column("deviceId")}::uuid[], ${column("appVersionId")}::uuid[], ${column("valid")}::int[],
			${column("invalid")}::int[], ${column("lost")}::int[]) AS v(device, version, valid, invalid, lost)
		ORDER BY v.device, v.version
		ON CONFLICT ("deviceId", "appVersionId") DO UPDATE SET
			"validTasks" = d."validTasks" + EXCLUDED."validTasks",
			"invalidTasks" = d."invalidTasks" + EXCLUDED."invalidTasks",
			"lostTasks" = d."lostTasks" + EXCLUDED."lostTasks",
			"consecutiveValid" = CASE WHEN EXCLUDED."invalidTasks" + EXCLUDED."lostTasks" > 0 THEN 0
				ELSE d."consecutiveValid" + EXCLUDED."consecutiveValid" END,
			"updatedAt" = EXCLUDED."updatedAt"`;
}

function tally(verdicts: readonly Verdict[]): Tally[] {
	const tallies = new Map<string, Tally>();
	for (const { deviceId, appVersionId, kind } of verdicts) {
		const key = `${deviceId} ${appVersionId}`;
		const counts = tallies.get(key) ?? {
			deviceId,
			appVersionId,
			valid: 0,
			invalid: 0,
			lost: 0,
		};
		counts[kind]++;
		tallies.set(key, counts);
	}
	return [...tallies.values()];
}

/** How a device's tasks came out, over all app versions. */
export async function sumTrust(db: Db, deviceId: string) {
	const { _sum } = await db.deviceTrust.aggregate({
		where: { deviceId },
		_sum: {
			consecutiveValid: true,
			validTasks: true,
			invalidTasks: true,
			erroredTasks: true,
			lostTasks: true,
		},
	});
	return {
		consecutiveValid: _sum.consecutiveValid ?? 0,
		validTasks: _sum.validTasks ?? 0,
		invalidTasks: _sum.invalidTasks ?? 0,
		erroredTasks: _sum.erroredTasks ?? 0,
		lostTasks: _sum.lostTasks ?? 0,
	};
}
