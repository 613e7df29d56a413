import { describe, expect, test } from "vitest";
import { signInThroughProvider } from "../../../server/accounts/sign-in/sign-in-through-provider.ts";
import { callAs } from "../../support/api-caller.ts";
import { aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const origin = { address: "192.0.2.1", browser: "a test" };

let people = 0;
const aProfile = (fields: { verifiedEmail?: string | null } = {}) => ({
	provider: "github" as const,
	providerAccountId: String(++people),
	name: "Ada Lovelace",
	verifiedEmail: `provider${people}@example.org`,
	...fields,
});
const comeBack = (
	profile: ReturnType<typeof aProfile>,
	currentUserId: string | null = null,
) => signInThroughProvider(services(), profile, currentUserId, origin);

describe("signing in through a provider", () => {
	test("makes an account the first time and finds it the second", async () => {
		const profile = aProfile();
		const first = await comeBack(profile);
		expect(await comeBack(profile)).toEqual({
			userId: (first as { userId: string }).userId,
			linked: false,
		});
		const user = await services().db.user.findUniqueOrThrow({
			where: { email: profile.verifiedEmail ?? "" },
		});
		expect(user).toMatchObject({
			name: "Ada Lovelace",
			accessLevel: 30,
			passwordHash: null,
		});
		expect(
			await services().db.signIn.count({
				where: { userId: user.id, method: "github", succeeded: true },
			}),
		).toBe(2);
	});

	test("does not take over an account with a password, whatever the provider says", async () => {
		const victim = await aUser(services().db, { passwordHash: "$argon2id$x" });
		const profile = aProfile({ verifiedEmail: victim.email });
		expect(await comeBack(profile)).toEqual({ refused: "accountExists" });
		expect(
			await services().db.providerAccount.count({
				where: { userId: victim.id },
			}),
		).toBe(0);
		expect(await comeBack(profile, victim.id)).toEqual({
			userId: victim.id,
			linked: true,
		});
		expect(await comeBack(profile)).toEqual({
			userId: victim.id,
			linked: false,
		});
	});

	test("does not let in a suspended account, nor link to it", async () => {
		const user = await aUser(services().db, { suspendedAt: new Date() });
		const profile = aProfile({ verifiedEmail: user.email });
		expect(await comeBack(profile)).toEqual({ refused: "suspended" });
		expect(
			await services().db.providerAccount.count({ where: { userId: user.id } }),
		).toBe(0);
	});

	test("an address that is none counts as no address", async () => {
		expect(
			await comeBack(aProfile({ verifiedEmail: "not an address" })),
		).toEqual({ refused: "noEmail" });
	});

	test("the last way in cannot be unlinked", async () => {
		const outcome = await comeBack(aProfile());
		const { userId } = outcome as { userId: string };
		const user = await services().db.user.findUniqueOrThrow({
			where: { id: userId },
		});
		const { account } = callAs(services(), user);
		await expect(
			account.unlinkProvider({ provider: "github" }),
		).rejects.toThrow(/only way/);
		await account.changePassword({ newPassword: "correct horse battery" });
		await account.unlinkProvider({ provider: "github" });
		expect((await account.linkedProviders({})).items).toEqual([]);
	});
});
