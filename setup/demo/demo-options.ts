import { parseArgs } from "node:util";

export type DemoOptions = {
	/** End with 0 when every work unit is done, or with 1 when one failed. */
	exitWhenDone: boolean;
	/** Print one JSON object as the last line. */
	json: boolean;
	/** The folder of the example that is run. */
	example: string;
	/** Throw away what an earlier demo left. */
	fresh: boolean;
};

export const demoUsage = `Usage: npm run demo -- [--exit-when-done] [--json] [--fresh] [--example <folder>]
  --exit-when-done  end once every work unit is done
  --json            print one JSON object as the last line
  --fresh           begin anew instead of on the data of the last demo
  --example         run another than examples/asteroid-belt
PORT chooses another port than 3000.`;

/** Throws a sentence when something is not understood. */
export function parseDemoOptions(args: string[]): DemoOptions {
	const { values } = parseArgs({
		args,
		options: {
			"exit-when-done": { type: "boolean", default: false },
			json: { type: "boolean", default: false },
			example: { type: "string", default: "examples/asteroid-belt" },
			fresh: { type: "boolean", default: false },
		},
	});
	return {
		exitWhenDone: values["exit-when-done"],
		json: values.json,
		example: values.example,
		fresh: values.fresh,
	};
}
