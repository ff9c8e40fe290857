/** The connection to the server: one client for the page, and whether it lets us in. */
import { signal } from "@preact/signals";

import type { ApiClient, Keys } from "../api/client";
import { SignedOutError, UnreachableError } from "../api/client";
import { HttpClient } from "../api/http-client";
import type { ActionName, Actions } from "../api/types";

const client: ApiClient = new HttpClient();

/** Whether the login screen has to be shown. */
export const signedOut = signal(false);

/** Whether the server has let us in. */
export const signedIn = signal(false);

/** Whether the last request got an answer. */
export const connected = signal(true);

/** Send a request, keeping the signals above up to date. Throws as `ApiClient.send`. */
export async function send<A extends ActionName>(
  action: A,
  request: Actions[A][0],
  abort?: AbortSignal,
): Promise<Actions[A][1]> {
  try {
    const answer = await client.send(action, request, abort);
    connected.value = true;
    signedIn.value = true;
    return answer;
  } catch (error) {
    if (error instanceof SignedOutError) signedOut.value = true;
    if (error instanceof UnreachableError) connected.value = false;
    throw error;
  }
}

/** Log in with keys; screens load again by themselves. @throws SignedOutError for wrong keys, UnreachableError */
export async function login(keys: Keys): Promise<void> {
  await client.login(keys);
  signedOut.value = false;
}

/** Log out; the login screen takes the place of whatever is shown. @throws UnreachableError */
export async function logout(): Promise<void> {
  await client.logout();
  signedIn.value = false;
  signedOut.value = true;
}
