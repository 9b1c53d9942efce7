/** Messages as a table: for each type what the end that receives it does, in terms of what such an end can do. */

interface Typed {
  readonly type: string;
}

export type Words<Message extends Typed, End, Result = void> = {
  readonly [Type in Message['type']]: (end: End, message: Message & { readonly type: Type }) => Result;
};

/** Undefined for a type that only a newer other end knows. */
export function wordFor<Message extends Typed, End, Result>(
  words: Words<Message, End, Result>,
  message: Message,
): ((end: End, message: Message) => Result) | undefined {
  const type: Message['type'] = message.type;
  return Object.hasOwn(words, type) ? words[type] : undefined;
}
