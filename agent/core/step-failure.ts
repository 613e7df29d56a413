import type { TaskErrorCode } from "./protocol.ts";

/** A step that cannot succeed, however often it is tried: the task ends with this code. */
export class TaskFailure extends Error {
	readonly errorCode: TaskErrorCode;

	constructor(errorCode: TaskErrorCode, sentence: string) {
		super(sentence);
		this.name = "TaskFailure";
		this.errorCode = errorCode;
	}
}

/** The server or the way to it is gone. It is tried again for ever and is nobody's fault. */
export class ServerAway extends Error {
	constructor(sentence: string) {
		super(sentence);
		this.name = "ServerAway";
	}
}
