import { required } from '@maker-registry/guard';
import { ClientError, writeSecretFile } from '@maker-registry/sdk';
import { synthIdConfig } from '@maker-registry/watermark';
import { type CliCommand } from '../command';
import { givenScheme, schemeOptions } from '../watermark/given-scheme';

export const watermarkSynthid: CliCommand = {
  name: 'watermark synthid',
  summary: 'Write the settings with which transformers marks text.',
  help: `registry watermark synthid --scheme P.json --key FILE --out FILE

For schemes of text-synthid: writes the arguments of SynthIDTextWatermarkingConfig of Hugging Face transformers to a new file that
only you can read, because the keys of the mark are in it:

    import json, transformers
    config = transformers.SynthIDTextWatermarkingConfig(**json.load(open("config.json")))
    model.generate(**inputs, do_sample=True, watermarking_config=config)

What the model writes is found with registry watermark detect, from the ids of its tokens without the prompt.

Example: registry watermark synthid --scheme P.json --key mark.key --out config.json`,
  options: { ...schemeOptions, out: 'text' },
  run: async ({ given }, context) => {
    const { document, scheme, key } = await givenScheme(given, context);
    if (scheme.name !== 'text-synthid') {
      throw new ClientError('USAGE', `The scheme is ${scheme.name}; only text-synthid has such settings.`, {
        subject: 'scheme',
      });
    }
    const config = synthIdConfig(document, key);
    const file = required(given, 'out');
    await writeSecretFile(file, `${JSON.stringify(config)}\n`);
    return { depth: config.keys.length, ngram_len: config.ngram_len, file };
  },
};
