import * as fc from 'fast-check';
import { hashByName, type HashAlgorithm } from '../algorithms';
import { MAX_EVENT_LOG_BYTES, MAX_EVENTS } from '../limits';
import { patched } from '../testing/fixtures';
import {
  EV,
  event,
  extended,
  heading,
  le16,
  le32,
  log,
  sha256,
  startupLocality,
} from '../testing/log-builder';
import { TpmFormatError } from '../tpm-format-error';
import { strangeEvents } from './accepted-events';
import { parseEventLog } from './event-log';
import { replayEventLog } from './replay';

const SHA256 = hashByName('sha256')!;
const ZEROS = Buffer.alloc(32);
const LOADER = Buffer.from('loader');

function replayed(bytes: Buffer, pcrs: readonly number[] = [0], hash: HashAlgorithm = SHA256): string[] {
  return [...replayEventLog(parseEventLog(bytes), hash, pcrs).values()].map((value) => value.toString('hex'));
}

// What a log of the old form consists of: TCG_PCR_EVENT throughout.
const LEGACY = Buffer.concat([le32(0), le32(8), Buffer.alloc(20, 7), le32(2), Buffer.from('v1')]);
const AFTER_HEADING = heading().length;

describe('event logs', () => {
  it('replay to what a TPM would hold', () => {
    const bytes = log(
      { pcr: 0, type: EV.action, data: LOADER },
      { pcr: 4, type: EV.ipl, data: LOADER },
      { pcr: 0, type: EV.separator },
    );
    const separator = sha256(Buffer.alloc(4));
    expect(replayed(bytes, [0, 4, 7])).toEqual(
      [extended(ZEROS, sha256(LOADER), separator), extended(ZEROS, sha256(LOADER)), ZEROS].map((value) =>
        value.toString('hex'),
      ),
    );
  });

  it('of no events leave the values of power-on: dynamic PCRs have all bits set', () => {
    expect(replayed(log(), [0, 16, 17, 22, 23])).toEqual(
      ['00', '00', 'ff', 'ff', '00'].map((byte) => byte.repeat(32)),
    );
  });

  it('say by StartupLocality where PCR 0 began', () => {
    const started = Buffer.alloc(32);
    started[31] = 3;
    expect(replayed(log(startupLocality(3), { pcr: 0, type: EV.separator }))).toEqual([
      extended(started, sha256(Buffer.alloc(4))).toString('hex'),
    ]);
  });

  it('never extend by EV_NO_ACTION, whatever digest it carries, nor read a locality of another PCR', () => {
    const bytes = log(
      { pcr: 0, type: EV.noAction, data: LOADER, digest: sha256(LOADER) },
      { ...startupLocality(3), pcr: 1 },
      { pcr: 0xffff_ffff, type: EV.noAction, data: LOADER },
    );
    expect(replayed(bytes, [0, 1])).toEqual([ZEROS.toString('hex'), ZEROS.toString('hex')]);
  });

  it('name what nobody accepted: also an accepted digest under another type or in another PCR', () => {
    const digest = sha256(LOADER).toString('hex');
    const accepted = [{ pcr: 4, type: EV.ipl, digest }];
    const strange = (pcr: number, type: number): readonly unknown[] =>
      strangeEvents(parseEventLog(log({ pcr, type, data: LOADER })), SHA256, new Set([4, 5]), accepted);
    expect(strange(4, EV.ipl)).toEqual([]);
    expect(strange(4, EV.action)).toEqual([{ pcr: 4, type: EV.action }]);
    expect(strange(5, EV.ipl)).toEqual([{ pcr: 5, type: EV.ipl }]);
    // It extends nothing, so it is no measurement.
    expect(strange(4, EV.noAction)).toEqual([]);
  });

  const one = event({ pcr: 0, type: EV.separator });
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a log of SHA-1 events', LEGACY],
    ['a heading of the old version', heading(undefined, 'Spec ID Event02\0')],
    ['a heading for another PCR', patched(heading(), 0, [1])],
    ['a heading of another type', patched(heading(), 4, [4])],
    ['a heading with a digest', patched(heading(), 8, [1])],
    ['a heading of 2^32 − 1 bytes', patched(heading(), 28, [255, 255, 255, 255])],
    ['2^32 − 1 algorithms', patched(heading(), 32 + 24, [255, 255, 255, 255])],
    ['no algorithm', patched(heading(), 32 + 24, [0, 0, 0, 0])],
    ['an algorithm twice', heading([0x000b, 0x000b])],
    ['SHA-256 digests of 20 bytes', patched(heading(), 32 + 24 + 4 + 4 + 2, [20])],
    ['digests of no bytes', patched(heading(), 32 + 24 + 4 + 2, [0])],
    ['words of its maker beyond the heading', patched(heading(), AFTER_HEADING - 1, [1])],
    ['an event cut short', log({ pcr: 0, type: EV.separator }).subarray(0, -1)],
    ['a byte after the last event', Buffer.concat([log(), Buffer.of(0)])],
    [
      'an event of 2^32 − 1 bytes',
      Buffer.concat([heading(), patched(one, one.length - 8, [255, 255, 255, 255])]),
    ],
    ['2^32 − 1 digests', Buffer.concat([heading(), patched(one, 8, [255, 255, 255, 255])])],
    ['an event without one of the digests', Buffer.concat([heading(), event({ pcr: 0, type: 4 }, [0x000b])])],
    ['a digest twice', Buffer.concat([heading(), event({ pcr: 0, type: 4 }, [0x000b, 0x000b])])],
    [
      'a digest of an algorithm that the heading does not name',
      Buffer.concat([heading(), patched(one, 12, le16(0x000c))]),
    ],
    ['a measurement into a PCR that is none', log({ pcr: 24, type: EV.separator })],
    [
      'more events than any boot has',
      log(...Array.from({ length: MAX_EVENTS + 1 }, () => ({ pcr: 0, type: 4 }))),
    ],
    ['a mebibyte and one byte', Buffer.alloc(MAX_EVENT_LOG_BYTES + 1)],
  ])('are refused: %s', (_name, bytes) => {
    expect(() => parseEventLog(bytes)).toThrow(TpmFormatError);
  });

  it.each<[string, Buffer]>([
    ['after a measurement', log({ pcr: 0, type: EV.separator }, startupLocality(3))],
    ['a second time', log(startupLocality(3), startupLocality(4))],
    ['of a locality that starts nothing', log(startupLocality(1))],
    ['without a locality', log({ ...startupLocality(3), data: Buffer.from('StartupLocality\0') })],
  ])('do not replay with a StartupLocality %s', (_name, bytes) => {
    expect(() => replayed(bytes)).toThrow(TpmFormatError);
  });

  it('do not replay for a bank without digests', () => {
    expect(() => replayed(log(), [0], hashByName('sha384'))).toThrow(TpmFormatError);
  });

  it('do not crash on any bytes, and stay within their size', () => {
    const whole = log(
      startupLocality(3),
      { pcr: 0, type: EV.separator },
      { pcr: 7, type: EV.ipl, data: LOADER },
    );
    const survives = (bytes: Buffer): void => {
      try {
        const parsed = parseEventLog(bytes);
        replayEventLog(parsed, SHA256, [0, 7]);
        expect(parsed.events.length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(TpmFormatError);
      }
    };
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
        survives(patched(whole, Math.min(at, whole.length - bytes.length), bytes));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (tail) => {
        survives(Buffer.concat([heading(), tail]));
        survives(Buffer.from(tail));
      }),
      { numRuns: 1_000 },
    );
  });

  it('replay the same whatever their order across PCRs', () => {
    const arbitrary = fc.array(fc.record({ pcr: fc.nat(7), data: fc.uint8Array({ maxLength: 4 }) }), {
      maxLength: 40,
      size: 'max',
    });
    fc.assert(
      fc.property(arbitrary, (events) => {
        const pcrs = [0, 1, 2, 3, 4, 5, 6, 7];
        const stated = events.map((one) => ({ ...one, type: EV.action }));
        const plain = pcrs.map((pcr) =>
          extended(
            ZEROS,
            ...stated.filter((one) => one.pcr === pcr).map(({ data }) => sha256(data)),
          ).toString('hex'),
        );
        expect(replayed(log(...stated), pcrs)).toEqual(plain);
        const sorted = [...stated].sort((a, b) => a.pcr - b.pcr);
        expect(replayed(log(...sorted), pcrs)).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });
});
