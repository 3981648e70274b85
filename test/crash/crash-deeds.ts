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
/** The confirmation is read anew; the deed begins with its button. */
export const OFF_BOARD: Deed = {
  ...{ name: 'off-board', from: 'with access', button: /^Yes, off-board /, done: /^Off-boarded/m },
  open: async (admin) => {
    const card = await admin.saysAndSees('off-board b.simon', 'Nothing is changed before you confirm');
    await admin.presses(card, /^Off-board /);
    return admin.watches(card, 'This will be done');
  },
};
/** Everybody is made with the role `employee`; giving another one is an effect of its own. */
const AGENT = ROLES.find(({ name }) => name === 'Agent')?.id ?? '';
export const PROVISION: Deed = {
  ...{ name: 'provision', from: 'set up', button: /^Provision /, done: /^(Provisioned|Already provisioned)$/m },
  inputs: { roles: AGENT },
  open: (admin) => admin.saysAndSees('provision b.simon', 'in Genesys Cloud'),
};

/** Somebody whom Latchkey has made, as only those are removed. */
export const CREATE: Deed = {
  ...{ name: 'create', from: 'set up', button: 'Create', done: 'T.Simon exists in Entra now' },
  open: (admin) => admin.saysAndSees('create test user T.Simon', 'Create T.Simon in Entra'),
};
export const REMOVE: Deed = {
  ...{ name: 'remove test user', from: 'test user with access', button: /^Remove /, done: /^Removed$/m },
  open: (admin) => admin.saysAndSees('remove test user t.simon', 'Remove T.Simon from Entra and Genesys Cloud?'),
};
