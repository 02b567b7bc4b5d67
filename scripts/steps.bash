# Runs steps in parallel, each with its own log, and says how long each takes. Sourced by the other scripts.
#
#   start NAME FUNCTION   begin a step in the background
#   await NAME...         wait for steps; a failed one ends the script with its log's end and what to do
#   advice[NAME]="..."    what to do when the step fails

declare -A step_pid step_since advice
STEP_LOGS=${STEP_LOGS:-.cache/logs}
STILL_RUNNING_S=10

start() {
  local name=$1 function=$2
  mkdir -p "$STEP_LOGS"
  rm -f "$STEP_LOGS/$name.end"
  step_since[$name]=$EPOCHREALTIME
  # The time of the end is noted by the step itself, for it may be waited for much later.
  (
    trap 'echo "$EPOCHREALTIME" >"$STEP_LOGS/$name.end"' EXIT
    "$function"
  ) >"$STEP_LOGS/$name.log" 2>&1 </dev/null &
  step_pid[$name]=$!
}

elapsed() { awk -v from="$1" -v to="${2:-$EPOCHREALTIME}" 'BEGIN { printf "%6.1f s", to - from }'; }

await() {
  local name
  for name in "$@"; do
    await_one "$name"
  done
}

await_one() {
  local name=$1 pid=${step_pid[$1]} ticks=0 code=0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    ticks=$((ticks + 1))
    if ((ticks % (STILL_RUNNING_S * 10) == 0)); then
      printf '  …  %-26s%s  still running\n' "$name" "$(elapsed "${step_since[$name]}")"
    fi
  done
  wait "$pid" || code=$?
  local end
  end=$(cat "$STEP_LOGS/$name.end" 2>/dev/null || echo "$EPOCHREALTIME")
  if ((code == 0)); then
    printf '  ok %-26s%s\n' "$name" "$(elapsed "${step_since[$name]}" "$end")"
    return
  fi
  printf '  ✗  %-26s%s  failed\n\n' "$name" "$(elapsed "${step_since[$name]}" "$end")"
  tail -n 20 "$STEP_LOGS/$name.log" | sed 's/^/    /'
  printf '\n%s failed. Log: %s\n' "$name" "$STEP_LOGS/$name.log"
  printf 'What to do: %s\n' "${advice[$name]:-Read the log.}"
  stop_steps
  exit 1
}

# Ends what this script started and nothing else.
stop_steps() {
  local pid
  for pid in "${step_pid[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
}
