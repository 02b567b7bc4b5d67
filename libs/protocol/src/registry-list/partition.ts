import { MAX_LIST_PARTITIONS, PARTITION_ENTRIES } from '../limits';

const PREFIX_HEX = 4;
const PREFIX_VALUES = 65_536;

/**
 * Into how many partitions a list of this many entries is cut: the smallest power of two that leaves at most
 * PARTITION_ENTRIES in each on average. A function of the count alone, so that every operator cuts alike.
 */
export function partitionCount(entries: number): number {
  let partitions = 1;
  while (partitions < MAX_LIST_PARTITIONS && entries > partitions * PARTITION_ENTRIES) partitions *= 2;
  return partitions;
}

/** The partition of a subject: equal ranges of the id's first 16 bits, so that the order of entries is kept across partitions. */
export function partitionOf(subjectId: string, partitions: number): number {
  const prefix = Number.parseInt(subjectId.slice(0, PREFIX_HEX), 16);
  return Math.floor((prefix * partitions) / PREFIX_VALUES);
}
