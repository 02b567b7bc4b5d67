import { type CodeJudgement, betterJudgement } from '../coding/judge-code';
import { WatermarkError } from '../errors/watermark-error';
import { confidenceOf } from '../scheme/decide';
import { type LocalEvidence } from '../scheme/watermark-scheme';
import {
  atMost,
  CERTAIN,
  decimalOf,
  probabilityOf,
  type Probability,
  timesHypotheses,
} from '../statistics/probability';
import { judgementsPerWindow, mostWindows } from './audio-params';
import { Resampler } from './resampler';
import { SpectrumFrames } from './spectrum-frames';
import { type Threads, usualThreads, WindowPool } from './window-pool';
import { type AudioQuestion, judged, readWindow, type WindowFinding } from './window-reading';

/** Everything that the content gave. */
export interface AudioFinding {
  /** Absent where there was nothing to be read: too short, or silent throughout. */
  readonly judgement: CodeJudgement | undefined;
  /** Windows in which the mark was read, with p-values corrected for what is tried in one window. */
  readonly local: readonly LocalEvidence[];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface ReadStretch extends Stretch, WindowFinding {}

interface StretchInWork extends Stretch {
  readonly finding: Promise<WindowFinding | undefined>;
}

/**
 * Streaming detector: takes samples in any portions, keeps at most one and a half windows of spectra beside one for each
 * thread, and reads window by window, those of long content beside each other; at the end what all windows say together is read
 * once more.
 */
export class AudioReader {
  readonly #question: AudioQuestion;
  readonly #resamplers: readonly Resampler[];
  readonly #spectra: SpectrumFrames;
  /** Frames of a whole window; a rest of less than half of one goes with the last. */
  readonly #window: number;
  #framesBefore = 0;
  #windows = 0;
  readonly #threads: Threads;
  #pool: WindowPool | undefined;
  readonly #inWork: StretchInWork[] = [];
  readonly #read: ReadStretch[] = [];

  constructor(question: AudioQuestion, rate: number, threads = usualThreads()) {
    const { analysis, search } = question.params;
    this.#question = question;
    this.#threads = threads;
    this.#resamplers = [0, 1].map(() => new Resampler(rate, analysis.sample_rate));
    this.#spectra = new SpectrumFrames(analysis.frame, analysis.hop);
    this.#window = Math.floor((search.window_s * analysis.sample_rate) / analysis.hop);
  }

  /**
   * @param channels samples of each, full scale 1. Channels with even numbers are added up, and those with odd ones
   * @throws WatermarkError MEDIA_TOO_LARGE where more windows would be read than the document's hypotheses allow
   */
  async push(channels: readonly Float64Array[]): Promise<void> {
    const sides = [0, 1].map((side) => mixed(channels, side));
    const [left, right] = this.#resamplers.map((resampler, side) => resampler.push(sides[side]));
    this.#spectra.push(left, right);
    while (this.#spectra.frames.length >= 1.5 * this.#window) {
      if (this.#threads.count > 1) this.#pool ??= new WindowPool(this.#question, this.#threads.workerFile);
      await this.#readNext(this.#window);
    }
  }

  async end(): Promise<AudioFinding> {
    const [left, right] = this.#resamplers.map((resampler) => resampler.end());
    this.#spectra.push(left, right);
    if (this.#spectra.frames.length > 0) await this.#readNext(this.#spectra.frames.length);
    while (this.#inWork.length > 0) await this.#takeOldest();
    return { judgement: this.#together(), local: this.#read.flatMap((stretch) => this.#local(stretch)) };
  }

  /** Ends whatever is still being read. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }

  async #readNext(count: number): Promise<void> {
    const { params } = this.#question;
    this.#windows += 1;
    if (this.#windows > mostWindows(params)) {
      throw new WatermarkError(
        'MEDIA_TOO_LARGE',
        `The sound is longer than the ${params.hypotheses} hypotheses of the scheme allow. Give a part of it.`,
      );
    }
    if (this.#inWork.length >= this.#threads.count) await this.#takeOldest();
    const frames = this.#spectra.frames.splice(0, count);
    const from = this.#framesBefore;
    this.#framesBefore += count;
    const finding = this.#pool?.read(frames) ?? Promise.resolve(readWindow(frames, this.#question));
    // Whoever takes it gets the failure; that it comes before is no crash.
    finding.catch(() => undefined);
    this.#inWork.push({ finding, from, to: this.#framesBefore });
  }

  /** Findings are taken in the order of the content, whichever is ready first. */
  async #takeOldest(): Promise<void> {
    const oldest = this.#inWork.shift();
    if (oldest === undefined) return;
    const { from, to } = oldest;
    const finding = await oldest.finding;
    if (finding !== undefined) this.#read.push({ ...finding, from, to });
  }

  /**
   * The best of what single windows say and of what they say together. The sum is one reading more, which the hypotheses
   * count: the first of each window, so that nothing that has looked at the code bits chooses among sums.
   */
  #together(): CodeJudgement | undefined {
    let best: CodeJudgement | undefined;
    for (const { judgement } of this.#read) {
      best = best === undefined ? judgement : betterJudgement(best, judgement);
    }
    if (best === undefined || this.#read.length < 2) return best;
    const sum = new Float64Array(this.#question.params.code.length);
    for (const { firstSoft } of this.#read) firstSoft.forEach((value, bit) => (sum[bit] += value));
    return betterJudgement(best, judged(sum, this.#question));
  }

  #local({ from, to, judgement }: ReadStretch): LocalEvidence[] {
    const { params } = this.#question;
    // A probability that was cut off at 1 says nothing of how much more it was.
    if (atMost(CERTAIN, judgement.probability)) return [];
    const own = scaled(judgement.probability, judgementsPerWindow(params), params.hypotheses);
    // Of many windows one looks good by chance: a window is evidence only where it is that good among all of them.
    const amongAll = timesHypotheses(own, BigInt(this.#windows));
    if (!atMost(amongAll, probabilityOf(params.threshold.inconclusive_p_value))) return [];
    const { sample_rate: rate, hop } = params.analysis;
    const place = `${tenths(from * hop, rate)}s-${tenths(to * hop, rate)}s`;
    return [{ place, confidence: confidenceOf(own), p_value: decimalOf(own) }];
  }
}

/** A probability corrected for `total` readings, corrected for `part` of them. */
function scaled({ numerator, denominator }: Probability, part: number, total: number): Probability {
  return { numerator: numerator * BigInt(part), denominator: denominator * BigInt(total) };
}

/** Seconds with one decimal. */
function tenths(samples: number, rate: number): string {
  const value = Math.round((samples * 10) / rate);
  return `${Math.floor(value / 10)}.${value % 10}`;
}

function mixed(channels: readonly Float64Array[], side: number): Float64Array {
  const sum = new Float64Array(channels[0].length);
  for (let channel = side; channel < channels.length; channel += 2) {
    const samples = channels[channel];
    for (let index = 0; index < sum.length; index += 1) sum[index] += samples[index];
  }
  return sum;
}
