import type { ContainerEngine } from "./container-engine.ts";

/** Stops at once and removes whatever containers a task of this device has, frozen or not. */
export async function removeTaskContainers(
	engine: Pick<ContainerEngine, "listOwn" | "remove">,
	taskId: string,
): Promise<void> {
	for (const { id } of await engine.listOwn(taskId)) await engine.remove(id);
}
