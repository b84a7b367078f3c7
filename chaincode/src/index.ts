export { chaincodeCommand } from './server/chaincode-command.ts';
