import { z } from "zod";

/**
 * What an agent and the server say to each other. Imports zod only, so that a browser can speak it too.
 *
 * One outbound socket.io connection (namespace `/agents`), then:
 *
 *   server ── challenge ──────────────► agent
 *   agent  ── authenticate ───────────► server      (signature over the challenge; ack: welcome or refusal)
 *   agent  ── measurements, offer ────► server      (again whenever they change; the offer also as heartbeat)
 *   server ── wanted ─────────────────► agent       (always the WHOLE list of what it wants on the device)
 *   agent  ── progress, log ──────────► server      (may be lost: the next one says more)
 *   agent  ── report, telemetry, guard ► server     (acknowledged only when durable; repeated until then)
 *   agent  ── goodbye ────────────────► server
 *
 * Every message may arrive twice, late or never: what is said is state, not events. Both ends parse what they get
 * with these schemas and treat what does not fit as an error of the other, never as a reason to stop.
 */
export const PROTOCOL_VERSION = 1;
export const AGENT_NAMESPACE = "/agents";

/** Outputs up to this size travel inside the report; bigger ones are uploaded before it is accepted. */
export const INLINE_OUTPUT_BYTES = 16 * 1024;
/** What `uploadsNeeded` calls a task's checkpoint; no output can have this name. */
export const CHECKPOINT_NAME = "../checkpoint.tar";
/** How much of a task's standard output, and as much of its standard error, is kept: the last of it. */
export const LOG_TAIL_BYTES = 64 * 1024;
/** Telemetry is sampled at this step. */
export const SAMPLE_STEP_MS = 2_000;
/** The server takes a device for gone when it has heard nothing for this long. */
export const HEARTBEAT_TIMEOUT_MS = 45_000;
export const HEARTBEAT_INTERVAL_MS = 10_000;

// ── Building blocks ──────────────────────────────────────────────────────────────────────────────

const id = z.uuid();
export const sha256Schema = z
	.string()
	.regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hex");
const imageId = z
	.string()
	.regex(/^sha256:[0-9a-f]{64}$/, "an image id (sha256:…)");
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const finite = z.number().min(0).max(1e18);
const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);

/** A path below /input or /output: relative, forward slashes, no empty, `.` or `..` parts, no control characters. */
export const filePathSchema = z
	.string()
	.min(1)
	.max(512)
	.refine(
		(path) =>
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be kept out
			!/[\u0000-\u001f\u007f\\]/.test(path) &&
			path
				.split("/")
				.every((part) => part !== "" && part !== "." && part !== ".."),
		"a relative path without empty, . or .. parts",
	);

export const platformSchema = z.enum(["linux/amd64", "linux/arm64"]);
export type Platform = z.infer<typeof platformSchema>;

export const deviceKindSchema = z.enum([
	"computer",
	"board",
	"gateway",
	"camera",
	"accessControl",
	"kiosk",
	"other",
]);
export type DeviceKind = z.infer<typeof deviceKindSchema>;

// ── Enrolment (HTTP: POST /api/v1/devices/enroll) ────────────────────────────────────────────────

