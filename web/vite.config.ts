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
    // Plotly has a page of its own, shown in a frame; nobody waits for it who looks at no figure of a user.
    rollupOptions: { input: ["index.html", "plot.html"] },
    chunkSizeWarningLimit: 6000,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: {
    proxy: Object.fromEntries(["/api", "/login", "/files"].map((path) => [path, SERVER])),
  },
  test: { include: ["src/**/*.test.ts"] },
});
