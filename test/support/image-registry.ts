import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export interface ImageRegistry {
	/** `127.0.0.1:port`: engines speak plain HTTP with registries on loopback. */
	host: string;
	/** Offers an image with one layer under `name:tag`; answers the digest that pins it. */
	offer(
		name: string,
		tag: string,
		files: Record<string, string>,
	): Promise<string>;
	close(): Promise<void>;
}

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

const digestOf = (content: Buffer): string =>
	`sha256:${createHash("sha256").update(content).digest("hex")}`;

/** A registry from which a real engine pulls: the read half of the distribution protocol, in memory. */
export async function startImageRegistry(): Promise<ImageRegistry> {
	const contents = new Map<string, { type: string; content: Buffer }>();
	const server = createServer((request, response) => {
		const key = (request.url ?? "").replace(/\?.*/, "");
		if (key === "/v2/") return void response.writeHead(200).end("{}");
		const found = contents.get(key);
		if (!found)
			return void response
				.writeHead(404, { "content-type": "application/json" })
				.end(
					'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
				);
		response.writeHead(200, {
			"content-type": found.type,
			"content-length": found.content.length,
			"docker-content-digest": digestOf(found.content),
		});
		response.end(request.method === "HEAD" ? undefined : found.content);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		async offer(name, tag, files) {
			const { manifest, blobs } = await makeImage(files);
			const digest = digestOf(manifest);
			for (const content of blobs)
				contents.set(`/v2/${name}/blobs/${digestOf(content)}`, {
					type: "application/octet-stream",
					content,
				});
			for (const key of [tag, digest])
				contents.set(`/v2/${name}/manifests/${key}`, {
					type: MANIFEST,
					content: manifest,
				});
			return digest;
		},
		close: () => closeServer(server),
	};
}

async function makeImage(files: Record<string, string>) {
	const tar = pack();
	for (const [name, text] of Object.entries(files))
		tar.entry({ name, mtime: new Date(0) }, text);
	tar.finalize();
	const chunks: Buffer[] = [];
	for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
	const plain = Buffer.concat(chunks);
	const layer = gzipSync(plain);
	const config = Buffer.from(
		JSON.stringify({
			architecture: process.arch === "arm64" ? "arm64" : "amd64",
			os: "linux",
			config: {},
			rootfs: { type: "layers", diff_ids: [digestOf(plain)] },
		}),
	);
	const describe = (mediaType: string, content: Buffer) => ({
		mediaType,
		size: content.length,
		digest: digestOf(content),
	});
	const manifest = Buffer.from(
		JSON.stringify({
			schemaVersion: 2,
			mediaType: MANIFEST,
			config: describe(
				"application/vnd.docker.container.image.v1+json",
				config,
			),
			layers: [
				describe("application/vnd.docker.image.rootfs.diff.tar.gzip", layer),
			],
		}),
	);
	return { manifest, blobs: [config, layer] };
}

function closeServer(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
