import { defineConfig } from "vitest/config";

/**
 * Four kinds of tests, from the quickest to the most real:
 *   unit         rules alone; no database, no network
 *   integration  real PostgreSQL; each file has its own copy of a migrated database
 *   agent        a real container engine; one file at a time, since they share its cores
 *   e2e          the whole portal in a real browser; one file at a time
 * The groups run one after the other, so that measured times mean something on two cores.
 */
const alias = { "@": import.meta.dirname };
const realDatabase = "./test/support/start-test-database.ts";

export default defineConfig({
	test: {
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
					sequence: { groupOrder: 2 },
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
					testTimeout: 90_000,
					hookTimeout: 120_000,
					sequence: { groupOrder: 3 },
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
					testTimeout: 120_000,
					hookTimeout: 180_000,
					sequence: { groupOrder: 4 },
				},
			},
		],
	},
});
