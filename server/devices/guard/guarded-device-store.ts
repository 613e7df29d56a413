import type { Db } from "../../database/db.ts";
import { ON_DEVICE_STATES } from "../../work-units/task-states.ts";

/** What is wished of a device and what is on it, as far as its guard is concerned. */
export interface GuardedDevice {
	paused: boolean;
	activeTasks: number;
	pausedTasks: number;
	yoursNow: { requestId: string; images: boolean } | null;
}

/** The device must exist. */
export async function findGuarded(
	db: Db,
	deviceId: string,
): Promise<GuardedDevice> {
	const [device, states] = await Promise.all([
		db.device.findUniqueOrThrow({
			where: { id: deviceId },
			select: { paused: true, yoursNowId: true, yoursNowImages: true },
		}),
		db.task.groupBy({
			by: ["state"],
			where: {
				deviceId,
				state: { in: [...ON_DEVICE_STATES] },
			},
			_count: true,
		}),
	]);
	const { paused, yoursNowId: requestId, yoursNowImages: images } = device;
	return {
		paused,
		activeTasks: states.reduce((sum, { _count }) => sum + _count, 0),
		pausedTasks: states.find(({ state }) => state === "paused")?._count ?? 0,
		yoursNow: requestId ? { requestId, images } : null,
	};
}
