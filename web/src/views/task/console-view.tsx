import { useSignal } from "@preact/signals";
import { type ComponentChildren, Fragment, type RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";

import type { LogEvent } from "../../api/types";
import { type Severity, severity, styledLines } from "../../lib/console-text";
import { formatCount } from "../../lib/format";
import { withQuery } from "../../state/location";

/** Events per block: the browser skips the layout of blocks that are out of sight. */
const BLOCK = 100;

/** Nearer to the end than this many pixels counts as being there. */
const AT_END = 24;

const TARGET = "message-target";

const LEVEL_WORDS: Record<Severity, string> = { plain: "", quiet: "", warning: "warn", error: "error" };

interface ConsoleViewProps {
  /** Pages of events by time; a page's first event never changes. */
  pages: LogEvent[][];
  /** How many events there are on the server. */
  total: number;
  loadEarlier: () => void;
  /** The moment of the message that the address points to, in milliseconds. */
  target: number | null;
  /** Stands in the bar above. */
  search: ComponentChildren;
}

/** Console output as text, following its end until the user scrolls away from it. */
export function ConsoleView({ pages, total, loadEarlier, target, search }: ConsoleViewProps) {
  const { frame, content, following, onScroll } = useFollowing(target === null);
  useTarget(frame, target, pages.length);
  useEffect(() => {
    if (target !== null) following.value = false;
  }, [target]);
  const shown = pages.reduce((sum, page) => sum + page.length, 0);

  const loadAbove = () => {
    // Browsers keep the reader's place when something appears above it, but not at the very top.
    if (frame.current?.scrollTop === 0) frame.current.scrollTop = 1;
    loadEarlier();
  };
  return (
    <section class="console" aria-label="Console">
      <div class="console-bar">
        <span class="quiet" role="status">
          {shown < total
            ? `The last ${shown.toLocaleString("en")} of ${formatCount(total, "message")}`
            : formatCount(total, "message")}
        </span>
        {shown < total && (
          <button type="button" onClick={loadAbove}>
            Load earlier
          </button>
        )}
        {search}
        <label>
          <input
            type="checkbox"
            checked={following.value}
            onChange={(event) => (following.value = event.currentTarget.checked)}
          />
          Follow
        </label>
      </div>
      <div
        class="console-text"
        ref={frame}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Console output"
      >
        <div ref={content}>
          {pages.map((page) => (
            <Page key={page[0]?.timestamp} events={page} target={target} />
          ))}
        </div>
      </div>
    </section>
  );
}

/** Brings the message that the address points to onto the screen, as soon as it is there. */
function useTarget(frame: RefObject<HTMLDivElement | null>, target: number | null, pages: number): void {
  useEffect(() => {
    if (target !== null) frame.current?.querySelector(`.${TARGET}`)?.scrollIntoView({ block: "center" });
  }, [target, pages]);
}

/** Keeps a frame at the end of its content, whenever that grows, unless the user has scrolled away. */
function useFollowing(initially: boolean) {
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useSignal(initially);
  const toEnd = () => {
    if (frame.current && following.peek()) frame.current.scrollTop = frame.current.scrollHeight;
  };
  useLayoutEffect(toEnd, [following.value]);
  useEffect(() => {
    const observer = new ResizeObserver(toEnd);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, []);

  // Only upwards is away: while the end is still growing into place, a position above it is no wish of the user's.
  const lastTop = useRef(0);
  const onScroll = () => {
    const element = frame.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
    if (atEnd) following.value = true;
    else if (element.scrollTop < lastTop.current) following.value = false;
    lastTop.current = element.scrollTop;
  };
  return { frame, content, following, onScroll };
}

function Page({ events, target }: { events: LogEvent[]; target: number | null }) {
  const blocks = Array.from({ length: Math.ceil(events.length / BLOCK) }, (_, index) =>
    events.slice(index * BLOCK, (index + 1) * BLOCK),
  );
  return (
    <>
      {blocks.map((block, index) => (
        <Block key={index} events={block} target={target} />
      ))}
    </>
  );
}

/** Some events; drawn again only when they are others. */
function Block({ events, target }: { events: LogEvent[]; target: number | null }) {
  return useMemo(
    () => (
      <div class="console-block">
        {events.map((event, index) => (
          <Message key={index} event={event} isTarget={event.timestamp === target} />
        ))}
      </div>
    ),
    [events.length, events[0], events.at(-1), target],
  );
}

function Message({ event, isTarget }: { event: LogEvent; isTarget: boolean }) {
  const loudness = severity(event.level);
  const time = new Date(event.timestamp);
  return (
    <div class={`message message-${loudness} ${isTarget ? TARGET : ""}`}>
      <a href={withQuery("at", String(event.timestamp))} title={`${time.toLocaleString()}: link to this message`}>
        <time dateTime={time.toISOString()}>{time.toLocaleTimeString("en-GB")}</time>
      </a>
      <span class="message-level">{LEVEL_WORDS[loudness]}</span>
      <span class="message-text">
        {styledLines(event.msg ?? "").map((line, number) => (
          <Fragment key={number}>
            {number > 0 && "\n"}
            {line.map(({ text, style }, index) => (style === "" ? text : <span key={index} class={style}>{text}</span>))}
          </Fragment>
        ))}
      </span>
    </div>
  );
}
