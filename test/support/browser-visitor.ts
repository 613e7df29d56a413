import type { BrowserContext, Page } from "playwright-core";

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
	#expected: RegExp[] = [];

	constructor(origin: string, context: BrowserContext, page: Page) {
		this.#origin = origin;
		this.#context = context;
		this.page = page;
		page.setDefaultTimeout(PATIENCE_MS);
		page.on("console", (message) => {
			if (message.type() === "error") this.#note(message.text());
		});
		page.on("pageerror", (error) => this.#note(`threw ${error.stack}`));
		page.on("requestfailed", (request) =>
			this.#note(`${request.url()}: ${request.failure()?.errorText}`),
		);
		page.on("response", (response) => {
			if (response.status() >= 400)
				this.#note(`${response.url()} answered ${response.status()}`);
		});
	}

	#note(problem: string): void {
		if (HARMLESS.some((pattern) => pattern.test(problem))) return;
		const [page] = this.page.url().split("?");
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

	/** Signs in as people do, and arrives at `next`. */
	async signIn(email: string, password: string, next: string): Promise<void> {
		await this.open(`/sign-in?next=${encodeURIComponent(next)}`);
		await this.page.getByLabel("E-mail address").fill(email);
		await this.page.getByLabel("Password").fill(password);
		await this.page.getByRole("button", { name: "Sign in" }).click();
		await this.page.waitForURL((url) => url.pathname === next);
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
