import type { OwnerWishes } from "../core/owner-wishes.ts";
import type { AgentStatus, ControlRequest } from "./control-message.ts";
import { wishesFor } from "./send-owner-command.ts";

/** What can be asked of the agent that runs. */
interface ControlledAgent {
	stop(): void;
	/** The owner wants the device at once; afterwards it stays paused. */
	yoursNow(images: boolean): Promise<void>;
	/** Other rules were said at the device. */
	readRules(): Promise<void>;
	/** The owner wishes something else. */
	wish(wishes: OwnerWishes): Promise<void>;
	status(): AgentStatus;
}

/** Does what is asked, and answers how the agent stands then. */
export async function answerControl(
	request: ControlRequest,
	agent: ControlledAgent,
): Promise<AgentStatus> {
	switch (request.command) {
		case "status":
			break;
		case "stop":
			agent.stop();
			break;
		case "yoursNow":
			await agent.yoursNow(request.images);
			break;
		case "rules":
			await agent.readRules();
			break;
		default:
			await agent.wish(wishesFor(request));
	}
	return agent.status();
}
