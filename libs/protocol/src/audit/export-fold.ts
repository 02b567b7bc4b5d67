import { createHash } from 'node:crypto';
import { RegistryError } from '../errors/registry-error';
import { type AuditBlock, type AuditItem, type AuditRelease } from './export-item';
import { exportLine } from './export-line';
import { type AuditStatistics, ReleaseFold, type ReleaseStatistics, StatisticsFold } from './statistics';

/** How a run of lines is named without repeating it. */
export interface LinesDigest {
  readonly count: number;
  /** Hex SHA-256 over the lines in order, each with its line feed. */
  readonly digest: string;
}

/** The ends of a run of blocks: hashes that a block receipt proves. */
export interface RangeAnchors {
  readonly from: { readonly block: number; readonly previous_hash: string; readonly header_hash: string };
  readonly to: { readonly block: number; readonly header_hash: string; readonly commit_hash: string | null };
}

/** What some blocks of the export come to. */
export interface RangeSummary {
  readonly anchors: RangeAnchors;
  readonly items: LinesDigest;
  readonly statistics: AuditStatistics;
}

class Lines {
  readonly #hash = createHash('sha256');
  #count = 0;

  add(item: AuditItem | AuditRelease): void {
    this.#hash.update(exportLine(item));
    this.#count += 1;
  }

  get result(): LinesDigest {
    return { count: this.#count, digest: this.#hash.copy().digest('hex') };
  }
}

function incomplete(reason: string, block: number): RegistryError {
  return new RegistryError('EXPORT_INCOMPLETE', `The export is not whole: ${reason}.`, {
    subject: String(block),
  });
}

/**
 * Takes in the export of a run of blocks, whole and in order, and says what it comes to. A block that is left out, a
 * transaction that is left out of one, or a line out of its place is noticed here, without trust in who sent it: blocks
 * chain by hash and say how many transactions they have.
 */
export class RangeFold {
  readonly #statistics = new StatisticsFold();
  readonly #lines = new Lines();
  #first: AuditBlock | null = null;
  #last: AuditBlock | null = null;
  /** Transactions of the last block seen so far, and place of the last write of the last one. */
  #seen = 0;
  #valid = 0;
  #index = -1;

  /** @throws RegistryError EXPORT_INCOMPLETE */
  add(item: AuditItem): void {
    if (item.type === 'block') this.#begin(item);
    else this.#continue(item);
    this.#statistics.add(item);
    this.#lines.add(item);
  }

  /** @throws RegistryError EXPORT_INCOMPLETE when there is no block, or the last one is not whole */
  get result(): RangeSummary {
    const [first, last] = [this.#first, this.#last];
    if (first === null || last === null) throw incomplete('it has no block', 0);
    this.#assertWhole(last);
    return {
      anchors: {
        from: { block: first.block, previous_hash: first.previous_hash, header_hash: first.header_hash },
        to: { block: last.block, header_hash: last.header_hash, commit_hash: last.commit_hash },
      },
      items: this.#lines.result,
      statistics: this.#statistics.result,
    };
  }

  #begin(block: AuditBlock): void {
    const last = this.#last;
    if (last !== null) {
      this.#assertWhole(last);
      if (block.block !== last.block + 1 || block.previous_hash !== last.header_hash) {
        throw incomplete(`block ${block.block} does not follow block ${last.block}`, block.block);
      }
    }
    this.#first ??= block;
    this.#last = block;
    this.#seen = 0;
    this.#valid = 0;
    this.#index = -1;
  }

  #continue(item: Exclude<AuditItem, AuditBlock>): void {
    if (item.block !== this.#last?.block) throw incomplete('a line stands outside its block', item.block);
    if (item.type === 'transaction') {
      if (item.tx_index !== this.#seen)
        throw incomplete(`a transaction of block ${item.block} is missing`, item.block);
      this.#seen += 1;
      this.#valid += item.validation_code === 'VALID' ? 1 : 0;
      this.#index = -1;
      return;
    }
    if (item.tx_index !== this.#seen - 1 || item.index !== this.#index + 1) {
      throw incomplete(`a write of block ${item.block} is missing`, item.block);
    }
    this.#index = item.index;
  }

  #assertWhole({ block, transactions, valid }: AuditBlock): void {
    if (this.#seen !== transactions || this.#valid !== valid) {
      throw incomplete(`block ${block} has ${transactions} transactions, ${this.#seen} came`, block);
    }
  }
}

/** What some of an operator's own records of releases come to. */
export interface ReleasesSummary extends LinesDigest, ReleaseStatistics {
  /** Numbers in the operator's record after which, and up to which, they are. */
  readonly after_seq: number;
  readonly to_seq: number;
}

/** Takes in an operator's records of releases, in order. */
export class ReleasesFold {
  readonly #after: number;
  readonly #statistics = new ReleaseFold();
  readonly #lines = new Lines();
  #to: number;

  constructor(after: number) {
    this.#after = after;
    this.#to = after;
  }

  /** @throws RegistryError EXPORT_INCOMPLETE */
  add(item: AuditRelease): void {
    if (item.seq <= this.#to) throw incomplete('a release stands out of its place', item.seq);
    this.#to = item.seq;
    this.#statistics.add(item);
    this.#lines.add(item);
  }

  get result(): ReleasesSummary {
    return { after_seq: this.#after, to_seq: this.#to, ...this.#lines.result, ...this.#statistics.result };
  }
}
