// Where a thread begins. `--import tsx` does not reach the threads of Node 20, so that each thread registers it for itself;
// therefore this one file is not TypeScript.
import { register } from "tsx/esm/api";

register();

/**
 * Runs a named function of a module with the input that was sent.
 * @param {{ module: string, name: string, input: unknown }} job
 */
export default async function runJob({ module, name, input }) {
	const functions = await import(module);
	return functions[name](input);
}
