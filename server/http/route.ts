import type { IncomingMessage, ServerResponse } from "node:http";

export type Handler = (
	request: IncomingMessage,
	response: ServerResponse,
) => unknown;

/** Addresses, and what answers them. */
export type Route = { matches: (path: string) => boolean; handle: Handler };

/** The address itself and everything below it. */
export const under = (prefix: string) => (path: string) =>
	path === prefix || path.startsWith(`${prefix}/`);

export const exactly = (address: string) => (path: string) => path === address;
