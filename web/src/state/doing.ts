/** Changes that a person asks for: what fails is said in the server's words. */
import { notify } from "./notices";

/** Do it and load again what is on the screen; whether it worked. */
export async function doing(work: Promise<unknown>, done: string, reload: () => void): Promise<boolean> {
  try {
    await work;
    if (done) notify(done);
    return true;
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), { failed: true });
    return false;
  } finally {
    reload();
  }
}
