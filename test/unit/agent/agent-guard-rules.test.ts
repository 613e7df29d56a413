import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	chooseGiveBack,
	needMemory,
} from "../../../agent/core/guard/choose-give-back.ts";
import {
	type CpuReading,
	detectBurst,
} from "../../../agent/core/guard/detect-burst.ts";
import {
	judgeOwner,
	type OwnerSigns,
} from "../../../agent/core/guard/judge-owner.ts";
import { listOverdueFrozenTasks } from "../../../agent/core/guard/overdue-frozen-tasks.ts";
import { stepAside, WORKING } from "../../../agent/core/guard/step-aside.ts";
import {
	type OwnerRules,
	ownerRulesSchema,
	type WeekHours,
} from "../../../agent/core/protocol.ts";
import { LOOSEST_RULES } from "../../../agent/core/rules/effective-rules.ts";
import { mergeRules } from "../../../agent/core/rules/merge-rules.ts";
import {
	projectOf,
	refuseProject,
} from "../../../agent/core/rules/refuse-project.ts";
import {
	endOfHours,
	isWithinHours,
	meetHours,
} from "../../../agent/core/rules/week-hours.ts";
import { parseCgroupBytes } from "../../../agent/engine/cgroup-counters.ts";
import { ownersPercent } from "../../../agent/senses/cpu-sense.ts";
import { parseDiskStats } from "../../../agent/senses/disk-sense.ts";
import { parseInputInterrupts } from "../../../agent/senses/input-sense.ts";
import {
	isMetered,
	parseDefaultRoutes,
	parseProfile,
} from "../../../agent/senses/network-sense.ts";
import { isOnBattery } from "../../../agent/senses/power-sense.ts";
import { parsePressure, stallPercent } from "../../../agent/senses/pressure.ts";
import { isNamed, processNames } from "../../../agent/senses/program-sense.ts";

const RULES = ownerRulesSchema.parse({});
const rules = (from: Partial<OwnerRules>): OwnerRules => ({
	...RULES,
	...from,
});

/** Readings of a tenth of a second each, oldest first. */
const readings = (...percents: number[]): CpuReading[] =>
	percents.map((percent, at) => ({
		atMs: (at + 1) * 100,
		spanMs: 100,
		percent,
	}));
const often = (percent: number, times: number) =>
	Array<number>(times).fill(percent);

describe("A burst of the owner", () => {
	test("is seen in the first reading that is clearly above the limit", () => {
		expect(detectBurst(readings(...often(2, 20), 36), 30)).toBe("burst");
		expect(detectBurst(readings(100), 30)).toBe("burst");
	});
	test("is believed for less only when it lasts", () => {
		expect(detectBurst(readings(...often(2, 20), 33), 30)).not.toBe("burst");
		expect(detectBurst(readings(...often(33, 14)), 30)).toBe("busy");
	});
	test("has to exceed what ticks of the kernel can be wrong by", () => {
		const spike = readings(...often(2, 20), 44);
		expect(detectBurst(spike, 30, { exact: false })).not.toBe("burst");
		expect(detectBurst(readings(46), 30, { exact: false })).toBe("burst");
	});
	test("is not the engine that works for us on one core", () => {
		expect(detectBurst(readings(70), 30, { allowance: 50 })).toBe("between");
		expect(detectBurst(readings(90), 30, { allowance: 50 })).toBe("burst");
	});
	test("is over when the machine is well below the limit, and not before", () => {
		expect(detectBurst(readings(...often(80, 20), ...often(3, 8)), 30)).toBe(
			"calm",
		);
		expect(detectBurst(readings(...often(27, 20)), 30)).toBe("between");
	});
	test("is never seen in an owner who stays below the limit", () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 1 }),
				(percents) => {
					expect(detectBurst(readings(...percents), 30)).toMatch(
						/calm|between/,
					);
				},
			),
		);
	});
	test("is seen whatever the limit when the owner takes everything", () => {
		for (const limit of [1, 30, 99, 100])
			expect(detectBurst(readings(100), limit)).toBe("burst");
	});
});

