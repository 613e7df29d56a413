/**
 * `server`: every acknowledged write is on disk, on a machine with 2 cores and
 * 2 GiB that also runs the portal. `throwaway`: for tests; loses its data when
 * the machine goes down, and is several times as fast at making databases.
 */
export type PostgresProfile = "server" | "throwaway";

const common = {
	listen_addresses: "127.0.0.1",
	// Deep folders exceed a socket's 107 bytes; loopback with a password serves.
	unix_socket_directories: "",
	timezone: "UTC",
	log_timezone: "UTC",
	log_checkpoints: "off",
	jit: "off",
	// Parallel plans need shared memory that containers often lack, and do not
	// pay with two cores that are busy with other queries anyway.
	max_parallel_workers_per_gather: "0",
	random_page_cost: "1.1",
};

const profiles: Record<PostgresProfile, Record<string, string>> = {
	server: {
		max_connections: "100",
		shared_buffers: "256MB",
		effective_cache_size: "768MB",
		work_mem: "8MB",
		maintenance_work_mem: "64MB",
		wal_compression: "on",
		max_wal_size: "1GB",
		checkpoint_timeout: "15min",
		synchronous_commit: "on",
		// Queues of tasks turn their rows over quickly: clean up early, in small steps.
		autovacuum_naptime: "15s",
		autovacuum_vacuum_scale_factor: "0.05",
		autovacuum_analyze_scale_factor: "0.05",
		idle_in_transaction_session_timeout: "5min",
	},
	throwaway: {
		max_connections: "200",
		shared_buffers: "128MB",
		fsync: "off",
		full_page_writes: "off",
		synchronous_commit: "off",
		wal_level: "minimal",
		max_wal_senders: "0",
		max_wal_size: "4GB",
		checkpoint_timeout: "1h",
		autovacuum_naptime: "1min",
	},
};

/** The settings as arguments: they hold for this start only and leave no file behind. */
export function postgresArguments(profile: PostgresProfile): string[] {
	const settings = { ...common, ...profiles[profile] };
	return Object.entries(settings).flatMap(([name, value]) => [
		"-c",
		`${name}=${value}`,
	]);
}
