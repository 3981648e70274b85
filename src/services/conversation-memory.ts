import { findRequestCardsBehind } from './access/request-cards-behind.js';
import type { Clock } from './platform/clock.js';
import {
  closeForm,
  findForm,
  findPersonalPlace,
  findPlace,
  findPostings,
  findReferencesBehind,
  forgetPosting,
  isNewDelivery,
  openForm,
  saveForm,
  savePlace,
  savePosting,
  type FormKey,
  type FormRecord,
} from './platform/conversation-store.js';
import type { Database } from './platform/database.js';
import type { Json } from './platform/json.js';
import { beginEdit, endEdit, giveUpEdit, type EditClaim } from './platform/posting-edits.js';
import type { ChannelName } from './platform/schema.js';
import type { Sweep } from './platform/tick.js';

/** What conversations remember between two messages: open forms, where cards stand, where people can be reached. */
export interface ConversationMemory {
  readonly forms: FormStore;
  readonly postings: PostingStore;
  placesOf(channel: ChannelName): PlaceMemory;
  /** Whether these are direct messages with an account that is known to be nobody's: whoever reads them was not proven. */
  isUnproven(place: PostingPlace): Promise<boolean>;
  /** References whose messages may show less than has happened, as after a crash. */
  findCardsBehind(): Promise<readonly string[]>;
  /** Calls again and again, for a day, for those that have been so for some seconds: whoever was to edit them may have died. */
  onCardBehind(listener: (reference: string) => void): void;
  readonly cardsBehind: Sweep;
  /** Whether this delivery came for the first time. */
  isNewDelivery(channel: string, deliveryId: string): Promise<boolean>;
}

export type { FormKey } from './platform/conversation-store.js';

export type FormAnswers = Readonly<Record<string, { readonly value: string; readonly shown: string }>>;

export interface OpenForm {
  readonly form: string;
  /** Which question waits, from 0. */
  readonly question: number;
  readonly answers: FormAnswers;
  readonly revision: number;
  /** The card that asks it. */
  readonly card?: FormCard;
}

/** A card, by the conversation (in a channel: the thread) that it stands in. */
export interface FormCard {
  readonly conversation: string;
  readonly messageId: string;
}

export interface FormStore {
  find(key: FormKey): Promise<OpenForm | undefined>;
  /** Opens a form, in the place of another one that was open here. */
  open(key: FormKey, form: { form: string; question: number; answers: FormAnswers }): Promise<OpenForm>;
  /** Goes to another question. `undefined`: the form is no longer at that revision; somebody was faster. */
  move(key: FormKey, from: OpenForm, to: { question: number; answers: FormAnswers }): Promise<OpenForm | undefined>;
  /** `false`: somebody was faster. */
  close(key: FormKey, revision: number): Promise<boolean>;
  /** Which card asks now. */
  remember(key: FormKey, card: FormCard): Promise<void>;
}

/** A message that shows the state of a reference. */
export interface Posting {
  readonly reference: string;
  readonly place: PostingPlace;
  readonly messageId: string;
  readonly revision: number;
  readonly contentHash: string;
}

export interface PostingPlace {
  readonly channel: ChannelName;
  readonly conversation: string;
  readonly kind: 'personal' | 'channel';
}

export interface PostingStore {
  /** Notes what the message shows. Nothing changes where it already shows this revision or a newer one. */
  save(posting: Posting): Promise<void>;
  find(reference: string): Promise<readonly Posting[]>;
  /** The message is gone: nothing is shown there any more. */
  forget(posting: Pick<Posting, 'place' | 'messageId'>): Promise<void>;
  /**
   * The right to bring the message to that revision: one at a time, on any number of replicas. `shown`: it shows that one
   * or a newer one. `busy`: somebody else is at it.
   */
  beginEdit(posting: Posting, revision: number): Promise<PostingEdit | 'shown' | 'busy'>;
}

export interface PostingEdit {
  /** What the message shows until then. */
  readonly contentHash: string;
  /** `false`: somebody else has edited it meanwhile, so that it has to be edited once more. */
  end(shown: { revision: number; contentHash: string }): Promise<boolean>;
  giveUp(): Promise<void>;
}

export interface PlaceMemory {
  save(place: Omit<PostingPlace, 'channel'> & { person?: string; account?: string; reference: unknown }): Promise<void>;
  find(conversation: string): Promise<{ kind: 'personal' | 'channel'; reference: unknown } | undefined>;
  findPersonal(personId: string): Promise<{ conversation: string; reference: unknown } | undefined>;
}

/** Whoever changed a run or a request shows it within this time, or does not any more. */
const IN_TIME_S = 5;
/** A message that cannot be edited for a whole day is not there any more, most likely. */
const GIVE_UP_AFTER_S = 86_400;

