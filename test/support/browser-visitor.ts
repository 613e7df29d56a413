import type { BrowserContext, Page, Request } from "playwright-core";
import { until } from "./until.ts";

/** What went wrong that a person would see or feel, unless the test says that it is meant to. */
const HARMLESS = [
	// A page that is left gives up what it was still asking for.
	/net::ERR_ABORTED/,
	// The answer itself is recorded, with its address.
	/^Failed to load resource/,
];

/** How long anything may take to appear, unless a test knows better. */
const PATIENCE_MS = 20_000;

/** One person at one browser window. Everything that goes wrong in it is written down. */
export class BrowserVisitor {
	readonly page: Page;
	readonly #context: BrowserContext;
	readonly #origin: string;
	readonly #problems: string[] = [];
	readonly #underway = new Set<Request>();
	#expected: RegExp[] = [];

	private constructor(origin: string, context: BrowserContext, page: Page) {
		this.#origin = origin;
		this.#context = context;
		this.page = page;
		this.#watch(page);
	}

	/** @param context the browser's own, with its cookies; closed with the visitor */
	static async arrive(
		origin: string,
		context: BrowserContext,
	): Promise<BrowserVisitor> {
		context.setDefaultTimeout(PATIENCE_MS);
		return new BrowserVisitor(origin, context, await context.newPage());
	}

	#watch(page: Page): void {
		const over = (request: Request) => this.#underway.delete(request);
		page.on("request", (request) => this.#underway.add(request));
		page.on("requestfinished", over);
		page.on("requestfailed", over);
		page.on("console", (message) => {
			if (message.type() === "error") this.#note(page, message.text());
		});
		page.on("pageerror", (error) => this.#note(page, `threw ${error.stack}`));
		page.on("requestfailed", (request) =>
			this.#note(page, `${request.url()}: ${request.failure()?.errorText}`),
		);
		page.on("response", (response) => {
			if (response.status() >= 400)
				this.#note(page, `${response.url()} answered ${response.status()}`);
		});
	}

	#note(where: Page, problem: string): void {
		if (HARMLESS.some((pattern) => pattern.test(problem))) return;
		const [page] = where.url().split("?");
		this.#problems.push(`on ${page}: ${problem}`);
	}

	/** From here on these are what the test is about. */
	expectProblem(...patterns: RegExp[]): void {
		this.#expected = [...this.#expected, ...patterns];
	}

	/** What went wrong that was not expected to. */
	problems(): string[] {
		return this.#problems.filter(
			(problem) => !this.#expected.some((pattern) => pattern.test(problem)),
		);
	}

	/** Opens a page of the portal by its path. */
	async open(path: string): Promise<void> {
		await this.page.goto(new URL(path, this.#origin).href);
	}

	/** Waits until everything that the page asked for so far has come. */
	async requestsDone(): Promise<void> {
		await until("the page has what it asked for", async () => {
			return this.#underway.size === 0;
		});
	}

	/** Opens a page in a second window of the same browser. */
	async openWindow(path: string): Promise<Page> {
		const page = await this.#context.newPage();
		this.#watch(page);
		await page.goto(new URL(path, this.#origin).href);
		return page;
	}

	/** Signs in as people do, and arrives at `next`. */
	async signIn(email: string, password: string, next: string): Promise<void> {
		await this.open(`/sign-in?next=${encodeURIComponent(next)}`);
		await this.tryToSignIn(email, password);
		await this.page.waitForURL((url) => url.pathname === next);
	}

	/** Fills in the form that is on the screen and sends it. */
	async tryToSignIn(email: string, password: string): Promise<void> {
		await this.page.getByLabel("E-mail address").fill(email);
		await this.page.getByLabel("Password").fill(password);
		await this.page.getByRole("button", { name: "Sign in" }).click();
	}

	/** A note in the page's memory, which a reload would wipe out. */
	async markPage(): Promise<void> {
		await this.page.evaluate("window.stillTheSamePage = true");
	}

	/** Whether the page has lived on, without a reload, since it was marked. */
	async isMarkedPage(): Promise<boolean> {
		return (await this.page.evaluate("window.stillTheSamePage")) === true;
	}

	close(): Promise<void> {
		return this.#context.close();
	}
}