test("The owner's part is what the machine did without our containers and without the agent", () => {
	const before = { atMs: 0, machine: 10, ours: 5, agent: 1 };
	const after = { atMs: 100, machine: 10.15, ours: 5.1, agent: 1.01 };
	expect(ownersPercent(before, after, 2)).toBeCloseTo(20);
	expect(ownersPercent(before, { ...after, ours: 9 }, 2)).toBe(0);
	// Our cgroup was made anew.
	expect(ownersPercent(before, { ...after, ours: 0 }, 2)).toBeCloseTo(70);
});

describe("Stepping aside", () => {
	const busy = { reason: "cpu", detail: "busy", lasting: false } as const;

	test("begins at once and ends when it has been quiet for two seconds", () => {
		let stance = stepAside(WORKING, busy, 1_000);
		expect(stance.aside).toMatchObject({ reason: "cpu", sinceMs: 1_000 });
		stance = stepAside(stance, undefined, 5_000);
		stance = stepAside(stance, undefined, 6_900);
		expect(stance.aside).toBeDefined();
		stance = stepAside(stance, undefined, 7_000);
		expect(stance.aside).toBeUndefined();
	});
	test("begins to wait anew with each beat of the owner", () => {
		let stance = stepAside(WORKING, busy, 0);
		stance = stepAside(stance, undefined, 1_000);
		stance = stepAside(stance, busy, 2_500);
		stance = stepAside(stance, undefined, 3_000);
		expect(stepAside(stance, undefined, 4_900).aside).toBeDefined();
		expect(stepAside(stance, undefined, 5_000).aside).toBeUndefined();
	});
	test("lasts longer each time that the owner comes back soon, up to a minute", () => {
		let stance = WORKING;
		let now = 0;
		const waits: number[] = [];
		for (let round = 0; round < 8; round++) {
			stance = stepAside(stance, busy, now);
			const quietAt = now + 100;
			for (now = quietAt; stance.aside; now += 100)
				stance = stepAside(stance, undefined, now);
			waits.push(now - 100 - quietAt);
			now += 5_000;
		}
		expect(waits).toEqual([
			2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
		]);
		stance = stepAside(stance, busy, now + 500_000);
		expect(stance.quietMs).toBe(2_000);
	});
});

describe("What the senses say", () => {
	const quiet: OwnerSigns = {
		cpu: "calm",
		cpuPercent: 0,
		temperature: null,
		onBattery: false,
		onMetered: false,
		idleMs: undefined,
		program: undefined,
		container: undefined,
		ioStallPercent: 0,
		ownersIoBytesPerSecond: 0,
	};
	test.each<
		[string, Partial<OwnerSigns>, Partial<OwnerRules>, string | undefined]
	>([
		["is nothing when all is quiet", {}, {}, undefined],
		["is the processor in a burst", { cpu: "burst" }, {}, "cpu"],
		[
			"is nothing while the processor is only near the limit",
			{ cpu: "between" },
			{},
			undefined,
		],
		["is the battery", { onBattery: true }, {}, "battery"],
		[
			"is nothing on a battery that may be used",
			{ onBattery: true },
			{ onBattery: true },
			undefined,
		],
		["is a network that costs", { onMetered: true }, {}, "metered"],
		["is heat", { temperature: 86 }, {}, "temperature"],
		[
			"is no heat without a limit",
			{ temperature: 99 },
			{ temperatureLimit: null },
			undefined,
		],
		[
			"is somebody at the keyboard",
			{ idleMs: 5_000 },
			{ whileInUse: false },
			"inUse",
		],
		[
			"is nobody when the keyboard rests",
			{ idleMs: 200_000 },
			{ whileInUse: false },
			undefined,
		],
		["is no one when that does not matter", { idleMs: 0 }, {}, undefined],
		["is a named program", { program: "ffmpeg" }, {}, "program"],
		["is a named container", { container: "films" }, {}, "container"],
		[
			"is the disk when the owner's programs wait for it",
			{ ioStallPercent: 60, ownersIoBytesPerSecond: 5e6 },
			{},
			"io",
		],
		[
			"is not the disk when only ours use it",
			{ ioStallPercent: 60 },
			{},
			undefined,
		],
	])("%s", (_sentence, signs, from, reason) => {
		expect(judgeOwner({ ...quiet, ...signs }, rules(from), false)?.reason).toBe(
			reason,
		);
	});
	test("takes more to come back than it took to leave", () => {
		expect(judgeOwner({ ...quiet, cpu: "between" }, RULES, true)?.reason).toBe(
			"cpu",
		);
		expect(judgeOwner({ ...quiet, temperature: 82 }, RULES, true)?.reason).toBe(
			"temperature",
		);
		expect(
			judgeOwner({ ...quiet, temperature: 79 }, RULES, true),
		).toBeUndefined();
	});
});

