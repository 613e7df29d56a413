import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/**
 * Five kinds of tests, from the quickest to the most real:
 *   unit         rules alone; no database, no network
 *   integration  real PostgreSQL; each file has its own copy of a migrated database
 *   agent        a real container engine
 *   e2e          the whole portal in a real browser
 *   alone        what senses how busy this very machine is: one file at a time, and nothing beside it
 * Tasks run with the lowest weight there is, so that anything beside the tests on an engine would starve them: those take
 * turns. No test measures how fast something is; that is for bench/ to say.
 */
const alias = { "@": import.meta.dirname };
const realDatabase = "./test/support/start-test-database.ts";

export default defineConfig({
	test: {
		sequence: { sequencer: LongestFirst },
		projects: [
			{
				resolve: { alias },
				test: {
					name: "unit",
					include: ["test/unit/**/*.test.{ts,tsx}"],
					testTimeout: 10_000,
					sequence: { groupOrder: 1 },
				},
			},
			{
				resolve: { alias },
				test: {
					name: "integration",
					include: ["test/integration/**/*.test.ts"],
					globalSetup: [realDatabase],
					pool: "forks",
					testTimeout: 20_000,
					hookTimeout: 60_000,
					sequence: { groupOrder: 1 },
				},
			},
			{
				resolve: { alias },
				test: {
					name: "agent",
					include: ["test/agent/**/*.test.ts"],
					globalSetup: [realDatabase],
					pool: "forks",
					fileParallelism: false,
					testTimeout: 120_000,
					hookTimeout: 180_000,
					sequence: { groupOrder: 2 },
				},
			},
			{
				resolve: { alias },
				test: {
					name: "e2e",
					include: ["test/e2e/**/*.test.ts"],
					globalSetup: [realDatabase],
					pool: "forks",
					fileParallelism: false,
					testTimeout: 180_000,
					hookTimeout: 180_000,
					sequence: { groupOrder: 3 },
				},
			},
			{
				resolve: { alias },
				test: {
					name: "alone",
					include: ["test/alone/**/*.test.ts"],
					globalSetup: [realDatabase],
					pool: "forks",
					fileParallelism: false,
					testTimeout: 120_000,
					hookTimeout: 180_000,
					sequence: { groupOrder: 4 },
				},
			},
		],
	},
});
