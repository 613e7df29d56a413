import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { imageTagOf } from "../../server/builds/build-engine.ts";
import { browserPortal, type Person } from "../support/browser-portal.ts";
import { type EnrolledAgent, startAgent } from "../support/enrolled-agent.ts";
import { findTestBrowser } from "../support/test-browser.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { unzipEntries } from "../support/unzip-entries.ts";

const engine = await findTestEngine();
const browser = findTestBrowser();
const portal = browserPortal(browser, {
	...(engine && { DOCKER_HOST: engine }),
	BUILD_NETWORK: "none",
});

const PROGRAM = `# Adds the squares of the whole numbers from $1 to before $2.
i=$1
sum=0
while [ "$i" -lt "$2" ]; do
	sum=$((sum + i * i))
	i=$((i + 1))
done
echo "LULL_PROGRESS 1"
echo "$sum" > sum.txt
`;
const UNITS = 6;
const STEP = 10;
/** What work unit `index` must come to, worked out in another way than the program does. */
const sumOf = (index: number) => {
	const below = (n: number) => ((n - 1) * n * (2 * n - 1)) / 6;
	return `${below((index + 1) * STEP) - below(index * STEP)}\n`;
};
const IMPACT = "One core for a second, no memory to speak of.";

describe.skipIf(!browser || !engine)("a researcher's project", () => {
	const agents: EnrolledAgent[] = [];
	let researcher: Person;
	let folder = "";
	const rows = () => join(portal.folder, "rows.csv");

	beforeAll(async () => {
		researcher = await portal.aPerson("Emmy Noether", "researcher");
		folder = join(portal.folder, "sums");
		await mkdir(folder);
		await writeFile(join(folder, "sum-squares.sh"), PROGRAM);
		await writeFile(rows(), "start,end\n0,10\n10\n20,30\n");
	});
	afterAll(async () => {
		await Promise.all(agents.map((agent) => agent.stop()));
		if (engine) await removeImages(engine);
	});

	test("is made in the browser, its program is built before the researcher's eyes, and it is handed in", async () => {
		const visitor = await portal.signedIn(researcher, "/projects");
		const { page } = visitor;
		await page.getByRole("link", { name: "New project" }).first().click();
		await page.getByLabel("Name").fill("Sums of squares");
		// The address suggests itself.
		await page.getByText("/projects/sums-of-squares").waitFor();
		await page.getByLabel("Area of science").selectOption("Mathematics");
		await page.getByLabel("Description").fill("# Why\n\nTo be **sure**.");
		await page.getByText("sure", { exact: true }).waitFor();
		await page.getByLabel("What it does to devices").fill(IMPACT);
		await page.getByRole("button", { name: "Create the draft" }).click();
		await page.getByText("Only you see this draft").waitFor();

		await page.getByRole("link", { name: "Add the program" }).click();
		await page.getByText("Folder of code", { exact: true }).click();
		await page
			.getByLabel("Runtime", { exact: true })
			.selectOption("POSIX shell");
		await page.getByLabel("Folder", { exact: true }).setInputFiles(folder);
		const command = page.getByLabel("Command", { exact: true });
		await expect
			.poll(() => command.inputValue())
			.toBe("/bin/sh /app/sum-squares.sh");
		await command.press("End");
		await command.pressSequentially(" {start} {end}");
		await page.getByLabel("Operations").fill("1e9");
		await page.getByRole("button", { name: "Make the image" }).click();

		await page.waitForURL("**/app-versions/1");
		await visitor.markPage();
		await page.getByRole("log").getByText("Step 1/").waitFor();
		await page.getByText("The image is built").waitFor({ timeout: 60_000 });
		expect(await visitor.isMarkedPage()).toBe(true);

		await page.getByRole("link", { name: "Go on to the project" }).click();
		await page.getByRole("button", { name: "Hand it in for review" }).click();
		await page.getByText("It waits for review").waitFor();
	});

	test("is reviewed by an admin who sees what it will run, and is approved while the researcher looks on", async () => {
		const path = "/projects/sums-of-squares";
		const author = await portal.signedIn(researcher, path);
		await author.page.getByText("It waits for review").waitFor();
		await author.markPage();

		const { page } = await portal.signedIn(
			await portal.aPerson("Grace Hopper", "admin"),
			"/admin/reviews",
		);
		await page.getByText(IMPACT).waitFor();
		await page
			.getByText("/bin/sh /app/sum-squares.sh {start} {end}", { exact: true })
			.waitFor();
		await page.getByText("FROM debian:bookworm-slim").first().waitFor();
		await page
			.getByText(`${Buffer.byteLength(PROGRAM)} bytes  sum-squares.sh`)
			.waitFor();
		await page.getByRole("button", { name: "Approve and sign" }).click();
		await page.getByText("Nothing waits for you").waitFor();

		const content = author.page.locator("#content");
		await content.getByRole("link", { name: "Batches" }).waitFor();
		expect(await author.isMarkedPage()).toBe(true);
	});

	test("gets a batch that is previewed, put right and submitted, and is computed by devices of three owners", async () => {
		const owners = await Promise.all(
			["Ada Lovelace", "Alan Turing", "Mary Somerville"].map((name) =>
				portal.aPerson(name),
			),
		);
		const visitor = await portal.signedIn(
			researcher,
			"/projects/sums-of-squares/batches/new",
		);
		const { page } = visitor;
		await seeWhatIsWrong(page);
		await describeRanges(page);
		await page.getByText(/^Submit 6 work units/).click();
		await page.waitForURL(/\/batches\/[0-9a-f-]{36}$/);
		await page.getByText(`0 of ${UNITS}`).waitFor();
		await visitor.markPage();

		agents.push(
			...(await Promise.all(
				owners.map((owner) =>
					startAgent(portal, owner, `${owner.name}'s`, engine ?? ""),
				),
			)),
		);
		await page.getByText(`${UNITS} of ${UNITS}`).waitFor({ timeout: 60_000 });
		const bar = page.getByRole("progressbar", { name: "Work units done" });
		expect(await bar.getAttribute("aria-valuenow")).toBe("100");
		expect(await visitor.isMarkedPage()).toBe(true);

		await checkResults(page);
		const menu = page.getByRole("navigation", { name: "Main" });
		await menu.getByRole("link", { name: "Leaderboards" }).click();
		const table = page.getByRole("table", { name: "People by credit" });
		// At least two of the three had to agree on each work unit.
		const credited = await portal.db.user.findMany({
			where: { credit: { total: { gt: 0 } } },
		});
		expect(credited.length).toBeGreaterThanOrEqual(2);
		for (const { name } of credited)
			await table.getByText(name, { exact: true }).waitFor();
	});

	/** Rows that are wrong are named, and nothing can be submitted with them. */
	async function seeWhatIsWrong(page: Page) {
		await page.getByLabel("Name of the batch").fill("The first sixty");
		await page.getByText("Rows", { exact: true }).click();
		await page.getByLabel("Choose or drop the rows").setInputFiles(rows());
		await page.getByRole("button", { name: "Show the preview" }).click();
		await page.getByText("1 row is wrong").waitFor();
		await page.getByText("Line 3:").waitFor();
		const submit = page.getByRole("button", { name: /^Submit/ });
		expect(await submit.isDisabled()).toBe(true);
	}

	async function describeRanges(page: Page) {
		await page.getByText("Ranges", { exact: true }).click();
		await page.getByLabel("To before").fill(String(UNITS * STEP));
		await page.getByRole("button", { name: "Show the preview" }).click();
		const commands = page.getByRole("table", { name: "The first commands" });
		await commands.getByText("/bin/sh /app/sum-squares.sh 0 10").waitFor();
		await commands.getByText("/bin/sh /app/sum-squares.sh 50 60").waitFor();

		const submit = page.getByRole("button", { name: /^Submit/ });
		await page.getByLabel("Quorum", { exact: true }).fill("3");
		await page.getByText("At least as many as the quorum.").waitFor();
		expect(await submit.isDisabled()).toBe(true);
		await page.getByLabel("Quorum", { exact: true }).fill("2");
		expect(await submit.isEnabled()).toBe(true);
	}

	/** One output by itself, and all of them as an archive. */
	async function checkResults(page: Page) {
		await page.getByRole("tab", { name: /^Results/ }).click();
		const results = page.getByRole("table", { name: "Results" });
		const one = await download(page, () =>
			results.getByRole("link", { name: "sum.txt" }).first().click(),
		);
		expect(await readFile(one, "utf8")).toBe(sumOf(0));
		const all = await download(page, () =>
			page.getByRole("link", { name: "All as one zip" }).click(),
		);
		const files = await unzipEntries(all);
		const sums = Object.entries(files).filter(([path]) =>
			path.endsWith("sum.txt"),
		);
		expect(Object.fromEntries(sums)).toEqual(
			Object.fromEntries(
				Array.from({ length: UNITS }, (_, index) => [
					`${index}/sum.txt`,
					sumOf(index),
				]),
			),
		);
	}

	async function removeImages(address: string): Promise<void> {
		const docker = openDocker(address);
		for (const { id } of await portal.db.appVersion.findMany())
			await docker
				.getImage(imageTagOf(id))
				.remove()
				.catch(() => undefined);
	}
});

/** The file that a click saves. */
async function download(page: Page, click: () => Promise<void>) {
	const [saved] = await Promise.all([page.waitForEvent("download"), click()]);
	return saved.path();
}