describe("Memory", () => {
	const GIB = 2 ** 30;
	const signs = {
		totalBytes: 8 * GIB,
		availableBytes: 4 * GIB,
		stallPercent: 0,
	};
	test("is enough above the owner's headroom", () => {
		expect(needMemory(signs, 10)).toBeUndefined();
	});
	test("is wanted back below it, some more than is missing", () => {
		const need = needMemory({ ...signs, availableBytes: 0.5 * GIB }, 10);
		expect(need?.reason).toBe("memory");
		expect(need?.bytes).toBeCloseTo(0.3 * GIB * 1.25);
	});
	test("is wanted back when programs wait for it, but not when a task waits within its own limit", () => {
		const waiting = { ...signs, stallPercent: 40 };
		expect(needMemory({ ...waiting, availableBytes: GIB }, 10)?.reason).toBe(
			"memoryPressure",
		);
		expect(needMemory(waiting, 10)).toBeUndefined();
	});
	test("comes from the biggest first, until it is enough", () => {
		const holders = [
			{ taskId: "small", bytes: 10 },
			{ taskId: "big", bytes: 100 },
			{ taskId: "middle", bytes: 50 },
		];
		expect(chooseGiveBack(holders, 5)).toEqual(["big"]);
		expect(chooseGiveBack(holders, 101)).toEqual(["big", "middle"]);
		expect(chooseGiveBack(holders, 1e9)).toEqual(["big", "middle", "small"]);
		expect(chooseGiveBack([], 5)).toEqual([]);
	});
});

describe("Patience", () => {
	const assignment = { maxFrozenSeconds: 60 } as never;
	test("ends when a task has stood still for as long as its batch allows", () => {
		const tasks = new Map([
			["one", { assignment, reported: false }],
			["done", { assignment, reported: true }],
			["new", { assignment, reported: false }],
		]);
		const waiting = new Map([
			["one", 1_000],
			["done", 0],
			["new", 50_000],
		]);
		expect(listOverdueFrozenTasks(tasks, waiting, 60_999)).toEqual([]);
		expect(listOverdueFrozenTasks(tasks, waiting, 61_000)).toEqual([
			["one", 60],
		]);
	});
});

