import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import { setAccessLevel } from "../../../server/accounts/profile/manage-users.ts";
import { createAuthenticator } from "../../../server/accounts/sign-in/authenticate-request.ts";
import { callAs } from "../../support/api-caller.ts";
import { aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);

const levels = Object.values(ACCESS_LEVEL);
const anAccount = (accessLevel: number) =>
	aUser(services().db, { accessLevel, name: `level ${accessLevel}` });
const levelOf = async (id: string) =>
	(await services().db.user.findUniqueOrThrow({ where: { id } })).accessLevel;

const code = (expected: string) =>
	expect.objectContaining({
		cause: expect.objectContaining({ code: expected }),
	});

describe("rights over other accounts", () => {
	test("in every combination, an account is only changed by a higher one, and only to below that", async () => {
		for (const actorLevel of levels)
			for (const from of levels)
				for (const to of levels) {
					const actor = await anAccount(actorLevel);
					const target = await anAccount(from);
					await callAs(services(), actor)
						.users.setAccessLevel({ userId: target.id, accessLevel: to })
						.catch(() => undefined);
					const allowed =
						actorLevel <= ACCESS_LEVEL.admin &&
						actorLevel < from &&
						actorLevel < to;
					expect(
						await levelOf(target.id),
						`${actorLevel} makes ${from} ${to}`,
					).toBe(allowed ? to : from);
				}
	});

	test("nobody raises themselves", async () => {
		for (const level of levels) {
			const me = await anAccount(level);
			await expect(
				callAs(services(), me).users.setAccessLevel({
					userId: me.id,
					accessLevel: ACCESS_LEVEL.superAdmin,
				}),
			).rejects.toEqual(code("notAllowed"));
			expect(await levelOf(me.id)).toBe(level);
		}
	});

	test("what counts is the level that the actor has now, not the one at the start of the request", async () => {
		const actor = await anAccount(ACCESS_LEVEL.admin);
		const target = await anAccount(ACCESS_LEVEL.owner);
		await services().db.user.update({
			where: { id: actor.id },
			data: { accessLevel: ACCESS_LEVEL.owner },
		});
		// `actor` still says admin, as a request under way would.
		await expect(
			callAs(services(), actor).users.setAccessLevel({
				userId: target.id,
				accessLevel: ACCESS_LEVEL.researcher,
			}),
		).rejects.toEqual(code("notAllowed"));
	});

	test("a suspended admin changes nobody", async () => {
		const actor = await anAccount(ACCESS_LEVEL.admin);
		const target = await anAccount(ACCESS_LEVEL.owner);
		const boss = await anAccount(ACCESS_LEVEL.superAdmin);
		await callAs(services(), boss).users.suspend({
			userId: actor.id,
			reason: "Left the project.",
		});
		await expect(
			callAs(services(), actor).users.suspend({
				userId: target.id,
				reason: "Revenge.",
			}),
		).rejects.toEqual(code("notAllowed"));
	});

	test("when admins change each other at once, nobody waits for ever and the log tells every change in order", async () => {
		const boss = await anAccount(ACCESS_LEVEL.superAdmin);
		const [a, b] = [
			await anAccount(ACCESS_LEVEL.admin),
			await anAccount(ACCESS_LEVEL.admin),
		];
		await Promise.all(
			Array.from({ length: 10 }, (_, n) => [
				setAccessLevel(services(), boss.id, a.id, n % 2 ? 20 : 30),
				setAccessLevel(services(), boss.id, b.id, n % 2 ? 30 : 20),
				setAccessLevel(services(), a.id, b.id, 30).catch(() => undefined),
				setAccessLevel(services(), b.id, a.id, 30).catch(() => undefined),
			]).flat(),
		);
		const log = await services().db.auditEntry.findMany({
			where: { subjectId: a.id },
			orderBy: { id: "asc" },
		});
		const changes = log.map((e) => e.details as { from: number; to: number });
		for (const [index, change] of changes.entries())
			expect(change.from).toBe(changes[index - 1]?.to ?? ACCESS_LEVEL.admin);
		expect(await levelOf(a.id)).toBe(changes.at(-1)?.to);
	});

	test("every change is in the audit log with who did it", async () => {
		const boss = await anAccount(ACCESS_LEVEL.superAdmin);
		const target = await anAccount(ACCESS_LEVEL.owner);
		const asBoss = callAs(services(), boss);
		await asBoss.users.setAccessLevel({ userId: target.id, accessLevel: 10 });
		await asBoss.users.suspend({ userId: target.id, reason: "Spam." });
		await asBoss.users.unsuspend({ userId: target.id });
		const log = await services().db.auditEntry.findMany({
			where: { subjectId: target.id },
			orderBy: { id: "asc" },
		});
		expect(log).toMatchObject([
			{ action: "accessLevelChanged", details: { from: 30, to: 10 } },
			{ action: "userSuspended", details: { reason: "Spam." } },
			{ action: "userUnsuspended" },
		]);
		expect(log.every(({ actorId }) => actorId === boss.id)).toBe(true);
	});

	test("owners and researchers see nobody's account or history", async () => {
		const target = await anAccount(ACCESS_LEVEL.owner);
		for (const level of [ACCESS_LEVEL.owner, ACCESS_LEVEL.researcher]) {
			const { users } = callAs(services(), await anAccount(level));
			const userId = target.id;
			for (const call of [
				users.list({}),
				users.get({ userId }),
				users.signIns({ userId }),
				users.suspend({ userId, reason: "x" }),
				users.unsuspend({ userId }),
			])
				await expect(call).rejects.toEqual(code("notAllowed"));
		}
	});

	test("people are found by part of their name or address, and % stands for itself", async () => {
		const admin = await anAccount(ACCESS_LEVEL.admin);
		const found = await aUser(services().db, { name: "Grace 100% Hopper" });
		const { users } = callAs(services(), admin);
		const names = async (search: string) =>
			(await users.list({ search })).items.map(({ id }) => id);
		expect(await names("grace")).toEqual([found.id]);
		expect(await names(found.email.toUpperCase())).toEqual([found.id]);
		expect(await names("100%")).toEqual([found.id]);
		expect(await names("%")).toEqual([found.id]);
		expect(await names("_")).toEqual([]);
	});

	test("the list is paged without loss or repetition", async () => {
		const admin = await anAccount(ACCESS_LEVEL.admin);
		const { users } = callAs(services(), admin);
		const seen: string[] = [];
		let cursor: string | undefined;
		do {
			const page = await users.list({ limit: 7, ...(cursor && { cursor }) });
			seen.push(...page.items.map(({ id }) => id));
			cursor = page.nextCursor;
		} while (cursor);
		expect(seen).toHaveLength(await services().db.user.count());
		expect(new Set(seen).size).toBe(seen.length);
	});
});

