import { type CliCommand } from '../command';
import { actorRegister } from './actor-register';
import { actorRotate } from './actor-rotate';
import { actorShow } from './actor-show';
import { artifactRegister } from './artifact-register';
import { artifactRelease } from './artifact-release';
import { artifactRevoke } from './artifact-revoke';
import { artifactShow } from './artifact-show';
import { digest } from './digest';
import { keyCommit } from './key-commit';
import { keyDeposit } from './key-deposit';
import { keyRevoke } from './key-revoke';
import { keyRotate } from './key-rotate';
import { keysGenerate } from './keys-generate';
import { keysShow } from './keys-show';
import { licenseDefine } from './license-define';
import { operation } from './operation';
import { parametersApprove } from './parameters-approve';
import { parametersPropose } from './parameters-propose';
import { reviewDecide } from './review-decide';
import { revocationIssue } from './revocation-issue';
import { revocationRelease } from './revocation-release';
import { rightAccept } from './right-accept';
import { rightBequeath } from './right-bequeath';
import { rightClaim } from './right-claim';
import { rightGift } from './right-gift';
import { rightIssue } from './right-issue';
import { rightResume } from './right-resume';
import { rightRevoke } from './right-revoke';
import { rightSell } from './right-sell';
import { rightShow } from './right-show';
import { rightSuspend } from './right-suspend';
import { rightTransfer } from './right-transfer';
import { status } from './status';
import { timeline } from './timeline';
import { token } from './token';

/** Every command of `registry`. */
export const COMMANDS: readonly CliCommand[] = [
  actorRegister,
  actorRotate,
  actorShow,
  artifactRegister,
  artifactRelease,
  artifactRevoke,
  artifactShow,
  digest,
  keyCommit,
  keyDeposit,
  keyRevoke,
  keyRotate,
  keysGenerate,
  keysShow,
  licenseDefine,
  operation,
  parametersApprove,
  parametersPropose,
  reviewDecide,
  revocationIssue,
  revocationRelease,
  rightAccept,
  rightBequeath,
  rightClaim,
  rightGift,
  rightIssue,
  rightResume,
  rightRevoke,
  rightSell,
  rightShow,
  rightSuspend,
  rightTransfer,
  status,
  timeline,
  token,
];
