import type { IncomingHttpHeaders } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeNextPath } from "../../../app/components/access/safe-next-path.ts";
import {
	readSessionCookie,
	sessionCookieName,
	writeSessionCookie,
} from "../../../server/accounts/sessions/session-cookie.ts";
import { parseProviderProfile } from "../../../server/accounts/sign-in/oauth-providers.ts";
import { clientAddress } from "../../../server/http/client-address.ts";
import { isSameOrigin } from "../../../server/http/is-same-origin.ts";
import { parseCookies } from "../../../server/http/parse-cookies.ts";

describe("whether a request comes from our own pages", () => {
	const from = (headers: IncomingHttpHeaders) =>
		isSameOrigin({ headers }, "https://lull.example");

	test("the browser's word counts, over what Origin says", () => {
		expect(from({ "sec-fetch-site": "same-origin" })).toBe(true);
		expect(
			from({
				"sec-fetch-site": "cross-site",
				origin: "https://lull.example",
			}),
		).toBe(false);
	});

	test("a page of a sister domain is not ours", () => {
		expect(from({ "sec-fetch-site": "same-site" })).toBe(false);
	});

	test("an older browser tells by Origin", () => {
		expect(from({ origin: "https://lull.example" })).toBe(true);
		expect(from({ origin: "https://evil.example" })).toBe(false);
		expect(from({ origin: "https://lull.example.evil.example" })).toBe(false);
		expect(from({ origin: "null" })).toBe(false);
	});

	test("whoever reached us by another name is at home there", () => {
		expect(
			from({ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }),
		).toBe(true);
	});

	test("a request that says nothing is not believed", () => {
		expect(from({ host: "lull.example" })).toBe(false);
	});
});

describe("where a request comes from", () => {
	const address = (forwarded: string | undefined, trusted: number) =>
		clientAddress(
			{
				headers: forwarded ? { "x-forwarded-for": forwarded } : {},
				socket: { remoteAddress: "::ffff:10.0.0.9" },
			} as Parameters<typeof clientAddress>[0],
			trusted,
		);

	test("without a proxy, what the header claims does not count", () => {
		expect(address("1.2.3.4", 0)).toBe("10.0.0.9");
	});

	test("behind one proxy it is the address that the proxy saw", () => {
		expect(address("6.6.6.6, 1.2.3.4", 1)).toBe("1.2.3.4");
	});

	test("behind two proxies it is the one that the outer proxy saw", () => {
		expect(address("6.6.6.6, 1.2.3.4, 10.0.0.1", 2)).toBe("1.2.3.4");
	});

	test("what is no address is passed over", () => {
		expect(address("<script>", 1)).toBe("10.0.0.9");
		expect(address(undefined, 1)).toBe("10.0.0.9");
		expect(address("1.2.3.4", 3)).toBe("10.0.0.9");
	});
});

describe("cookies", () => {
	test("are read with their encoding", () => {
		expect({ ...parseCookies('a=1; b="two words"; c=%7B%7D; d=100%') }).toEqual(
			{ a: "1", b: "two words", c: "{}", d: "100%" },
		);
	});

	test("never reach an object's prototype", () => {
		const cookies = parseCookies("__proto__=x; constructor=y");
		expect(Object.getPrototypeOf(cookies)).toBeNull();
		expect(cookies.constructor).toBe("y");
	});

	test("any header can be read", () => {
		fc.assert(
			fc.property(fc.string(), (header) => {
				expect(() => parseCookies(header)).not.toThrow();
			}),
		);
	});

	const session = "01975f0e-7d3a-7c1e-8a45-2a4d5a3a9f10";
	const secret = "a secret of at least thirty-two characters";

	test("a session's cookie is read back", async () => {
		const value = await writeSessionCookie(session, secret, 60);
		expect(await readSessionCookie(value, secret)).toBe(session);
	});

	test("a cookie that somebody else encrypted, or that was changed, names no session", async () => {
		const foreign = await writeSessionCookie(session, `${secret}!`, 60);
		const value = await writeSessionCookie(session, secret, 60);
		// Not the last one: some of its bits say nothing.
		const other = value.at(-2) === "A" ? "B" : "A";
		const changed = `${value.slice(0, -2)}${other}${value.at(-1)}`;
		expect(changed).not.toBe(value);
		for (const bad of [foreign, changed, "", "x", "a.b.c.d.e", undefined])
			expect(await readSessionCookie(bad, secret)).toBeUndefined();
	});

	test("a cookie that has run out names no session", async () => {
		const value = await writeSessionCookie(session, secret, -60);
		expect(await readSessionCookie(value, secret)).toBeUndefined();
	});

	test("over https the cookie's name keeps it from plain http", () => {
		expect(sessionCookieName("https://lull.example")).toMatch(/^__Secure-/);
		expect(sessionCookieName("http://localhost:3000")).not.toMatch(/^__/);
	});
});

describe("the way on after signing in", () => {
	test("is a page of ours", () => {
		expect(safeNextPath("/projects?tab=new", "/devices")).toBe(
			"/projects?tab=new",
		);
	});

	test.each([
		"https://evil.example",
		"//evil.example",
		"/\\evil.example",
		"/\t/evil.example",
		"javascript:alert(1)",
		undefined,
		["/a", "/b"],
	])("never leads away: %j", (next) => {
		expect(safeNextPath(next, "/devices")).toBe("/devices");
	});
});

describe("what providers tell", () => {
	test("of GitHub's addresses only the primary one counts, and only verified", () => {
		const answer = (verified: boolean) => ({
			id: 7,
			login: "ada",
			name: null,
			email: "public@example.org",
			emails: [
				{ email: "other@example.org", primary: false, verified: true },
				{ email: "ada@example.org", primary: true, verified },
			],
		});
		expect(parseProviderProfile("github", answer(true))).toEqual({
			provider: "github",
			providerAccountId: "7",
			name: "ada",
			verifiedEmail: "ada@example.org",
		});
		expect(
			parseProviderProfile("github", answer(false)).verifiedEmail,
		).toBeNull();
	});

	test("Google's address counts when Google has verified it", () => {
		const answer = { sub: "1", name: "Ada", email: "ada@example.org" };
		expect(
			parseProviderProfile("google", { ...answer, email_verified: true })
				.verifiedEmail,
		).toBe("ada@example.org");
		expect(parseProviderProfile("google", answer).verifiedEmail).toBeNull();
	});

	test("ORCID tells a name and no address", () => {
		expect(
			parseProviderProfile("orcid", {
				sub: "0000-0002-1825-0097",
				given_name: "Josiah",
				family_name: "Carberry",
			}),
		).toEqual({
			provider: "orcid",
			providerAccountId: "0000-0002-1825-0097",
			name: "Josiah Carberry",
			verifiedEmail: null,
		});
	});

	test("an answer of another shape is refused", () => {
		expect(() => parseProviderProfile("google", { id: 1 })).toThrow();
	});
});
