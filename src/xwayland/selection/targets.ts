// SPDX-License-Identifier: Apache-2.0
/** The host's names for the types of data, and those of X clients, who say "targets" (ICCCM 2.6.2). */
import { MAX_X11_TYPE_LENGTH, MAX_X11_TYPES } from "../../policy/transfer-limits.ts";

const UTF8_TEXT = "text/plain;charset=utf-8";
const PLAIN_TEXT = "text/plain";

/** The targets that X clients offer or ask for and that are no content. */
export const queries: readonly string[] = ["TARGETS", "MULTIPLE", "TIMESTAMP"];
const noContent = new Set([
  ...queries,
  ...["SAVE_TARGETS", "DELETE", "INSERT_PROPERTY", "INSERT_SELECTION", "ATOM_PAIR"],
]);

/** Targets that are text, the one that loses least first. */
const textTargets = ["UTF8_STRING", "STRING", "TEXT"];

/** Types of the host's that are text in UTF-8, the one that is surest to be so first. */
const textTypes = [UTF8_TEXT, "text/plain;charset=UTF-8", "UTF8_STRING", PLAIN_TEXT];

/** The way in which a target is answered. */
export interface Answer {
  /** The type that the host is asked for. */
  readonly mimeType: string;
  /** The name of the X type that the answer has. */
  readonly type: string;
  /** Whether its UTF-8 has to become Latin 1, as STRING is (ICCCM 2.7.1). */
  readonly latin1: boolean;
}

/** The targets that X clients are offered for something that the host has in these types. */
export function targetsOf(mimeTypes: readonly string[]): string[] {
  const text = textTypes.some((type) => mimeTypes.includes(type)) ? textTargets : [];
  return [...new Set([...queries, ...mimeTypes.filter((type) => !noContent.has(type)), ...text])];
}

/** Finds the answer for an X client that asks for a target; null for one that is not to be had. */
export function answerFor(target: string, mimeTypes: readonly string[]): Answer | null {
  const mimeType = textTargets.includes(target) ? textTypes.find((type) => mimeTypes.includes(type)) : undefined;
  if (mimeType !== undefined) {
    const latin1 = target !== "UTF8_STRING";
    return { mimeType, type: latin1 ? "STRING" : "UTF8_STRING", latin1 };
  }
  if (noContent.has(target) || !mimeTypes.includes(target)) return null;
  return { mimeType: target, type: target, latin1: false };
}

/** The types that the host is offered for what an X client has. */
export function mimeTypesOf(targets: readonly string[]): string[] {
  const types = targets.filter((name) => name.includes("/") && name.length <= MAX_X11_TYPE_LENGTH);
  const text = textTargets.some((target) => targets.includes(target)) ? [UTF8_TEXT, PLAIN_TEXT] : [];
  return [...new Set([...text, ...types])].slice(0, MAX_X11_TYPES);
}

/** Finds the target to ask an X client for, when the host wants a type; null when the client does not have that. */
export function targetFor(mimeType: string, targets: readonly string[]): string | null {
  const text = textTargets.find((target) => targets.includes(target)) ?? null;
  // What an X client calls text/plain is in whatever encoding it likes.
  if (mimeType === PLAIN_TEXT && text === "UTF8_STRING") return text;
  if (targets.includes(mimeType)) return mimeType;
  return mimeType === PLAIN_TEXT || mimeType === UTF8_TEXT ? text : null;
}
