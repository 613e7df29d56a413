import type { Db } from "../../server/database/db.ts";
import { listBatchWaits } from "../../server/work-units/batches/batch-wait-store.ts";
import { mergeWaitReasons } from "../../server/work-units/view/wait-reasons.ts";

/** Why tasks of a batch wait, as all server processes together say it now. */
export const waitReasonsOf = async (db: Db, batchId: string) =>
	mergeWaitReasons(await listBatchWaits(db, batchId, new Date()));
