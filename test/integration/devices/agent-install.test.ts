import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import {
	chmod,
	mkdir,
	mkdtemp,
	readFile,
	rm,
	writeFile,
} from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentDownloads } from "../../../server/devices/enrolment/agent-downloads.ts";
import { createAgentInstallRoutes } from "../../../server/devices/enrolment/agent-install-routes.ts";
import { createEnrolmentCode } from "../../../server/devices/enrolment/enrol-device.ts";
import { createRequestListener } from "../../../server/http/request-listener.ts";
import { aPerson } from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const run = promisify(execFile);
const database = testDatabase();
const services = testServices(database);
// Stands for the agent: writes down how it was called, and ends.
const AGENT = `import { appendFileSync } from "node:fs";
import { join } from "node:path";
const folder = process.argv[process.argv.indexOf("--state") + 1];
appendFileSync(join(folder, "calls"), JSON.stringify(process.argv.slice(2)) + "\\n");
`;
const sha256 = createHash("sha256").update(AGENT).digest("hex");
let folder: string;
let server: Server;
let url: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-install-"));
	await mkdir(join(folder, "dist"));
	await writeFile(join(folder, "dist", "lull-agent.mjs"), AGENT);
	server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const config = { ...services().config, publicUrl: url };
	const routes = createAgentInstallRoutes(
		{ ...services(), config },
		new AgentDownloads(join(folder, "dist")),
	);
	server.on(
		"request",
		createRequestListener(
			[
				...routes,
				{
					matches: () => true,
					handle: (_, response) => response.writeHead(404).end(),
				},
			],
			config,
			services().log,
		),
	);
});
afterAll(async () => {
	await new Promise((resolve) => server.close(resolve));
	await rm(folder, { recursive: true, force: true });
});

const aCode = async (name?: string) =>
	createEnrolmentCode(
		database.db,
		(await aPerson(database.db)).id,
		{ name, kind: "camera" },
		services().clock.now(),
	);
const fetchScript = async (code: string) =>
	(await fetch(`${url}/install/${code}`)).text();