describe("asking to become a researcher", () => {
	const plan = "Class numbers of quadratic fields, many of them.";
	const ask = (user: Awaited<ReturnType<typeof anAccount>>) =>
		callAs(services(), user).researcherRequests.ask({
			affiliation: "none",
			plan,
		});

	test("an admin approves, and the person is a researcher from then on", async () => {
		const owner = await anAccount(ACCESS_LEVEL.owner);
		const admin = await anAccount(ACCESS_LEVEL.admin);
		const { id } = await ask(owner);
		await callAs(services(), admin).researcherRequests.approve({
			requestId: id,
		});
		expect(await levelOf(owner.id)).toBe(ACCESS_LEVEL.researcher);
		await expect(ask(owner)).rejects.toEqual(code("conflict"));
	});

	test("an admin declines, and the person reads why and may ask again", async () => {
		const owner = await anAccount(ACCESS_LEVEL.owner);
		const admin = await anAccount(ACCESS_LEVEL.admin);
		const { id } = await ask(owner);
		await callAs(services(), admin).researcherRequests.decline({
			requestId: id,
			reason: "Say more about the memory.",
		});
		const { items } = await callAs(services(), owner).researcherRequests.mine(
			{},
		);
		expect(items).toMatchObject([
			{ state: "declined", reason: "Say more about the memory." },
		]);
		expect(await levelOf(owner.id)).toBe(ACCESS_LEVEL.owner);
		await expect(ask(owner)).resolves.toBeDefined();
	});

	test("of ten requests at once one waits", async () => {
		const owner = await anAccount(ACCESS_LEVEL.owner);
		const asked = await Promise.allSettled(
			Array.from({ length: 10 }, () => ask(owner)),
		);
		expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(
			1,
		);
	});

	test("approved, declined and withdrawn at the same moment, it is decided once", async () => {
		const owner = await anAccount(ACCESS_LEVEL.owner);
		const admins = await Promise.all(
			Array.from({ length: 3 }, () => anAccount(ACCESS_LEVEL.admin)),
		);
		const { id: requestId } = await ask(owner);
		const decided = await Promise.allSettled([
			...admins.flatMap((admin) => {
				const { researcherRequests } = callAs(services(), admin);
				return [
					researcherRequests.approve({ requestId }),
					researcherRequests.decline({ requestId, reason: "No." }),
				];
			}),
			callAs(services(), owner).researcherRequests.withdraw({ requestId }),
		]);
		expect(decided.filter(({ status }) => status === "fulfilled")).toHaveLength(
			1,
		);
		const request = await services().db.researcherRequest.findUniqueOrThrow({
			where: { id: requestId },
		});
		expect(await levelOf(owner.id)).toBe(
			request.state === "approved"
				? ACCESS_LEVEL.researcher
				: ACCESS_LEVEL.owner,
		);
	});

	test("nobody withdraws, approves or sees the request of another", async () => {
		const owner = await anAccount(ACCESS_LEVEL.owner);
		const other = await anAccount(ACCESS_LEVEL.researcher);
		const { id: requestId } = await ask(owner);
		const { researcherRequests } = callAs(services(), other);
		await expect(researcherRequests.withdraw({ requestId })).rejects.toEqual(
			code("conflict"),
		);
		await expect(researcherRequests.approve({ requestId })).rejects.toEqual(
			code("notAllowed"),
		);
		await expect(researcherRequests.list({})).rejects.toEqual(
			code("notAllowed"),
		);
		expect((await researcherRequests.mine({})).items).toEqual([]);
	});
});