describe("The owner's hours", () => {
	const nights: WeekHours[] = [
		{ days: [0, 1, 2, 3, 4], from: "22:00", until: "06:00" },
	];
	// A Monday, by the device's own clock.
	const at = (day: number, hour: number, minute = 0) =>
		new Date(2026, 2, 2 + day, hour, minute);

	test("are always on when there are none", () => {
		expect(isWithinHours([], at(3, 3))).toBe(true);
		expect(endOfHours([], at(3, 3))).toBeNull();
	});
	test("go on past midnight, and from Sunday into Monday", () => {
		expect(isWithinHours(nights, at(0, 21, 59))).toBe(false);
		expect(isWithinHours(nights, at(0, 22))).toBe(true);
		expect(isWithinHours(nights, at(5, 5, 59))).toBe(true);
		expect(isWithinHours(nights, at(5, 6))).toBe(false);
		const sunday: WeekHours[] = [{ days: [6], from: "20:00", until: "08:00" }];
		expect(isWithinHours(sunday, at(0, 7))).toBe(true);
		expect(endOfHours(sunday, at(6, 23))).toEqual(at(7, 8));
	});
	test("say when they end", () => {
		expect(endOfHours(nights, at(0, 23))).toEqual(at(1, 6));
		expect(endOfHours(nights, at(0, 12))).toBeNull();
		const always: WeekHours[] = [
			{ days: [0, 1, 2, 3, 4, 5, 6], from: "00:00", until: "24:00" },
		];
		expect(endOfHours(always, at(4, 4))).toBeNull();
	});
	const anyHours = fc.array(
		fc.record({
			days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
			from: fc.constantFrom("00:00", "06:30", "12:00", "22:00"),
			until: fc.constantFrom("05:00", "08:00", "18:15", "24:00"),
		}),
		{ minLength: 1, maxLength: 4 },
	);
	test("that meet are those of both, whenever one looks", () => {
		fc.assert(
			fc.property(
				anyHours,
				anyHours,
				fc.integer({ min: 0, max: 10_079 }),
				(a, b, minute) => {
					const both = meetHours(a, b);
					const time = new Date(2026, 2, 2, 0, minute);
					const never = both.length === 1 && both[0]?.until === "00:01";
					fc.pre(!never);
					expect(isWithinHours(both, time)).toBe(
						isWithinHours(a, time) && isWithinHours(b, time),
					);
				},
			),
		);
	});
	test("end at a moment that is outside of them", () => {
		fc.assert(
			fc.property(
				anyHours,
				fc.integer({ min: 0, max: 10_079 }),
				(hours, minute) => {
					const end = endOfHours(hours, new Date(2026, 2, 2, 0, minute));
					if (end) expect(isWithinHours(hours, end)).toBe(false);
				},
			),
		);
	});
});

describe("Rules of the portal and of the device", () => {
	const A = "11111111-1111-4111-8111-111111111111";
	const B = "22222222-2222-4222-8222-222222222222";
	test("are each time the stricter", () => {
		const merged = mergeRules(
			rules({
				cpuLimit: 40,
				projects: [A, B],
				programs: ["ffmpeg"],
				uploadKiBps: null,
			}),
			rules({
				cpuLimit: 20,
				projects: [B],
				programs: ["blender"],
				uploadKiBps: 100,
				onBattery: true,
			}),
		);
		expect(merged).toMatchObject({
			cpuLimit: 20,
			projects: [B],
			programs: ["ffmpeg", "blender"],
			uploadKiBps: 100,
			onBattery: false,
		});
	});
	test("are the portal's when nothing was said at the device", () => {
		const portal = rules({
			cpuLimit: 55,
			temperatureLimit: 70,
			hours: [{ days: [1], from: "01:00", until: "02:00" }],
		});
		expect(mergeRules(portal, LOOSEST_RULES)).toEqual(portal);
	});
	test("keep unwanted projects away", () => {
		expect(refuseProject(A, RULES)).toBeUndefined();
		expect(refuseProject(A, rules({ projects: [A] }))).toBeUndefined();
		expect(refuseProject(A, rules({ projects: [B] }))?.outcome).toBe(
			"returned",
		);
		expect(refuseProject(A, rules({ neverProjects: [A] }))?.errorCode).toBe(
			"ownerNeedsDevice",
		);
		expect(projectOf("no manifest")).toBeUndefined();
	});
});

