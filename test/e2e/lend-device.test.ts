import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { browserPortal, PASSWORD } from "../support/browser-portal.ts";
import {
	agentEnvironment,
	endInstalledAgent,
} from "../support/enrolled-agent.ts";
import { findTestBrowser } from "../support/test-browser.ts";
import { findTestEngine } from "../support/test-engine.ts";

const run = promisify(execFile);
const engine = await findTestEngine();
const browser = findTestBrowser();
const portal = browserPortal(browser);

describe.skipIf(!browser || !engine)(
	"a stranger with a machine to lend",
	() => {
		afterAll(() => endInstalledAgent(engine ?? "", agentFolder()));
		const agentFolder = () => join(portal.folder, "agent");

		/** Runs a command of the page, as it stands there, in a shell on “the device”. */
		const runOnDevice = (command: string | null) =>
			run("sh", ["-c", `${command} -s -- --no-service`], {
				cwd: portal.folder,
				env: {
					...agentEnvironment(engine ?? ""),
					LULL_AGENT_DIR: agentFolder(),
				},
			});

		test("signs up, is led to the one command, runs it, and sees the device come online without a reload", async () => {
			const visitor = await portal.visitor();
			const { page } = visitor;
			await visitor.open("/");
			await page.getByRole("link", { name: "Lend a device" }).click();
			await page.getByLabel("Name").fill("Mary Somerville");
			await page.getByLabel("E-mail address").fill("mary@example.org");
			await page.getByLabel("Password").fill(PASSWORD);
			await page.getByRole("button", { name: "Create the account" }).click();
			await page.waitForURL("**/devices");

			await page.getByText("You lend no device yet").waitFor();
			await page.getByRole("link", { name: "Add a device" }).last().click();
			await page.getByText("Gateway", { exact: true }).click();
			await page.getByLabel("Name").fill("cellar gateway");
			await page.getByRole("button", { name: "Show the command" }).click();
			await page.getByText("Waiting for the device…").waitFor();
			await visitor.markPage();
			const command = await page
				.locator("pre", { hasText: "curl" })
				.textContent();

			const { stdout } = await runOnDevice(command);
			expect(stdout).toContain("the agent runs in the background");
			await page.getByText("cellar gateway is online").waitFor();
			expect(await visitor.isMarkedPage()).toBe(true);

			await page.getByRole("link", { name: "Watch it" }).click();
			await page.getByRole("heading", { name: "cellar gateway" }).waitFor();
			await page.getByText("Gateway, enrolled").waitFor();
			// Measured by itself, and told live while someone looks.
			await page.getByText(/linux\/(amd64|arm64)/).waitFor();
			await page.getByText("live", { exact: true }).waitFor();
			await page.getByText("No task yet").waitFor();
			expect(await visitor.isMarkedPage()).toBe(true);

			await expect(runOnDevice(command)).rejects.toThrow(
				/expired or was used already/,
			);
		});

		test("is told what to do about a form that is not right, before anything is made", async () => {
			const visitor = await portal.visitor();
			const { page } = visitor;
			await visitor.open("/sign-up");
			await page.getByLabel("Name").fill("Mary again");
			await page.getByLabel("E-mail address").fill("mary@example.org");
			await page.getByLabel("Password").fill("short");
			const button = page.getByRole("button", { name: "Create the account" });
			await button.click();
			expect(await page.locator("input:invalid").count()).toBe(1);

			visitor.expectProblem(/account\.signUp.* answered 409/);
			await page.getByLabel("Password").fill(PASSWORD);
			await button.click();
			await page
				.getByText("There is an account with this e-mail address already.")
				.waitFor();
			expect(await portal.db.user.count()).toBe(1);
		});
	},
);
