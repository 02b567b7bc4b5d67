/**
 * The process that owns PKCS#11. It is forked once, before any module is loaded, and forks nothing itself: PKCS#11
 * modules do not survive a fork, and two copies in one process disturb each other's login.
 */
import { HsmError } from './hsm-error';
import {
  type FromWorker,
  type HsmRequest,
  type HsmResult,
  type NumberedReply,
  type NumberedRequest,
  type TokenConfig,
  type ToWorker,
  type WireHsmError,
} from './messages';
import { checkSession, destroyKey, listKeys } from './key-inventory';
import { SESSION_CHECK_MS } from './limits';
import { toHsmError } from './pkcs11-codes';
import { RecoveringToken } from './recovering-token';
import { deriveShared, generateKeyPair, readPublicKey, signDigest } from './token-operations';

let token: RecoveringToken | undefined;
let signatures = 0;
let derivations = 0;
let outbox: NumberedReply[] = [];

function send(message: FromWorker): void {
  process.send?.(message);
}

function toWire(error: unknown): WireHsmError {
  const { code, message, ckr } = toHsmError(error, 'the HSM operation');
  return { code, message, ...(ckr === undefined ? {} : { ckr }) };
}

/** Replies of one turn of the event loop travel together: a message costs more than a SoftHSM signature. */
function reply(item: NumberedReply): void {
  outbox.push(item);
  if (outbox.length > 1) return;
  setImmediate(() => {
    const items = outbox;
    outbox = [];
    send({ type: 'replies', items });
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

async function perform(request: HsmRequest): Promise<HsmResult> {
  if (token === undefined) throw new HsmError('HSM_UNAVAILABLE', 'the token is not open');
  switch (request.op) {
    case 'sign': {
      const signature = await token.run(
        signDigest(request.key, Buffer.from(request.digest, 'hex'), request.lowS),
      );
      signatures += 1;
      return hex(signature);
    }
    case 'ecdh': {
      const shared = await token.run(deriveShared(request.key, Buffer.from(request.peer, 'hex')));
      derivations += 1;
      return hex(shared);
    }
    case 'public':
      return hex(await token.run(readPublicKey(request.key)));
    case 'generate':
      return hex(await token.run(generateKeyPair(request.label, request.usage)));
    case 'inspect':
      return await token.run(listKeys);
    case 'destroy':
      return await token.run(destroyKey(request.label));
    case 'counters':
      return { signatures, derivations, ...token.counters() };
  }
}

async function serve({ n, request }: NumberedRequest): Promise<void> {
  try {
    reply({ n, result: await perform(request) });
  } catch (error) {
    reply({ n, error: toWire(error) });
  }
}

function open(config: TokenConfig): void {
  try {
    const opened = new RecoveringToken(config);
    token = opened;
    // What fails here is reported by the next operation; until then this has tried to mend it.
    setInterval(() => void opened.run(checkSession).catch(() => undefined), SESSION_CHECK_MS).unref();
    send({ type: 'opened' });
  } catch (error) {
    send({ type: 'open-failed', error: toWire(error) });
  }
}

function stop(): void {
  token?.close();
  process.exit(0);
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'open') open(message.config);
  else if (message.type === 'close') stop();
  else for (const item of message.items) void serve(item);
});

// The gateway is gone: nobody is left to sign for.
process.on('disconnect', stop);
// A terminal's Ctrl-C reaches the whole group; the gateway still signs while it shuts down, and closes us itself.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
