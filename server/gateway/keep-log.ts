import { LOG_TAIL_BYTES, type Log } from "../../agent/core/protocol.ts";
import { storableText } from "../database/storable-text.ts";
import type { Services } from "../services.ts";
import { ON_DEVICE_STATES } from "../work-units/task-states.ts";
import { appendTaskLog } from "../work-units/tasks/task-store.ts";

/** Passes a running task's output on to whoever looks, and keeps the newest of it until the report brings it whole. */
export async function keepLog(
	{ db, events }: Pick<Services, "db" | "events">,
	deviceId: string,
	{ taskId, stream, offset, text }: Log,
): Promise<void> {
	const task = await db.task.findFirst({
		where: { id: taskId, deviceId, state: { in: [...ON_DEVICE_STATES] } },
		select: { id: true },
	});
	if (!task) return;
	await appendTaskLog(db, taskId, stream, storableText(text), LOG_TAIL_BYTES);
	events.publish(`task:${taskId}`, { kind: "log", stream, offset, text });
}
