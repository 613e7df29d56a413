import type Docker from "dockerode";
import { destroyContainer, type Engine, LABEL } from "./engine.ts";
import type { Freezer } from "./freezer.ts";

/** The engine as one device uses it. */
export interface OwnEngine {
	engine: Engine;
	freezer: Freezer;
	identity: { deviceId: string };
}

/** Containers of this device, running or not; never another agent's on the same engine. */
export function listOwnContainers(
	engine: Engine,
	deviceId: string,
	taskId?: string,
): Promise<Docker.ContainerInfo[]> {
	const label = [`${LABEL.device}=${deviceId}`];
	if (taskId) label.push(`${LABEL.task}=${taskId}`);
	return engine.listContainers({ all: true, filters: { label } });
}

/** Stops at once and removes a container of ours, frozen or not. That it is gone already is fine. */
export const destroyOwnContainer = (
	containerId: string,
	{ engine, freezer }: Pick<OwnEngine, "engine" | "freezer">,
): Promise<void> =>
	freezer.letDie(containerId, () => destroyContainer(engine, containerId));

/** Stops at once and removes whatever containers a task of ours has. */
export async function removeContainersOf(
	taskId: string,
	context: OwnEngine,
): Promise<void> {
	const { engine, identity } = context;
	const found = await listOwnContainers(engine, identity.deviceId, taskId);
	for (const { Id } of found) await destroyOwnContainer(Id, context);
}
