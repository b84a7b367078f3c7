import { join } from 'node:path';

import { ordererAdminCrypto, ordererCrypto, peerCrypto, userCrypto } from './layout.ts';
import type { Layout } from './layout.ts';
import type { Settings } from './settings.ts';
import { ordererOrganisation, peerPort } from './topology.ts';
import type { PeerOrganisation } from './topology.ts';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string>>;

const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

/**
 * The few variables that every process may have of ours. CORE_*, ORDERER_* and FABRIC_* variables of
 * the shell never reach a process: Fabric's programs and the chaincode shim read them all as options.
 */
export function cleanEnvironment(own: Readonly<Record<string, string | undefined>>): Environment {
  const kept: Record<string, string> = {};
  for (const name of inherited) {
    const value = own[name];
    if (value !== undefined) {
      kept[name] = value;
    }
  }
  return kept;
}

/** How Fabric's programs write their logs: plain, with the caller's FABRIC_LOGGING_SPEC if any. */
export function loggingEnvironment(own: Readonly<Record<string, string | undefined>>): Environment {
  const format = '%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} [%{module}] %{message}';
  const { FABRIC_LOGGING_SPEC: spec } = own;
  return {
    FABRIC_LOGGING_FORMAT: format,
    ...(spec === undefined ? {} : { FABRIC_LOGGING_SPEC: spec }),
  };
}

/**
 * What the peer of an organisation is told beside core.yaml. It listens on the loopback only, and is
 * known by the name `localhost`, which its certificate is for.
 *
 * @param config the folder of core.yaml and of the chaincode builder
 */
export function peerEnvironment(
  organisation: PeerOrganisation,
  layout: Layout,
  settings: Settings,
  config: string,
): Environment {
  const { mspId, peer } = organisation;
  const crypto = peerCrypto(layout.crypto, organisation);
  const port = peerPort(settings.ports, mspId);
  const address = `localhost:${port}`;
  const data = join(layout.nodes, peer);
  const builder = { name: 'ccaas', path: join(config, 'builders', 'ccaas') };
  return {
    FABRIC_CFG_PATH: config,
    CORE_PEER_ID: peer,
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: join(crypto, 'msp'),
    CORE_PEER_LISTENADDRESS: `127.0.0.1:${port}`,
    CORE_PEER_ADDRESS: address,
    CORE_PEER_CHAINCODELISTENADDRESS: `127.0.0.1:${settings.ports.peerChaincode[mspId]}`,
    CORE_PEER_GOSSIP_BOOTSTRAP: address,
    CORE_PEER_GOSSIP_ENDPOINT: address,
    CORE_PEER_GOSSIP_EXTERNALENDPOINT: address,
    CORE_PEER_TLS_CERT_FILE: join(crypto, 'tls', 'server.crt'),
    CORE_PEER_TLS_KEY_FILE: join(crypto, 'tls', 'server.key'),
    CORE_PEER_TLS_ROOTCERT_FILE: join(crypto, 'tls', 'ca.crt'),
    CORE_PEER_FILESYSTEMPATH: data,
    CORE_LEDGER_SNAPSHOTS_ROOTDIR: join(data, 'snapshots'),
    CORE_CHAINCODE_EXECUTETIMEOUT: `${settings.executeTimeoutMs}ms`,
    // A list has to be given as YAML text, of which JSON is a part.
    CORE_CHAINCODE_EXTERNALBUILDERS: JSON.stringify([builder]),
  };
}

/** What the ordering node is told beside orderer.yaml. */
export function ordererEnvironment(
  layout: Layout,
  settings: Settings,
  config: string,
): Environment {
  const crypto = ordererCrypto(layout.crypto);
  const data = join(layout.nodes, ordererOrganisation.orderer);
  const tls = {
    certificate: join(crypto, 'tls', 'server.crt'),
    key: join(crypto, 'tls', 'server.key'),
    ca: join(crypto, 'tls', 'ca.crt'),
  };
  return {
    FABRIC_CFG_PATH: config,
    ORDERER_GENERAL_LISTENPORT: String(settings.ports.orderer),
    ORDERER_GENERAL_LOCALMSPID: ordererOrganisation.mspId,
    ORDERER_GENERAL_LOCALMSPDIR: join(crypto, 'msp'),
    ORDERER_GENERAL_TLS_CERTIFICATE: tls.certificate,
    ORDERER_GENERAL_TLS_PRIVATEKEY: tls.key,
    ORDERER_GENERAL_TLS_ROOTCAS: `[${tls.ca}]`,
    ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: tls.certificate,
    ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY: tls.key,
    ORDERER_ADMIN_LISTENADDRESS: `127.0.0.1:${settings.ports.ordererAdmin}`,
    ORDERER_ADMIN_TLS_CERTIFICATE: tls.certificate,
    ORDERER_ADMIN_TLS_PRIVATEKEY: tls.key,
    ORDERER_ADMIN_TLS_ROOTCAS: `[${tls.ca}]`,
    ORDERER_ADMIN_TLS_CLIENTROOTCAS: `[${join(ordererAdminCrypto(layout.crypto), 'tls', 'ca.crt')}]`,
    ORDERER_FILELEDGER_LOCATION: join(data, 'ledger'),
    ORDERER_CONSENSUS_WALDIR: join(data, 'etcdraft', 'wal'),
    ORDERER_CONSENSUS_SNAPDIR: join(data, 'etcdraft', 'snapshot'),
  };
}

/** What the `peer` command line is told when an organisation's administrator uses it. */
export function administratorEnvironment(
  organisation: PeerOrganisation,
  layout: Layout,
  settings: Settings,
  config: string,
): Environment {
  const { domain, mspId } = organisation;
  return {
    FABRIC_CFG_PATH: config,
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: join(userCrypto(layout.crypto, domain, `Admin@${domain}`), 'msp'),
    CORE_PEER_ADDRESS: `localhost:${peerPort(settings.ports, mspId)}`,
    CORE_PEER_TLS_ROOTCERT_FILE: join(peerCrypto(layout.crypto, organisation), 'tls', 'ca.crt'),
  };
}
