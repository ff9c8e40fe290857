import { nextTheme, theme } from "../../state/theme";
import { Icon, type IconName } from "../parts/icon";

const ICONS: Record<typeof theme.value, IconName> = { auto: "half", light: "sun", dark: "moon" };

/** Goes from the system's theme to light, to dark, and back. */
export function ThemeSwitch() {
  const name = theme.value;
  return (
    <button type="button" class="button-plain theme-switch" aria-label={`Theme: ${name}`} title={`Theme: ${name}`} onClick={nextTheme}>
      <Icon name={ICONS[name]} />
    </button>
  );
}
