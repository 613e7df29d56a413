import type Docker from "dockerode";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { CgroupReader } from "../../agent/engine/cgroups.ts";
import { destroyContainer, openEngine } from "../../agent/engine/engine.ts";
import { Freezer } from "../../agent/engine/freezer.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import { findTestEngine } from "../support/test-engine.ts";

const engineAddress = await findTestEngine();

/** An agent that may not write to cgroups: without root, or in a container without them. */
describe.skipIf(engineAddress === undefined)(
	"The freezer of an agent that may not write to cgroups",
	() => {
		let engine: Docker;
		let container: Docker.Container;
		let freezer: Freezer;

		beforeAll(() => {
			engine = openEngine(engineAddress as string);
		});
		const begin = async () => {
			container = await engine.createContainer({
				Image: baseImage,
				Cmd: ["sleep", "1000"],
				HostConfig: { NetworkMode: "none" },
			});
			await container.start();
			const nowhere = new CgroupReader(
				{ version: "2", driver: "none" },
				"11111111-1111-4111-8111-111111111111",
			);
			freezer = new Freezer(engine, nowhere);
		};
		afterEach(() => destroyContainer(engine, container.id));
		const stateOf = async () => (await container.inspect()).State.Status;

		test("has the engine pause containers, and lets them go on", async () => {
			await begin();
			expect(await freezer.freeze([container.id])).toEqual([container.id]);
			expect(await stateOf()).toBe("paused");
			await freezer.thawAll();
			expect(await stateOf()).toBe("running");
		});

		test("lets a paused container die at once", async () => {
			await begin();
			await freezer.freeze([container.id]);
			await freezer.letDie(container.id, () =>
				destroyContainer(engine, container.id),
			);
			await expect(container.inspect()).rejects.toMatchObject({
				statusCode: 404,
			});
		});

		test("does not mind a container that is gone", async () => {
			await begin();
			await destroyContainer(engine, container.id);
			await freezer.freeze([container.id]);
			await freezer.thawAll();
		});
	},
);
