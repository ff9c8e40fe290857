/** `ApiClient` over HTTP, with the session cookie of the page's own origin. */
import { type ApiClient, type Keys, RefusedError, SignedOutError, UnreachableError } from "./client";
import type { ActionName, Actions } from "./types";

/** The object around every answer (protocol §1.4). */
interface Envelope {
  meta: { result_code: number; result_subcode: number; result_msg: string };
  data: unknown;
}

export class HttpClient implements ApiClient {
  private openingSession: Promise<void> | null = null;

  async send<A extends ActionName>(action: A, request: Actions[A][0], signal?: AbortSignal): Promise<Actions[A][1]> {
    const url = `/api/${action}`;
    let response = await post(url, request, signal);
    if (response.status === 401) {
      await this.openSession();
      response = await post(url, request, signal);
    }
    const answer = await readEnvelope(response, url);
    // The one place where the answer's type is taken on trust: the server encodes it from the same contract.
    return answer.data as Actions[A][1];
  }

  async login(keys?: Keys): Promise<void> {
    const response = await post("/login", keys);
    if (response.status === 401 || response.status === 403) throw new SignedOutError();
    if (!response.ok) throw new UnreachableError(response.url);
  }

  async logout(): Promise<void> {
    await post("/logout", undefined);
  }

  /** Log in without keys, once for all requests that are waiting for it. */
  private openSession(): Promise<void> {
    this.openingSession ??= this.login().finally(() => {
      this.openingSession = null;
    });
    return this.openingSession;
  }
}

async function post(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const content =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  try {
    return await fetch(url, { method: "POST", credentials: "same-origin", ...content, ...(signal && { signal }) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new UnreachableError(new URL(url, location.href).href);
  }
}

async function readEnvelope(response: Response, url: string): Promise<Envelope> {
  if (response.status === 401) throw new SignedOutError();
  const answer = await response.json().catch(() => null);
  if (!isEnvelope(answer)) throw new UnreachableError(new URL(url, location.href).href);
  const { result_msg, result_code, result_subcode } = answer.meta;
  if (!response.ok) throw new RefusedError(result_msg, result_code, result_subcode);
  return answer;
}

function isEnvelope(answer: unknown): answer is Envelope {
  return typeof answer === "object" && answer !== null && "meta" in answer && "data" in answer;
}
