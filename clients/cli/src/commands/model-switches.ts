import { type LedgerIntentType } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { intentCommand } from '../shapes';

/** A command that says one thing about a model, and nothing more. */
function modelSwitch(verb: string, type: LedgerIntentType, summary: string, about: string): CliCommand {
  return intentCommand({
    name: `model ${verb}`,
    summary,
    usage: '--model REF',
    about,
    example: '--model $MODEL',
    options: { model: 'text' },
    type,
    body: (given) => ({ model_ref: required(given, 'model') }),
  });
}

export const modelFreeze = modelSwitch(
  'freeze',
  'model.freeze',
  'Freeze your model for good.',
  'No member changes any more, the key neither; new records stay possible.',
);

export const modelDisable = modelSwitch(
  'disable',
  'model.disable',
  'Let your model make no new records.',
  'Old records verify, with the risk shown. Lift it with model enable, unless the model is frozen.',
);

export const modelEnable = modelSwitch(
  'enable',
  'model.enable',
  'Let your disabled model make records again.',
  'A frozen model stays disabled.',
);
