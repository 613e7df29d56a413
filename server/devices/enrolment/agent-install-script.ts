import type { DeviceKind } from "../../../agent/core/protocol.ts";

export interface InstallFacts {
	/** The server's public address, without a slash at the end. */
	server: string;
	code: string;
	/** Null: the machine's own host name. */
	name: string | null;
	kind: DeviceKind | null;
	agentSha256: string;
}

/** Any text as one word of a POSIX shell. */
export const shellWord = (text: string): string =>
	`'${text.replaceAll("'", "'\\''")}'`;

/** A script that says why nothing was installed, and fails. */
export const refusalScript = (sentence: string): string =>
	`#!/bin/sh\necho ${shellWord(sentence)} >&2\nexit 1\n`;

/**
 * The script behind “curl … | sh”. Everything is in functions and the last line calls them, so that a download that
 * breaks off runs nothing. It needs no root; as root with systemd the agent becomes a service.
 */
export const agentInstallScript = (facts: InstallFacts): string => `#!/bin/sh
# Makes this machine a device of Lull at ${facts.server}:
#   1. looks for a container engine and for Node.js 20 or newer (or runs the agent in a container)
#   2. downloads the agent and compares its checksum
#   3. enrolls the machine with a code that works once
#   4. runs the agent, as a service where that is possible
# It opens no port. Set LULL_AGENT_DIR to choose the folder; --docker runs the agent in a container.
set -eu

SERVER=${shellWord(facts.server)}
CODE=${shellWord(facts.code)}
NAME=${shellWord(facts.name ?? "")}
KIND=${shellWord(facts.kind ?? "")}
AGENT_SHA256=${shellWord(facts.agentSha256)}
${SCRIPT_BODY}`;

