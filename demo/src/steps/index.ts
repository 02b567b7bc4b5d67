import type { Step } from '../play/step';
import { defineLicense } from './define-license';
import { enrollDevice } from './enroll-device';
import { fetchModel } from './fetch-model';
import { issueRight } from './issue-right';
import { openStudios } from './open-studios';
import { protectModel } from './protect-model';
import { proveOffline } from './prove-offline';
import { recordLineage } from './record-lineage';
import { refuseEarlyRight } from './refuse-early-right';
import { registerActors } from './register-actors';
import { registerArtifact } from './register-artifact';
import { resell } from './resell';
import { review } from './review';
import { revoke } from './revoke';
import { rotateAndVerify } from './rotate-and-verify';
import { runInference } from './run-inference';
import { serve } from './serve';
import { settleSale } from './settle-sale';
import { showLedger } from './show-ledger';
import { withdraw } from './withdraw';

/** The story, in order. */
export const STEPS: readonly Step[] = [
  fetchModel,
  registerActors,
  defineLicense,
  registerArtifact,
  refuseEarlyRight,
  review,
  protectModel,
  issueRight,
  enrollDevice,
  runInference,
  resell,
  serve,
  revoke,
  openStudios,
  recordLineage,
  settleSale,
  withdraw,
  rotateAndVerify,
  showLedger,
  proveOffline,
];
