import { defineConfig } from "vitest/config";

/** Where the development server finds a Pellucid server: `pellucid server` listens there. */
const SERVER = "http://127.0.0.1:8008";

export default defineConfig({
  build: {
    outDir: "../src/pellucid/web/dist",
    emptyOutDir: true,
    target: "es2022",
    // The page's content security policy allows no data: scripts and styles; small files stay files.
    assetsInlineLimit: 0,
    // What users made is shown in frames by pages of their own; nobody waits for Plotly who looks at no figure.
    rollupOptions: { input: ["index.html", "plot.html", "document.html"] },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: {
    proxy: Object.fromEntries(["/api", "/login", "/files"].map((path) => [path, SERVER])),
  },
  test: { include: ["src/**/*.test.ts"] },
});
