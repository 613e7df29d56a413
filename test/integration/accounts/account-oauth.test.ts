import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mountNextAuth } from "../../../server/accounts/sign-in/mount-next-auth.ts";
import { configuredProviders } from "../../../server/accounts/sign-in/oauth-providers.ts";
import { aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database, {
	GITHUB_ID: "our-id",
	GITHUB_SECRET: "our-secret",
});

/** Who is signed in at the provider, as it would tell us. */
let atProvider = { id: 0, login: "", email: "", verified: true };
/** What our portal sent it to get a token. */
let tokenRequest = new URLSearchParams();
let provider: Server;
let portal: Server;
const addressOf = (server: Server) =>
	`http://localhost:${(server.address() as AddressInfo).port}`;
const listen = (server: Server) =>
	new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

beforeAll(async () => {
	provider = createServer(async (request, response) => {
		const path = request.url?.split("?")[0];
		if (path === "/token") {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(chunk);
			tokenRequest = new URLSearchParams(Buffer.concat(chunks).toString());
		}
		const { email, verified, ...profile } = atProvider;
		const answers: Record<string, unknown> = {
			"/token": { access_token: "theirs", token_type: "bearer" },
			"/user": {
				...profile,
				name: "Ada",
				emails: [{ email, primary: true, verified }],
			},
		};
		response
			.writeHead(200, { "content-type": "application/json" })
			.end(JSON.stringify(answers[path ?? ""]));
	});
	await listen(provider);
	// The real provider, but for where it lives: this machine reaches no other.
	const [github] = configuredProviders(services().config);
	const moved = {
		...github,
		authorization: { url: `${addressOf(provider)}/authorize` },
		token: `${addressOf(provider)}/token`,
		userinfo: { url: `${addressOf(provider)}/user` },
	};
	portal = createServer(
		mountNextAuth(services(), [moved as NonNullable<typeof github>]),
	);
	await listen(portal);
});
afterAll(() => {
	provider.close();
	portal.close();
});

/** A browser that keeps cookies. Answers with where it was sent in the end, and who it is there. */
function aBrowser() {
	const cookies = new Map<string, string>();
	const send = async (path: string, init: RequestInit = {}) => {
		const answer = await fetch(`${addressOf(portal)}${path}`, {
			redirect: "manual",
			...init,
			headers: {
				cookie: [...cookies].map(([n, v]) => `${n}=${v}`).join("; "),
			},
		});
		for (const line of answer.headers.getSetCookie()) {
			const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
			cookies.set(name, value);
		}
		return answer;
	};
	const toProvider = async () => {
		const { csrfToken } = await (await send("/api/auth/csrf")).json();
		const answer = await send("/api/auth/signin/github", {
			method: "POST",
			body: new URLSearchParams({ csrfToken, callbackUrl: "/devices" }),
		});
		return new URL(answer.headers.get("location") ?? "");
	};
	const back = async (state: string | null) => {
		const answer = await send(
			`/api/auth/callback/github?code=theirs&state=${state ?? ""}`,
		);
		const location = answer.headers.get("location") ?? "";
		return location.replace(services().config.publicUrl, "");
	};
	return {
		toProvider,
		back,
		signIn: async () => back((await toProvider()).searchParams.get("state")),
		session: async () => (await send("/api/auth/session")).json(),
	};
}

let people = 0;
const someoneAtProvider = (fields: Partial<typeof atProvider> = {}) => {
	const id = ++people;
	atProvider = {
		id,
		login: `ada${id}`,
		email: `ada${id}@example.org`,
		verified: true,
		...fields,
	};
};

describe("a provider's round trip", () => {
	test("sends people there with our id, asks for the token with our secret, and lets them in", async () => {
		someoneAtProvider();
		const browser = aBrowser();
		const there = await browser.toProvider();
		expect(there.searchParams.get("client_id")).toBe("our-id");
		expect(there.searchParams.get("redirect_uri")).toBe(
			`${services().config.publicUrl}/api/auth/callback/github`,
		);
		expect(await browser.back(there.searchParams.get("state"))).toBe(
			"/devices",
		);
		expect(tokenRequest.get("code")).toBe("theirs");
		expect((await browser.session()).user).toEqual({ name: "Ada" });
		const user = await services().db.user.findUniqueOrThrow({
			where: { email: atProvider.email },
			include: { sessions: true, signIns: true, providers: true },
		});
		expect(user.sessions).toHaveLength(1);
		expect(user.signIns).toMatchObject([{ method: "github", succeeded: true }]);
		expect(user.providers).toMatchObject([
			{ providerAccountId: String(atProvider.id) },
		]);
	});

	test("ends on the sign-in page, with the reason, when the address has a password account", async () => {
		const victim = await aUser(services().db, { passwordHash: "$argon2id$x" });
		someoneAtProvider({ email: victim.email });
		const browser = aBrowser();
		expect(await browser.signIn()).toMatch(/^\/sign-in\?error=accountExists/);
		expect((await browser.session()).user).toBeUndefined();
	});

	test("does not believe an address that the provider has not verified", async () => {
		someoneAtProvider({ verified: false });
		expect(await aBrowser().signIn()).toMatch(/^\/sign-in\?error=noEmail/);
		expect(
			await services().db.user.count({ where: { email: atProvider.email } }),
		).toBe(0);
	});

	test("links to the account that is signed in already", async () => {
		someoneAtProvider();
		const browser = aBrowser();
		await browser.signIn();
		const first = atProvider;
		// The same browser comes back with another account at the provider.
		someoneAtProvider();
		await browser.signIn();
		const user = await services().db.user.findUniqueOrThrow({
			where: { email: first.email },
			include: { providers: true },
		});
		expect(
			user.providers.map(({ providerAccountId }) => providerAccountId).sort(),
		).toEqual([String(first.id), String(atProvider.id)].sort());
	});

	test("is refused when somebody else began it", async () => {
		someoneAtProvider();
		const victim = aBrowser();
		const attacker = aBrowser();
		const state = (await attacker.toProvider()).searchParams.get("state");
		await victim.toProvider();
		expect(await victim.back(state)).toMatch(/error=OAuthCallback/);
		expect((await victim.session()).user).toBeUndefined();
	});
});
