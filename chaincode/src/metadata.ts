/** Name and version under which the contracts present themselves. */
export const TITLE = 'Connected Car Passport';
export const VERSION = '0.1.0';

type Parameter = { name: string; description: string; schema: { type: 'string' } };
type Transaction = { name: string; tags: string[]; parameters: Parameter[] };

const descriptions: Readonly<Record<string, string>> = {
  vid: "the vehicle's pseudonym: 128 bits as 26 characters of lower-case base32",
  day: 'a day, YYYY-MM-DD',
  id: "the source's own id of the reading",
  odometerKm: 'the odometer in whole kilometres',
};

/**
 * What `org.hyperledger.fabric:GetMetadata` answers, in the form of Fabric's contract schema. The
 * shim would work it out from the class, without the names of the parameters and with reading
 * marked as a transaction to submit.
 */
export const metadata = {
  info: { title: TITLE, version: VERSION },
  contracts: {
    Passport: {
      name: 'Passport',
      info: { title: 'Log book of every vehicle', version: VERSION },
      transactions: [
        transaction('registerVehicle', 'submitTx', ['vid', 'day']),
        transaction('recordMileage', 'submitTx', ['vid', 'id', 'odometerKm', 'day']),
        transaction('readLogBook', 'evaluateTx', ['vid']),
      ],
    },
    'org.hyperledger.fabric': {
      name: 'org.hyperledger.fabric',
      info: { title: 'Facts about this chaincode', version: VERSION },
      transactions: [transaction('GetMetadata', 'evaluateTx', [])],
    },
  },
  components: { schemas: {} },
};

function transaction(name: string, tag: string, parameters: readonly string[]): Transaction {
  return { name, tags: [tag], parameters: parameters.map(parameter) };
}

function parameter(name: string): Parameter {
  return { name, description: descriptions[name] ?? name, schema: { type: 'string' } };
}
