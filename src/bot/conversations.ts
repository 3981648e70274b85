import { AboutPersonConversation } from '../dialogs/conversations/about-person.js';
import { AssignGroupsConversation } from '../dialogs/conversations/assign-groups.js';
import { AssignPeopleConversation } from '../dialogs/conversations/assign-people.js';
import { AuditPersonConversation } from '../dialogs/conversations/audit-person.js';
import { BulkConversation } from '../dialogs/conversations/bulk.js';
import { ChooseEmailClaimConversation } from '../dialogs/conversations/choose-email-claim.js';
import { CreateTestUserConversation } from '../dialogs/conversations/create-test-user.js';
import { DecideAccessConversation } from '../dialogs/conversations/decide-access.js';
import { FindPersonConversation } from '../dialogs/conversations/find-person.js';
import { HelpConversation } from '../dialogs/conversations/help.js';
import { LinkAccountConversation } from '../dialogs/conversations/link-account.js';
import { ALL_LISTS, MyWorkConversation } from '../dialogs/conversations/my-work.js';
import { OffBoardPersonConversation } from '../dialogs/conversations/off-board-person.js';
import { ProvisionPersonConversation } from '../dialogs/conversations/provision-person.js';
import { RemoveTestUserConversation } from '../dialogs/conversations/remove-test-user.js';
import { RequestAccessConversation } from '../dialogs/conversations/request-access.js';
import { SetUpSsoConversation } from '../dialogs/conversations/set-up-sso.js';
import { StatusConversation } from '../dialogs/conversations/status.js';
import type { Click, Handled, Parts, Verbs } from '../dialogs/conversations/talk.js';
import { UnassignPeopleConversation } from '../dialogs/conversations/unassign-people.js';
import { WhoHasAccessConversation } from '../dialogs/conversations/who-has-access.js';
import type { IntentName } from '../dialogs/intents.js';
import type { Said, Turn } from '../dialogs/turn.js';
import { verbsOf } from './verbs-of.js';

type SentForm = Extract<Said, { kind: 'form' }>;

/** Every conversation, and what leads to each: an intent, a button, a form that comes back. */
export class Conversations {
  readonly help: HelpConversation;
  readonly setUp: SetUpSsoConversation;
  readonly findPerson: FindPersonConversation;
  readonly about: AboutPersonConversation;
  readonly bulk: BulkConversation;
  readonly link: LinkAccountConversation;
  readonly work: MyWorkConversation;
  /** What an intent begins. @param rest the words that followed its phrase. */
  readonly intents: Readonly<Record<IntentName, (turn: Turn, rest: string) => Handled>>;
  readonly verbs: ReadonlyMap<string, (turn: Click) => Handled>;
  /** Buttons that lead to a form. */
  readonly formVerbs: ReadonlySet<string>;
  readonly #access: RequestAccessConversation;
  readonly #decide: DecideAccessConversation;

  /** @param others buttons that belong to no conversation. */
  constructor(parts: Parts, others: Verbs) {
    this.setUp = new SetUpSsoConversation(parts);
    this.about = new AboutPersonConversation(parts);
    this.bulk = new BulkConversation(parts);
    this.link = new LinkAccountConversation(parts);
    this.work = new MyWorkConversation(parts);
    this.help = new HelpConversation(parts, this.work);
    this.#access = new RequestAccessConversation(parts);
    this.#decide = new DecideAccessConversation(parts);
    const groups = new AssignGroupsConversation(parts);
    const list = new WhoHasAccessConversation(parts);
    const audit = new AuditPersonConversation(parts);
    const testUser = new CreateTestUserConversation(parts);
    const status = new StatusConversation(parts);
    const deeds = {
      assign: new AssignPeopleConversation(parts, groups),
      unassign: new UnassignPeopleConversation(parts),
      provision: new ProvisionPersonConversation(parts),
      'off-board': new OffBoardPersonConversation(parts),
      'remove-test-user': new RemoveTestUserConversation(parts),
    };
    this.findPerson = new FindPersonConversation(parts, deeds);
    parts.links.onLinked((link, chat) => this.link.tell(link, chat));
    parts.files.onUpload((actor, file) => this.bulk.uploaded(actor, file));
    const find = (name: string) => (turn: Turn, rest: string) => this.findPerson.begin(turn, name, rest);
    this.intents = {
      help: (turn) => this.help.begin(turn),
      'linked-accounts': (turn) => this.link.begin(turn),
      'allow-linking': (turn, rest) => this.link.beginAllow(turn, rest),
      status: (turn) => status.begin(turn),
      'set-up-sso': (turn) => this.setUp.begin(turn),
      'create-test-user': (turn, rest) => testUser.begin(turn, rest),
      bulk: (turn) => this.bulk.begin(turn),
      'audit-person': (turn, rest) => audit.begin(turn, rest),
      'who-has-access': (turn) => list.begin(turn),
      'assign-group': (turn, rest) => groups.begin(turn, 'give', rest),
      'unassign-group': (turn, rest) => groups.begin(turn, 'take', rest),
      'request-access': (turn, rest) => this.#access.begin(turn, rest),
      'my-work': (turn) => this.work.begin(turn, ALL_LISTS),
      'my-requests': (turn) => this.work.begin(turn, ['requests']),
      'my-access': (turn) => this.work.begin(turn, ['access']),
      assign: find('assign'),
      unassign: find('unassign'),
      provision: find('provision'),
      'off-board': find('off-board'),
      'remove-test-user': find('remove-test-user'),
    };
    const withButtons: readonly { readonly verbs: Verbs }[] = [
      ...[this.setUp, this.findPerson, ...Object.values(deeds), groups, list, testUser, audit, this.bulk, this.link],
      ...[new ChooseEmailClaimConversation(parts), this.#access, this.#decide, this.work],
    ];
    this.verbs = verbsOf([others, ...withButtons.map(({ verbs }) => verbs)]);
    this.formVerbs = new Set([this.link.numberVerb, ...this.#decide.formVerbs]);
  }

  /** A form that came back. `undefined`: this release has no such form. */
  sent(turn: Turn, { form, reference = '', inputs }: SentForm): Handled | undefined {
    if (form === this.link.formName) return this.link.submit(turn, inputs);
    if (form === this.setUp.formName) return this.setUp.submit(turn, inputs);
    if (form === this.#access.formName) return this.#access.submit(turn, reference, inputs);
    return this.#decide.hasForm(form) ? this.#decide.submit(turn, form, reference, inputs) : undefined;
  }
}
