import { describe, expect, test } from "vitest";
import {
	hasBegun,
	showStretch,
	tomorrowMorning,
	tonight,
} from "../../../app/devices/[deviceId]/need-presets.ts";

const at = (day: number, hour: number, minute = 0) =>
	new Date(2026, 10, day, hour, minute);

describe("When an owner needs the device", () => {
	test("tonight is from 18 h until midnight", () => {
		expect(tonight(at(20, 9))).toEqual({ from: at(20, 18), until: at(21, 0) });
	});

	test("tonight begins now when the evening has come", () => {
		expect(tonight(at(20, 21, 30))).toEqual({
			from: at(20, 21, 30),
			until: at(21, 0),
		});
	});

	test("tomorrow morning is of the next day, also at the end of a month", () => {
		expect(tomorrowMorning(at(30, 23))).toEqual({
			from: new Date(2026, 11, 1, 6),
			until: new Date(2026, 11, 1, 12),
		});
	});

	test("is shown shortly, and midnight as the end of its day", () => {
		expect(showStretch({ from: at(20, 18), until: at(21, 0) })).toBe(
			"Fri, Nov 20, 18:00 to 24:00",
		);
		expect(showStretch({ from: at(20, 18), until: at(20, 19, 5) })).toBe(
			"Fri, Nov 20, 18:00 to 19:05",
		);
		expect(showStretch({ from: at(20, 18), until: at(21, 7, 30) })).toBe(
			"Fri, Nov 20, 18:00 to Sat, Nov 21, 07:30",
		);
	});

	test("is now once it has begun", () => {
		expect(hasBegun({ from: at(20, 18) }, at(20, 18))).toBe(true);
		expect(hasBegun({ from: at(20, 18) }, at(20, 17))).toBe(false);
	});
});
