import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { createAppVersionBuilds } from "../../server/builds/app-version-build-loop.ts";
import {
	imageTagOf,
	openBuildEngine,
} from "../../server/builds/build-engine.ts";
import { followEngineStream } from "../../server/builds/follow-engine-stream.ts";
import { callAs } from "../support/api-caller.ts";
import { aProject, aResearcher } from "../support/factories.ts";
import { anUpload, aTar, aTarGz } from "../support/folder-archive.ts";
import {
	type ImageRegistry,
	startImageRegistry,
} from "../support/image-registry.ts";
import { testDatabase } from "../support/test-database.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { testServices } from "../support/test-services.ts";
import { until } from "../support/until.ts";

const address = await findTestEngine();
const database = testDatabase();
const services = testServices(database, {
	...(address && { DOCKER_HOST: address }),
	BUILD_NETWORK: "none",
	MAX_IMAGE_MIB: "600",
});
const needs = {
	estimatedOperations: 1e9,
	command: ["/bin/sh", "-c", "echo {n}"],
};

type Source = Parameters<
	ReturnType<typeof callAs>["appVersions"]["push"]
>[0]["source"];

describe.skipIf(address === undefined)("an image is made", () => {
	const engine = openBuildEngine(address);
	let researcher: Awaited<ReturnType<typeof aResearcher>>;
	let project: Awaited<ReturnType<typeof aProject>>;

	beforeAll(async () => {
		researcher = await aResearcher(services().db);
	});
	beforeEach(async () => {
		project = await aProject(services().db, {
			ownerId: researcher.id,
			state: "draft",
		});
		services().builds.start();
	});
	afterEach(() => services().builds.stop());
	afterAll(async () => {
		const versions = await services().db.appVersion.findMany();
		for (const { id } of versions)
			await engine
				.getImage(imageTagOf(id))
				.remove()
				.catch(() => {});
	});

	const api = () => callAs(services(), researcher);
	const push = (source: Source, more: object = {}) =>
		api().appVersions.push({
			project: project.slug,
			source,
			...needs,
			...more,
		});
	const ended = (appVersionId: string, timeoutMs = 60_000) =>
		until(
			"the image is made",
			async () => {
				const { inside } = await api().appVersions.get({ appVersionId });
				return inside?.state !== "building" && (inside ?? undefined);
			},
			timeoutMs,
		);
	const uploaded = (content: Buffer) =>
		anUpload(services(), researcher.id, content);

	test("from a Dockerfile with its folder, with its output shown while it is built", async () => {
		const uploadId = await uploaded(
			await aTarGz([
				[
					"Dockerfile",
					"FROM debian:bookworm-slim\nCOPY hello /hello\nRUN cat /hello\n",
				],
				["hello", "good morning\n"],
			]),
		);
		const { id } = await push({
			kind: "dockerfile",
			uploadId,
			dockerfile: "Dockerfile",
		});
		let live = "";
		services().events.subscribe(`appVersion:${id}`, (event) => {
			if (event.kind === "buildOutput") live += event.text;
		});
		const version = await ended(id);
		expect(version.failureReason).toBeNull();
		expect(version.state).toBe("built");
		expect(version.buildLog).toContain("good morning");
		expect(live).toContain("good morning");
		expect(version.context?.baseImages).toEqual(["debian:bookworm-slim"]);
		expect(version.context?.files.map(({ path }) => path)).toContain("hello");
		const image = await engine.getImage(imageTagOf(id)).inspect();
		expect(version.imageId).toBe(image.Id);
		expect(version.platforms).toEqual([`${image.Os}/${image.Architecture}`]);
	});

	test("from a folder of code with a stock runtime, which runs it", async () => {
		const uploadId = await uploaded(
			await aTar([
				{ name: "work/", type: "directory" },
				["work/main.sh", 'echo "from $1"\n'],
			]),
		);
		const { id } = await api().appVersions.push({
			project: project.slug,
			source: { kind: "code", uploadId, runtime: "sh", entryPoint: "main.sh" },
			estimatedOperations: 1e9,
		});
		const version = await ended(id);
		expect(version.failureReason).toBeNull();
		expect(version.command).toEqual(["/bin/sh", "/app/main.sh"]);
		const [exit, output] = await run(version.imageId ?? "", [
			...version.command,
			"a shell",
		]);
		expect(output).toContain("from a shell");
		expect(exit).toBe(0);
	});

	test("from an uploaded archive, which cannot take another image's name", async () => {
		const before = await engine.getImage("debian:bookworm-slim").inspect();
		const archive = await savedAsDebian("hello");
		const { id } = await push({
			kind: "archive",
			uploadId: await uploaded(archive),
		});
		const version = await ended(id);
		expect(version.failureReason).toBeNull();
		const image = await engine.getImage(imageTagOf(id)).inspect();
		expect(version.imageId).toBe(image.Id);
		const after = await engine.getImage("debian:bookworm-slim").inspect();
		expect(after.Id).toBe(before.Id);
	});

	test("is refused from an archive that holds two images", async () => {
		const archive = await aTar([
			[
				"manifest.json",
				JSON.stringify([
					{ Config: "a.json", Layers: [] },
					{ Config: "b.json", Layers: [] },
				]),
			],
		]);
		const { id } = await push({
			kind: "archive",
			uploadId: await uploaded(archive),
		});
		expect((await ended(id)).failureReason).toContain("2 images");
	});

	test("that declares a volume is refused, and nothing of it stays", async () => {
		const uploadId = await uploaded(
			await aTar([
				["Dockerfile", "FROM scratch\nCOPY Dockerfile /\nVOLUME /data\n"],
			]),
		);
		const { id } = await push({
			kind: "dockerfile",
			uploadId,
			dockerfile: "Dockerfile",
		});
		expect((await ended(id)).failureReason).toContain(
			"declares volumes (/data)",
		);
		await expect(
			engine.getImage(imageTagOf(id)).inspect(),
		).rejects.toMatchObject({ statusCode: 404 });
	});

	test("and a build that fails says why in the engine's words", async () => {
		const uploadId = await uploaded(
			await aTar([["Dockerfile", "FROM debian:bookworm-slim\nRUN exit 7\n"]]),
		);
		const { id } = await push({
			kind: "dockerfile",
			uploadId,
			dockerfile: "Dockerfile",
		});
		expect((await ended(id)).failureReason).toContain(
			"returned a non-zero code: 7",
		);
	});

	test("no more once its researcher cancels it", async () => {
		const uploadId = await uploaded(
			await aTar([
				[
					"Dockerfile",
					"FROM debian:bookworm-slim\nRUN echo begun && sleep 600\n",
				],
			]),
		);
		const { id } = await push({
			kind: "dockerfile",
			uploadId,
			dockerfile: "Dockerfile",
		});
		const begun = new Promise<void>((resolve) =>
			services().events.subscribe(`appVersion:${id}`, (event) => {
				if (event.kind === "buildOutput" && event.text.includes("Running in"))
					resolve();
			}),
		);
		await begun;
		await api().appVersions.cancelBuild({ appVersionId: id });
		const next = await push({
			kind: "dockerfile",
			uploadId: await uploaded(
				await aTar([["Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"]]),
			),
			dockerfile: "Dockerfile",
		});
		expect((await ended(next.id)).state).toBe("built");
		expect((await ended(id)).failureReason).toBe(
			"Cancelled by the researcher.",
		);
	});

	test("by another process after the one that made it died", async () => {
		await services().builds.stop();
		const uploadId = await uploaded(
			await aTar([["Dockerfile", "FROM scratch\nCOPY Dockerfile /\n"]]),
		);
		const { id } = await push({
			kind: "dockerfile",
			uploadId,
			dockerfile: "Dockerfile",
		});
		const long = new Date(services().clock.now().getTime() + 60_000);
		await services().db.appVersion.update({
			where: { id },
			data: {
				buildClaimedBy: "the dead",
				buildClaimedUntil: long,
				buildAttempts: 1,
			},
		});
		const other = createAppVersionBuilds({
			...services(),
			announcements: { set: () => undefined },
		});
		other.start();
		try {
			services().clock.advance(61_000);
			expect((await ended(id)).state).toBe("built");
		} finally {
			await other.stop();
		}
	});

	describe("from an image's reference", () => {
		let registry: ImageRegistry;
		beforeAll(async () => {
			registry = await startImageRegistry();
		});
		afterAll(() => registry.close());

		test("pulled, and pinned by the digest it has at this moment", async () => {
			const digest = await registry.offer("group/tool", "v1", {
				"tool.txt": "one",
			});
			const reference = `${registry.host}/group/tool:v1`;
			const { id } = await push({ kind: "reference", reference });
			const version = await ended(id);
			expect(version.failureReason).toBeNull();
			expect(version.imageReference).toBe(
				`${registry.host}/group/tool@${digest}`,
			);
			expect(version.archiveBytes).toBeGreaterThan(0);
			await expect(engine.getImage(reference).inspect()).rejects.toMatchObject({
				statusCode: 404,
			});
		});

		test("and refused with the registry's answer when there is none", async () => {
			const { id } = await push({
				kind: "reference",
				reference: `${registry.host}/no/such:thing`,
			});
			const version = await ended(id);
			expect(version.state).toBe("failed");
			expect(version.failureReason).toMatch(/not found|unknown/);
		});
	});

	async function run(
		image: string,
		command: string[],
	): Promise<[number, string]> {
		const container = await engine.createContainer({
			Image: image,
			Cmd: command,
			Tty: true,
			NetworkDisabled: true,
			Labels: { "org.lull.role": "build" },
		});
		try {
			await container.start();
			const { StatusCode } = await container.wait();
			const output = await container.logs({ stdout: true });
			return [StatusCode, output.toString()];
		} finally {
			await container.remove({ force: true });
		}
	}

	/** A small image, saved as if it were Debian's. */
	async function savedAsDebian(text: string): Promise<Buffer> {
		// As long as the other name, so that the tar stays whole when one is written over the other.
		const name = "debian:bookworm-slin";
		const context = await aTar([
			["Dockerfile", "FROM scratch\nCOPY hello /\n"],
			["hello", text],
		]);
		await followEngineStream(
			await engine.buildImage(Readable.from([context]), { t: name }),
			() => {},
		);
		const archive = await buffer(await engine.getImage(name).get());
		await engine.getImage(name).remove();
		const renamed = archive
			.toString("latin1")
			.replaceAll("bookworm-slin", "bookworm-slim");
		expect(renamed).toContain("debian:bookworm-slim");
		return Buffer.from(renamed, "latin1");
	}
});
