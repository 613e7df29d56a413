import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type DemoAccount, demoAccounts } from "../prisma/seed.ts";
import { browserNeeded, ensureChromium } from "./browser/chromium.ts";
import { launchChromium } from "./browser/launch-chromium.ts";
import { signIn } from "./demo/demo-person.ts";
import { tell } from "./process/tell.ts";

const root = join(import.meta.dirname, "..");
const pictures = join(root, "docs", "screenshots");
const command = join(root, "dist", "lull.mjs");
const READY_MS = 10 * 60_000;
/** So much of the batch is done when its page is taken: enough to see, and still under way. */
const SHARE_DONE = 0.55;
const viewport = { width: 1440, height: 900 };

/**
 * `npm run screenshots`: the pictures of the documentation, taken of a demo that
 * really computes, on data of its own that are thrown away afterwards.
 */
async function makeScreenshots(folder: string): Promise<void> {
	const chromium = await ensureChromium();
	if (!chromium) throw new Error(browserNeeded);
	await mkdir(pictures, { recursive: true });
	const demo = startDemo(folder, await findFreePort());
	try {
		const batchUrl = await demo.batchUrl;
		const password = await readPassword(folder);
		const browser = await launchChromium(chromium);
		try {
			await takePictures(browser, batchUrl, password);
		} finally {
			await browser.close();
		}
	} finally {
		await demo.stop();
	}
}

const readPassword = async (folder: string) =>
	(await readFile(join(folder, "demo", "password"), "utf8")).trim();

async function takePictures(
	browser: Browser,
	batchUrl: string,
	password: string,
): Promise<void> {
	const { origin, pathname } = new URL(batchUrl);
	const open = async (role: DemoAccount["role"], path: string) => {
		const page = await signedIn(browser, origin, role, password);
		await page.goto(`${origin}${path}`);
		return page;
	};
	const owner = await open("owner", "/devices");
	const researcher = await open("researcher", pathname);
	await handInSecondProject(origin, password);
	const admin = await open("admin", "/admin/reviews");
	await admin.getByRole("button", { name: "Approve and sign" }).waitFor();
	await take(admin, "review");

	await owner.getByRole("table").getByRole("link").first().click();
	await owner.getByText("live", { exact: true }).waitFor();
	const bar = researcher.getByRole("progressbar", { name: "Work units done" });
	const done = async () => Number(await bar.getAttribute("aria-valuenow"));
	while ((await done()) < 100 * SHARE_DONE)
		await researcher.waitForTimeout(1000);
	await take(researcher, "batch");
	await take(owner, "device");
	const landing = await browser.newPage({ viewport, locale: "en" });
	await landing.goto(origin);
	await take(landing, "overview");
}

/** In a browser of this person's own. */
async function signedIn(
	browser: Browser,
	origin: string,
	role: DemoAccount["role"],
	password: string,
): Promise<Page> {
	const account = demoAccounts.find((one) => one.role === role);
	const context = await browser.newContext({ viewport, locale: "en" });
	const page = await context.newPage();
	await page.goto(`${origin}/sign-in`);
	await page.getByLabel("E-mail address").fill(account?.email ?? "");
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL((url) => url.pathname !== "/sign-in");
	return page;
}

/** Something for the admin to decide on. */
async function handInSecondProject(
	origin: string,
	password: string,
): Promise<void> {
	tell("Handing in a second project …");
	const signal = AbortSignal.timeout(READY_MS);
	const researcher = await signIn(origin, password, "researcher", signal);
	const child = spawn(
		process.execPath,
		[command, "run", "examples/nanoparticle-scattering", "--no-wait"],
		{
			cwd: root,
			env: {
				...process.env,
				LULL_SERVER: origin,
				LULL_TOKEN: researcher.token,
			},
			stdio: ["ignore", "ignore", "inherit"],
		},
	);
	await new Promise((resolve) => child.once("exit", resolve));
	await researcher.signOut();
}

/** What is on the screen, once nothing moves any more. */
async function take(page: Page, name: string): Promise<void> {
	await page.evaluate("document.fonts.ready");
	await page.waitForLoadState("networkidle");
	await page.mouse.move(0, 0);
	const path = join(pictures, `${name}.png`);
	await page.screenshot({ path, animations: "disabled" });
	tell(`Took ${path}`);
}

/** A demo in a process of its own, which says where its batch is. */
function startDemo(folder: string, port: number) {
	const child = spawn(
		process.execPath,
		["--import", "tsx", join("setup", "run-demo.ts"), "demo"],
		{
			cwd: root,
			env: { ...process.env, LULL_DATA: folder, PORT: String(port) },
			stdio: ["ignore", "ignore", "pipe"],
		},
	);
	return { batchUrl: findBatchUrl(child), stop: () => interrupt(child) };
}

function findBatchUrl(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		let said = "";
		const fail = () => reject(new Error(`The demo did not start:\n${said}`));
		const timer = setTimeout(fail, READY_MS);
		child.once("exit", fail);
		child.stderr?.on("data", (chunk: Buffer) => {
			said = (said + chunk.toString()).slice(-10_000);
			const [url] = /http\S+\/batches\/\S+/.exec(said) ?? [];
			if (!url) return;
			clearTimeout(timer);
			resolve(url);
		});
	});
}

function interrupt(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return Promise.resolve();
	return new Promise((resolve) => {
		child.once("exit", () => resolve());
		child.kill("SIGINT");
	});
}

function findFreePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}

const folder = await mkdtemp(join(tmpdir(), "lull-screenshots-"));
try {
	await makeScreenshots(folder);
} finally {
	await rm(folder, { recursive: true, force: true });
}
