import { type ContractFunctions, contracts } from '@passport/model';

/** Name and version under which the contracts present themselves. */
export const TITLE = 'Connected Car Passport';
export const VERSION = '0.2.0';

type Parameter = { name: string; description: string; schema: { type: 'string' } };
type TransactionMetadata = { name: string; tags: string[]; parameters?: Parameter[] };
type ContractMetadata = {
  name: string;
  info: { title: string; version: string };
  transactions: TransactionMetadata[];
};

type ChaincodeMetadata = {
  info: { title: string; version: string };
  contracts: Record<string, ContractMetadata>;
  components: { schemas: Record<string, never> };
};

/**
 * What `org.hyperledger.fabric:GetMetadata` answers, in the form of Fabric's contract schema. Every
 * function takes one JSON text; `@passport/model` has the schema of each.
 */
export function metadata(): ChaincodeMetadata {
  const described = Object.entries<ContractFunctions>(contracts).map(([name, functions]) => [
    name,
    describeContract(name, functions),
  ]);
  return {
    info: { title: TITLE, version: VERSION },
    contracts: {
      ...(Object.fromEntries(described) as Record<string, ContractMetadata>),
      'org.hyperledger.fabric': {
        name: 'org.hyperledger.fabric',
        info: { title: 'Facts about this chaincode', version: VERSION },
        transactions: [{ name: 'GetMetadata', tags: ['evaluateTx'], parameters: [] }],
      },
    },
    components: { schemas: {} },
  };
}

function describeContract(name: string, functions: ContractFunctions): ContractMetadata {
  return {
    name,
    info: { title: `Contract ${name}`, version: VERSION },
    transactions: Object.entries(functions).map(([functionName, { mode, title }]) => ({
      name: functionName,
      tags: [mode === 'submit' ? 'submitTx' : 'evaluateTx'],
      parameters: [
        { name: 'request', description: `${title} As JSON.`, schema: { type: 'string' } },
      ],
    })),
  };
}
