import fc from "fast-check";

/** What somebody who means harm, or a broken program, would put where a value is wanted. */
export const hostileText = fc.oneof(
	fc.constantFrom(
		"",
		" ",
		"\u0000",
		"a\u0000b",
		"\ud800",
		"\udfff\ud800",
		'\'; DROP TABLE "User"; --',
		"$1",
		"%s%n%x",
		"../../../etc/passwd",
		"..\\..\\windows",
		"/etc/shadow",
		"file:///etc/passwd",
		"javascript:alert(1)",
		"<script>alert(1)</script>",
		"{{7*7}}",
		"__proto__",
		"constructor",
		"NaN",
		"-0",
		"1e999",
		"9".repeat(400),
		"00000000-0000-0000-0000-000000000000",
		"01a1fc00-020b-7486-b99e-bed4645cb301",
		"\u202e\u0301".repeat(50),
		"2026-13-45T99:99:99Z",
		"0".repeat(64),
		`sha256:${"f".repeat(64)}`,
	),
	fc.string({ maxLength: 40 }),
	fc.string({ unit: "binary", maxLength: 40 }),
	fc.uuid(),
	fc.constant("x".repeat(100_000)),
);

export const hostileNumber = fc.oneof(
	fc.constantFrom(
		0,
		-0,
		-1,
		1.5,
		2 ** 31,
		2 ** 53,
		-(2 ** 63),
		1e308,
		5e-324,
		Number.NaN,
		Infinity,
		-Infinity,
	),
	fc.double(),
	fc.integer(),
);

const hostileLeaf = fc.oneof(
	hostileText,
	hostileNumber,
	fc.boolean(),
	fc.constantFrom(null, undefined, [], {}),
);

/** Any value at all, some of them large or deep. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
	{ weight: 6, arbitrary: hostileLeaf },
	{ weight: 2, arbitrary: fc.array(hostileLeaf, { maxLength: 5 }) },
	{
		weight: 2,
		arbitrary: fc.dictionary(
			fc.oneof(
				fc.constantFrom("kind", "id", "__proto__", "toString"),
				fc.string({ maxLength: 8 }),
			),
			hostileLeaf,
			{ maxKeys: 5 },
		),
	},
	{
		weight: 1,
		arbitrary: fc.constant(Array.from({ length: 20_000 }, () => 1)),
	},
	{ weight: 1, arbitrary: fc.constant(nest(2_000)) },
);

function nest(depth: number): unknown {
	let value: unknown = 1;
	for (let i = 0; i < depth; i++) value = [value];
	return value;
}

/** An input with the right names and hostile values: what gets past the first check. */
export const hostileInput = (names: readonly string[]): fc.Arbitrary<unknown> =>
	fc.oneof(
		{ weight: 1, arbitrary: hostileValue },
		{
			weight: 5,
			arbitrary: fc.record(
				Object.fromEntries(names.map((name) => [name, hostileValue])),
				{ requiredKeys: [] },
			),
		},
	);