export const enrolRequestSchema = z.object({
	/** The code that the portal showed: letters, digits and hyphens; case and hyphens do not matter. */
	code: z.string().min(8).max(40),
	/** Raw Ed25519 public key, 32 bytes. */
	publicKey: base64url.length(43),
	/** Ed25519 over `enrolmentText(code)`: proves that the key is the sender's. */
	signature: base64url.length(86),
	name: z.string().trim().min(1).max(80),
	kind: deviceKindSchema.default("computer"),
	agentVersion: z.string().max(40),
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const enrolAnswerSchema = z.object({
	deviceId: id,
	/** The key that signs manifests. The agent pins it now and accepts no other later. */
	signingKey: base64url.length(43),
	owner: z.string(),
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

export const normaliseCode = (code: string): string =>
	code.toUpperCase().replace(/[^A-Z0-9]/g, "");
export const enrolmentText = (code: string): string =>
	`lull-enrol:1:${normaliseCode(code)}`;

// ── Connecting ───────────────────────────────────────────────────────────────────────────────────

export const challengeSchema = z.object({
	nonce: base64url.min(22).max(86),
	protocol: z.number().int(),
});
export type Challenge = z.infer<typeof challengeSchema>;

/** What a device signs to prove that it is itself on this connection. */
export const challengeText = (deviceId: string, nonce: string): string =>
	`lull-challenge:1:${deviceId}:${nonce}`;

export const authenticateSchema = z.object({
	deviceId: id,
	signature: base64url.length(86),
	protocol: z.number().int(),
	agentVersion: z.string().max(40),
});
export type Authenticate = z.infer<typeof authenticateSchema>;

export const refusalSchema = z.object({
	ok: z.literal(false),
	/** `deviceRetired` and `deviceUnknown` are final: the agent stops and says so. */
	code: z.string(),
	message: z.string(),
});
export const welcomeSchema = z.object({
	ok: z.literal(true),
	connectionId: id,
	serverTime: z.string(),
});
export const authenticateAnswerSchema = z.discriminatedUnion("ok", [
	welcomeSchema,
	refusalSchema,
]);
export type AuthenticateAnswer = z.infer<typeof authenticateAnswerSchema>;

// ── The owner's rules ────────────────────────────────────────────────────────────────────────────

export const DEFAULT_CPU_LIMIT = 30;

const clockTime = z
	.string()
	.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time such as 08:30");

/** A stretch of each of these days, by the device's own clock; one that ends before it begins goes on past midnight. */
export const weekHoursSchema = z.object({
	/** 0 Monday … 6 Sunday. */
	days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
	from: clockTime,
	until: clockTime,
});
export type WeekHours = z.infer<typeof weekHoursSchema>;

/**
 * When and how far the device may be used. Set in the portal or at the device; the device keeps them and obeys them
 * without the server. Every field has a default, so that `{}` is a whole set of rules.
 */
export const ownerRulesSchema = z.object({
	/** Percent of the machine. Duty above it means that the owner has come. */
	cpuLimit: z.number().min(1).max(100).default(DEFAULT_CPU_LIMIT),
	/** Memory that always stays free for the owner, percent of the machine's. */
	memoryHeadroom: z.number().min(0).max(90).default(10),
	/** Degrees Celsius; null: no limit. */
	temperatureLimit: z.number().min(20).max(150).nullable().default(85),
	/** May work go on … */
	onBattery: z.boolean().default(false),
	onMetered: z.boolean().default(false),
	/** … while somebody uses keyboard or mouse? */
	whileInUse: z.boolean().default(true),
	/** Only in these hours; none: at any time. */
	hours: z.array(weekHoursSchema).max(50).default([]),
	/** While a process or a container with such a name runs, we stay away. */
	programs: z.array(z.string().trim().min(1).max(64)).max(50).default([]),
	containers: z.array(z.string().trim().min(1).max(128)).max(50).default([]),
	/** KiB a second; null: no cap. */
	downloadKiBps: z
		.number()
		.int()
		.min(1)
		.max(10_000_000)
		.nullable()
		.default(null),
	uploadKiBps: z.number().int().min(1).max(10_000_000).nullable().default(null),
	/** Only these projects (ids) and areas; null: all. Then those that are never wanted. */
	projects: z.array(id).max(500).nullable().default(null),
	areas: z.array(z.string().min(1).max(80)).max(100).nullable().default(null),
	neverProjects: z.array(id).max(500).default([]),
	neverAreas: z.array(z.string().min(1).max(80)).max(100).default([]),
	/** Minutes a task may be expected to take; null: any. */
	longestTaskMinutes: z
		.number()
		.int()
		.min(1)
		.max(100_000)
		.nullable()
		.default(null),
});
export type OwnerRules = z.infer<typeof ownerRulesSchema>;

// ── What the device is and can spare ─────────────────────────────────────────────────────────────

export const measurementsSchema = z.object({
	architecture: platformSchema,
	cores: z.number().int().min(1).max(4096),
	memoryMiB: count,
	diskMiB: count,
	processor: z.string().max(200),
	operatingSystem: z.string().max(200),
	engine: z.string().max(200),
	accelerators: z
		.array(z.object({ kind: z.string().max(40), name: z.string().max(200) }))
		.max(64),
	/** Operations a second on one core: integer (Dhrystone-like mix) and floating point (Whetstone-like mix). */
	integerOpsPerSecond: finite,
	floatOpsPerSecond: finite,
});
export type Measurements = z.infer<typeof measurementsSchema>;

/**
 * What the device can spare for tasks right now IN ALL, those it already runs included: the server subtracts what it
 * has leased, so that an offer that crosses a lease on the wire never counts twice.
 */
export const offerSchema = z.object({
	cores: z.number().min(0).max(4096),
	memoryMiB: count,
	diskMiB: count,
	/** Ids of images that are on the engine already. */
	images: z.array(imageId).max(1000),
	/** Until when the owner's rules allow work; null when they set no end. */
	until: z.iso.datetime().nullable(),
	/** False when the owner paused the device at the device itself. Tasks that run are given back. */
	accepting: z.boolean(),
	/** Why it is not accepting, in a sentence for the portal. */
	reason: z.string().max(200).optional(),
	/** Percent of the machine: above this duty the owner has come. What the device obeys, local rules included. */
	cpuLimit: z.number().min(1).max(100).default(DEFAULT_CPU_LIMIT),
});
export type Offer = z.infer<typeof offerSchema>;

// ── What may run: the signed manifest ────────────────────────────────────────────────────────────

export const parameterNameSchema = z
	.string()
	.regex(/^[A-Za-z_][A-Za-z0-9_]{0,39}$/);
export const parametersSchema = z.record(
	parameterNameSchema,
	z.string().max(4096),
);
export type Parameters = z.infer<typeof parametersSchema>;

/**
 * What an admin approved. The server signs the exact text of this JSON (Ed25519); the agent checks the signature
 * against the key it pinned, parses that same text and runs nothing that is not in it.
 */
export const manifestSchema = z.object({
	version: z.literal(1),
	appVersionId: id,
	projectId: id,
	project: z.string(),
	imageId,
	archive: z.object({ sha256: sha256Schema, bytes: count }),
	command: z.array(z.string().max(4096)).min(1).max(256),
	platforms: z.array(platformSchema).min(1),
	cores: z.number().min(0.1).max(256),
	memoryMiB: z.number().int().min(16).max(1_048_576),
	diskMiB: z.number().int().min(1).max(1_048_576),
	network: z.literal("none"),
});
export type Manifest = z.infer<typeof manifestSchema>;

// ── What the server wants on the device ──────────────────────────────────────────────────────────

/** `path` is an address on the server that the agent is connected to, signed and short-lived. */
const downloadSchema = z.object({
	path: z.string().startsWith("/").max(2048),
	bytes: count,
	sha256: sha256Schema,
});

const currentAssignmentSchema = z.object({
	taskId: id,
	workUnitId: id,
	appVersionId: id,
	parameters: parametersSchema,
	/** Files to put below /input. `offset` is where they begin in the blob that `download.path` names; use a range. */
	inputs: z
		.array(
			z.object({
				path: filePathSchema,
				offset: count,
				download: downloadSchema,
			}),
		)
		.max(1000),
	/** The task must be reported by then or it is lost. */
	deadline: z.iso.datetime(),
	/** How long it may stand frozen before it is checkpointed and given back. */
	maxFrozenSeconds: z.number().int().min(0).max(604_800).default(300),
	/** The same, for agents of version 0.1. */
	patienceSeconds: z.number().optional(),
	/** What an earlier device left of it: a tar archive, to be unpacked to /checkpoint before it starts. */
	checkpoint: downloadSchema.nullable().default(null),
});

/** Servers of version 0.1 call `maxFrozenSeconds` patienceSeconds; an agent may be newer than its server. */
export const assignmentSchema = z.preprocess((said) => {
	if (typeof said !== "object" || said === null) return said;
	if ("maxFrozenSeconds" in said || !("patienceSeconds" in said)) return said;
	return { ...said, maxFrozenSeconds: said.patienceSeconds };
}, currentAssignmentSchema);
export type Assignment = z.infer<typeof assignmentSchema>;

export const signedManifestSchema = z.object({
	appVersionId: id,
	manifest: z.string().max(200_000),
	signature: base64url.length(86),
	archive: downloadSchema,
});
export type SignedManifest = z.infer<typeof signedManifestSchema>;

export const wantedSchema = z.object({
	/** Rises with every message of this connection; an older one than the last seen is passed over. */
	revision: count,
	/** The owner's or an admin's wish: give back what runs, take nothing new. */
	paused: z.boolean(),
	/** Finish what runs, take nothing new. */
	draining: z.boolean(),
	assignments: z.array(assignmentSchema).max(10_000),
	manifests: z.array(signedManifestSchema).max(10_000),
	/** The owner's rules as the portal has them; absent: those that the device has stay. */
	rules: ownerRulesSchema.optional(),
	/**
	 * The owner wants the device NOW: freeze everything of ours, remove it, images too if wished. Stands in the list
	 * until a guard record with this id says that it is done; one that was done already is passed over.
	 */
	yoursNow: z.object({ id, images: z.boolean() }).nullable().default(null),
	/** Somebody is looking: send samples as they are taken, and the logs of these tasks as they are written. */
	watch: z.object({ samples: z.boolean(), taskIds: z.array(id).max(1000) }),
});
export type Wanted = z.infer<typeof wantedSchema>;

// ── How tasks go ─────────────────────────────────────────────────────────────────────────────────

export const progressSchema = z.object({
	tasks: z
		.array(
			z.object({
				taskId: id,
				state: z.enum(["preparing", "running", "paused"]),
				progress: z.number().min(0).max(1),
			}),
		)
		.max(10_000),
});
export type Progress = z.infer<typeof progressSchema>;

export const logSchema = z.object({
	taskId: id,
	stream: z.enum(["stdout", "stderr"]),
	/** Bytes written to the stream before this text. */
	offset: count,
	text: z.string().max(LOG_TAIL_BYTES),
});
export type Log = z.infer<typeof logSchema>;

/** Why a task did not succeed. `returned` outcomes cost nobody anything. */
export const taskErrorCodeSchema = z.enum([
	"exitCode", // the program ended with another code than 0
	"memoryLimit",
	"diskLimit",
	"timeLimit",
	"imageUnavailable",
	"inputUnavailable",
	"manifestRefused", // signature wrong, or not what it says
	"engineError",
	"outputUnreadable",
	"ownerNeedsDevice",
	"devicePaused",
	"agentStopping",
]);
export type TaskErrorCode = z.infer<typeof taskErrorCodeSchema>;

export const reportSchema = z.object({
	taskId: id,
	outcome: z.enum(["succeeded", "failed", "returned"]),
	exitCode: z.number().int().min(-1).max(255).optional(),
	errorCode: taskErrorCodeSchema.optional(),
	errorDetail: z.string().max(2000).optional(),
	/** Wall-clock seconds in which the container ran, pauses not counted; and its CPU time. */
	runSeconds: finite,
	cpuSeconds: finite,
	outputs: z
		.array(
			z.object({
				path: filePathSchema,
				bytes: count,
				sha256: sha256Schema,
				/** The content itself, base64, when it has at most INLINE_OUTPUT_BYTES. */
				inline: z
					.base64()
					.max(Math.ceil(INLINE_OUTPUT_BYTES / 3) * 4)
					.optional(),
			}),
		)
		.max(1000),
	/**
	 * Of a task that is given back: what it wrote to /checkpoint, one tar archive. It is uploaded like an output, under
	 * the name CHECKPOINT_NAME, before the report is accepted.
	 */
	checkpoint: z.object({ bytes: count, sha256: sha256Schema }).optional(),
	stdout: z.object({ text: z.string().max(LOG_TAIL_BYTES), bytes: count }),
	stderr: z.object({ text: z.string().max(LOG_TAIL_BYTES), bytes: count }),
});
export type Report = z.infer<typeof reportSchema>;

export const reportAnswerSchema = z.discriminatedUnion("status", [
	/** Durable, or known already: the agent may forget the task. */
	z.object({ status: z.literal("accepted") }),
	/** These outputs are missing: upload each (tus, to the existing address `path`), then report again. */
	z.object({
		status: z.literal("uploadsNeeded"),
		uploads: z.array(
			z.object({
				output: z.union([filePathSchema, z.literal(CHECKPOINT_NAME)]),
				path: z.string().startsWith("/"),
			}),
		),
	}),
	/** The task is no longer this device's; nobody wants its outputs. The agent may forget it. */
	z.object({ status: z.literal("obsolete") }),
	/** The report cannot be taken as it is (sentence says why) and would not be at any later time either. */
	z.object({ status: z.literal("refused"), message: z.string() }),
]);
export type ReportAnswer = z.infer<typeof reportAnswerSchema>;

// ── Telemetry ────────────────────────────────────────────────────────────────────────────────────

/** One look at the device. Duty is its load WITHOUT everything that carries our label on its engine. */
export const sampleSchema = z.object({
	/** Unix milliseconds. */
	t: count,
	/** Percent of the whole machine. */
	dutyCpu: z.number().min(0).max(100),
	oursCpu: z.number().min(0).max(100),
	dutyMemory: z.number().min(0).max(100),
	oursMemory: z.number().min(0).max(100),
	diskFreeMiB: count,
	/** Degrees Celsius of the hottest sensor; null where there is none. */
	temperature: z.number().min(-100).max(200).nullable(),
	/** One-minute load average. */
	load: z.number().min(0).max(100_000),
});
export type Sample = z.infer<typeof sampleSchema>;

/** At most an hour of samples; acknowledged with `{ ok: true }` when durable. Sending it again changes nothing. */
export const telemetrySchema = z.object({
	samples: z.array(sampleSchema).min(1).max(1800),
});
export type Telemetry = z.infer<typeof telemetrySchema>;

export const telemetryAnswerSchema = z.object({ ok: z.boolean() });
export type TelemetryAnswer = z.infer<typeof telemetryAnswerSchema>;

// ── The guard ────────────────────────────────────────────────────────────────────────────────────

/** Why the owner comes first right now. */
export const guardReasonSchema = z.enum([
	"cpu",
	"memory",
	"memoryPressure",
	"io",
	"temperature",
	"battery",
	"metered",
	"inUse",
	"program",
	"container",
	"hours",
	"paused",
	"patience", // busy for longer than the batch allows
	"quiet", // of a thaw: the owner has gone
	"yoursNow",
]);
export type GuardReason = z.infer<typeof guardReasonSchema>;

export const guardRecordSchema = z.object({
	/** The device's own; of a `remove` that the portal asked for: the id of the request. */
	id,
	at: z.iso.datetime(),
	action: z.enum(["freeze", "thaw", "checkpoint", "giveBack", "remove"]),
	reason: guardReasonSchema,
	/** A sentence for the owner. */
	detail: z.string().max(300),
	/** From the sample, message or signal that showed it until it was done. */
	latencyMs: z.number().min(0).max(3_600_000).nullable(),
	taskIds: z.array(id).max(1000),
});
export type GuardRecord = z.infer<typeof guardRecordSchema>;

/** Acknowledged with `{ ok: true }` when durable; the same record again changes nothing. */
export const guardRecordsSchema = z.object({
	records: z.array(guardRecordSchema).min(1).max(500),
});
export type GuardRecords = z.infer<typeof guardRecordsSchema>;
export const guardAnswerSchema = z.object({ ok: z.boolean() });
export type GuardAnswer = z.infer<typeof guardAnswerSchema>;

// ── The socket's events ──────────────────────────────────────────────────────────────────────────

export interface AgentToServerEvents {
	authenticate: (
		message: Authenticate,
		answer: (a: AuthenticateAnswer) => void,
	) => void;
	measurements: (message: Measurements) => void;
	offer: (message: Offer) => void;
	progress: (message: Progress) => void;
	log: (message: Log) => void;
	report: (message: Report, answer: (a: ReportAnswer) => void) => void;
	telemetry: (message: Telemetry, answer: (a: TelemetryAnswer) => void) => void;
	guard: (message: GuardRecords, answer: (a: GuardAnswer) => void) => void;
	/** While somebody watches. */
	sample: (message: Sample) => void;
	/** The list was lost or an address expired: send `wanted` again. */
	look: () => void;
	goodbye: (answer: () => void) => void;
}

export interface ServerToAgentEvents {
	challenge: (message: Challenge) => void;
	wanted: (message: Wanted) => void;
}