describe("What the kernel says", () => {
	test("of waiting becomes a share of the time", () => {
		const before = parsePressure(
			"some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=10\n",
		);
		const after = parsePressure(
			"some avg10=9.00 avg60=0.00 avg300=0.00 total=251000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=10\n",
		);
		expect(after).toEqual({ some: 251_000, full: 10 });
		expect(stallPercent(before, after, 1_000)).toBe(25);
		expect(parsePressure(undefined)).toBeUndefined();
		expect(stallPercent(undefined, after, 1_000)).toBe(0);
	});
	test("of disks is summed over whole disks only", () => {
		const text = [
			"   8       0 sda 100 0 2048 10 50 0 4096 20 0 30 30 0 0 0 0 0 0",
			"   8       1 sda1 100 0 2048 10 50 0 4096 20 0 30 30 0 0 0 0 0 0",
			"   7       0 loop0 9 0 9999 0 0 0 9999 0 0 0 0 0 0 0 0 0 0",
			" 259       0 nvme0n1 1 0 2 0 1 0 4 0 0 0 0 0 0 0 0 0 0",
		].join("\n");
		expect(parseDiskStats(text)).toEqual({
			read: 2050 * 512,
			written: 4100 * 512,
		});
	});
	test("of our part of them is read in both versions of cgroups", () => {
		expect(
			parseCgroupBytes(
				"8:0 Read 100\n8:0 Write 200\n8:0 Total 300\nTotal 300\n",
			),
		).toEqual({ read: 100, written: 200 });
		expect(
			parseCgroupBytes(
				"8:0 rbytes=100 wbytes=200 rios=1 wios=1 dbytes=0 dios=0\n",
			),
		).toEqual({ read: 100, written: 200 });
	});
	test("of keyboards is counted without the rest", () => {
		const text =
			"           CPU0       CPU1\n  1:         10         20   IO-APIC   1-edge      i8042\n 24:        999          0   IO-APIC   5-edge      nvme0q0\n";
		expect(parseInputInterrupts(text)).toBe(30);
	});
	test("of power says whether the battery feeds the machine", () => {
		const supply = {
			type: "Battery",
			status: "Discharging",
			online: "",
			scope: "",
		};
		expect(isOnBattery([])).toBe(false);
		expect(isOnBattery([supply])).toBe(true);
		expect(isOnBattery([{ ...supply, scope: "Device" }])).toBe(false);
		expect(
			isOnBattery([
				{ ...supply, status: "Full" },
				{ type: "Mains", status: "", online: "1", scope: "" },
			]),
		).toBe(false);
	});
	test("of the network says what costs", () => {
		const table =
			"Iface\tDestination\tGateway\tFlags\tRefCnt\neth0\t00000000\t0101A8C0\t0003\t0\neth0\t0001A8C0\t00000000\t0001\t0\n";
		expect(parseDefaultRoutes(table)).toEqual(["eth0"]);
		const uplink = { name: "eth0", kind: "", driver: "e1000e", metered: 0 };
		expect(isMetered(uplink)).toBe(false);
		expect(isMetered({ ...uplink, metered: 1 })).toBe(true);
		expect(isMetered({ ...uplink, kind: "wwan" })).toBe(true);
		expect(isMetered({ ...uplink, driver: "ipheth", metered: 2 })).toBe(false);
		expect(
			parseProfile("[connection]\ninterface-name=eth0\nmetered=1\n", "eth0"),
		).toBe(1);
		expect(
			parseProfile("[connection]\ninterface-name=eth1\nmetered=1\n", "eth0"),
		).toBe(0);
	});
	test("of processes finds the owner's program by its name, its file or its script", () => {
		expect(
			isNamed(processNames("ffmpeg\n", "/usr/bin/ffmpeg\0-i\0x"), "ffmpeg"),
		).toBe(true);
		expect(
			isNamed(processNames("a-very-long-nam\n", ""), "a-very-long-name-indeed"),
		).toBe(true);
		expect(
			isNamed(
				processNames("python3\n", "/usr/bin/python3\0/opt/render.py"),
				"render.py",
			),
		).toBe(true);
		expect(isNamed(processNames("bash\n", "bash"), "ffmpeg")).toBe(false);
	});
});
