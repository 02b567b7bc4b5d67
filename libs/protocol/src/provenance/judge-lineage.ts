import { type GenerationRecord } from '../domain/record';
import { ZERO_HASH } from './attestation';
import { type ParentFinding } from './record-findings';
import { type Finding, finding } from './verification-check';
import { recordSubjectName } from './verification-report';
import { type VerificationStatus } from './verification-status';

/**
 * The lineage rules (P-55, P-56): no parent, or another content; registered, where the network's rules ask for it. Only
 * the nearest parent is looked at: each ancestor has a verdict of its own.
 */
export function judgeLineage(
  record: GenerationRecord,
  parent: ParentFinding,
  parents: 'permissive' | 'strict',
): Finding {
  const contradiction = contradictionOf(record);
  const subject = parentSubject(record);
  if (contradiction !== undefined) return finding('lineage.invalid', subject, { detail: contradiction });
  if (record.parent_hash === ZERO_HASH) return finding('lineage.none', subject);
  switch (parent.kind) {
    case 'found':
      return judgeParent(record, parent.record);
    case 'missing':
      return finding(parents === 'strict' ? 'lineage.missing' : 'lineage.unregistered', subject);
    case 'unknown':
      return finding('lineage.unchecked', subject, { detail: parent.reason, ...openWhere(parents) });
  }
}

/** Where parents must be registered, not knowing whether this one is leaves the verdict open. */
function openWhere(parents: 'permissive' | 'strict'): { readonly status?: VerificationStatus } {
  return parents === 'strict' ? { status: 'INCONCLUSIVE' } : {};
}

function contradictionOf(record: GenerationRecord): string | undefined {
  if (record.parent_hash === record.content_hash) return 'A content cannot be its own parent.';
  if (record.parent_hash === ZERO_HASH && record.parent_model_ref !== undefined) {
    return 'The record names a parent’s model but no parent.';
  }
  return undefined;
}

function judgeParent(record: GenerationRecord, parent: GenerationRecord): Finding {
  const named = record.parent_model_ref ?? parent.model_ref;
  if (parent.content_hash !== record.parent_hash || parent.model_ref !== named) {
    return finding('lineage.invalid', parentSubject(record), {
      detail: 'The record that was given as parent is not the one that is named.',
    });
  }
  const isCycle = parent.parent_hash === record.content_hash;
  return finding(isCycle ? 'lineage.cycle' : 'lineage.found', recordSubjectName(parent));
}

function parentSubject({ parent_hash: hash, parent_model_ref: ref }: GenerationRecord): string {
  if (hash === ZERO_HASH) return 'parent:none';
  return ref === undefined ? `content:${hash}` : recordSubjectName({ model_ref: ref, content_hash: hash });
}
