import { ClientError } from '@maker-registry/sdk';
import { enrollDevice, enrollKnownDevice } from '../device/enroll-device';
import { readDevice, writeDevice } from '../state/device-store';
import { defaultStateDirectory, StateDirectory } from '../state/state-directory';
import { defaultTcti } from '../tpm/tpm-tools';
import { type GuardCommand } from './command';
import { GATEWAY_HELP, gatewayOptions, type Given, openClient, optional } from './options';
import { pinKeys } from './pin-keys';

export const enroll: GuardCommand = {
  summary: 'Enrol this machine by its TPM, and pin the operator’s keys.',
  help: `guard enroll --operator MSP_ID (--fingerprint HEX | --trust-first) [--state DIR]
             [--ek ecc|rsa] [--ak ecc|rsa]

Makes an attestation key in the TPM that TPM2TOOLS_TCTI names (or /dev/tpmrm0), proves to the gateway that it lives
beside the TPM's endorsement key, and keeps what the TPM needs to load it again in the state directory (0700).
Prints the device id. The operator's keys are pinned as by: guard pin
Repeat it with the --gateway and --operator of every other operator: the same keys are shown to each of them, for each
verifies the machine by itself. --ek and --ak count the first time only.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    state: 'text',
    operator: 'text',
    fingerprint: 'text',
    'trust-first': 'switch',
    ek: 'text',
    ak: 'text',
  },
  run: async ({ given }, { environment, tell, print }) => {
    const state = await StateDirectory.open(optional(given, 'state') ?? defaultStateDirectory(environment));
    const known = await readDevice(state);
    const client = await openClient(given, environment);
    try {
      const { operator, fingerprint } = await pinKeys(client, state, given, environment);
      tell('pinned', { operator, fingerprint });
      const device =
        known === undefined
          ? await enrollDevice(client.trust, {
              tcti: defaultTcti(environment),
              endorsementAlgorithm: algorithm(given, 'ek'),
              attestationAlgorithm: algorithm(given, 'ak'),
            })
          : await enrollKnownDevice(client.trust, defaultTcti(environment), known);
      await writeDevice(state, device);
      tell('enrolled', { device_id: device.deviceId });
      print({ device_id: device.deviceId, operator, fingerprint, state: state.path });
      return 0;
    } finally {
      client.close();
    }
  },
};

function algorithm(given: Given, name: 'ek' | 'ak'): 'ecc' | 'rsa' {
  const value = optional(given, name) ?? 'ecc';
  if (value === 'ecc' || value === 'rsa') return value;
  throw new ClientError('USAGE', `--${name} is ecc or rsa.`, { subject: name });
}
