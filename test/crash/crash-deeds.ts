import { ROLES } from '../../sandbox/genesys/directory.js';
import { plansSso } from '../support/deeds.js';
import type { Deed } from './crash-rig.js';

export const SET_UP: Deed = {
  ...{ name: 'set up', from: 'fresh', button: 'Run', done: 'SSO is set up' },
  open: (admin) => plansSso(admin),
};
export const ASSIGN: Deed = {
  ...{ name: 'assign', from: 'set up', button: /^Assign /, done: /^(Assigned|Already assigned)$/m },
  open: (admin) => admin.saysAndSees('assign b.simon', 'to Genesys Cloud'),
};
/** Everybody is made with the role `employee`; giving another one is an effect of its own. */
const AGENT = ROLES.find(({ name }) => name === 'Agent')?.id ?? '';
export const PROVISION: Deed = {
  ...{ name: 'provision', from: 'set up', button: /^Provision /, done: /^(Provisioned|Already provisioned)$/m },
  inputs: { role: AGENT },
  open: (admin) => admin.saysAndSees('provision b.simon', 'in Genesys Cloud'),
};
