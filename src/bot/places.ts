/** How to reach a conversation again. `reference` is the SDK's own business and opaque to whoever stores it. */
export interface StoredPlace {
  readonly conversation: string;
  readonly kind: 'personal' | 'channel';
  /** Entra object id, for personal chats. */
  readonly person?: string;
  /** The account that it is with, in a chat where one person may have several. */
  readonly account?: string;
  readonly reference: unknown;
}

/** Where conversations are remembered across restarts. `save` replaces what was known of the conversation. */
export interface PlaceStore {
  save(place: StoredPlace): Promise<void>;
  find(conversation: string): Promise<{ kind: StoredPlace['kind']; reference: unknown } | undefined>;
  findPersonal(personId: string): Promise<{ conversation: string; reference: unknown } | undefined>;
}
