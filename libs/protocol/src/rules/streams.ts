import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type GenerationRecord } from '../domain/record';
import { type SettlementRequest } from '../domain/settlement-request';
import { type Stream, type StreamWindow } from '../domain/stream';
import { type WindowBody } from '../domain/stream-bodies';
import { RegistryError } from '../errors/registry-error';
import { settlementId, streamId } from '../identifiers';
import { parseSettlementAmount } from '../royalties/amount';
import { type IntentContext, ledgerTime } from './context';
import { requireRecord } from './royalty-policies';
import { settleOrder, type SettleState } from './settlements';

function streamWrite(stream: Stream): LedgerWrite {
  return { kind: 'stream', id: ledgerKeys.stream(stream.stream_id), value: stream };
}

export interface OpenStreamState {
  /** Under the id that payer and stream_ref give. */
  readonly existing: Stream | undefined;
  readonly record: GenerationRecord | undefined;
}

/** stream.open: announces windows in which a payer will settle for a record. Throws STREAM_EXISTS or NOT_FOUND. */
export function openStream(
  state: OpenStreamState,
  { body, actor }: Intent<'stream.open'>,
  context: IntentContext,
): RuleOutcome {
  const id = streamId(actor, body.stream_ref);
  if (state.existing !== undefined) {
    throw new RegistryError('STREAM_EXISTS', 'The payer has a stream of this stream_ref.', { subject: id });
  }
  requireRecord(state.record, body);
  const stream: Stream = {
    stream_id: id,
    payer: actor,
    ...body,
    status: 'open',
    next_window: 0,
    total: '0',
    opened: ledgerTime(context),
  };
  return { writes: [streamWrite(stream)], result: { id, type: 'stream', state: 'open' } };
}

/** The payer's open stream: STREAM_UNKNOWN, FORBIDDEN or STREAM_CLOSED. */
function requireOpen(stream: Stream | undefined, id: string, payer: string): Stream {
  if (stream?.stream_id !== id) {
    throw new RegistryError('STREAM_UNKNOWN', 'The stream does not exist.', { subject: id });
  }
  if (stream.payer !== payer) {
    throw new RegistryError('FORBIDDEN', 'Only the payer of a stream settles and closes it.', {
      subject: id,
    });
  }
  if (stream.status === 'closed') {
    throw new RegistryError('STREAM_CLOSED', 'The stream is closed.', { subject: id });
  }
  return stream;
}

/** What a payer asks for when it settles a window of a stream: the reference follows from both, so no window pays twice. */
export function windowRequest(
  stream: Stream,
  { window, amount, lineage_hint: hint, reports }: WindowBody,
): SettlementRequest {
  return {
    model_ref: stream.model_ref,
    content_hash: stream.content_hash,
    amount,
    currency: stream.currency,
    settlement_ref: `stream:${stream.stream_id}:${window}`,
    mode: stream.mode,
    ...(hint === undefined ? {} : { lineage_hint: hint }),
    ...(reports === undefined ? {} : { reports }),
  };
}

export interface SettleWindowState {
  readonly stream: Stream | undefined;
  /** For the request of `windowRequest`; not asked where nothing was owed. */
  readonly settlement: SettleState | undefined;
}

/**
 * stream.settle: settles the next window, after its end, under the same gate as any sale. A window in which nothing was
 * owed is noted, so that the row has no gap.
 *
 * @throws RegistryError STREAM_UNKNOWN, FORBIDDEN, STREAM_CLOSED, WINDOW_INVALID, AMOUNT_INVALID or what `settle` throws
 */
export function settleWindow(
  state: SettleWindowState,
  { body, actor }: Intent<'stream.settle'>,
  context: IntentContext,
): RuleOutcome {
  const stream = requireOpen(state.stream, body.stream_id, actor);
  assertDue(stream, body.window, context.at);
  const amount = body.amount === '0' ? 0n : parseSettlementAmount(body.amount, '/body/amount');
  const settled = amount === 0n ? [] : settlementWrites(state, stream, body, context);
  const total = String(BigInt(stream.total) + amount);
  const window: StreamWindow = {
    stream_id: stream.stream_id,
    window: body.window,
    amount: body.amount,
    cumulative: total,
    ...(body.usage === undefined ? {} : { usage: body.usage }),
    ...(amount === 0n ? {} : { settlement_id: settlementOf(stream, body) }),
    settled: ledgerTime(context),
  };
  const id = ledgerKeys['stream-window'](stream.stream_id, body.window);
  return {
    writes: [
      ...settled,
      streamWrite({ ...stream, next_window: body.window + 1, total }),
      { kind: 'stream-window', id, value: window },
    ],
    result: { id: stream.stream_id, type: 'stream', state: 'settled', count: body.window + 1 },
  };
}

function settlementOf(stream: Stream, body: WindowBody): string {
  return settlementId(stream.payer, windowRequest(stream, body).settlement_ref);
}

function assertDue(stream: Stream, window: number, at: number): void {
  if (window !== stream.next_window) {
    throw new RegistryError('WINDOW_INVALID', `The next window is ${stream.next_window}, not ${window}.`, {
      subject: '/body/window',
    });
  }
  const end = stream.starts_at + (window + 1) * stream.window_s;
  if (at < end) {
    throw new RegistryError('WINDOW_INVALID', `Window ${window} ends at ${end}; it is now ${at}.`, {
      subject: '/body/window',
    });
  }
}

function settlementWrites(
  { settlement }: SettleWindowState,
  stream: Stream,
  body: WindowBody,
  context: IntentContext,
): readonly LedgerWrite[] {
  if (settlement === undefined) throw new RegistryError('NOT_FOUND', 'The stream’s record is not at hand.');
  const order = {
    payer: stream.payer,
    request: windowRequest(stream, body),
    streamId: stream.stream_id,
  };
  return settleOrder(settlement, order, context).writes;
}

export interface StreamState {
  readonly stream: Stream | undefined;
}

/** stream.close: no further windows. Throws STREAM_UNKNOWN, FORBIDDEN or STREAM_CLOSED. */
export function closeStream(
  { stream }: StreamState,
  { body, actor }: Intent<'stream.close'>,
  context: IntentContext,
): RuleOutcome {
  const open = requireOpen(stream, body.stream_id, actor);
  const closed: Stream = { ...open, status: 'closed', closed: ledgerTime(context) };
  return { writes: [streamWrite(closed)], result: { id: open.stream_id, type: 'stream', state: 'closed' } };
}
