import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { browserPortal, type Look } from "../support/browser-portal.ts";
import type { BrowserVisitor } from "../support/browser-visitor.ts";
import { type Populated, populatePortal } from "../support/populated-portal.ts";
import { findTestBrowser } from "../support/test-browser.ts";

const browser = findTestBrowser();
const portal = browserPortal(browser);

const PHONE_PIXELS = 390;
/** More presses of Tab than any page needs until its main action. */
const MOST_TABS = 60;
const looks: [string, Look][] = [
	["on a phone in the dark", { phone: true, dark: true }],
	["on a desktop in the light", {}],
];

const publicPages = [
	"/",
	"/projects",
	"/leaderboards",
	"/forecasts",
	"/docs",
	"/docs/device-owner",
	"/docs/researcher",
	"/docs/api",
	"/sign-in",
	"/sign-up",
	"/setup?code=of-no-use",
];

const pagesOf = (all: Populated) => [
	"/devices",
	"/devices/add",
	all.device,
	all.rules,
	"/projects",
	"/projects/new",
	all.project,
	`${all.project}/settings`,
	`${all.project}/batches`,
	`${all.project}/batches/new`,
	`${all.project}/app-versions/new`,
	all.version,
	"/batches",
	all.batch,
	all.workUnit,
	all.task,
	"/leaderboards",
	"/account",
	"/account/research",
	"/account/security",
	"/account/sign-ins",
	"/account/tokens",
	"/admin",
	"/admin/reviews",
	"/admin/researcher-requests",
	"/admin/users",
	all.account,
	"/admin/devices",
	"/admin/log",
];

describe.skipIf(browser === undefined)("every page", () => {
	let all: Populated;
	beforeAll(async () => {
		const person = await portal.aPerson("Grace Hopper", "admin");
		all = await populatePortal(portal, person);
	});

	test.each(looks)(
		"fits, is named, and goes without an error %s",
		async (_, look) => {
			const stranger = await portal.visitor(look);
			const member = await portal.signedIn(all.person, "/account", look);
			const faults = [
				...(await findFaults(stranger, publicPages, look)),
				...(await findFaults(member, pagesOf(all), look)),
			];
			expect(faults).toEqual([]);
		},
	);

	test("is used by keyboard: Tab leads to what it is for, and one sees where one is", async () => {
		const stranger = await portal.visitor();
		const member = await portal.signedIn(all.person, "/account");
		const actions: [BrowserVisitor, string, string][] = [
			[stranger, "/", "Lend a device"],
			[stranger, "/sign-up", "Create the account"],
			[member, "/devices", "Add a device"],
			[member, "/devices/add", "Show the command"],
			[member, `${all.project}/batches/new`, "Show the preview"],
			[member, all.batch, "Cancel"],
			[member, "/admin/reviews", "Approve and sign"],
		];
		for (const [visitor, path, action] of actions) {
			await openSettled(visitor, path);
			const focus = await tabTo(visitor.page, action);
			expect(focus, `${action} at ${path}`).toEqual({ outlined: true });
		}
	});

	test("lets the keyboard skip what all pages have in common", async () => {
		const visitor = await portal.visitor();
		await openSettled(visitor, "/projects");
		await visitor.page.keyboard.press("Tab");
		const skip = visitor.page.getByRole("link", {
			name: "Skip to the content",
		});
		expect(await skip.isVisible()).toBe(true);
		await visitor.page.keyboard.press("Enter");
		expect(new URL(visitor.page.url()).hash).toBe("#content");
	});

	test("that does not exist says so, and leads on", async () => {
		const visitor = await portal.visitor();
		visitor.expectProblem(/\/nowhere answered 404/);
		await visitor.open("/nowhere");
		await visitor.page.locator("#content").getByRole("link").first().waitFor();
	});
});

/** Opens a page and waits until it has what it asked for. */
async function openSettled(
	visitor: BrowserVisitor,
	path: string,
): Promise<void> {
	await visitor.open(path);
	await visitor.page.locator("#content").waitFor();
	// What stands in for content that is still on its way.
	await visitor.page.waitForFunction(
		"document.querySelector('#content .bg-sunken.animate-breathe') === null",
	);
	await visitor.requestsDone();
}

/** Pages that do not fit the screen, have no title, the wrong colours, or controls without a name. */
async function findFaults(
	visitor: BrowserVisitor,
	paths: readonly string[],
	{ phone, dark }: Look,
): Promise<string[]> {
	const faults: string[] = [];
	const { page } = visitor;
	for (const path of paths) {
		await openSettled(visitor, path);
		const { width, background } = await page.evaluate<{
			width: number;
			background: string;
		}>(`({
			width: document.documentElement.scrollWidth,
			background: getComputedStyle(document.body).backgroundColor,
		})`);
		const room = phone ? PHONE_PIXELS : 1280;
		if (width > room) faults.push(`${path} is ${width} pixels wide`);
		if (isDark(background) !== Boolean(dark))
			faults.push(`${path} has the background ${background}`);
		if (!/Lull/.test(await page.title())) faults.push(`${path} has no title`);
		if ((await page.locator("main").count()) !== 1)
			faults.push(`${path} has not exactly one main part`);
		for (const control of await findNameless(page))
			faults.push(`${path} has a nameless ${control}`);
	}
	return faults;
}

function isDark(color: string): boolean {
	const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(
		Number,
	);
	return red + green + blue < (3 * 255) / 2;
}

/** Controls that a screen reader would announce by their kind alone. */
async function findNameless(page: Page): Promise<string[]> {
	const tree = await page.locator("body").ariaSnapshot();
	return [
		...tree.matchAll(
			/^\s*- (button|link|textbox|combobox|checkbox|radio|tab)\b(?! ")[^\n]*/gm,
		),
	].map(([line]) => line.trim());
}

/** Presses Tab until the link or button with this text has the focus; undefined when it never has. */
async function tabTo(
	page: Page,
	text: string,
): Promise<{ outlined: boolean } | undefined> {
	for (let presses = 0; presses < MOST_TABS; presses++) {
		await page.keyboard.press("Tab");
		const focus = await page.evaluate<{
			text: string;
			outlined: boolean;
		}>(`(() => {
			const element = document.activeElement;
			const { outlineStyle, outlineWidth } = getComputedStyle(element);
			return {
				text: element.textContent,
				outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
			};
		})()`);
		if (focus.text.trim() === text) return { outlined: focus.outlined };
	}
	return undefined;
}
