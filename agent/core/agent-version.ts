/** The version this agent tells the server; raised with every change that owners could notice. */
export const AGENT_VERSION = "0.1.0";