describe("API tokens", () => {
	const authenticate = (headers: Record<string, string>) =>
		createAuthenticator(services())({
			headers,
		} as Parameters<ReturnType<typeof createAuthenticator>>[0]);
	const bearer = (secret: string) =>
		authenticate({ authorization: `Bearer ${secret}` });
	const aToken = async (
		level: number,
		scopes: ("read" | "devices" | "work" | "account")[],
		expiresInDays: number | null = null,
	) => {
		const user = await anAccount(level);
		const token = await callAs(services(), user).account.createToken({
			name: "a script",
			scopes,
			expiresInDays,
		});
		return { user, token };
	};

	test("name their person and carry their scopes; only the hash is kept", async () => {
		const { user, token } = await aToken(20, ["read", "work"]);
		expect(await bearer(token.secret)).toMatchObject({
			user: { id: user.id },
			token: { id: token.id, scopes: ["read", "work"] },
			sessionId: null,
		});
		const kept = await services().db.apiToken.findUniqueOrThrow({
			where: { id: token.id },
		});
		expect(JSON.stringify(kept)).not.toContain(token.secret.slice(5, -4));
	});

	test("cannot be given more than their person has", async () => {
		const owner = await anAccount(ACCESS_LEVEL.owner);
		await expect(
			callAs(services(), owner).account.createToken({
				name: "more",
				scopes: ["read", "moderation"],
				expiresInDays: null,
			}),
		).rejects.toEqual(code("notAllowed"));
		expect(
			await services().db.apiToken.count({ where: { userId: owner.id } }),
		).toBe(0);
	});

	test("lose the scopes that their person loses", async () => {
		const { user, token } = await aToken(20, ["read", "work"]);
		await services().db.user.update({
			where: { id: user.id },
			data: { accessLevel: 30 },
		});
		expect((await bearer(token.secret)).token?.scopes).toEqual(["read"]);
	});

	test("stop at once when they are revoked, when they expire, and while their person is suspended", async () => {
		const { user, token } = await aToken(30, ["read"], 1);
		await services().db.user.update({
			where: { id: user.id },
			data: { suspendedAt: new Date() },
		});
		expect((await bearer(token.secret)).user).toBeNull();
		await services().db.user.update({
			where: { id: user.id },
			data: { suspendedAt: null },
		});
		expect((await bearer(token.secret)).user).not.toBeNull();
		services().clock.advance(24 * 60 * 60_000);
		expect((await bearer(token.secret)).user).toBeNull();

		const revoked = await aToken(30, ["read"]);
		await callAs(services(), revoked.user).account.revokeToken({
			tokenId: revoked.token.id,
		});
		expect((await bearer(revoked.token.secret)).user).toBeNull();
	});

	test("are revoked by their own person only", async () => {
		const { token } = await aToken(30, ["read"]);
		const other = await anAccount(ACCESS_LEVEL.superAdmin);
		await expect(
			callAs(services(), other).account.revokeToken({ tokenId: token.id }),
		).rejects.toEqual(code("notFound"));
		expect((await bearer(token.secret)).user).not.toBeNull();
	});

	test("open only what their scopes say, and never make other tokens or passwords", async () => {
		const { user, token } = await aToken(30, ["read", "account"]);
		const who = await bearer(token.secret);
		const limited = callAs(services(), user, {
			token: who.token && { ...who.token, scopes: ["read"] },
		});
		await expect(limited.account.sessions({})).resolves.toBeDefined();
		await expect(
			limited.account.updateProfile({ name: "Mallory" }),
		).rejects.toEqual(code("notAllowed"));
		const full = callAs(services(), user, { token: who.token });
		await expect(
			full.account.createToken({
				name: "child",
				scopes: ["read"],
				expiresInDays: null,
			}),
		).rejects.toEqual(code("notAllowed"));
		await expect(
			full.account.changePassword({ newPassword: "another good password" }),
		).rejects.toEqual(code("notAllowed"));
	});

	test("the time of use is written at most once a minute", async () => {
		const { token } = await aToken(30, ["read"]);
		const usedAt = async () =>
			(
				await services().db.apiToken.findUniqueOrThrow({
					where: { id: token.id },
				})
			).lastUsedAt;
		await bearer(token.secret);
		const first = await usedAt();
		services().clock.advance(59_000);
		await bearer(token.secret);
		expect(await usedAt()).toEqual(first);
		services().clock.advance(2_000);
		await bearer(token.secret);
		expect(await usedAt()).toEqual(services().clock.now());
	});

	test("any other Authorization header makes its sender nobody", async () => {
		await fc.assert(
			fc.asyncProperty(fc.string(), async (text) => {
				for (const authorization of [
					text,
					`Bearer ${text}`,
					`Bearer lull_${text}`,
				])
					expect(await authenticate({ authorization })).toEqual({
						user: null,
						token: null,
						sessionId: null,
					});
			}),
			{ numRuns: 50 },
		);
	});
});

test("a stranger learns nothing and changes nothing", async () => {
	const { account, users, researcherRequests } = callAs(services(), null);
	const id = "01975f0e-7d3a-7c1e-8a45-2a4d5a3a9f10";
	for (const call of [
		account.sessions({}),
		account.signIns({}),
		account.tokens({}),
		account.export({}),
		account.updateProfile({ name: "x" }),
		account.revokeSession({ sessionId: id }),
		account.createToken({ name: "x", scopes: ["read"], expiresInDays: null }),
		users.list({}),
		users.setAccessLevel({ userId: id, accessLevel: 0 }),
		researcherRequests.ask({ affiliation: "x", plan: "x".repeat(30) }),
		researcherRequests.approve({ requestId: id }),
	])
		await expect(call).rejects.toEqual(code("notSignedIn"));
	expect(await account.me({})).toEqual({ user: null });
});
