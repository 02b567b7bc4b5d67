import { MAX_ACT_BYTES } from '@maker-registry/protocol';

/** Every bound of the chaincode room, with its reason and unit. */

/**
 * Bytes of one transaction argument, checked before anything is parsed, so that a hostile relay cannot make an endorser
 * parse megabytes. Equal to the largest text the protocol knows, a role act's argument; the protocol's parsers apply the
 * smaller bounds of the other texts.
 */
export const MAX_ARGUMENT_BYTES = MAX_ACT_BYTES;

/**
 * Seconds by which a transaction's own time may differ from the endorser's clock. The time is chosen by the submitting
 * client; who could move it could revive an expired intent. Five minutes cover honest clock drift and a slow gateway.
 */
export const TRANSACTION_TIME_WINDOW_S = 300;

/**
 * Bytes of one message from the peer, which is Fabric's own bound. A batched read of 200 subjects may answer with
 * megabytes; gRPC's default of 4 MiB would end the stream, and with it every transaction in flight.
 */
export const MAX_PEER_MESSAGE_BYTES = 104_857_600;

/**
 * Milliseconds a stopping service waits for transactions in flight. The peer's own execute timeout is 30 s; a call of
 * ours takes milliseconds, so five seconds only ever pass when the peer has gone away in mid-call.
 */
export const SHUTDOWN_GRACE_MS = 5_000;

/** Milliseconds between two looks at the calls in flight while stopping. */
export const SHUTDOWN_POLL_MS = 20;
