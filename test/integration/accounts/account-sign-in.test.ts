import { describe, expect, test } from "vitest";
import { deleteEndedAttempts } from "../../../server/accounts/attempt-limit.ts";
import { hashPassword } from "../../../server/accounts/password-hash.ts";
import { createSession } from "../../../server/accounts/sessions/session-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const MINUTE_MS = 60_000;
const password = "correct horse battery";

const stranger = (address = "192.0.2.1") =>
	callAs(services(), null, { address });

/** Someone with a password, and a way to try it. */
async function aPerson(fields: Parameters<typeof aUser>[1] = {}) {
	const user = await aUser(services().db, {
		passwordHash: await hashPassword(password),
		...fields,
	});
	const tryPassword = (tried: string, address?: string) =>
		stranger(address).account.signInToken({
			email: user.email,
			password: tried,
		});
	return { user, tryPassword };
}

const code = (expected: string) =>
	expect.objectContaining({
		cause: expect.objectContaining({ code: expected }),
	});

describe("signing up", () => {
	test("makes an owner, whose password is kept as argon2id only", async () => {
		const { id } = await stranger().account.signUp({
			email: "New@Example.org",
			name: "New Person",
			password,
		});
		const user = await services().db.user.findUniqueOrThrow({ where: { id } });
		expect(user).toMatchObject({ email: "new@example.org", accessLevel: 30 });
		expect(user.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
	});

	test("an e-mail address has one account, also when twenty ask for it at once", async () => {
		const email = "twins@example.org";
		const tries = await Promise.allSettled(
			Array.from({ length: 20 }, (_, n) =>
				stranger(`192.0.2.${n}`).account.signUp({
					email: n % 2 ? email : email.toUpperCase(),
					name: `Twin ${n}`,
					password,
				}),
			),
		);
		expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(
			1,
		);
		for (const failed of tries)
			if (failed.status === "rejected")
				expect(failed.reason).toEqual(code("conflict"));
		expect(await services().db.user.count({ where: { email } })).toBe(1);
	});

	test("one address cannot make accounts without end", async () => {
		const address = "198.51.100.77";
		let refused: unknown;
		for (let n = 0; n <= 60 && !refused; n++)
			await stranger(address)
				.account.signUp({ email: "taken@example.org", name: "x", password })
				.catch((error) => {
					if (error.cause?.code === "tooMany") refused = error;
				});
		expect(refused).toEqual(code("tooMany"));
	});
});

describe("signing in by password", () => {
	test("gives a token that names its person, and a line in the history", async () => {
		const { user, tryPassword } = await aPerson();
		const { token } = await tryPassword(password);
		expect(token.secret).toMatch(/^lull_[\w-]{43}$/);
		expect(token.scopes).toEqual(["read", "devices"]);
		const history = await callAs(services(), user).account.signIns({});
		expect(history.items).toMatchObject([
			{
				method: "token",
				succeeded: true,
				address: "192.0.2.1",
				browser: "a test",
			},
		]);
	});

	test("a wrong password and an unknown address are answered alike", async () => {
		const { tryPassword } = await aPerson();
		const wrong = await tryPassword("not the password").catch((e) => e);
		const unknown = await stranger()
			.account.signInToken({ email: "nobody@example.org", password })
			.catch((e) => e);
		expect(wrong).toEqual(code("notSignedIn"));
		expect(unknown.message).toBe(wrong.message);
	});

	test("a refused try is in the history too", async () => {
		const { user, tryPassword } = await aPerson();
		await tryPassword("not the password").catch(() => undefined);
		const { items } = await callAs(services(), user).account.signIns({});
		expect(items).toMatchObject([{ succeeded: false }]);
	});

	test("an account that only knows a provider has no password that fits", async () => {
		const { tryPassword } = await aPerson({ passwordHash: null });
		await expect(tryPassword("")).rejects.toThrow();
		await expect(tryPassword("the password of nobody")).rejects.toEqual(
			code("notSignedIn"),
		);
	});

	test("a suspended account is told so only by whoever knows its password", async () => {
		const { tryPassword } = await aPerson({ suspendedAt: new Date() });
		await expect(tryPassword("not the password")).rejects.toEqual(
			code("notSignedIn"),
		);
		await expect(tryPassword(password)).rejects.toEqual(code("notAllowed"));
	});
});

describe("guessing", () => {
	test("is over after ten tries from one place, even for the right password, until the window ends", async () => {
		const { tryPassword } = await aPerson();
		for (let n = 0; n < 10; n++)
			await expect(tryPassword(`guess ${n}`)).rejects.toEqual(
				code("notSignedIn"),
			);
		await expect(tryPassword(password)).rejects.toEqual(code("tooMany"));
		services().clock.advance(15 * MINUTE_MS - 1);
		await expect(tryPassword(password)).rejects.toEqual(code("tooMany"));
		services().clock.advance(1);
		await expect(tryPassword(password)).resolves.toMatchObject({
			token: { lastFour: expect.any(String) },
		});
	});

	test("a hundred guesses at the same moment count as a hundred", async () => {
		const { tryPassword } = await aPerson();
		const guesses = await Promise.allSettled(
			Array.from({ length: 100 }, (_, n) =>
				tryPassword(`guess ${n}`, "203.0.113.5"),
			),
		);
		const answered = guesses.filter(
			(guess) =>
				guess.status === "rejected" &&
				guess.reason.cause?.code === "notSignedIn",
		);
		expect(answered.length).toBeLessThanOrEqual(10);
	});

	test("somebody else's guesses do not lock out the person at another place", async () => {
		const { tryPassword } = await aPerson();
		for (let n = 0; n < 12; n++)
			await tryPassword(`guess ${n}`, "203.0.113.6").catch(() => undefined);
		await expect(tryPassword(password, "203.0.113.7")).resolves.toBeDefined();
	});

	test("one place that tries many people is stopped", async () => {
		const address = "203.0.113.8";
		const codes = [];
		for (let n = 0; n < 61; n++)
			codes.push(
				await stranger(address)
					.account.signInToken({ email: `person${n}@example.org`, password })
					.catch((error) => error.cause.code),
			);
		expect(codes.slice(0, 60)).toEqual(Array(60).fill("notSignedIn"));
		expect(codes[60]).toBe("tooMany");
	});

	test("signing in properly is not counted", async () => {
		const { tryPassword } = await aPerson();
		for (let n = 0; n < 15; n++)
			await expect(tryPassword(password)).resolves.toBeDefined();
	});

	test("windows that are over leave nothing behind", async () => {
		const { db, clock } = services();
		clock.advance(24 * 60 * MINUTE_MS);
		await deleteEndedAttempts(db, clock.now());
		expect(await db.attemptCount.count()).toBe(0);
	});
});

describe("changing the password", () => {
	test("needs the current one, and signs out every other browser", async () => {
		const { db, clock } = services();
		const { user, tryPassword } = await aPerson();
		const origin = { address: "192.0.2.1", browser: "a test" };
		const [here, there] = [
			await createSession(db, user.id, origin, clock.now()),
			await createSession(db, user.id, origin, clock.now()),
		];
		const me = callAs(services(), user, { sessionId: here });
		const change = (currentPassword?: string) =>
			me.account.changePassword({
				newPassword: "another good password",
				...(currentPassword && { currentPassword }),
			});
		await expect(change("not the password")).rejects.toEqual(
			code("notAllowed"),
		);
		await expect(change()).rejects.toEqual(code("notAllowed"));
		expect(await change(password)).toEqual({ endedSessions: 1 });
		const { items } = await me.account.sessions({});
		expect(items.map(({ id }) => id)).toEqual([here]);
		expect(items.map(({ id }) => id)).not.toContain(there);
		await expect(tryPassword(password)).rejects.toEqual(code("notSignedIn"));
		await expect(tryPassword("another good password")).resolves.toBeDefined();
	});

	test("the current one cannot be guessed without end", async () => {
		const { user } = await aPerson();
		const codes = [];
		for (let n = 0; n < 11; n++)
			codes.push(
				await callAs(services(), user)
					.account.changePassword({
						currentPassword: `guess ${n}`,
						newPassword: "another good password",
					})
					.catch((error) => error.cause.code),
			);
		expect(codes.at(-1)).toBe("tooMany");
	});

	test("an account without one may set its first", async () => {
		const { user, tryPassword } = await aPerson({ passwordHash: null });
		await callAs(services(), user).account.changePassword({
			newPassword: password,
		});
		await expect(tryPassword(password)).resolves.toBeDefined();
	});
});
