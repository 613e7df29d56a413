import { initTRPC, TRPCError } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import { ZodError } from "zod";
import { ACCESS_LEVEL, hasAccess } from "../accounts/access-level.ts";
import type { ApiScope } from "../accounts/api-scope.ts";
import { describeDatabaseTrouble } from "../database/database-trouble.ts";
import { AppError, ERROR_CODES, type ErrorCode } from "../errors.ts";
import type { Context } from "./context.ts";

/** What a procedure says of itself: its REST address, and the scope that an API token needs for it. */
export type ProcedureMeta = OpenApiMeta & {
	/** Absent: only a signed-in browser may call it, never a token. */
	scope?: ApiScope;
};

const TRPC_CODES = {
	invalidInput: "BAD_REQUEST",
	notSignedIn: "UNAUTHORIZED",
	notAllowed: "FORBIDDEN",
	notFound: "NOT_FOUND",
	conflict: "CONFLICT",
	gone: "PRECONDITION_FAILED",
	tooLarge: "PAYLOAD_TOO_LARGE",
	tooMany: "TOO_MANY_REQUESTS",
	unavailable: "SERVICE_UNAVAILABLE",
	internal: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<ErrorCode, TRPCError["code"]>;

/** Our code for anything a procedure can throw. What we did not foresee is internal. */
export function errorCodeOf(error: TRPCError): ErrorCode {
	if (error.cause instanceof AppError) return error.cause.code;
	if (describeDatabaseTrouble(error.cause)) return "unavailable";
	const known = Object.entries(TRPC_CODES).find(
		([, code]) => code === error.code,
	);
	if (known) return known[0] as ErrorCode;
	return error.code === "PARSE_ERROR" ||
		error.code === "METHOD_NOT_SUPPORTED" ||
		error.code === "UNSUPPORTED_MEDIA_TYPE"
		? "invalidInput"
		: "internal";
}

/** The problem details (RFC 9457) of an error: what people and programs may know of it. */
export function problemOf(error: TRPCError) {
	const code = errorCodeOf(error);
	const { status, title } = ERROR_CODES[code];
	const issues =
		error.cause instanceof ZodError
			? error.cause.issues.map(({ path, message }) => ({
					path: path.map(String),
					message,
				}))
			: error.cause instanceof AppError && error.cause.path
				? [{ path: error.cause.path.map(String), message: error.message }]
				: undefined;
	const detail =
		code === "internal"
			? "Something went wrong on our side. It has been logged."
			: (describeDatabaseTrouble(error.cause) ?? sentenceOf(error, issues));
	return { type: `urn:lull:problem:${code}`, title, status, detail, issues };
}

function sentenceOf(
	error: TRPCError,
	issues: { path: string[]; message: string }[] | undefined,
): string {
	if (!(error.cause instanceof ZodError) || !issues) return error.message;
	return issues
		.map(({ path, message }) =>
			path.length ? `${path.join(".")}: ${message}` : message,
		)
		.join("; ");
}

const t = initTRPC
	.context<Context>()
	.meta<ProcedureMeta>()
	.create({
		errorFormatter({ shape, error }) {
			const problem = problemOf(error);
			return {
				...shape,
				...problem,
				message: problem.detail,
				data: { code: shape.data.code, httpStatus: problem.status, problem },
			};
		},
	});

/** Domain code throws AppError; here it becomes tRPC's, once. */
const translateErrors = t.middleware(async ({ next }) => {
	const result = await next();
	const trouble = result.ok
		? undefined
		: describeDatabaseTrouble(result.error.cause);
	if (!result.ok && trouble)
		throw new TRPCError({
			code: TRPC_CODES.unavailable,
			message: trouble,
			cause: result.error.cause,
		});
	if (!result.ok && result.error.cause instanceof AppError) {
		const cause = result.error.cause;
		throw new TRPCError({
			code: TRPC_CODES[cause.code],
			message: cause.message,
			cause,
		});
	}
	return result;
});

const demandScope = t.middleware(({ ctx, meta, type, next }) => {
	if (ctx.token) {
		const needed = meta?.scope;
		if (!needed)
			throw new AppError(
				"notAllowed",
				"This can only be done in a browser, not with an API token.",
			);
		const enough =
			ctx.token.scopes.includes(needed) ||
			(type === "query" && ctx.token.scopes.includes("read"));
		if (!enough)
			throw new AppError(
				"notAllowed",
				`The API token lacks the scope “${needed}”.`,
			);
	}
	return next();
});

/** Demands a signed-in person with the rights of at least `level`. */
const demandAccess = (level: number, sentence: string) =>
	t.middleware(({ ctx, next }) => {
		if (!ctx.user) throw new AppError("notSignedIn", "Sign in to do this.");
		if (!hasAccess(ctx.user.accessLevel, level))
			throw new AppError("notAllowed", sentence);
		return next({ ctx: { ...ctx, user: ctx.user } });
	});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Anyone, signed in or not. */
export const publicProcedure = t.procedure.use(translateErrors);
/** Anyone with an account. */
export const userProcedure = publicProcedure
	.use(demandAccess(ACCESS_LEVEL.owner, "Sign in to do this."))
	.use(demandScope);
export const researcherProcedure = publicProcedure
	.use(
		demandAccess(
			ACCESS_LEVEL.researcher,
			"Only researchers may do this. You can ask to become one on your account page.",
		),
	)
	.use(demandScope);
export const adminProcedure = publicProcedure
	.use(demandAccess(ACCESS_LEVEL.admin, "Only admins may do this."))
	.use(demandScope);
