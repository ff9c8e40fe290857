import { Icon } from "./icon";

interface SearchFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
}

/** A field that filters what is below it. */
export function SearchField({ label, value, onInput }: SearchFieldProps) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={label}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
