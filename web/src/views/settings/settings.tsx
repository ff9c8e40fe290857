import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { doing } from "../../state/doing";
import { useLive } from "../../state/live";
import { ask } from "../../state/notices";
import { send } from "../../state/session";
import { CodeBlock } from "../parts/code-block";
import { Problem } from "../parts/problem";
import { Ago } from "../parts/time";
import { setTitle } from "../parts/title";

interface NewKey {
  access_key: string;
  secret_key: string;
}

/** Keys for scripts and agents, and what this server is. */
export function Settings() {
  useEffect(() => setTitle("Settings"), []);
  const made = useSignal<NewKey | null>(null);
  const { data, error, reload } = useLive({ key: "settings", load: loadSettings, every: () => null });
  const create = async () => {
    const label = await ask({ title: "New key pair", yes: "Create", field: { label: "What for", value: "training" } });
    if (label === null) return;
    const creating = send("auth.create_credentials", { label }).then(({ credentials }) => (made.value = credentials));
    await doing(creating, "", reload);
  };
  const revoke = async (access_key: string) => {
    const text = "Scripts that use it are refused from now on.";
    const sure = await ask({ title: `Revoke ${access_key}?`, yes: "Revoke", danger: true, text });
    if (sure !== null) await doing(send("auth.revoke_credentials", { access_key }), "Revoked.", reload);
  };
  if (!data.value) return <div class="page">{error.value && <Problem error={error.value} retry={reload} />}</div>;
  const { credentials, server } = data.value;
  return (
    <div class="page">
      <div class="toolbar">
        <h1>Settings</h1>
      </div>
      <div class="stack">
        <section class="card" aria-labelledby="keys-title">
          <div class="card-head">
            <h2 id="keys-title">Key pairs</h2>
            <button type="button" class="button-primary" onClick={() => void create()}>
              New key pair
            </button>
          </div>
          {made.value && <NewKeyTexts made={made.value} />}
          <div class="list-frame">
            <table class="list-table">
              <caption class="visually-hidden">Key pairs</caption>
              <thead>
                <tr>
                  <th scope="col">Access key</th>
                  <th scope="col">What for</th>
                  <th scope="col">Last used</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {credentials.map(({ access_key, label, last_used }) => (
                  <tr key={access_key}>
                    <th scope="row">
                      <code>{access_key}</code>
                    </th>
                    <td>{label}</td>
                    <td>
                      <Ago date={last_used} />
                    </td>
                    <td class="row-actions">
                      <button type="button" class="button-plain" aria-label={`Revoke ${access_key}`} onClick={() => void revoke(access_key)}>
                        Revoke
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
        <section class="card" aria-label="About">
          <h2>About</h2>
          <p class="quiet">
            Pellucid {server.pellucid ?? ""}, API {server.api_version}. <a href="/docs" target="_blank">API reference</a>
          </p>
        </section>
      </div>
    </div>
  );
}

async function loadSettings(abort: AbortSignal) {
  const [{ credentials }, server] = await Promise.all([
    send("auth.get_credentials", {}, abort),
    send("server.info", {}, abort),
  ]);
  return { credentials, server };
}

/** A new key pair in all the forms that are pasted somewhere. Its secret is not shown again. */
function NewKeyTexts({ made: { access_key, secret_key } }: { made: NewKey }) {
  const host = location.origin;
  const file = `api {
  web_server: ${host}
  api_server: ${host}
  files_server: ${host}/files
  credentials {
    "access_key" = "${access_key}"
    "secret_key" = "${secret_key}"
  }
}
`;
  const exports = `export PELLUCID_API_HOST=${host}
export PELLUCID_API_ACCESS_KEY=${access_key}
export PELLUCID_API_SECRET_KEY=${secret_key}
`;
  return (
    <div class="new-key">
      <p>
        <strong>Copy it now:</strong> the secret key is not shown again.
      </p>
      <h3>For a shell</h3>
      <CodeBlock text={exports} what="shell commands" />
      <h3>For a configuration file</h3>
      <CodeBlock text={file} what="configuration" />
    </div>
  );
}
