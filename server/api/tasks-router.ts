import { z } from "zod";
import { taskStateSchema } from "../work-units/view/batch-view.ts";
import {
	listTasksFor,
	taskDetailsSchema,
	taskSchema,
	viewTask,
} from "../work-units/view/task-view.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { router, userProcedure } from "./trpc.ts";

const meta = restMeta("Tasks", { scope: "work" });

export const tasksRouter = router({
	list: userProcedure
		.meta(
			meta("GET", "/tasks", "The tasks of a batch, a work unit or a device"),
		)
		.input(
			z.object({
				...pageInput,
				cursor: z.uuid().optional(),
				batchId: z.uuid().optional(),
				workUnitId: z.uuid().optional(),
				deviceId: z.uuid().optional(),
				state: taskStateSchema.optional(),
			}),
		)
		.output(pageOutput(taskSchema))
		.query(({ ctx, input: { cursor, limit, ...filter } }) =>
			listTasksFor(ctx, ctx.user, filter, { cursor, limit }),
		),

	get: userProcedure
		.meta(
			meta(
				"GET",
				"/tasks/{taskId}",
				"A task, its files and the ends of its logs",
			),
		)
		.input(z.object({ taskId: z.uuid() }))
		.output(taskDetailsSchema)
		.query(({ ctx, input }) => viewTask(ctx, ctx.user, input.taskId)),
});
