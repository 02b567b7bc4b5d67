export { Replay, replayLines, type ReplayOutcome, type ReplayTransaction } from './determinism/replay';
