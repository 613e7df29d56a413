import type { ContainerInfo, ContainerInspectInfo } from "dockerode";
import { describe, expect, test } from "vitest";
import {
	readDetails,
	readInfo,
	readOwn,
} from "../../../agent/engine/docker-details.ts";

/** Docker's words are turned into ours at the rim, and nobody behind it has to know them. */
describe("what Docker says of a container", () => {
	const listed = (State: string, Labels: Record<string, string> = {}) =>
		readOwn({ Id: "c", State, Labels } as ContainerInfo);

	test.each([
		["created", "created"],
		["running", "running"],
		["restarting", "running"],
		["paused", "paused"],
		["exited", "exited"],
		["removing", "exited"],
		["dead", "exited"],
	])("%s is %s", (said, meant) => {
		expect(listed(said).state).toBe(meant);
	});

	test("tells its task by its label only", () => {
		expect(listed("running", { "org.lull.task": "t" }).taskId).toBe("t");
		expect(listed("running").taskId).toBeUndefined();
	});

	test("begins and ends at no time, where it says the year 1", () => {
		const details = readDetails({
			State: {
				ExitCode: 137,
				OOMKilled: true,
				Error: "",
				StartedAt: "2026-03-01T12:00:00.5Z",
				FinishedAt: "0001-01-01T00:00:00Z",
			},
			HostConfig: { NanoCpus: 500_000_000 },
		} as ContainerInspectInfo);
		expect(details).toEqual({
			exitCode: 137,
			memoryKilled: true,
			error: "",
			startedAt: Date.parse("2026-03-01T12:00:00.5Z"),
			finishedAt: undefined,
			cores: 0.5,
		});
	});
});

test("an engine that does not say which cgroups it has, has the first version's", () => {
	const info = readInfo({
		ServerVersion: "20.10.24",
		Driver: "overlay2",
		NCPU: 2,
		MemTotal: 1024,
		OperatingSystem: "Debian",
		KernelVersion: "6.1",
		Architecture: "x86_64",
	});
	expect(info.description).toBe("Docker 20.10.24, overlay2, cgroup v1");
	expect(info.operatingSystem).toBe("Debian, Linux 6.1");
});
