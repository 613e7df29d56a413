import type Docker from "dockerode";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { CgroupCounters } from "../../agent/engine/cgroup-counters.ts";
import { CgroupFreezer } from "../../agent/engine/cgroup-freezer.ts";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { DockerContainerEngine } from "../../agent/engine/docker-container-engine.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import { findTestEngine } from "../support/test-engine.ts";

const deviceId = "11111111-1111-4111-8111-111111111111";
const engineAddress = await findTestEngine();

/** An agent that may not write to cgroups: without root, or in a container without them. */
describe.skipIf(engineAddress === undefined)(
	"The freezer of an agent that may not write to cgroups",
	() => {
		let docker: Docker;
		let engine: DockerContainerEngine;
		let container: Docker.Container;
		let freezer: CgroupFreezer;

		beforeAll(async () => {
			docker = openDocker(engineAddress as string);
			engine = await DockerContainerEngine.connect(engineAddress, deviceId);
		});
		const begin = async () => {
			container = await docker.createContainer({
				Image: baseImage,
				Cmd: ["sleep", "1000"],
				HostConfig: { NetworkMode: "none" },
			});
			await container.start();
			const nowhere = new CgroupCounters(
				{ version: "2", driver: "none" },
				deviceId,
			);
			freezer = new CgroupFreezer(nowhere, engine);
		};
		afterEach(() => engine.remove(container.id));
		const stateOf = async () => (await container.inspect()).State.Status;

		test("has the engine pause containers, and lets them go on", async () => {
			await begin();
			expect(await freezer.freeze([container.id])).toEqual([container.id]);
			expect(await stateOf()).toBe("paused");
			await freezer.thawAll();
			expect(await stateOf()).toBe("running");
		});

		test("does not mind a container that goes on already", async () => {
			await begin();
			await engine.unpause(container.id);
			expect(await stateOf()).toBe("running");
		});

		test("lets a paused container die at once", async () => {
			await begin();
			await freezer.freeze([container.id]);
			await freezer.letDie(container.id, () => engine.remove(container.id));
			await expect(container.inspect()).rejects.toMatchObject({
				statusCode: 404,
			});
		});

		test("does not mind a container that is gone", async () => {
			await begin();
			await engine.remove(container.id);
			await freezer.freeze([container.id]);
			await freezer.thawAll();
		});
	},
);
