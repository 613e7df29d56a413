import { beforeAll, describe, expect, test } from "vitest";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";

const database = testDatabase();
const server = testServer(database);
const person = { email: "ada@example.org", password: "correct horse battery" };

/** A browser as far as accounts care: it keeps cookies and says where its requests come from. */
function aBrowser() {
	const cookies = new Map<string, string>();
	const send = async (path: string, init: RequestInit = {}) => {
		const answer = await fetch(`${server().url}${path}`, {
			redirect: "manual",
			...init,
			headers: {
				"sec-fetch-site": "same-origin",
				cookie: [...cookies]
					.map(([name, value]) => `${name}=${value}`)
					.join("; "),
				...init.headers,
			},
		});
		for (const line of answer.headers.getSetCookie()) {
			const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
			if (value === "") cookies.delete(name);
			else cookies.set(name, value);
		}
		return answer;
	};
	const post = (path: string, fields: Record<string, string>) =>
		send(path, { method: "POST", body: new URLSearchParams(fields) });
	const csrfToken = async (): Promise<string> =>
		(await (await send("/api/auth/csrf")).json()).csrfToken;
	return {
		cookies,
		send,
		post,
		async signIn(fields: Record<string, string> = person) {
			return post("/api/auth/callback/credentials", {
				...fields,
				csrfToken: await csrfToken(),
				json: "true",
			});
		},
		async signOut() {
			return post("/api/auth/signout", {
				csrfToken: await csrfToken(),
				json: "true",
			});
		},
		async me() {
			const answer = await send("/api/v1/account");
			return (await answer.json()).user;
		},
		change(name: string, headers: Record<string, string> = {}) {
			return send("/api/v1/account", {
				method: "PATCH",
				body: JSON.stringify({ name }),
				headers: { "content-type": "application/json", ...headers },
			});
		},
	};
}

const errorOf = (url: string) => new URL(url).searchParams.get("error");

beforeAll(async () => {
	const answer = await fetch(`${server().url}/api/v1/account/sign-up`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ ...person, name: "Ada" }),
	});
	expect(answer.status).toBe(200);
});

describe("a browser's session", () => {
	test("begins with the right password, and its cookie is out of reach of scripts and other sites", async () => {
		const browser = aBrowser();
		const answer = await browser.signIn();
		expect(answer.status).toBe(200);
		const cookie = answer.headers
			.getSetCookie()
			.find((line) => line.startsWith("next-auth.session-token="));
		expect(cookie).toMatch(/HttpOnly/);
		expect(cookie).toMatch(/SameSite=Lax/);
		expect(await browser.me()).toMatchObject({
			email: person.email,
			hasPassword: true,
		});
	});

	test("does not begin with a wrong one", async () => {
		const browser = aBrowser();
		const answer = await browser.signIn({ ...person, password: "wrong" });
		expect(answer.status).toBe(401);
		expect(errorOf((await answer.json()).url)).toBe("notSignedIn");
		expect(await browser.me()).toBeNull();
	});

	test("does not begin without the token against forged requests", async () => {
		const browser = aBrowser();
		await browser.post("/api/auth/callback/credentials", person);
		expect(await browser.me()).toBeNull();
	});

	test("ends when it signs out: the cookie that somebody kept is worth nothing", async () => {
		const browser = aBrowser();
		await browser.signIn();
		const kept = new Map(browser.cookies);
		await browser.signOut();
		expect(await browser.me()).toBeNull();
		const thief = aBrowser();
		for (const [name, value] of kept) thief.cookies.set(name, value);
		expect(await thief.me()).toBeNull();
	});

	test("ends at once when it is revoked from another browser", async () => {
		const [here, there] = [aBrowser(), aBrowser()];
		await here.signIn();
		await there.signIn();
		const sessions = await (await here.send("/api/v1/account/sessions")).json();
		const current = sessions.items.filter(
			(session: { current: boolean }) => session.current,
		);
		expect(current).toHaveLength(1);
		await here.send("/api/v1/account/sessions/revoke-others", {
			method: "POST",
			body: "{}",
			headers: { "content-type": "application/json" },
		});
		expect(await there.me()).toBeNull();
		expect(await here.me()).not.toBeNull();
	});

	test("ends at once when the account is suspended, and rights change while it lives", async () => {
		const browser = aBrowser();
		await browser.signIn();
		await database.db.user.update({
			where: { email: person.email },
			data: { accessLevel: 20 },
		});
		expect((await browser.me()).accessLevel).toBe(20);
		await database.db.user.update({
			where: { email: person.email },
			data: { suspendedAt: new Date() },
		});
		expect(await browser.me()).toBeNull();
		const refused = await aBrowser().signIn();
		expect(errorOf((await refused.json()).url)).toBe("notAllowed");
		await database.db.user.update({
			where: { email: person.email },
			data: { suspendedAt: null, accessLevel: 30 },
		});
	});

	test("changes nothing for a page of another site", async () => {
		const browser = aBrowser();
		await browser.signIn();
		const forged = await browser.change("Mallory", {
			"sec-fetch-site": "cross-site",
			origin: "https://evil.example",
		});
		expect(forged.status).toBe(403);
		expect((await browser.me()).name).toBe("Ada");
		expect((await browser.change("Countess")).status).toBe(200);
		expect((await browser.me()).name).toBe("Countess");
		await browser.change("Ada");
	});
});

describe("the addresses of next-auth", () => {
	test("never lead to another site afterwards", async () => {
		const browser = aBrowser();
		for (const callbackUrl of [
			"https://evil.example/",
			"//evil.example",
			"/\\evil.example",
			"javascript:alert(1)",
		]) {
			const answer = await browser.signIn({ ...person, callbackUrl });
			const { url } = await answer.json();
			expect(new URL(url).hostname).toBe("localhost");
		}
	});

	test("what it offers beyond signing in is not there", async () => {
		const browser = aBrowser();
		for (const path of ["_log", "verify-request", "", "csrf/a/b", "%2e%2e/x"])
			expect((await browser.post(`/api/auth/${path}`, {})).status).toBe(404);
	});

	test.each([
		["a body that is too large", "x".repeat(100_000), "text/plain", 413],
		["JSON that is none", "{", "application/json", 400],
		["a list for an object", "[]", "application/json", 400],
	])("%s is refused with a problem", async (_what, body, type, status) => {
		const answer = await aBrowser().send("/api/auth/callback/credentials", {
			method: "POST",
			body,
			headers: { "content-type": type },
		});
		expect(answer.status).toBe(status);
		expect(answer.headers.get("content-type")).toMatch(/problem\+json/);
	});

	test("hostile cookies and fields are refused and make nobody of their sender", async () => {
		for (const value of [
			"x",
			"a.b.c.d.e",
			"%00",
			"x".repeat(5000),
			"__proto__",
		]) {
			const browser = aBrowser();
			browser.cookies.set("next-auth.session-token", value);
			expect(await browser.me()).toBeNull();
			expect((await browser.send("/api/auth/session")).status).toBe(200);
		}
		for (const password of ["\u0000", "x".repeat(50_000), ""]) {
			const answer = await aBrowser().signIn({ ...person, password });
			expect(answer.status).toBe(401);
		}
	});
});
