// Loaded before a program that was started with an IPC channel: when whoever
// started it is gone, however that came, the program is asked to end.
if (process.channel) {
	process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
	// Listening alone must not keep a program running that has nothing left to do.
	process.channel.unref();
}
