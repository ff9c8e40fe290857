import { useSignal } from "@preact/signals";

import { SignedOutError } from "../../api/client";
import { login } from "../../state/session";
import { Icon } from "../parts/icon";

/** Asks for a key pair when the server does not know the browser by itself. */
export function Login() {
  const message = useSignal("");
  const busy = useSignal(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    try {
      await login({
        access_key: String(fields.get("access_key")).trim(),
        secret_key: String(fields.get("secret_key")).trim(),
      });
    } catch (error) {
      message.value = error instanceof SignedOutError ? "This key pair is not known here." : String(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <h1>
          <Icon name="logo" /> Pellucid
        </h1>
        <p class="quiet">Sign in with a key pair. The server said where its first one is kept when it started.</p>
        <label>
          Access key
          <input name="access_key" autocomplete="username" required autofocus spellcheck={false} />
        </label>
        <label>
          Secret key
          <input name="secret_key" type="password" autocomplete="current-password" required />
        </label>
        <p class="login-message" role="alert">
          {message}
        </p>
        <button type="submit" class="button-primary" disabled={busy.value}>
          Sign in
        </button>
      </form>
    </main>
  );
}
