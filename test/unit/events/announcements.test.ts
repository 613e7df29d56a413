import { afterEach, describe, expect, it, vi } from "vitest";
import {
	type Announcements,
	BELIEVED_MS,
	createAnnouncements,
} from "../../../server/events/announcements.ts";
import type { NoticeKind } from "../../../server/events/pack-notices.ts";
import { createLogger } from "../../../server/logger.ts";

type Listener = (names: string[], from: string) => void;

/** Processes that hear each other at once, each with its announcements. */
function aNetwork(size: number) {
	const heard: { process: number; kind: NoticeKind; listener: Listener }[] = [];
	const deaf = new Set<number>();
	const gaps: (() => void)[] = [];
	const processes = Array.from({ length: size }, (_, process) =>
		createAnnouncements(
			{
				send(kind, names) {
					const said = [...names];
					if (said.length === 0 || deaf.has(process)) return;
					for (const other of heard)
						if (
							other.kind === kind &&
							other.process !== process &&
							!deaf.has(other.process)
						)
							other.listener(said, String(process));
				},
				on(kind, listener) {
					heard.push({ process, kind, listener });
					return () => undefined;
				},
				onGap: (listener) => void gaps.push(listener),
			},
			{ now: () => new Date() },
			createLogger("silent"),
		),
	);
	started.push(...processes);
	return {
		processes: processes as [Announcements, Announcements],
		cutOff: (process: number) => deaf.add(process),
		heal(process: number) {
			deaf.delete(process);
			gaps[process]?.();
		},
	};
}

const started: Announcements[] = [];
afterEach(async () => {
	vi.useRealTimers();
	for (const one of started.splice(0)) await one.stop();
});

describe("what processes announce", () => {
	it("holds everywhere until it is withdrawn, and is told once when that changes", () => {
		const [one, other] = aNetwork(2).processes;
		const changes: string[] = [];
		other.onChange((name) => changes.push(`${name} ${other.has(name)}`));
		one.set("device:a", true);
		one.set("device:a", true);
		expect([other.has("device:a"), other.hasElsewhere("device:a")]).toEqual([
			true,
			true,
		]);
		expect([one.has("device:a"), one.hasElsewhere("device:a")]).toEqual([
			true,
			false,
		]);
		other.set("device:a", true);
		one.set("device:a", false);
		other.set("device:a", false);
		expect(changes).toEqual(["device:a true", "device:a false"]);
	});

	it("is known to a process that comes later", () => {
		const { processes, cutOff, heal } = aNetwork(2);
		const [one, later] = processes;
		cutOff(1);
		one.set("pages", true);
		expect(later.has("pages")).toBe(false);
		heal(1);
		expect(later.has("pages")).toBe(true);
	});

	it("is believed no more when the process that said so has died", async () => {
		vi.useFakeTimers();
		const { processes, cutOff } = aNetwork(2);
		const [dead, alive] = processes;
		dead.start();
		alive.start();
		dead.set("device:a", true);
		await vi.advanceTimersByTimeAsync(BELIEVED_MS * 2);
		expect(alive.has("device:a")).toBe(true);
		cutOff(0);
		await vi.advanceTimersByTimeAsync(BELIEVED_MS - 1);
		const changes: string[] = [];
		alive.onChange((name) => changes.push(name));
		await vi.advanceTimersByTimeAsync(BELIEVED_MS);
		expect(alive.has("device:a")).toBe(false);
		expect(changes).toEqual(["device:a"]);
	});
});
