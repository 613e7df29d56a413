import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { listProviderAccounts } from "../provider-account-store.ts";
import { listOwnRequests } from "../researcher-request-store.ts";
import {
	deleteSession,
	deleteSessions,
	listSessions,
} from "../sessions/session-store.ts";
import { listSignIns } from "../sessions/sign-in-store.ts";
import { listApiTokens, revokeApiToken } from "../tokens/api-token-store.ts";
import { getUser, type ProfileChange, updateProfile } from "../user-store.ts";
import { ownAccount } from "./account-view.ts";

type Needs = Pick<Services, "db" | "clock">;

/** The account of who asks, or null for nobody. */
export async function whoAmI(
	{ db }: Pick<Services, "db">,
	user: { id: string } | null,
) {
	return { user: user && ownAccount(await getUser(db, user.id)) };
}

export async function changeProfile(
	{ db }: Pick<Services, "db">,
	userId: string,
	change: ProfileChange,
) {
	await updateProfile(db, userId, change);
	return ownAccount(await getUser(db, userId));
}

/** Where the person is signed in; the session that asks is marked. */
export async function ownSessions(
	{ db, clock }: Needs,
	userId: string,
	currentId: string | null,
) {
	const sessions = await listSessions(db, userId, clock.now());
	return sessions.map((session) => ({
		...session,
		current: session.id === currentId,
	}));
}

/** @throws AppError notFound */
export async function revokeSession(
	{ db, events }: Pick<Services, "db" | "events">,
	userId: string,
	sessionId: string,
): Promise<void> {
	if (!(await deleteSession(db, userId, sessionId)))
		throw new AppError("notFound", "You have no such session.");
	events.publish(`user:${userId}`, { kind: "changed" });
}

/** Signs out every browser but the one that asks. Answers how many. */
export async function revokeOtherSessions(
	{ db, events }: Pick<Services, "db" | "events">,
	userId: string,
	currentId: string | null,
): Promise<number> {
	const ended = await deleteSessions(db, userId, currentId);
	events.publish(`user:${userId}`, { kind: "changed" });
	return ended;
}

/** @throws AppError notFound */
export async function revokeOwnToken(
	{ db, clock }: Needs,
	userId: string,
	tokenId: string,
): Promise<void> {
	if (!(await revokeApiToken(db, userId, tokenId, clock.now())))
		throw new AppError("notFound", "You have no such token that works.");
}

/** All that is kept about the person, as far as it is about the person alone. */
export async function exportAccount({ db, clock }: Needs, userId: string) {
	const page = { limit: 1000 };
	const [user, signIns, sessions, tokens, providers, requests, devices] =
		await Promise.all([
			getUser(db, userId),
			listSignIns(db, userId, page),
			ownSessions({ db, clock }, userId, null),
			listApiTokens(db, userId),
			listProviderAccounts(db, userId),
			listOwnRequests(db, userId),
			db.device.findMany({
				where: { ownerId: userId },
				take: page.limit,
				select: {
					id: true,
					name: true,
					state: true,
					enrolledAt: true,
					credit: { select: { total: true } },
				},
			}),
		]);
	return {
		account: ownAccount(user),
		signIns: signIns.items,
		sessions,
		tokens,
		providers,
		researcherRequests: requests,
		devices: devices.map(({ credit, ...device }) => ({
			...device,
			totalCredit: credit?.total ?? 0,
		})),
	};
}
