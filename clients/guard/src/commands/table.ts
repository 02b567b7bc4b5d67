import { type GuardCommand } from './command';
import { enroll } from './enroll';
import { inspect } from './inspect';
import { pin } from './pin';
import { protect } from './protect';
import { run } from './run';
import { unprotect } from './unprotect';

/** The guard's commands by name. */
export const GUARD_COMMANDS: Readonly<Record<string, GuardCommand>> = {
  enroll,
  inspect,
  pin,
  protect,
  run,
  unprotect,
};
