import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface MenuProps {
  label: ComponentChildren;
  /** Told when it opens. */
  onOpen?: () => void;
  /** Whether a click on one of its buttons closes it. */
  closing?: boolean;
  children: ComponentChildren;
}

/** A button that opens a panel, which a click elsewhere or Escape closes. */
export function Menu({ label, onOpen, closing = false, children }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const inside = event.target instanceof Node && menu.current?.contains(event.target);
      if (!inside && menu.current) menu.current.open = false;
    };
    addEventListener("pointerdown", close);
    addEventListener("focusin", close);
    return () => {
      removeEventListener("pointerdown", close);
      removeEventListener("focusin", close);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !menu.current?.open) return;
    event.stopPropagation();
    menu.current.open = false;
    menu.current.querySelector("summary")?.focus();
  };
  const onClick = (event: MouseEvent) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (closing && button && menu.current) menu.current.open = false;
  };
  return (
    <details
      ref={menu}
      class="menu"
      onClick={onClick}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.currentTarget.open && onOpen?.()}
    >
      <summary class="button">{label}</summary>
      {children}
    </details>
  );
}