const SCRIPT_BODY = `
say() { printf '%s\\n' "lull: $*"; }
fail() { printf '%s\\n' "lull: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

check_machine() {
  [ "$(uname -s)" = Linux ] || fail "the agent runs on Linux; this is $(uname -s)."
  case "$(uname -m)" in
    x86_64 | amd64 | aarch64 | arm64) ;;
    *) fail "the agent runs on x86-64 and arm64; this is $(uname -m)." ;;
  esac
  [ -n "\${DOCKER_HOST:-}" ] || [ -S /var/run/docker.sock ] || [ -S /run/docker.sock ] ||
    fail "no Docker engine answers here. Install it first: https://docs.docker.com/engine/install/"
}

choose_folder() {
  if [ -n "\${LULL_AGENT_DIR:-}" ]; then FOLDER=$LULL_AGENT_DIR
  elif [ "$(id -u)" = 0 ]; then FOLDER=/var/lib/lull-agent
  else FOLDER=$HOME/.lull-agent
  fi
  [ ! -e "$FOLDER/identity.json" ] ||
    fail "this machine is a device already ($FOLDER). Set LULL_AGENT_DIR to another folder to add a second one."
  mkdir -p "$FOLDER"
  chmod 700 "$FOLDER"
  FOLDER=$(cd "$FOLDER" && pwd)
  AGENT=$FOLDER/lull-agent.mjs
}

choose_runtime() {
  if [ "$RUNTIME" = node ]; then
    if has node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] 2>/dev/null; then
      NODE=$(command -v node)
      say "found Node.js $("$NODE" --version)"
      return
    fi
    has docker || fail "Node.js 20 or newer is needed (https://nodejs.org), or the docker command."
    say "no Node.js 20 or newer here: the agent will run in a container"
    RUNTIME=docker
  fi
  has docker || fail "the docker command is needed to run the agent in a container."
}

download_agent() {
  say "downloading the agent to $AGENT"
  if has curl; then curl -fsSL -o "$AGENT.part" "$SERVER/downloads/lull-agent.mjs"
  elif has wget; then wget -q -O "$AGENT.part" "$SERVER/downloads/lull-agent.mjs"
  else fail "curl or wget is needed."
  fi
  if has sha256sum; then sum=$(sha256sum "$AGENT.part")
  elif has shasum; then sum=$(shasum -a 256 "$AGENT.part")
  else fail "sha256sum or shasum is needed to check the download."
  fi
  [ "\${sum%% *}" = "$AGENT_SHA256" ] || fail "the download does not have the checksum that the server named."
  mv "$AGENT.part" "$AGENT"
}

# The state folder has the same path inside and outside: the engine mounts parts of it into tasks. By the cgroups the
# agent tells its tasks' use from the owner's, gives its tasks the lowest weights and freezes them; from /proc, which
# it may only read, it learns whether the owner's programs run; by TZ it knows the owner's hours.
in_container() {
  docker run --network host --cgroupns host -v /sys/fs/cgroup:/sys/fs/cgroup \\
    -v /proc:/host/proc:ro -e "TZ=$(time_zone)" \\
    -v "$FOLDER:$FOLDER" -v /var/run/docker.sock:/var/run/docker.sock "$@"
}

time_zone() {
  if [ -n "\${TZ:-}" ]; then printf %s "$TZ"
  elif [ -s /etc/timezone ]; then head -n 1 /etc/timezone
  else readlink /etc/localtime 2>/dev/null | sed 's,.*zoneinfo/,,' || true
  fi
}

run_agent_once() {
  if [ "$RUNTIME" = node ]; then "$NODE" "$AGENT" "$@" --state "$FOLDER"; return; fi
  in_container --rm "$IMAGE" node "$AGENT" "$@" --state "$FOLDER"
}

enroll() {
  [ -n "$NAME" ] || NAME=$(hostname 2>/dev/null || uname -n)
  set -- enroll --server "$SERVER" --code "$CODE" --name "$NAME"
  [ -z "$KIND" ] || set -- "$@" --kind "$KIND"
  run_agent_once "$@" || fail "the machine was not enrolled (see above)."
}

start_container() {
  in_container -d --name lull-agent --restart unless-stopped \\
    "$IMAGE" node "$AGENT" run --state "$FOLDER" >/dev/null
  say "the agent runs in the container lull-agent, also after a restart of the machine"
  say "to see what it does: docker logs -f lull-agent"
  STOP="docker rm -f lull-agent"
  LEAVE="docker run --rm --network host -v $FOLDER:$FOLDER -v /var/run/docker.sock:/var/run/docker.sock $IMAGE node $AGENT unenroll --state $FOLDER"
}

start_service() {
  cat >/etc/systemd/system/lull-agent.service <<UNIT
[Unit]
Description=Lull agent: lends idle time of this machine to science
Wants=network-online.target
After=network-online.target docker.service

[Service]
ExecStart=$NODE $AGENT run --state $FOLDER
Restart=always
RestartSec=10
# Not when it was retired (6), is no device any more (3) or was told nonsense (2): that does not get better.
RestartPreventExitStatus=2 3 6
Nice=10
KillSignal=SIGTERM
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable --now lull-agent.service
  say "the agent runs as the service lull-agent, also after a restart of the machine"
  say "to see what it does: journalctl -fu lull-agent"
  STOP="systemctl disable --now lull-agent && rm /etc/systemd/system/lull-agent.service"
  LEAVE="$NODE $AGENT unenroll --state $FOLDER"
}

start_background() {
  nohup "$NODE" "$AGENT" run --state "$FOLDER" >>"$FOLDER/agent.log" 2>&1 </dev/null &
  echo $! >"$FOLDER/agent.pid"
  say "the agent runs in the background until the machine restarts; its log is $FOLDER/agent.log"
  say "to start it again: $NODE $AGENT run --state $FOLDER"
  STOP="kill \\$(cat $FOLDER/agent.pid)"
  LEAVE="$NODE $AGENT unenroll --state $FOLDER"
}

start_agent() {
  if [ "$RUNTIME" = docker ]; then start_container
  elif [ "$SERVICE" = yes ] && [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; then start_service
  else start_background
  fi
}

main() {
  RUNTIME=node
  SERVICE=yes
  IMAGE=\${LULL_AGENT_IMAGE:-node:22-bookworm-slim}
  for option in "$@"; do
    case "$option" in
      --docker) RUNTIME=docker ;;
      --no-service) SERVICE=no ;;
      *) fail "unknown option $option (known: --docker, --no-service)." ;;
    esac
  done
  check_machine
  choose_folder
  choose_runtime
  download_agent
  enroll
  start_agent
  say "to remove it all: $STOP; $LEAVE; rm -rf $FOLDER"
}

main "$@"
`;
