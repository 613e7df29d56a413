import { afterEach, describe, expect, test } from "vitest";
import { ensureFirstAdminCode } from "../../../server/accounts/first-admin-code.ts";
import { callAs } from "../../support/api-caller.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);

afterEach(async () => {
	await services().db.firstAdminCode.deleteMany();
	await services().db.user.deleteMany();
});

async function printedCode(): Promise<string> {
	const address = await ensureFirstAdminCode(services());
	return new URL(address ?? "").searchParams.get("code") ?? "";
}

const make = (code: string, email = "root@example.org") =>
	callAs(services(), null).account.createFirstAdmin({
		code,
		email,
		name: "Root",
		password: "correct horse battery",
	});

const gone = expect.objectContaining({
	cause: expect.objectContaining({ code: "gone" }),
});

describe("the first super admin", () => {
	test("is made with the address that the server prints, after which it prints none", async () => {
		const code = await printedCode();
		const { id } = await make(code);
		const user = await services().db.user.findUniqueOrThrow({ where: { id } });
		expect(user.accessLevel).toBe(0);
		expect(await ensureFirstAdminCode(services())).toBeUndefined();
	});

	test("is made once, however many hold the code at the same moment", async () => {
		const code = await printedCode();
		const tries = await Promise.allSettled(
			Array.from({ length: 8 }, (_, n) => make(code, `root${n}@example.org`)),
		);
		expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(
			1,
		);
		for (const refused of tries)
			if (refused.status === "rejected") expect(refused.reason).toEqual(gone);
		expect(await services().db.user.count()).toBe(1);
	});

	test("needs the newest code: a restart replaces the one before", async () => {
		const old = await printedCode();
		const fresh = await printedCode();
		const { account } = callAs(services(), null);
		expect(await account.isSetupCode({ code: old })).toEqual({ usable: false });
		expect(await account.isSetupCode({ code: fresh })).toEqual({
			usable: true,
		});
		await expect(make(old)).rejects.toEqual(gone);
		await expect(make(fresh)).resolves.toBeDefined();
	});

	test("a code that was used does not work again, even when the account is gone", async () => {
		const code = await printedCode();
		await make(code);
		await services().db.user.deleteMany();
		await expect(make(code)).rejects.toEqual(gone);
	});

	test("an address that has an account leaves the code usable", async () => {
		const code = await printedCode();
		await callAs(services(), null).account.signUp({
			email: "taken@example.org",
			name: "Taken",
			password: "correct horse battery",
		});
		await expect(make(code, "taken@example.org")).rejects.toThrow(
			/account with this e-mail/,
		);
		await expect(make(code)).resolves.toBeDefined();
	});

	test("is not made with a guess", async () => {
		await printedCode();
		for (const guess of ["", "x", "../../", "x".repeat(200)])
			await expect(make(guess)).rejects.toEqual(gone);
		expect(await services().db.user.count()).toBe(0);
	});
});
