import { type Logger as PinoLogger, pino } from "pino";

export type Logger = PinoLogger;

export type LogLevel =
	| "trace"
	| "debug"
	| "info"
	| "warn"
	| "error"
	| "fatal"
	| "silent";

/**
 * One JSON object a line on standard output. Whatever may carry a secret is
 * blanked here, once, so that no caller has to remember it.
 */
export function createLogger(level: LogLevel): Logger {
	return pino({
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		redact: {
			paths: [
				"password",
				"token",
				"authorization",
				"cookie",
				"*.password",
				"*.token",
				"*.authorization",
				"*.cookie",
				"req.headers.authorization",
				"req.headers.cookie",
			],
			censor: "[secret]",
		},
	});
}