export function createConversationMemory({
  database,
  clock,
}: {
  database: Database;
  clock: Clock;
}): ConversationMemory {
  const { db } = database;
  const behind: ((reference: string) => void)[] = [];
  return {
    forms: createFormStore(database, clock),
    postings: createPostingStore(database, clock),
    placesOf: (channel) => ({
      save: ({ reference, ...place }) =>
        savePlace(db, { ...place, channel, reference: asJson(reference), changedAt: clock.now() }),
      find: (conversation) => findPlace(db, { channel, conversation }),
      findPersonal: (person) => findPersonalPlace(db, { channel, person }),
    }),
    isUnproven: async (place) => {
      const known = await findPlace(db, place);
      return known !== undefined && known.account !== undefined && known.person === undefined;
    },
    findCardsBehind: () => cardsBehind(db),
    onCardBehind: (listener) => void behind.push(listener),
    cardsBehind: {
      name: 'cards behind what they show',
      everySeconds: 5,
      sweep: async (now) => {
        const changed = { after: secondsBefore(now, GIVE_UP_AFTER_S), before: secondsBefore(now, IN_TIME_S) };
        for (const reference of await cardsBehind(db, changed)) behind.forEach((listen) => listen(reference));
      },
    },
    isNewDelivery: (channel, deliveryId) => isNewDelivery(db, { channel, deliveryId, at: clock.now() }),
  };
}

async function cardsBehind(db: Database['db'], changed?: { after: Date; before: Date }): Promise<readonly string[]> {
  return [...(await findReferencesBehind(db, changed)), ...(await findRequestCardsBehind(db, changed))];
}

function createFormStore({ db }: Database, clock: Clock): FormStore {
  return {
    find: async (key) => openFormOf(await findForm(db, key)),
    open: async (key, { form, question, answers }) => {
      const opened = await openForm(db, { ...key, form, answers, question: String(question), changedAt: clock.now() });
      return openFormOf(opened);
    },
    move: async (key, from, { question, answers }) => {
      const { form, revision, card } = from;
      const to = { ...key, form, revision, answers, question: String(question), changedAt: clock.now() };
      const shown = card ? { messageId: card.messageId, messagePlace: card.conversation } : {};
      return openFormOf(await saveForm(db, { ...to, ...shown }));
    },
    close: (key, revision) => closeForm(db, key, revision),
    remember: async (key, { conversation, messageId }) => {
      await db
        .updateTable('form')
        .set({ message_id: messageId, message_place: conversation })
        .where('channel', '=', key.channel)
        .where('conversation', '=', key.conversation)
        .where('person', '=', key.person)
        .execute();
    },
  };
}

function createPostingStore({ db }: Database, clock: Clock): PostingStore {
  return {
    save: async ({ place, ...posting }) => {
      const { channel, conversation } = place;
      await savePosting(db, { ...posting, channel, conversation, changedAt: clock.now() });
    },
    forget: ({ place: { channel, conversation }, messageId }) =>
      forgetPosting(db, { channel, conversation, messageId }),
    beginEdit: async ({ place: { channel, conversation }, messageId }, revision) => {
      const claim = await beginEdit(db, { channel, conversation, messageId }, revision);
      return typeof claim === 'string' ? claim : postingEdit(db, clock, claim);
    },
    find: async (reference) => {
      const found = await findPostings(db, reference);
      return Promise.all(
        found.map(async ({ channel, conversation, messageId, revision, contentHash }) => {
          const kind = (await findPlace(db, { channel, conversation }))?.kind ?? 'personal';
          return { reference, place: { channel, conversation, kind }, messageId, revision, contentHash };
        }),
      );
    },
  };
}

function postingEdit(db: Database['db'], clock: Clock, claim: EditClaim): PostingEdit {
  return {
    contentHash: claim.contentHash,
    end: (shown) => endEdit(db, claim, { ...shown, at: clock.now() }),
    giveUp: () => giveUpEdit(db, claim),
  };
}

function secondsBefore(now: Date, seconds: number): Date {
  return new Date(now.getTime() - seconds * 1_000);
}

function openFormOf(record: FormRecord): OpenForm;
function openFormOf(record: FormRecord | undefined): OpenForm | undefined;
function openFormOf(record: FormRecord | undefined): OpenForm | undefined {
  if (!record) return undefined;
  return {
    ...{ form: record.form, question: Number(record.question), revision: record.revision },
    // Only `open` and `move` above write this column.
    answers: record.answers as FormAnswers,
    ...(record.messageId === undefined || record.messagePlace === undefined
      ? {}
      : { card: { conversation: record.messagePlace, messageId: record.messageId } }),
  };
}

/** What the platform's SDK gave, as data. */
function asJson(reference: unknown): Json {
  return JSON.parse(JSON.stringify(reference)) as Json;
}
