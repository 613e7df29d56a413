import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

const projectRoot = join(import.meta.dirname, "..");

function wholeNumber(from: number, to: number) {
	const sentence = `must be a whole number from ${from} to ${to}`;
	return z
		.string()
		.regex(/^\d+$/, sentence)
		.transform(Number)
		.refine((value) => value >= from && value <= to, sentence);
}

function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
	return z.enum(words, `must be one of: ${words.join(", ")}`);
}

function address(schemes: readonly string[]) {
	return z
		.string()
		.refine(
			(text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
			`must be an address that begins with ${schemes.map((s) => `${s}//`).join(" or ")}`,
		);
}

const logLevels = [
	"trace",
	"debug",
	"info",
	"warn",
	"error",
	"fatal",
	"silent",
] as const;

/** What a server process does: pages and the API; devices; what is done now and then. */
export const ROLES = ["portal", "gateway", "loops"] as const;
export type RoleName = (typeof ROLES)[number];

const isRole = (word: string): word is RoleName =>
	ROLES.some((role) => role === word);

const roleList = z.string().transform((text, context) => {
	const words = text
		.split(",")
		.map((word) => word.trim())
		.filter((word) => word !== "");
	if (words.length > 0 && words.every(isRole)) return words;
	context.addIssue({
		code: "custom",
		message: `must be some of these, with commas: ${ROLES.join(", ")}`,
	});
	return z.NEVER;
});

/** Every variable that the portal reads; .env.example says the same to people. */
const environmentSchema = z.object({
	PORT: wholeNumber(0, 65_535).default(3000),
	HOST: z.string().default("0.0.0.0"),
	PUBLIC_URL: address(["http:", "https:"])
		.refine(
			(text) => !URL.canParse(text) || new URL(text).pathname === "/",
			"must have no path: Lull lives at the root of its address",
		)
		.transform((text) => (URL.canParse(text) ? new URL(text).origin : text))
		.optional(),
	TRUSTED_PROXIES: wholeNumber(0, 10).default(0),
	LULL_DATA: z
		.string()
		.default(".lull")
		.transform((folder) => resolve(projectRoot, folder)),
	LULL_ROLES: roleList.default([...ROLES]),
	LULL_LOG_LEVEL: oneOf(logLevels).default("info"),
	DATABASE_URL: address(["postgres:", "postgresql:"]).optional(),
	DATABASE_POOL_SIZE: wholeNumber(2, 200).default(16),
	DOCKER_HOST: address(["unix:", "tcp:", "http:", "https:"]).optional(),
	BUILD_NETWORK: oneOf(["default", "host", "none"]).default("default"),
	TRAINING_CPU_PERCENT: wholeNumber(0, 100).default(50),
	METRICS_TOKEN: z
		.string()
		.min(16, "must have at least 16 characters")
		.optional(),
	MAX_BUILD_MINUTES: wholeNumber(1, 1440).default(60),
	MAX_IMAGE_MIB: wholeNumber(1, 1_000_000).default(8192),
	MAX_INPUT_FILE_MIB: wholeNumber(1, 1_000_000).default(1024),
	MAX_OUTPUT_FILE_MIB: wholeNumber(1, 1_000_000).default(1024),
	MAX_BATCH_WORK_UNITS: wholeNumber(1, 10_000_000).default(1_000_000),
	GITHUB_ID: z.string().optional(),
	GITHUB_SECRET: z.string().optional(),
	GOOGLE_ID: z.string().optional(),
	GOOGLE_SECRET: z.string().optional(),
	ORCID_ID: z.string().optional(),
	ORCID_SECRET: z.string().optional(),
});

type Environment = z.infer<typeof environmentSchema>;
type Variables = Record<string, string | undefined>;

/** What a sign-in provider gave us when Lull was registered with it. */
export type ProviderCredentials = { clientId: string; clientSecret: string };

export type Config = ReturnType<typeof arrange>;

/** Names every problem at once, one sentence a line, so that one round of corrections is enough. */
export class ConfigError extends Error {
	readonly problems: readonly string[];

	constructor(problems: readonly string[]) {
		super(
			`The configuration cannot be used:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
		);
		this.name = "ConfigError";
		this.problems = problems;
	}
}

/** Reads `.env` in the project's folder, if there is one; what is set already wins over it. */
export function loadConfig(): Config {
	const file = join(projectRoot, ".env");
	if (existsSync(file)) process.loadEnvFile(file);
	return parseConfig(process.env);
}

/** Throws ConfigError. A variable that is set to nothing counts as not set. */
export function parseConfig(variables: Variables): Config {
	const given = Object.fromEntries(
		Object.entries(variables).filter(([, value]) => value?.trim()),
	);
	const parsed = environmentSchema.safeParse(given);
	const problems = [
		...(parsed.error?.issues.map(
			(issue) => `${issue.path.join(".")} ${issue.message}.`,
		) ?? []),
		...findHalfProviders(given),
		...findHomelessRoles(parsed.data),
	];
	if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
	return arrange(parsed.data);
}

function findHalfProviders(given: Variables): string[] {
	return ["GITHUB", "GOOGLE", "ORCID"].flatMap((provider) => {
		const names = [`${provider}_ID`, `${provider}_SECRET`];
		const missing = names.filter((name) => given[name] === undefined);
		if (missing.length !== 1) return [];
		return [`${missing[0]} is missing: ${names.join(" and ")} go together.`];
	});
}

/** Processes that share the work share the database too. */
function findHomelessRoles(environment: Environment | undefined): string[] {
	if (!environment || environment.DATABASE_URL) return [];
	return ROLES.every((role) => environment.LULL_ROLES.includes(role))
		? []
		: [
				"LULL_ROLES needs DATABASE_URL: the embedded database is that of one process.",
			];
}

function arrange(environment: Environment) {
	return {
		port: environment.PORT,
		host: environment.HOST,
		/** Without a slash at the end. */
		publicUrl: environment.PUBLIC_URL ?? `http://localhost:${environment.PORT}`,
		/** How many proxies in front of us add to X-Forwarded-For. */
		trustedProxies: environment.TRUSTED_PROXIES,
		dataFolder: environment.LULL_DATA,
		roles: new Set(environment.LULL_ROLES),
		logLevel: environment.LULL_LOG_LEVEL,
		/** Undefined: the embedded database. */
		databaseUrl: environment.DATABASE_URL,
		databasePoolSize: environment.DATABASE_POOL_SIZE,
		/** Undefined: wherever an engine is usually found. */
		dockerHost: environment.DOCKER_HOST,
		/** The network that image builds have; "host" where the engine's bridge leads nowhere. */
		buildNetwork: environment.BUILD_NETWORK,
		metricsToken: environment.METRICS_TOKEN,
		/** How much of one core the predictor's training may use, 0 to 1. 0: this process never trains. */
		trainingCpuShare: environment.TRAINING_CPU_PERCENT / 100,
		limits: {
			imageMiB: environment.MAX_IMAGE_MIB,
			/** How long the image of one app version may take to be made. */
			buildMinutes: environment.MAX_BUILD_MINUTES,
			inputFileMiB: environment.MAX_INPUT_FILE_MIB,
			outputFileMiB: environment.MAX_OUTPUT_FILE_MIB,
			batchWorkUnits: environment.MAX_BATCH_WORK_UNITS,
		},
		providers: {
			github: credentials(environment.GITHUB_ID, environment.GITHUB_SECRET),
			google: credentials(environment.GOOGLE_ID, environment.GOOGLE_SECRET),
			orcid: credentials(environment.ORCID_ID, environment.ORCID_SECRET),
		},
	};
}

function credentials(
	clientId: string | undefined,
	clientSecret: string | undefined,
): ProviderCredentials | undefined {
	return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}
