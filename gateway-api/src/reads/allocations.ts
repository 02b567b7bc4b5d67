import { allocationsOf, type Settlement } from '@maker-registry/protocol';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { DEFAULT_PAGE_SIZE } from '../limits';
import { type Page } from './listing';

/** A page of a settlement's lines. A settlement never changes, so a line's number is a place to go on from. */
export function allocationPage(
  settlement: Settlement,
  cursor: string | undefined,
  limit = DEFAULT_PAGE_SIZE,
): Page {
  const [from] = cursor === undefined ? [0] : (decodeCursor(cursor, ['number']) as [number]);
  const start = Math.max(0, from);
  const lines = allocationsOf(settlement);
  const items = lines.slice(start, start + limit);
  const end = start + limit;
  return end < lines.length ? { items, next_cursor: encodeCursor([end]) } : { items };
}
