import {
  closeStream,
  ledgerKeys,
  openStream,
  settleWindow,
  streamId,
  windowRequest,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import { loadSettlement } from '../ledger/load-settlement';
import { idArgument, layerArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Subscriptions and metered uses that settle window by window. */
export class StreamsContract extends RegistryContract {
  constructor() {
    super('streams');
  }

  async Open(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'stream.open', envelope, async ({ intent, ledger, context: rule }) => {
      const { model_ref: modelRef, content_hash: contentHash, stream_ref: ref } = intent.body;
      const existing = await ledger.get('stream', ledgerKeys.stream(streamId(intent.actor, ref)));
      const record = await ledger.get('record', ledgerKeys.record(modelRef, contentHash));
      return openStream({ existing, record }, intent, rule);
    });
  }

  async Settle(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'stream.settle', envelope, async ({ intent, ledger, context: rule }) => {
      const { body } = intent;
      const stream = await ledger.get('stream', ledgerKeys.stream(body.stream_id));
      const settlement =
        stream === undefined || body.amount === '0'
          ? undefined
          : await loadSettlement(ledger, stream.payer, windowRequest(stream, body));
      return settleWindow({ stream, settlement }, intent, rule);
    });
  }

  async Close(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'stream.close', envelope, async ({ intent, ledger, context: rule }) => {
      const stream = await ledger.get('stream', ledgerKeys.stream(intent.body.stream_id));
      return closeStream({ stream }, intent, rule);
    });
  }

  async Get(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'stream', ledgerKeys.stream(idArgument(id)), 'STREAM_UNKNOWN');
  }

  async GetWindow(context: RegistryContext, id: string, window: string): Promise<string> {
    const key = ledgerKeys['stream-window'](idArgument(id), layerArgument(window));
    return readDocument(context, 'stream-window', key, 'WINDOW_INVALID');
  }
}
