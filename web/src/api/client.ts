/** How the page talks to a server, and how that can go wrong. */
import type { ActionName, Actions } from "./types";

export interface Keys {
  access_key: string;
  secret_key: string;
}

export interface ApiClient {
  /**
   * Send one request of the protocol.
   *
   * @throws UnreachableError, SignedOutError, RefusedError; a DOMException named AbortError when `signal` fires
   */
  send<A extends ActionName>(action: A, request: Actions[A][0], signal?: AbortSignal): Promise<Actions[A][1]>;

  /**
   * Open a session; without keys, as the user of this machine if the server allows that.
   *
   * @throws SignedOutError if that is refused, UnreachableError
   */
  login(keys?: Keys): Promise<void>;

  /** End the session. @throws UnreachableError */
  logout(): Promise<void>;
}

/** No answer, or none that makes sense. */
export class UnreachableError extends Error {
  constructor(readonly url: string) {
    super(`No answer from ${url}`);
  }
}

/** The server does not know who is asking. */
export class SignedOutError extends Error {
  constructor() {
    super("Signed out");
  }
}

/** The server understood, and said no. */
export class RefusedError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly subcode: number,
  ) {
    super(message);
  }
}
