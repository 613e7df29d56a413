import type { z } from "zod";
import { CliError, refusedBy, unavailableError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { problemOfAnswer } from "../errors/problem.ts";
import { retryPauseMs } from "./retry-pause.ts";

export const REST_PREFIX = "/api/v1";
const DEFAULT_PATIENCE_MS = 20_000;

export interface ApiClientOptions {
	/** Origin of the portal, without a slash at the end. */
	server: string;
	token: string | undefined;
	fetch: typeof fetch;
	/** Resolves after so many milliseconds; rejects when the signal is aborted. */
	pause: (ms: number, signal: AbortSignal) => Promise<void>;
	random: () => number;
	signal: AbortSignal;
	/** Told when the server is away and the call is repeated. */
	onAway: (sentence: string) => void;
}

export interface Call {
	method: "GET" | "POST" | "PATCH" | "DELETE";
	/** Below /api/v1, with its parameters filled in. */
	path: string;
	query?: Record<string, string | number | boolean | undefined>;
	body?: unknown;
	/** A change that may safely be sent twice, like a GET. */
	idempotent?: boolean;
}

/** Speaks REST with one portal. Calls that may be repeated are, while the server is away. */
export class ApiClient {
	readonly server: string;
	readonly #options: ApiClientOptions;

	constructor(options: ApiClientOptions) {
		this.server = options.server;
		this.#options = options;
	}

	get signal(): AbortSignal {
		return this.#options.signal;
	}

	/** Sends a call and parses its answer. @throws CliError with the server's sentence */
	async call<S extends z.ZodType>(
		schema: S,
		call: Call,
		patienceMs?: number,
	): Promise<z.infer<S>> {
		const address = `${REST_PREFIX}${call.path}${queryText(call.query)}`;
		const response = await this.send(
			address,
			{
				method: call.method,
				...(call.method !== "GET" && { body: JSON.stringify(call.body ?? {}) }),
			},
			{ idempotent: call.idempotent ?? call.method === "GET", patienceMs },
		);
		const parsed = schema.safeParse(await readJson(response));
		if (parsed.success) return parsed.data;
		const where = parsed.error.issues[0]?.path.join(".") ?? "";
		throw new CliError(
			EXIT.failed,
			`The server's answer to ${call.method} ${call.path} is not what this version of lull expects${where && ` (at ${where})`}. Its version may differ: get lull from ${this.server}/downloads/lull.mjs.`,
		);
	}

	/**
	 * Sends a request to an address on the server and answers with a response that is no error; its body is the
	 * caller's. @throws CliError
	 */
	async send(
		address: string,
		init: RequestInit,
		{
			idempotent,
			patienceMs = DEFAULT_PATIENCE_MS,
		}: { idempotent: boolean; patienceMs?: number | undefined },
	): Promise<Response> {
		const { pause, random, signal, onAway } = this.#options;
		let waited = 0;
		for (let attempt = 1; ; attempt++) {
			signal.throwIfAborted();
			const outcome = await this.#try(address, init);
			if ("response" in outcome) return outcome.response;
			const ms = retryPauseMs(attempt, random(), outcome.retryAfterSeconds);
			if (!idempotent || !outcome.away || waited + ms > patienceMs)
				throw outcome.error;
			if (attempt === 1) onAway(`${outcome.error.message} Trying again…`);
			waited += ms;
			await pause(ms, signal);
		}
	}

	async #try(
		address: string,
		init: RequestInit,
	): Promise<
		| { response: Response }
		| { error: CliError; away: boolean; retryAfterSeconds?: number }
	> {
		const { token, signal } = this.#options;
		let response: Response;
		try {
			response = await this.#options.fetch(`${this.server}${address}`, {
				...init,
				signal,
				// A redirect would carry the token to wherever it points.
				redirect: "manual",
				headers: {
					accept: "application/json",
					...(init.body !== undefined && {
						"content-type": "application/json",
					}),
					...(token && { authorization: `Bearer ${token}` }),
					...(init.headers as Record<string, string> | undefined),
				},
			});
		} catch (error) {
			signal.throwIfAborted();
			return { error: this.#unreachable(error), away: true };
		}
		if (response.ok) return { response };
		const error = await this.#refusal(response);
		const retryAfterSeconds = Number(response.headers.get("retry-after")) || 0;
		const away = [502, 503, 504].includes(response.status);
		return { error, away, retryAfterSeconds };
	}

	#unreachable(error: unknown): CliError {
		const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
		const reason = cause?.code ?? cause?.message ?? (error as Error).message;
		return unavailableError(
			`Nothing answers at ${this.server} (${reason}).`,
			error,
		);
	}

	async #refusal(response: Response): Promise<CliError> {
		if (response.status >= 300 && response.status < 400)
			return new CliError(
				EXIT.refused,
				`${this.server} sends elsewhere (${response.headers.get("location") ?? "nowhere"}). Use that address as --server if you trust it.`,
			);
		const body = await response.text().catch(() => "");
		const error = refusedBy(
			problemOfAnswer(response.status, response.statusText, body),
		);
		if (response.status !== 401) return error;
		return new CliError(
			EXIT.notAllowed,
			this.#options.token
				? "Your sign-in has ended. Run “lull login” again."
				: "Sign in first: run “lull login”.",
			{ ...error.problem },
		);
	}
}

function queryText(query: Call["query"]): string {
	const given = Object.entries(query ?? {}).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, String(value)]],
	);
	return given.length ? `?${new URLSearchParams(given)}` : "";
}

async function readJson(response: Response): Promise<unknown> {
	try {
		return await response.json();
	} catch {
		return undefined;
	}
}
