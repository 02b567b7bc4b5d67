import { type ContentResult, type Row } from './measure-content';
import { mean, median } from './statistics';

/** What became of one contestant's marks under one attack, over all contents. */
export interface Tally {
  readonly attack: string;
  readonly contents: number;
  readonly exact: number;
  readonly detected: number;
  readonly bitAccuracy: number;
  /** Contents whose sound alone was found, of a scheme that marks it as well. */
  readonly soundFound?: number;
  /** Contents where the attack or the detector failed. */
  readonly failed: number;
}

/** One contestant over all contents. */
export interface Standing {
  readonly contestant: string;
  readonly payloadBits: number;
  readonly contents: number;
  readonly refused: number;
  readonly quality: Readonly<Record<string, { readonly median: number; readonly worst: number }>>;
  /** Medians over contents, of CPU and clock. */
  readonly embedSeconds: number;
  readonly embedWall: number;
  readonly detectSeconds: number;
  readonly detectWall: number;
  readonly memory: number;
  readonly tallies: readonly Tally[];
}

/** The standing of one contestant; `results` are all its own. */
export function standingOf(contestant: string, results: readonly ContentResult[]): Standing {
  const attacks = [...new Set(results.flatMap(({ rows }) => rows.map(({ attack }) => attack)))];
  const marked = results.filter(({ refused }) => refused === undefined);
  const read = marked.flatMap(({ rows }) => rows.filter(({ error }) => error === undefined));
  const embeds = marked.flatMap(({ embed }) => (embed === undefined ? [] : [embed]));
  return {
    contestant,
    payloadBits: results[0]?.payloadBits ?? 0,
    contents: results.length,
    refused: results.length - marked.length,
    quality: qualityOf(marked),
    embedSeconds: median(embeds.map(({ seconds }) => seconds)),
    embedWall: median(embeds.map(({ wall }) => wall)),
    detectSeconds: median(read.map(({ seconds }) => seconds)),
    detectWall: median(read.map(({ wall }) => wall)),
    memory: Math.max(0, ...results.map(({ memory }) => memory)),
    tallies: attacks.map((attack) => tallyOf(attack, results)),
  };
}

function tallyOf(attack: string, results: readonly ContentResult[]): Tally {
  const rows = results.flatMap((result) => result.rows.filter((row) => row.attack === attack));
  const count = (choose: (row: Row) => boolean): number => rows.filter(choose).length;
  return {
    attack,
    contents: rows.length,
    exact: count(({ isExact }) => isExact),
    detected: count(({ isDetected }) => isDetected),
    bitAccuracy: mean(rows.map((row) => row.bitAccuracy)),
    ...(rows.some(({ isSoundFound }) => isSoundFound !== undefined)
      ? { soundFound: count(({ isSoundFound }) => isSoundFound === true) }
      : {}),
    failed: count(({ error }) => error !== undefined),
  };
}

/** Median and lowest value of each figure; a copy without any change (JSON has no infinity) is left out. */
function qualityOf(results: readonly ContentResult[]): Standing['quality'] {
  const names = [...new Set(results.flatMap(({ quality }) => Object.keys(quality)))];
  return Object.fromEntries(
    names.map((name) => {
      const values = results
        .map(({ quality }) => quality[name])
        .filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
      return [name, { median: median(values), worst: Math.min(...values) }];
    }),
  );
}

/** What a look cost beside the yardstick's, over the files that both looked at. */
export interface CostRatio {
  readonly contestant: string;
  readonly yardstick: string;
  readonly looks: number;
  readonly ratio: number;
}

/** The peer whose time is the measure. */
const YARDSTICK = 'blind_watermark';

/** CPU time of detections as a share of blind_watermark's, on the same contents under the same attacks. */
export function costRatios(results: readonly ContentResult[]): CostRatio[] {
  const yardstick = costs(results.filter(({ contestant }) => contestant === YARDSTICK));
  if (yardstick.size === 0) return [];
  const names = [...new Set(results.map(({ contestant }) => contestant))].filter(
    (name) => name !== YARDSTICK,
  );
  return names.map((contestant) => {
    const own = costs(results.filter((result) => result.contestant === contestant));
    const shared = [...own.keys()].filter((look) => yardstick.has(look));
    const sum = (of: ReadonlyMap<string, number>): number =>
      shared.reduce((total, look) => total + (of.get(look) ?? 0), 0);
    return { contestant, yardstick: YARDSTICK, looks: shared.length, ratio: sum(own) / sum(yardstick) };
  });
}

function costs(results: readonly ContentResult[]): ReadonlyMap<string, number> {
  return new Map(
    results.flatMap(({ id, rows }) =>
      rows
        .filter(({ error }) => error === undefined)
        .map(({ attack, seconds }) => [`${id} ${attack}`, seconds] as const),
    ),
  );
}
