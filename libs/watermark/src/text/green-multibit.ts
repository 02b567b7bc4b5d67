import { type WatermarkKey } from '../keys/watermark-key';
import { log2 } from '../signal/logarithm';
import { CERTAIN } from '../statistics/probability';
import { type GreenListFinding } from './green-list';
import { type MultibitParams, PositionCode } from './position-code';
import { readNgrams, type TokenNgrams } from './token-ngrams';
import { countWindows, type TokenWindow, windowsOf } from './token-windows';
import { type ScoredWindow, scanWindows, separatePlaces, windowProbability } from './window-scan';

/** Windows of each length that are decoded: those where the colours agree best with themselves. */
const DECODED_EACH = 2;

export interface MultibitFinding extends GreenListFinding {
  readonly payload?: Uint8Array;
  /** Code bits that the payload's code word puts right, unread ones included. */
  readonly corrected: number;
}

/** What one reading says: n-grams, and the position and colour of each. */
interface ColouredText {
  readonly ngrams: TokenNgrams;
  readonly positions: Uint16Array;
  readonly colours: Uint8Array;
}

interface Candidate {
  readonly reading: number;
  readonly payload: Uint8Array;
  readonly scored: readonly ScoredWindow[];
}

/**
 * The payload that explains a window of a text best, with the exact chance of any payload doing as well in any window of text
 * made without the key: p = windows of all readings · 2^P · P(Bin(different n-grams, 1/colours) ≥ tokens of the right colour).
 * It holds whatever the decoder tries, because it counts every payload and window.
 */
export function findMultibit(
  readings: readonly Uint32Array[],
  params: MultibitParams,
  key: WatermarkKey,
  schemeId: string,
): MultibitFinding {
  const code = new PositionCode(key, params, schemeId);
  const counts = readings.map((ids) => Math.max(0, ids.length - code.width + 1));
  const windows = counts.reduce((sum, count) => sum + countWindows(count, params.windows), 0);
  const hypotheses = BigInt(windows) << BigInt(params.payload_bits);
  const surprise =
    log2(windows) + params.payload_bits - log2(Number(params.threshold.inconclusive_p_value)) - 1;
  const texts = readings.map((ids) => colouredText(ids, code));
  let best: Candidate | undefined;
  for (const [reading, text] of texts.entries()) {
    for (const payload of payloadsOf(text, code, params)) {
      const question = {
        ngrams: text.ngrams,
        hits: hitsOf(text, code.symbols(payload)),
        plan: params.windows,
      };
      const scored = scanWindows({ ...question, chance: params.gamma }, surprise);
      if (best === undefined || scored[0].surprise > best.scored[0].surprise)
        best = { reading, payload, scored };
    }
  }
  if (best === undefined) {
    return { reading: 0, matches: 0, total: 0, hypotheses, probability: CERTAIN, places: [], corrected: 0 };
  }
  const [window] = best.scored;
  return {
    reading: best.reading,
    payload: best.payload,
    matches: window.matches,
    total: window.total,
    hypotheses,
    probability: windowProbability(window, params.gamma, hypotheses),
    places: separatePlaces(best.scored, params.gamma, hypotheses, params.threshold.inconclusive_p_value),
    corrected: correctedBits(texts[best.reading], window, code, best.payload),
  };
}

function colouredText(ids: Uint32Array, code: PositionCode): ColouredText {
  const ngrams = readNgrams(ids, code.width, code.colourPrf);
  const positions = new Uint16Array(ngrams.count);
  const colours = new Uint8Array(ngrams.count);
  for (let index = 0; index < ngrams.count; index += 1) {
    positions[index] = code.positionAt(ids, index);
    colours[index] = code.colourOf(ngrams.values[index]);
  }
  return { ngrams, positions, colours };
}

function hitsOf(text: ColouredText, symbols: Uint8Array): Uint8Array {
  return text.colours.map((colour, index) => (colour === symbols[text.positions[index]] ? 1 : 0));
}

/** For each position, how many different n-grams of the window have each colour. */
function votesIn(text: ColouredText, window: TokenWindow, code: PositionCode): Uint16Array {
  const colours = 1 << code.bitsEach;
  const votes = new Uint16Array(code.positions * colours);
  for (let index = window.start; index < window.end; index += 1) {
    if (text.ngrams.previous[index] >= window.start) continue;
    votes[text.positions[index] * colours + text.colours[index]] += 1;
  }
  return votes;
}

/** Different payloads that the likeliest windows of each length decode to. */
function payloadsOf(text: ColouredText, code: PositionCode, params: MultibitParams): Uint8Array[] {
  const likeliest = new Map<number, { readonly votes: Uint16Array; readonly agreement: number }[]>();
  for (const window of windowsOf(text.ngrams.count, params.windows)) {
    const votes = votesIn(text, window, code);
    const kept = likeliest.get(window.end - window.start) ?? [];
    kept.push({ votes, agreement: agreementOf(votes, 1 << code.bitsEach) });
    kept.sort((a, b) => b.agreement - a.agreement);
    likeliest.set(window.end - window.start, kept.slice(0, DECODED_EACH));
  }
  const payloads = new Map<string, Uint8Array>();
  for (const kept of likeliest.values()) {
    for (const { votes } of kept) {
      for (const payload of code.decode(votes)) payloads.set(Buffer.from(payload).toString('hex'), payload);
    }
  }
  return [...payloads.values()];
}

/** Votes for the strongest colour of each position: with a mark, tokens of one position agree. */
function agreementOf(votes: Uint16Array, colours: number): number {
  let sum = 0;
  for (let start = 0; start < votes.length; start += colours) {
    let most = 0;
    for (let colour = 0; colour < colours; colour += 1) most = Math.max(most, votes[start + colour]);
    sum += most;
  }
  return sum;
}

function correctedBits(
  text: ColouredText,
  window: TokenWindow,
  code: PositionCode,
  payload: Uint8Array,
): number {
  const soft = code.softBits(votesIn(text, window, code));
  const symbols = code.symbols(payload);
  let corrected = 0;
  for (let bit = 0; bit < soft.length; bit += 1) {
    const symbol = symbols[Math.floor(bit / code.bitsEach)];
    const sent = code.bitsEach === 1 ? symbol : (symbol >> (1 - (bit % 2))) & 1;
    if (sent === 0 ? !(soft[bit] > 0) : !(soft[bit] < 0)) corrected += 1;
  }
  return corrected;
}
