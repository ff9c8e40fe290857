import { useEffect, useRef } from "preact/hooks";

interface SandboxedFrameProps {
  /** One of our pages for frames, which says "ready" when it can be sent to. */
  page: "/plot.html" | "/document.html";
  /** What is in it, for those who do not see it. */
  title: string;
  /** Sent when the frame is ready, and whenever it changes. */
  message: unknown;
}

/** A frame without an origin: what runs in it reaches nothing of the app. */
export function SandboxedFrame({ page, title, message }: SandboxedFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    // The frame has no origin that could be named; it is our own page, and what it is to show is no secret to it.
    const tell = () => frame.current?.contentWindow?.postMessage(message, "*");
    const onMessage = (event: MessageEvent) => {
      if (event.source === frame.current?.contentWindow && event.data === "ready") tell();
    };
    addEventListener("message", onMessage);
    tell();
    return () => removeEventListener("message", onMessage);
  }, [message]);
  return <iframe ref={frame} src={page} title={title} sandbox="allow-scripts allow-downloads" />;
}
