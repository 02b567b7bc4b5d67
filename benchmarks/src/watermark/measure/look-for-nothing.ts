import { type Contestant } from './contestant';
import { type UnmarkedResult, type UnmarkedTask } from './tasks';

/** Powers of ten at and below which p-values are counted: 10^-2 … 10^-6. */
export const COUNTED_POWERS = [-2, -3, -4, -5, -6] as const;

/** Detections in content without the mark; detection n has key n and the next piece in turn. */
export async function lookForNothing(contestant: Contestant, task: UnmarkedTask): Promise<UnmarkedResult> {
  const atMost = COUNTED_POWERS.map(() => 0);
  const counts = { detected: 0, inconclusive: 0, refused: 0, seconds: 0 };
  for (let number = task.from; number < task.from + task.count; number += 1) {
    const piece = task.pieces[number % task.pieces.length] ?? '';
    try {
      const { decision, log10_p = 0, seconds } = await contestant.detect(`unmarked ${number}`, piece);
      if (decision === 'detected') counts.detected += 1;
      if (decision === 'inconclusive') counts.inconclusive += 1;
      COUNTED_POWERS.forEach((power, at) => {
        if (log10_p <= power) atMost[at] = (atMost[at] ?? 0) + 1;
      });
      counts.seconds += seconds;
    } catch {
      counts.refused += 1;
    }
  }
  return { contestant: contestant.name, detections: task.count - counts.refused, ...counts, atMost };
}
