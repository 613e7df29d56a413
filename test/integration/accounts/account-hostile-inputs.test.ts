import { TRPCError } from "@trpc/server";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import { appRouter } from "../../../server/api/app-router.ts";
import { errorCodeOf } from "../../../server/api/trpc.ts";
import { callAs } from "../../support/api-caller.ts";
import { aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);

const procedures = Object.keys(appRouter._def.procedures).filter((path) =>
	/^(account|users|researcherRequests)\./.test(path),
);

const nastyText = fc.oneof(
	fc.constantFrom(
		"\u0000",
		"a\u0000@example.org",
		"\ud800",
		'\'; DROP TABLE "User"; --',
		"../../etc/passwd",
		"<img src=x onerror=alert(1)>",
		"x".repeat(100_000),
		"01975f0e-7d3a-7c1e-8a45-2a4d5a3a9f10",
		"__proto__",
		"999999999999999999999",
		"-1",
		"%",
		"",
	),
	fc.string({ unit: "binary" }),
);
const nastyValue = fc.oneof(
	nastyText,
	fc.constantFrom(null, undefined, NaN, Infinity, -0, 2 ** 53, -1, 1e308),
	fc.integer(),
	fc.boolean(),
	fc.array(nastyText, { maxLength: 20 }),
	fc.anything({ maxDepth: 2 }),
);
/** The fields that the procedures know, with anything in them, so that one nasty field meets others that are fine. */
const nastyInput = fc.oneof(
	{ weight: 1, arbitrary: fc.anything({ maxDepth: 2 }) },
	{
		weight: 5,
		arbitrary: fc.record(
			{
				email: fc.oneof(fc.constant("fuzz@example.org"), nastyValue),
				password: fc.oneof(fc.constant("a fine password"), nastyValue),
				newPassword: nastyValue,
				currentPassword: nastyValue,
				name: fc.oneof(fc.constant("Fuzz"), nastyValue),
				code: nastyValue,
				scopes: fc.oneof(fc.constant(["read"]), nastyValue),
				expiresInDays: nastyValue,
				country: nastyValue,
				search: nastyValue,
				cursor: nastyValue,
				limit: nastyValue,
				state: nastyValue,
				level: nastyValue,
				userId: nastyValue,
				sessionId: nastyValue,
				tokenId: nastyValue,
				requestId: nastyValue,
				provider: nastyValue,
				accessLevel: fc.oneof(fc.constantFrom(0, 10, 20, 30), nastyValue),
				reason: fc.oneof(fc.constant("Because."), nastyValue),
				affiliation: fc.oneof(fc.constant("none"), nastyValue),
				plan: fc.oneof(fc.constant("x".repeat(30)), nastyValue),
			},
			{ requiredKeys: [] },
		),
	},
);

describe("whatever is thrown at the procedures of accounts", () => {
	test("the answer is an error that its sender can mend, and nobody has gained rights", async () => {
		const { db } = services();
		const bystander = await aUser(db, { accessLevel: ACCESS_LEVEL.admin });
		const people = [
			null,
			await aUser(db, { accessLevel: ACCESS_LEVEL.owner }),
			await aUser(db, { accessLevel: ACCESS_LEVEL.admin }),
		];
		const callers = people.map((person) => callAs(services(), person));
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...procedures),
				fc.nat(people.length - 1),
				nastyInput,
				async (path, who, input) => {
					// A procedure is found by its name, so the caller's type cannot be known here.
					let call: unknown = callers[who];
					for (const part of path.split("."))
						call = (call as Record<string, unknown>)[part];
					try {
						await (call as (input: unknown) => Promise<unknown>)(input);
					} catch (error) {
						expect(error).toBeInstanceOf(TRPCError);
						expect(
							errorCodeOf(error as TRPCError),
							(error as Error).stack,
						).not.toBe("internal");
					}
				},
			),
			{ numRuns: 3000 },
		);
		const levels = await db.user.groupBy({
			by: ["accessLevel"],
			_count: true,
			orderBy: { accessLevel: "asc" },
		});
		expect(levels.map(({ accessLevel }) => accessLevel)).toEqual([10, 30]);
		expect(levels[0]?._count).toBe(2);
		expect(
			await db.user.findUniqueOrThrow({ where: { id: bystander.id } }),
		).toEqual(bystander);
	}, 60_000);
});
