import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import type { Services } from "../../server/services.ts";
import { createBlobRoutes } from "../../server/storage/uploads/blob-routes.ts";

/** A real HTTP server with nothing but the blobs on it. Answers the address that paths are put behind. */
export function blobServer(services: () => Services): () => string {
	let origin = "";
	let close = () => {};
	beforeAll(async () => {
		const routes = createBlobRoutes(services());
		const server = createServer((request, response) => {
			void routes(request, response);
		});
		await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
		origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		close = () => {
			server.closeAllConnections();
			server.close();
		};
	});
	afterAll(() => close());
	return () => origin;
}