/** Runs a script as a person would who pipes it into sh. */
async function runScript(
	script: string,
	home: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
	const file = join(home, "install.sh");
	await mkdir(home, { recursive: true });
	await writeFile(file, script);
	const env = {
		NODE_ENV: "test" as const,
		PATH: `${process.execPath.replace(/\/node$/, "")}:${process.env.PATH}`,
		HOME: home,
		LULL_AGENT_DIR: join(home, "agent"),
		DOCKER_HOST: "unix:///tmp/of-no-matter-here.sock",
	};
	const options = { env, cwd: home };
	return run("sh", [file, "--no-service"], options).then(
		({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
		({ code, stdout, stderr }) => ({ code, stdout, stderr }),
	);
}

const callsOf = async (home: string): Promise<string[][]> =>
	(await readFile(join(home, "agent", "calls"), "utf8"))
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as string[]);

describe("the install script", () => {
	test("downloads the agent, enrolls with the code, the name and the kind, and starts it", async () => {
		const name = 'it\'s $(touch hacked) `x` "camera"';
		const { code } = await aCode(name);
		const home = join(folder, "fine");
		const result = await runScript(await fetchScript(code), home);
		expect(result).toMatchObject({ code: 0, stderr: "" });
		const state = join(home, "agent");
		await expect
			.poll(() => callsOf(home), { timeout: 5000 })
			.toEqual([
				[
					"enroll",
					"--server",
					url,
					"--code",
					code,
					"--name",
					name,
					"--kind",
					"camera",
					"--state",
					state,
				],
				["run", "--state", state],
			]);
		expect(existsSync(join(home, "hacked"))).toBe(false);
		expect(result.stdout).toContain("to remove it all");
	});

	test("runs nothing when the download is not what the server named", async () => {
		const { code } = await aCode();
		const script = (await fetchScript(code)).replace(sha256, "0".repeat(64));
		const home = join(folder, "forged");
		const result = await runScript(script, home);
		expect(result.code).not.toBe(0);
		expect(result.stderr).toContain("checksum");
		expect(existsSync(join(home, "agent", "lull-agent.mjs"))).toBe(false);
	});

	test("that breaks off on its way runs nothing", async () => {
		const { code } = await aCode();
		const script = await fetchScript(code);
		const home = join(folder, "cut");
		for (const share of [0.3, 0.6, 0.9, 0.99])
			await runScript(script.slice(0, Math.floor(script.length * share)), home);
		expect(existsSync(join(home, "agent"))).toBe(false);
	});

	test("leaves a machine alone that is a device already", async () => {
		const { code } = await aCode();
		const home = join(folder, "enrolled");
		await mkdir(join(home, "agent"), { recursive: true });
		await writeFile(join(home, "agent", "identity.json"), "{}");
		const result = await runScript(await fetchScript(code), home);
		expect(result.code).not.toBe(0);
		expect(result.stderr).toContain("a device already");
	});

	test("says when the machine's Node.js is too old and there is no docker command", async () => {
		const { code } = await aCode();
		const home = join(folder, "old-node");
		const tools = join(home, "bin");
		await mkdir(tools, { recursive: true });
		await writeFile(join(tools, "node"), "#!/bin/sh\necho 16\n");
		await chmod(join(tools, "node"), 0o755);
		for (const tool of ["sh", "uname", "id", "mkdir", "chmod"])
			await run("ln", [
				"-s",
				(await run("which", [tool])).stdout.trim(),
				join(tools, tool),
			]);
		const file = join(home, "install.sh");
		await writeFile(file, await fetchScript(code));
		const env = {
			NODE_ENV: "test" as const,
			PATH: tools,
			HOME: home,
			DOCKER_HOST: "unix:///tmp/x",
			LULL_AGENT_DIR: join(home, "agent"),
		};
		await expect(run(join(tools, "sh"), [file], { env })).rejects.toMatchObject(
			{
				stderr: expect.stringContaining("Node.js 20 or newer is needed"),
			},
		);
	});

	test("for a code that expired or never was says so and fails", async () => {
		const { code } = await aCode();
		await database.db.enrolmentCode.updateMany({
			data: { expiresAt: new Date(services().clock.now().getTime() - 1) },
		});
		for (const wrong of [code, "ZZZZ-ZZZZ-ZZ"]) {
			const home = join(folder, wrong);
			const result = await runScript(await fetchScript(wrong), home);
			expect(result.code).toBe(1);
			expect(result.stderr).toContain("expired or was used already");
		}
	});

	test("is a page in a browser", async () => {
		const { code } = await aCode();
		const response = await fetch(`${url}/install/${code}`, {
			headers: { accept: "text/html" },
			redirect: "manual",
		});
		expect(response.status).toBe(302);
		expect(response.headers.get("location")).toBe(`${url}/devices/add/${code}`);
	});
});

describe("downloads", () => {
	test("come with their checksum", async () => {
		const response = await fetch(`${url}/downloads/lull-agent.mjs`);
		expect(await response.text()).toBe(AGENT);
		expect(response.headers.get("x-checksum-sha256")).toBe(sha256);
		const line = await fetch(`${url}/downloads/lull-agent.mjs.sha256`);
		expect(await line.text()).toBe(`${sha256}  lull-agent.mjs\n`);
	});

	test("that were never made are unavailable, with the command that makes them", async () => {
		const response = await fetch(`${url}/downloads/lull.mjs`);
		expect(response.status).toBe(503);
		expect(await response.text()).toContain("npm run bundles");
	});

	test.each([
		"/downloads/../package.json",
		"/downloads/%2e%2e/package.json",
		"/downloads/secrets.json",
		"/downloads/",
		"/install/../../etc/passwd",
	])("nothing else is served: %s", async (path) => {
		const response = await fetch(url + path);
		expect(response.status).toBe(404);
	});

	test("cannot be written", async () => {
		const response = await fetch(`${url}/downloads/lull-agent.mjs`, {
			method: "PUT",
			body: "x",
		});
		expect(response.status).toBe(405);
	});
});
