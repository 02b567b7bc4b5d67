import { existsSync } from 'node:fs';
import { enrollIdentities } from '../ca/enrollment';
import { type IdentityPlan, identitiesOf, isFoundational } from '../ca/identities';
import { builtBundle, storeBundle } from '../chaincode/bundle-store';
import { deployChaincode } from '../chaincode/deploy';
import { ensureParameters } from '../chaincode/parameters';
import { writeComposeEnvironment } from '../compose/compose-environment';
import { ensureGenesis, genesisHash } from '../fabric/genesis';
import { joinOrderer, joinPeer } from '../fabric/join-channel';
import { caProcess, forgetBuilds, ordererProcess, peerProcess } from '../fabric/node-processes';
import { ensureTokens } from '../hsm/softhsm';
import { type ProcessDefinition, bringUp, runningRecord } from '../process/supervisor';
import { isBuilt, nodeProcess } from '../services/node-service';
import { postgresProcess, usesOwnDatabase } from '../services/postgres';
import type { Site } from '../site';
import { writeNetworkDocument } from '../state/network-document';
import { claimProfile } from '../state/profile';
import { type Print, type Step, runSteps } from '../steps/run-steps';
import type { Organization, Service } from '../topology/model';
import { nodeName, withNode } from '../topology/queries';
import { watchdogProcess } from '../watchdog/process';

/** Brings everything up that is not up; starts only what is not running. */
export async function up(site: Site, print: Print): Promise<void> {
  claimProfile(site);
  await runSteps(
    [...identitySteps(site), ...channelSteps(site), ...chaincodeSteps(site), ...serviceSteps(site)],
    print,
  );
}

function identitySteps(site: Site): readonly Step[] {
  const { organizations } = site.topology;
  return [
    { name: 'tokens', run: async () => counted(await ensureTokens(site.paths, organizations), 'made') },
    {
      name: 'certificate authorities',
      needs: ['tokens'],
      run: () =>
        startAll(
          site,
          withNode(site.topology, 'ca').map((organization) => caProcess(site, organization)),
        ),
    },
    {
      name: 'identities of nodes',
      needs: ['certificate authorities'],
      run: () => enroll(site, isFoundational),
    },
    {
      name: 'identities of people',
      needs: ['identities of nodes'],
      run: () => enroll(site, (plan) => !isFoundational(plan)),
    },
  ];
}

async function enroll(site: Site, wanted: (plan: IdentityPlan) => boolean): Promise<string> {
  const { paths, topology } = site;
  const issued = await Promise.all(
    topology.organizations.map((organization) =>
      enrollIdentities({ paths, topology, organization }, identitiesOf(paths, organization).filter(wanted)),
    ),
  );
  return counted(
    issued.reduce((sum, count) => sum + count, 0),
    'certificates issued',
  );
}

function channelSteps(site: Site): readonly Step[] {
  const orderers = withNode(site.topology, 'orderer');
  const peers = withNode(site.topology, 'peer');
  return [
    {
      name: 'genesis block',
      needs: ['identities of nodes'],
      run: async () => ((await ensureGenesis(site)) ? 'made' : ''),
    },
    {
      name: 'orderers',
      needs: ['identities of nodes'],
      run: () =>
        startAll(
          site,
          orderers.map((organization) => ordererProcess(site, organization)),
        ),
    },
    {
      name: 'peers',
      needs: ['identities of nodes'],
      run: () =>
        startAll(
          site,
          peers.map((organization) => startablePeer(site, organization)),
        ),
    },
    {
      name: 'orderers in channel',
      needs: ['orderers', 'genesis block'],
      run: () => joinAll(orderers, (organization) => joinOrderer(site, organization)),
    },
    {
      name: 'peers in channel',
      needs: ['peers', 'orderers in channel'],
      run: () => joinAll(peers, (organization) => joinPeer(site, organization)),
    },
  ];
}

function startablePeer(site: Site, organization: Organization): ProcessDefinition {
  if (runningRecord(site.paths, nodeName(organization, 'peer')) === undefined)
    forgetBuilds(site, organization);
  return peerProcess(site, organization);
}

function chaincodeSteps(site: Site): readonly Step[] {
  if (!existsSync(builtBundle(site))) {
    return [
      {
        name: 'network file',
        needs: ['peers in channel', 'identities of people'],
        run: () => {
          writeNetworkDocument(site, { genesisHash: genesisHash(site), chaincodeDigest: '' });
          return Promise.resolve('without chaincode: there is no bundle yet (make bundle)');
        },
      },
    ];
  }
  const bundle = storeBundle(site);
  return [
    {
      name: 'chaincode',
      needs: ['peers in channel'],
      run: () => deployChaincode(site, bundle),
    },
    {
      name: 'network file',
      needs: ['peers in channel', 'identities of people'],
      run: () => {
        writeNetworkDocument(site, { genesisHash: genesisHash(site), chaincodeDigest: bundle.bundleDigest });
        writeComposeEnvironment(site, bundle);
        return Promise.resolve('.run/network.json');
      },
    },
    { name: 'parameters', needs: ['chaincode'], run: () => ensureParameters(site) },
  ];
}

function serviceSteps(site: Site): readonly Step[] {
  const services = site.topology.services.map((service) => serviceStep(site, service));
  const watchdog: Step = {
    name: 'watchdog',
    needs: ['network file'],
    run: () => startAll(site, [watchdogProcess(site)]),
  };
  return [...services, watchdog];
}

function serviceStep(site: Site, service: Service): Step {
  if (service.kind === 'postgres') {
    return {
      name: service.name,
      run: async () =>
        usesOwnDatabase()
          ? 'DATABASE_URL names your own'
          : startAll(site, [await postgresProcess(site, service)]),
    };
  }
  const needs = [...service.needs, 'network file'];
  return {
    name: service.name,
    needs,
    run: () =>
      isBuilt(site, service)
        ? startAll(site, [nodeProcess(site, service)])
        : Promise.resolve(`not built: ${service.entry} is missing`),
  };
}

async function startAll(site: Site, definitions: readonly ProcessDefinition[]): Promise<string> {
  const started = await Promise.all(definitions.map((definition) => bringUp(site.paths, definition)));
  return counted(started.filter(Boolean).length, 'started', 'running');
}

async function joinAll(
  members: readonly Organization[],
  join: (organization: Organization) => Promise<boolean>,
): Promise<string> {
  const joined = await Promise.all(members.map(join));
  return counted(joined.filter(Boolean).length, 'joined');
}

function counted(count: number, what: string, otherwise = ''): string {
  return count === 0 ? otherwise : `${count} ${what}`;
}
