import type { Step } from '../play/step';
import { defineLicense } from './define-license';
import { fetchModel } from './fetch-model';
import { issueRight } from './issue-right';
import { refuseEarlyRight } from './refuse-early-right';
import { registerActors } from './register-actors';
import { registerArtifact } from './register-artifact';
import { resell } from './resell';
import { review } from './review';
import { revoke } from './revoke';
import { serve } from './serve';
import { showLedger } from './show-ledger';

/** The story, in order. */
export const STEPS: readonly Step[] = [
  fetchModel,
  registerActors,
  defineLicense,
  registerArtifact,
  refuseEarlyRight,
  review,
  issueRight,
  resell,
  serve,
  revoke,
  showLedger,
];
